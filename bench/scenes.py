"""Gets each load ready through the product itself: real views recorded, real people known, real offers made."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

from bench import payloads
from bench.client import Connection, closed_loop, sealed
from bench.payloads import PROGRAMME, TEAM, Json, Letter, Template, person
from bench.servers import Failed, Installation, Server
from bench.slack import REFERENCE, Slack
from handlers import ids
from peersupport.addresses import Address
from peersupport.offers import Offer, OfferState
from peersupport.requests import Contact, Door, Needs, State, SupportRequest
from peersupport.supporters import Profile, Supporter
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store

_ANSWERS = {
    ids.IN_ROLE: ["physician"],
    ids.IN_MODALITIES: ["phone"],
    ids.IN_REACH: "604-555-0143",
    ids.IN_NAME: "Invented Person",
    ids.IN_REASONS: ["work_life_balance", "change_at_work"],
    ids.IN_TIMES: ["weekday_evenings"],
    f"{ids.IN_WISH}.specialty_group": ["family_practice"],
}
_people = count(1)
_AT_ONCE = 100


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Scene:
    """A running product, what is known of its views, and the people who are ready to act."""

    slack: Slack
    installation: Installation
    server: Server
    command: Template = field(default_factory=payloads.command)
    home: Template = field(default_factory=payloads.home_opened)
    submission: Template | None = None
    accept: Template | None = None

    async def say(self, letter: Letter) -> bytes:
        """Send one payload and return the answer; raises Failed on anything but a 200."""
        line = await Connection.to(self.server.port)
        try:
            status, body = await line.send(sealed(letter))
        finally:
            line.close()
        if status != 200:
            raise Failed(f"{self.server.name} answered {status}")
        return body

    async def shown(self, letter: Letter) -> Json:
        """Send one payload and return the view that the app then shows."""
        self.slack.keep_views = True
        self.slack.expect()
        try:
            await self.say(letter)
            return await self.slack.next_view()
        except TimeoutError:
            raise Failed(f"{self.server.name} showed no view:\n{self.server.log.read_text()[-2000:]}") from None
        finally:
            self.slack.keep_views = False

    async def record_form(self) -> None:
        """Open the request form once and keep its submission, filled in."""
        press = payloads.pressed(ids.ASK, value=PROGRAMME)
        form = await self.shown(press.letter(person(next(_people))))
        if form.get("callback_id") != ids.VIEW_REQUEST:
            raise Failed("pressing the button of the menu did not open the request form")
        self.submission = payloads.submitted(form, payloads.filled(form, _ANSWERS))

    def submit(self, user: str) -> Letter:
        """Return somebody's filled form."""
        assert self.submission is not None
        return self.submission.letter(user)

    async def known_people(self, number: int) -> list[str]:
        """Return people who never asked for anything, each of whom the app has met a moment ago, as in the menu."""
        people = [person(next(_people)) for _ in range(number)]
        waiting = iter(people)
        choose = payloads.pressed(
            ids.FORM_ROLE, view=_bare_form(), selected_option={"value": "physician"}, type="radio_buttons"
        )

        def make() -> Letter | None:
            user = next(waiting, None)
            return choose.letter(user) if user else None

        run = await closed_loop(self.server.port, make, 8, 120)
        if run.wrong:
            raise Failed("the app did not take the first answer of the form")
        return people

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Open the product's own store beside it."""
        installation, clock = self.installation, _Now()
        keyring = Keyring(installation.keyring_url, FileMasterKey(installation.folder / "master.key"), clock)
        store = Store(installation.database_url, keyring, clock)
        await store.ready()
        try:
            yield store
        finally:
            await store.close()

    async def offers(self, number: int) -> list[tuple[str, str]]:
        """Put down so many requests, each offered to a supporter of its own; returns supporter and offer's handle."""
        supporters = await self.known_people(number)
        found: list[tuple[str, str]] = []
        async with self.store() as store:
            for start in range(0, number, _AT_ONCE):
                async with store.work() as work:
                    for user in supporters[start : start + _AT_ONCE]:
                        supporter, profile = entry(user)
                        request, needs, contact = asked(person(next(_people)), State.OFFERED)
                        offer = Offer(
                            uuid4(),
                            request.id,
                            supporter.id,
                            1,
                            OfferState.OPEN,
                            request.created_at,
                            request.created_at,
                        )
                        await work.supporters.add(supporter, profile)
                        await work.requests.add(request, needs, contact)
                        await work.offers.add([offer])
                        handle = store.handles.make(
                            ids.OFFER, offer.id, f"{TEAM}:{user}", request.created_at + timedelta(days=7)
                        )
                        found.append((user, handle))
        return found

    async def record_offer(self) -> None:
        """Open an offer once and keep the press on its accepting button."""
        ((user, handle),) = await self.offers(1)
        view = await self.shown(payloads.pressed(ids.OPEN_OFFER, value=handle, handle=handle).letter(user, handle))
        button = next(each for each in _buttons(view) if each["action_id"] == ids.ACCEPT)
        inside = json.loads(view["private_metadata"])["h"]
        # The view's handle is another token for the same offer; every load puts its own in its place.
        value = {"value": button["value"]} if "value" in button else {}
        self.accept = payloads.pressed(ids.ACCEPT, view=view, handle=inside, **value)


def _buttons(view: Json) -> Iterable[Json]:
    for block in view["blocks"]:
        yield from (each for each in block.get("elements", []) if each.get("type") == "button")


def _bare_form() -> Json:
    metadata = json.dumps({"l": "en", "p": PROGRAMME})
    return {"type": "modal", "callback_id": ids.VIEW_REQUEST, "private_metadata": metadata, "blocks": []}


def entry(user: str) -> tuple[Supporter, Profile]:
    """Return a supporter who can be asked."""
    day = date(2026, 1, 15)
    supporter = Supporter(uuid4(), PROGRAMME, 1, day, day, 2)
    profile = Profile(
        Address(TEAM, user),
        "Invented Supporter",
        ("en", "fr"),
        ("phone", "zoom"),
        ("weekday_evenings", "weekends"),
        department="medicine",
        traits={"specialty_group": "family_practice", "gender": "woman", "career_stage": "middle"},
    )
    return supporter, profile


_references = count(1)


def reference() -> str:
    """Return a reference that the app would not make itself, so that none is taken."""
    return f"bench-{next(_references)}"


def asked(user: str, state: State) -> tuple[SupportRequest, Needs, Contact]:
    """Return somebody's request."""
    now = datetime.now(UTC)
    request = SupportRequest(
        uuid4(), reference(), PROGRAMME, Door.SELF, state, 1, now, now + timedelta(hours=72), "2026-11"
    )
    needs = Needs(
        Address(TEAM, user),
        "Invented Person",
        "en",
        "physician",
        ("phone",),
        ("work_life_balance",),
        ("weekday_evenings",),
        "America/Vancouver",
        {"specialty_group": "family_practice"},
    )
    return request, needs, Contact("604-555-0143", voicemail=True)


def took(_: Letter, answer: bytes) -> bool:
    """Say whether a submission was kept: only the page of thanks names a reference."""
    return REFERENCE.search(answer) is not None
