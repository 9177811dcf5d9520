"""The simulated Slack without a wire: the app's own notifier calls it at once, and every call is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.directory import Directory
from handlers.hear import Front
from handlers.notifier import Notifier
from handlers.pace import Pace
from peersupport.notifications import Due, Kind, Message, Result
from simulator.faults import Faults
from simulator.loading import DEMO_WORKSPACE, load_manifest, load_workspace
from simulator.rates import Rates
from simulator.web_api import WebApi
from simulator.workspace import Channel, Person, Workspace
from tests.front.screen import TEAM
from tests.front.stage import Stage
from tests.rules.world import PEOPLE, World

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
SPEAKS = frozenset(kind for kind in Kind if kind.name.startswith("TELL_")) | {
    Kind.CARD, Kind.STRIP_CARD, Kind.CLOSE_MESSAGES, Kind.PARTNER_FLOOD, Kind.REFERRAL_CARD, Kind.ANNOUNCE,
}  # fmt: skip
"""The rows that post or edit messages."""
SILENT = frozenset({
    Kind.HOME_REQUESTER, Kind.HOME_SUPPORTER, Kind.HOME_MEMBER, Kind.ERASE_CONTACT, Kind.ERASE, Kind.REMIND_ADMINS,
    Kind.REMIND_BACKUPS, Kind.ASK_REQUESTER, Kind.ALERT_RISK, Kind.NONE_LEFT, Kind.OFFER_UNASKED, Kind.NOTE_REQUESTER,
    Kind.LAPSE_OFFER, Kind.NUDGE_SUPPORTER, Kind.ASK_GOING_ON, Kind.CLOSE_UNREACHED, Kind.REMIND_OUTREACH,
    Kind.END_OUTREACH, Kind.PAGE_SAFETY, Kind.REMIND_REFERRAL, Kind.EXPIRE_REFERRAL, Kind.RECONCILE,
    Kind.RETAIN, Kind.COVER, Kind.DIGEST, Kind.SELF_AUDIT, Kind.TAKE_NOTICE, Kind.READERS, Kind.PLAN_SESSIONS,
    Kind.REMIND_DATE, Kind.DECIDE_DATE, Kind.DECIDE_SERIES, Kind.END_DATE, Kind.OFFER_PLACE_ENDS,
    Kind.END_INTRODUCTION, Kind.REVIEW_LISTING, Kind.END_LISTING,
})  # fmt: skip
"""The rows that post no message themselves: Homes, erasures, and timers, which put down rows that do."""


def workspace_of(world: World, *users: str) -> Workspace:
    """Return a workspace with the programme's people, these others, and the administrators' channel."""
    workspace = load_workspace(DEMO_WORKSPACE, load_manifest(MANIFEST), lambda: world.now.timestamp())  # noqa: PLW0108 - the world's time moves
    workspace.team_id = TEAM
    leads = [lead["id"] for lead in PEOPLE["safety_leads"]]
    for user in (*PEOPLE["admins"], *PEOPLE["backup_admins"], *leads, *users):
        name = user.removeprefix("U0").capitalize()
        workspace.people[user] = Person(user.lower(), user, name.lower(), f"{name} Aspen", name, team_id=TEAM)
    place = str(PEOPLE["admin_channel"])
    members = [workspace.app.bot_user_id, *PEOPLE["admins"], *PEOPLE["backup_admins"]]
    workspace.channels[place] = Channel(place, "admins", "private", members)
    return workspace


@dataclass
class Direct:
    """The Web API's methods by the names of the SDK."""

    workspace: Workspace
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rates = Rates()
        rates.scale = 0
        self._api = WebApi(self.workspace, Faults(), rates, lambda: "")

    def __getattr__(self, name: str) -> Any:
        method = name.replace("_", ".", 1)

        async def call(**args: Any) -> AsyncSlackResponse:
            self.sent.append((method, args))
            spec, token = self._api.methods[method], self.workspace.app.bot_token
            status, headers, body = self._api._answer(method, args, token, is_json=spec.reads_json)
            answer = AsyncSlackResponse(
                client=self,
                http_verb="POST",
                api_url=method,
                req_args={},
                data=body,
                headers=headers,
                status_code=status,
            )
            if not body["ok"]:
                raise SlackApiError(body["error"], answer)  # type: ignore[no-untyped-call]
            return answer

        return call

    @property
    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """Return every message that was posted or edited."""
        return [each for each in self.sent if each[0].startswith("chat.")]


class PostOffice:
    """The notifier of a world in memory, with the simulated Slack at the other end."""

    def __init__(self, world: World, *users: str) -> None:
        self.world = world
        self.slack = Direct(workspace_of(world, *users))
        self.notes: list[str] = []
        stage = Stage(world)
        client = cast("AsyncWebClient", self.slack)
        self.front: Front = replace(
            stage.front,
            client=client,
            directory=Directory(client, stage, TEAM),
            note=lambda event, _error: self.notes.append(event),
        )
        # Between any two looks at it a minute has passed: nothing is ever too early.
        self.notifier = Notifier(self.front, pace=Pace(count(0, 61).__next__))
        self.carried: set[str] = set()

    @property
    def channel(self) -> Channel:
        """The administrators' channel."""
        return self.slack.workspace.channels[str(PEOPLE["admin_channel"])]

    async def carry(self) -> list[tuple[Message, Result]]:
        """Carry out every row that says something and was not carried out yet."""
        outcomes = []
        for key, row in list(self.world.memory.tables.outbox.items()):
            if key in self.carried or row.kind not in SPEAKS:
                continue
            self.carried.add(key)
            due = Due(UUID(int=len(self.carried)), row.kind, row.subject, row.programme, row.audience)
            outcomes.append((row, await self.notifier.deliver(due)))
        return outcomes
