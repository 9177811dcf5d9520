"""A year of invented requests: who asks, who answers and who is silent, on a clock that jumps from deed to deed."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID, uuid4

from peersupport import answers, choices, conversations, intake, own, triage
from peersupport.addresses import Address
from peersupport.clocks import BEFORE_CONTACT
from peersupport.intake import Ask, Opened
from peersupport.notes import ABOUT_THE_PROMISE, note_of
from peersupport.offers import OfferState
from peersupport.people import Role
from peersupport.ports import Member
from peersupport.programme import Programme
from peersupport.programme_hours import days_off
from peersupport.requests import Contact, Needs, State, SupportRequest
from peersupport.supporters import Profile, Supporter
from store.store import Store

BEGIN = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TEAM = "T0HARBOUR1"
ADMINS = tuple(Address(TEAM, f"U0ADMIN{n}XX") for n in range(3))
ZONES = ("America/Vancouver", "America/Vancouver", "America/Edmonton", "America/Halifax", "UTC")
SUPPORTERS = 150
_OPEN_FROM, _OPEN_TO = 8, 18
_SATURDAY = 5

Deed = Callable[[], Awaitable[None]]


@dataclass
class Clock:
    """Stands still until the year moves it."""

    instant: datetime = BEGIN

    def now(self) -> datetime:
        """Return the moved instant."""
        return self.instant


class Ids:
    """Ids as the app makes them; references count up."""

    def __init__(self) -> None:
        self._numbers = count()

    def new(self) -> UUID:
        """Return a random id."""
        return uuid4()

    def reference(self) -> str:
        """Return the next reference."""
        return f"Y0-{next(self._numbers):05}"


@dataclass
class Year:
    """The people of a year, and what they do when; everything random comes from one seed."""

    store: Store
    programme: Programme
    clock: Clock
    chance: Random
    away: tuple[tuple[datetime, datetime], ...]
    """When no administrator acts at all."""
    down: tuple[tuple[datetime, datetime], ...] = ()
    """When the app is."""
    ids: Ids = field(default_factory=Ids)
    deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    supporters: dict[UUID, Address] = field(default_factory=dict)
    opened: list[UUID] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    watch: Callable[[UUID, datetime], None] | None = None
    """Called with each promise made: a request, and when contact is due."""
    _numbers: count[int] = field(default_factory=count)

    def plan(self, at: datetime, deed: Deed) -> None:
        """Have something done at that instant."""
        heapq.heappush(self.deeds, (at, next(self._numbers), deed))

    def soon(self, deed: Deed, least: float, most: float) -> None:
        """Have something done within so many hours."""
        self.plan(self._reachable(self.clock.now() + timedelta(hours=self.chance.uniform(least, most))), deed)

    def at_work(self, deed: Deed, least: float, most: float) -> None:
        """Have an administrator do something within so many hours, in office hours, when one is there."""
        at = self.clock.now() + timedelta(hours=self.chance.uniform(least, most))
        while rests := self._rests_until(at):
            at = rests + timedelta(minutes=self.chance.uniform(0, 90))
        self.plan(self._reachable(at), deed)

    def _reachable(self, at: datetime) -> datetime:
        """Return when somebody who meets an app that is down does it after all: some time after its return."""
        returned = next((ends for begins, ends in self.down if begins <= at < ends), None)
        return at if returned is None else returned + timedelta(minutes=self.chance.uniform(2, 90))

    def _rests_until(self, at: datetime) -> datetime | None:
        for begins, ends in self.away:
            if begins <= at < ends:
                return ends
        zone = self.programme.clock.zone
        local = at.astimezone(zone)
        off = local.weekday() >= _SATURDAY or local.date() in days_off("BC", local.year)
        if not off and _OPEN_FROM <= local.hour < _OPEN_TO:
            return None
        day = local.date() if not off and local.hour < _OPEN_FROM else local.date() + timedelta(days=1)
        return datetime(day.year, day.month, day.day, _OPEN_FROM, tzinfo=zone).astimezone(UTC)

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    # People

    async def settle(self) -> None:
        """Put administrators and supporters into the database."""
        async with self.store.work() as work:
            roles = (Role.ADMIN, Role.ADMIN, Role.BACKUP_ADMIN)
            members = [
                Member(self.ids.new(), self.programme.id, frozenset({role}), who)
                for who, role in zip(ADMINS, roles, strict=True)
            ]
            await work.members.seed(self.programme.id, members)
        trained = date(2026, 3, 1)
        for number in range(SUPPORTERS):
            id_, who = self.ids.new(), Address(TEAM, f"U0SUP{number:04}X")
            entry = Supporter(id_, self.programme.id, 1, trained, trained, self.chance.choice((2, 3)))
            profile = Profile(who, f"Fern {number}", zone=self.chance.choice(ZONES), modalities=("phone", "zoom"))
            async with self.store.work() as work:
                await work.supporters.add(entry, profile)
            self.supporters[id_] = who

    async def asks(self, number: int) -> None:
        """Let the next person ask for support."""
        who = Address(TEAM, f"U0ASK{number:05}X")
        notify = self.chance.random() < 0.7
        needs = Needs(who, "Robin Moss", "en", "physician", ("phone",), zone=self.chance.choice(ZONES), notify=notify)
        ask = Ask(needs, Contact("604-555-0142"))
        async with self.store.work() as work:
            opened = await intake.open_request(
                work, self.programme, who, ask, key=f"k{number}", now=self.clock.now(), ids=self.ids
            )
        assert isinstance(opened, Opened), opened
        self._count("asked")
        self.opened.append(opened.request.id)
        if self.watch:
            self.watch(opened.request.id, opened.request.due_at)
        if self.chance.random() < 0.97:
            self.looks_after(opened.request.id, 0.5, 20)

    def looks_after(self, request: UUID, least: float, most: float) -> None:
        """Have an administrator see to a request."""
        self.at_work(lambda: self._sees_to(request), least, most)

    async def _sees_to(self, request: UUID) -> None:
        """Claim what is unclaimed, and offer what nobody is asked about."""
        found, now, who = await self.request(request), self.clock.now(), self.chance.choice(ADMINS[:2])
        if found is None or found.state is State.CLOSED:
            return
        async with self.store.work() as work:
            if found.state is State.RECEIVED:
                await triage.claim(work, self.programme, who, request, now=now)
            elif found.state is State.ACCEPTED and found.due_at < now and self.chance.random() < 0.5:
                await triage.reassign(work, self.programme, who, request, now=now)
        async with self.store.work() as work:
            ranked = await triage.suggest(work, self.programme, who, request, now=now)
            best = ranked.ranking.candidates[:3] if isinstance(ranked, triage.Suggestions) else ()
            if best:
                wanted = [each.supporter.id for each in best[: self.chance.randint(1, 3)]]
                await triage.offer(work, self.programme, who, request, wanted, now=now, ids=self.ids)
        if found.state in BEFORE_CONTACT and (not best or found.state is State.ACCEPTED):
            # They look at the queue again, as long as somebody waits there.
            self.looks_after(request, 24, 96)

    # What a message leads to

    def hears_of_offer(self, offer: UUID, supporter: UUID) -> None:
        """Let a supporter who was asked answer, or be silent."""
        mood = self.chance.random()
        if mood < 0.55:
            self.soon(lambda: self._accepts(offer, supporter), 0.1, 16)
        elif mood < 0.7:
            self.soon(lambda: self._declines(offer, supporter), 0.1, 10)

    async def _accepts(self, offer: UUID, supporter: UUID) -> None:
        async with self.store.work() as work:
            said = await answers.accept(work, self.programme, self.supporters[supporter], offer, now=self.clock.now())
        if isinstance(said, answers.Accepted):
            self._count("accepted")
            mood = self.chance.random()
            if mood < 0.8:
                self.soon(lambda: self._reaches(said.request.id, supporter), 1, 40)
            elif mood < 0.9:
                self.soon(lambda: self._tries(said.request.id, supporter, 1), 1, 20)

    async def _declines(self, offer: UUID, supporter: UUID) -> None:
        async with self.store.work() as work:
            await answers.decline(work, self.programme, self.supporters[supporter], offer, now=self.clock.now())

    async def _reaches(self, request: UUID, supporter: UUID) -> None:
        async with self.store.work() as work:
            await conversations.contact_made(
                work, self.programme, self.supporters[supporter], request, now=self.clock.now()
            )
        self._count("contacts")
        ends = (24, 400) if self.chance.random() < 0.9 else (400, 1000)
        self.soon(lambda: self._finishes(request, supporter), *ends)

    async def _tries(self, request: UUID, supporter: UUID, number: int) -> None:
        async with self.store.work() as work:
            await conversations.could_not_reach(
                work, self.programme, self.supporters[supporter], request, number, now=self.clock.now()
            )
        if number == 1:
            self.soon(lambda: self._tries(request, supporter, 2), 10, 30)

    async def _finishes(self, request: UUID, supporter: UUID) -> None:
        who, now = self.supporters[supporter], self.clock.now()
        async with self.store.work() as work:
            await conversations.talked(work, self.programme, who, request, 1, now=now)
        async with self.store.work() as work:
            await conversations.finish(work, self.programme, who, request, now=now)

    def hears_of_note(self, request: UUID) -> None:
        """Let a requester whose promise was missed choose, or not."""
        mood = self.chance.random()
        if mood < 0.4:
            self.soon(lambda: self._chooses(request, choices.wait), 0.1, 12)
        elif mood < 0.6:
            self.soon(lambda: self._chooses(request, own.withdraw), 0.1, 24)
        elif mood < 0.75:
            self.soon(lambda: self._chooses(request, own.nobody_yet), 0.1, 24)

    async def _chooses(self, request: UUID, deed: Callable[..., Awaitable[object]]) -> None:
        found = await self.request(request)
        if found is None or note_of(found, self.programme, self.clock.now()) not in ABOUT_THE_PROMISE:
            return
        async with self.store.work() as work:
            needs = await work.requests.needs(request)
            if needs is not None:
                await deed(work, self.programme, needs.requester, request, now=self.clock.now())

    async def request(self, id: UUID) -> SupportRequest | None:
        """Return a request as it stands."""
        async with self.store.work() as work:
            return await work.requests.get(id)

    async def open_offer(self, id: UUID) -> bool:
        """Say whether an offer still waits for an answer."""
        async with self.store.work() as work:
            found = await work.offers.get(id)
        return found is not None and found.state is OfferState.OPEN
