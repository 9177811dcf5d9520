"""A prepared town without Slack: the real dispatcher, rules and store, and every kind of person at every state.

Payloads are made by hand, so that anybody can be seen to press anything with any handle.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient

from bot.machine import RandomIds
from bot.zones import use_packaged_zones
from handlers import table, tokens
from handlers.directory import Directory
from handlers.hear import Front
from handlers.i18n import LANGUAGES
from handlers.middleware import Dispatcher
from handlers.screens import Screens
from handlers.views import pages
from peersupport import (
    answers,
    approvals,
    conversations,
    feedback,
    intake,
    own,
    register,
    retention,
    safety,
    triage,
)
from peersupport.addresses import Address
from peersupport.approvals import Act, Why
from peersupport.concerns import Ending, Route
from peersupport.concerns import Told as ToldFirst
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.outcomes import Refused
from peersupport.people import Role
from peersupport.ports import Member
from peersupport.supporters import Profile
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from tests.front.stage import library, texts
from tests.rules.partner_world import IMPACT
from tests.rules.world import START, TRAINED, VANCOUVER, ask, vancouver
from tests.stories.town import Places
from tests.threats.referred import DISTRUSTED, HELD, REFERRER, refer
from tests.threats.scene_by_phone import leaves_slack, refer_outside
from tests.threats.scene_places import settle as have_places
from tests.threats.scene_shared import open_shared, with_shared
from tests.threats.small_slack import TEAM as TEAM
from tests.threats.small_slack import Client
from tests.threats.small_slack import Told as Told

SISTER = vancouver(id="sister-programme")
"""Another programme of the same installation, looked after by some of the same people."""
ADMIN, BACKUP, LEAD = Address(TEAM, "U0ADA"), Address(TEAM, "U0CLEO"), Address(TEAM, "U0LENA")
KEPT_OUT, EX_ADMIN = Address(TEAM, "U0BEN"), Address(TEAM, "U0ELIO")
MEMBER, OPERATOR, OTHER = Address(TEAM, "U0MIRA"), Address(TEAM, "U0OREN"), Address(TEAM, "U0OTTIL")
PARTNER = Address(TEAM, "U0PIPER")
"""Somebody who notifies for a partner."""
FREE, GUEST, OUTSIDER = Address(TEAM, "U0FERN"), Address(TEAM, "U0GUEST"), Address("T0ELSEWHERE", "U0STRANGER")
FILES = ("main.db", "keyring.db")
SCENES = ("new", "asked", "with", "talks", "done", "gone")
"""Where a request stands: received; an offer is open; accepted; first talk over; finished; withdrawn and erased."""
PHONE_SCENE = "phone"
"""Accepted, and the requester is not on Slack any more."""
REPORT = safety.Report(ToldFirst.FIRST, joint_plan=True, route=Route.LEAD)
PHONE, SECRET = "604-555-0142", "Wren Saltmarsh"
"""What nobody may be shown who may not open an identity."""


@dataclass(frozen=True)
class Scene:
    """One request, and the people who have or had to do with it."""

    name: str
    request: UUID
    reference: str
    own: Address
    asked: Address
    with_: Address
    former: Address
    offer: UUID | None
    """The offer that asks, or asked, `asked`."""
    approval: UUID | None = None
    """What two have agreed on, to open the identity of a closed request."""
    concern: UUID | None = None
    """The safety concern: open while they talk, closed once it is done."""


class StillClock:
    """Stands where it is put."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> Any:
        return self.at


class Ground:
    """The town, ready to be played on and put back."""

    def __init__(self, places: Places, store: Store, clock: StillClock) -> None:
        self.places, self.store, self.clock = places, store, clock
        self.client = Client(guests=frozenset({GUEST.user}), channel=(ADMIN.user, BACKUP.user))
        self.ids = RandomIds()
        self.scenes: dict[str, Scene] = {}
        self.twins: dict[str, Scene] = {}
        """The same states again, where the requester keeps one administrator out."""
        self.entries: dict[Address, UUID] = {}
        self.members: dict[Address, UUID] = {}
        self.others_request = UUID(int=0)
        self.referral = self.held_referral = self.called_referral = UUID(int=0)
        """One that asks `FREE`, one that waits for an administrator, and one of somebody who is not on Slack."""
        self._numbers = count(1)
        self._opened: dict[str, sqlite3.Connection] = {}
        self._kept: dict[str, sqlite3.Connection] = {}
        self._rows: dict[str, list[Any]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        client = cast("AsyncWebClient", self.client)
        self.front = Front(
            work=store.work,
            handles=store.handles,
            client=client,
            programmes=with_shared(VANCOUVER, SISTER, IMPACT),
            resources=library(),
            texts=texts(),
            clock=clock,
            ids=self.ids,
            directory=Directory(client, clock, TEAM),
            screens=Screens(client, lambda event: None),
            team=TEAM,
            default_language="en",
            note=self._note,
            spawn=self._spawn,
            answer_url=self._answer_url,
        )
        self.dispatcher = Dispatcher(self.front, table.table(), table.public(), table.doors())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self._tasks.append(asyncio.get_running_loop().create_task(work))
        return self._tasks[-1]

    def _note(self, event: str, error: BaseException | None) -> None:
        if error is not None:
            raise AssertionError(event) from error

    async def _answer_url(self, _: str, body: dict[str, Any]) -> None:
        self.client.views.append(body)

    async def told(self, payload: dict[str, Any]) -> Told:
        """Have one payload answered, with everything that follows from it."""
        self.client.calls.clear()
        self.client.views.clear()
        answer = await self.dispatcher.answer(payload)
        while self._tasks:
            await self._tasks.pop(0)
        views = tuple(json.dumps(view, sort_keys=True) for view in self.client.views)
        return Told(answer, views, tuple(self.client.calls))

    async def do(self, workflow: Any, who: Address, *args: Any, **more: Any) -> Any:
        """Carry out one workflow in a transaction of its own; it must not be refused."""
        async with self.store.work() as work:
            outcome = await workflow(work, VANCOUVER, who, *args, now=self.clock.now(), **more)
        assert not isinstance(outcome, Refused), workflow
        return outcome

    def handle(self, purpose: str, record: UUID, viewer: Address | None, **days: float) -> str:
        """Make a handle as the app makes it for this viewer; None stands for the administrators' cards."""
        until = self.clock.now() + timedelta(days=days.get("days", 1))
        return self.store.handles.make(purpose, record, tokens.viewer_of(viewer) if viewer else tokens.ADMINS, until)

    def number(self) -> str:
        """Return what no other payload has."""
        return f"{next(self._numbers):08}"

    # The state of things

    @property
    def refused(self) -> set[str]:
        """The one refusal, in every language."""
        return {json.dumps(pages.refused(self.front, language), sort_keys=True) for language in LANGUAGES}

    @property
    def outside(self) -> set[str]:
        """What guests and outsiders are shown, in every language."""
        return {json.dumps(pages.outsider(self.front, language), sort_keys=True) for language in LANGUAGES}

    def refusals(self) -> int:
        """Count the refusals that the ledger holds."""
        return self.events("refused")

    def events(self, start: str) -> int:
        """Count the ledger's lines about such an event."""
        counted = "SELECT count(*) FROM audit WHERE event LIKE ?"
        [found] = self._now("main.db").execute(counted, (f"{start}%",)).fetchone()
        return int(found)

    def keep(self) -> None:
        """Remember everything as it is."""
        for file in FILES:
            self._kept[file] = sqlite3.connect(":memory:")
            self._now(file).backup(self._kept[file])
        self._rows = self._read()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let things be kept anew in here; afterwards everything is again as it was kept before."""
        kept, rows = self._kept, self._rows
        self._kept = {}
        try:
            yield
        finally:
            self._kept, self._rows = kept, rows
            self.put_back()

    def unchanged(self) -> bool:
        """Say whether every row of every table, apart from the ledger, is as it was kept."""
        return self._read() == self._rows

    def put_back(self) -> None:
        """Bring everything back to where it was kept."""
        if not self.unchanged():
            for file in FILES:
                self._kept[file].backup(self._now(file))

    def close(self) -> None:
        """Let go of the files."""
        for opened in (*self._opened.values(), *self._kept.values()):
            opened.close()

    def _now(self, file: str) -> sqlite3.Connection:
        if file not in self._opened:
            self._opened[file] = sqlite3.connect(self.places.folder / file)
        return self._opened[file]

    def _read(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for file in FILES:
            database = self._now(file)
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                if name not in ("audit", "audit_head"):
                    found[name] = database.execute(f"SELECT rowid, * FROM {name} ORDER BY rowid").fetchall()
        return found


@asynccontextmanager
async def open_ground(places: Places) -> AsyncIterator[Ground]:
    """Prepare the town at these places."""
    use_packaged_zones()
    clock = StillClock()
    keyring = Keyring(places.keyring_url, FileMasterKey(places.master), clock, spares=1000)
    store = Store(places.url, keyring, clock)
    await store.ready()
    try:
        ground = Ground(places, store, clock)
        await _settle(ground)
        yield ground
        ground.close()
    finally:
        await store.close()


async def _settle(ground: Ground) -> None:
    roles = dict.fromkeys((ADMIN, KEPT_OUT, EX_ADMIN), Role.ADMIN) | {BACKUP: Role.BACKUP_ADMIN, LEAD: Role.SAFETY_LEAD}
    members = [Member(ground.ids.new(), VANCOUVER.id, frozenset({role}), who) for who, role in roles.items()]
    async with ground.store.work() as work:
        await work.members.keep(VANCOUVER.id, members)
        await work.members.keep(VANCOUVER.id, [each for each in members if each.address != EX_ADMIN])
        there = [replace(each, id=ground.ids.new(), programme=IMPACT.id) for each in members]
        await work.members.keep(IMPACT.id, [each for each in there if each.address != EX_ADMIN])
        person = PartnerPerson(ground.ids.new(), IMPACT.id, "ptc", PartnerRoute.SLACK)
        await work.partner_people.add(person, PartnerIdentity(PARTNER, "Piper"))
        both = [each for each in members if each.address in (ADMIN, BACKUP)]
        await work.members.keep(SISTER.id, [replace(each, id=ground.ids.new(), programme=SISTER.id) for each in both])
    ground.members = {each.address: each.id for each in members}
    await lists(ground, FREE, "Fern")
    others = await ground.do(
        intake.open_request, OTHER, ask(requester=OTHER, reach="604-555-0199"), key="other", ids=ground.ids
    )
    ground.others_request = others.request.id
    ground.referral = await refer(ground, FREE)
    ground.held_referral = await refer(ground, HELD, by=DISTRUSTED)
    ground.called_referral = await refer_outside(ground.store, ground.ids, REFERRER, SECRET, ground.clock.now())
    await open_shared(ground.store, KEPT_OUT, OTHER, FREE, ground.clock.now())
    for name in (*SCENES, PHONE_SCENE):
        ground.scenes[name] = await play(ground, name, "")
        ground.twins[name] = await play(ground, name, "T", KEPT_OUT)
    await have_places(ground.store, ground.scenes["asked"].own, ground.clock.now())
    for scene in (*ground.scenes.values(), *ground.twins.values()):
        await lists(ground, scene.own, f"Listed {scene.name}")
    for who in (ADMIN, KEPT_OUT, EX_ADMIN, BACKUP, LEAD, MEMBER, OPERATOR, OTHER, FREE, GUEST, OUTSIDER, PARTNER):
        await ground.front.directory.facts(who)
    for who in (who for each in ground.scenes.values() for who in (each.own, each.asked, each.with_, each.former)):
        await ground.front.directory.facts(who)


async def lists(ground: Ground, who: Address, name: str) -> UUID:
    """Put somebody into the register."""
    standing = register.Standing(TRAINED, TRAINED, 2)
    profile = Profile(who, name, modalities=("phone",), languages=("en",))
    key = f"list-{who.user}"
    outcome = await ground.do(register.add, ADMIN, standing, profile, key=key, ids=ground.ids)
    ground.entries[who] = outcome.supporter.id
    return ground.entries[who]


async def play(ground: Ground, name: str, twin: str, *kept_out: Address) -> Scene:
    """Bring one request to where the scene has it."""
    people = {part: Address(TEAM, f"U0{part}{name}{twin}".upper()) for part in ("own", "asked", "with", "former")}
    asked = {part: await lists(ground, people[part], f"{part} {name}") for part in ("asked", "with", "former")}
    form = ask(requester=people["own"], name=SECRET, reach=PHONE, avoid_members=kept_out, notify=True)
    opened = await ground.do(intake.open_request, people["own"], form, key=f"ask-{name}{twin}", ids=ground.ids)
    request = opened.request.id
    far = SCENES.index("with" if name == PHONE_SCENE else name)
    offer = await _go(ground, far, request, people, asked)
    if name == PHONE_SCENE:
        await leaves_slack(ground.store, request, ground.clock.now())
    approval = None
    if name == "done":
        for act in (Act.EXTEND_RETENTION, Act.REOPEN_IDENTITY):
            asked_for = await ground.do(approvals.ask, ADMIN, act, request, Why.LAW, ids=ground.ids)
            approval = asked_for.approval.id
            await ground.do(approvals.agree, BACKUP, approval)
    return Scene(
        name,
        request,
        opened.request.reference,
        people["own"],
        people["asked"],
        people["with"],
        people["former"],
        offer,
        approval,
        await _concern(ground, request),
    )


async def _concern(ground: Ground, request: UUID) -> UUID | None:
    async with ground.store.work() as work:
        raised = await work.concerns.of_request(request)
    return raised[0].id if raised else None


async def _go(
    ground: Ground, far: int, request: UUID, people: dict[str, Address], listed: dict[str, UUID]
) -> UUID | None:
    if far < SCENES.index("asked"):
        return None
    await ground.do(triage.claim, ADMIN, request)
    taken = await _ask(ground, request, listed["former"])
    await ground.do(answers.accept, people["former"], taken)
    await ground.do(conversations.open_person, people["former"], request)
    await ground.do(conversations.hand_back, people["former"], request)
    offer = await _ask(ground, request, listed["asked"], listed["with"])
    if far < SCENES.index("with"):
        return offer
    # Asked beside the first, who is thanked when the second says yes.
    [beside] = (await ground.do(triage.send_next, ADMIN, request)).sent
    await ground.do(answers.accept, people["with"], beside.id)
    if far >= SCENES.index("talks"):
        await ground.do(conversations.contact_made, people["with"], request)
        await ground.do(conversations.talked, people["with"], request, 1)
        await ground.do(feedback.offer_resources, people["with"], request)
        await ground.do(safety.raise_concern, people["with"], request, REPORT, ids=ground.ids)
    if far >= SCENES.index("done"):
        concern = await _concern(ground, request)
        await ground.do(safety.take, LEAD, concern)
        await ground.do(safety.close, LEAD, concern, Ending.SAFE_NOW)
    if far == SCENES.index("done"):
        await ground.do(conversations.finish, people["with"], request)
    if far == SCENES.index("gone"):
        await ground.do(own.withdraw, people["own"], request)
        async with ground.store.work() as work:
            closed = await work.requests.get(request, lock=True)
            assert closed is not None
            await retention.erase(work, closed, ground.clock.now())
    return offer


async def _ask(ground: Ground, request: UUID, *supporters: UUID) -> UUID:
    outcome = await ground.do(triage.offer, ADMIN, request, supporters, ids=ground.ids)
    [offer] = outcome.sent
    return cast("UUID", offer.id)
