"""One programme with invented people, and short ways to do what they do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import yaml

from peersupport import answers, intake, triage
from peersupport.intake import Ask, Opened
from peersupport.matching import Ranking, candidate, is_apart, order
from peersupport.offers import Offer, OfferState
from peersupport.people import Address, Role
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Contact, Needs, SupportRequest
from peersupport.supporters import Profile, Supporter, outline_of
from tests.rules.fakes import Ids, Memory

START = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TRAINED = date(2026, 3, 1)
FILE = Path(__file__).parents[2] / "programmes" / "vancouver.yml"
PEOPLE: dict[str, Any] = {
    "admins": ["U0ADA", "U0BEN"],
    "backup_admins": ["U0CLEO"],
    "safety_leads": [{"id": "U0LENA", "phone": "604-555-0100"}],
    "privacy_contact": "U0PRIYA",
    "admin_channel": "C0TRIAGE",
    "office": {"phone": "604-555-0101"},
}

T = TypeVar("T")


def address(user: str) -> Address:
    return Address("T0CLINIC", user)


ADA, BEN, CLEO, LENA = (address(user) for user in ("U0ADA", "U0BEN", "U0CLEO", "U0LENA"))
"""Two administrators, a backup, a safety lead."""
ROBIN = address("U0ROBIN")
"""Somebody who asks."""
STRANGER = address("U0STRANGER")


def vancouver(**changes: Any) -> Programme:
    """The shipped programme with invented people; `changes` replace whole parts of it."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Programme.model_validate(content | {"people": PEOPLE} | changes)


VANCOUVER = vancouver()


def needs(**changes: Any) -> Needs:
    usual = Needs(requester=ROBIN, name="Robin", language="en", role="physician", modalities=("phone",))
    return replace(usual, **changes)


def ask(*, ask_first: bool = False, urgent: bool = False, reach: str = "604-555-0142", **changes: Any) -> Ask:
    return Ask(needs(**changes), Contact(reach), ask_first=ask_first, urgent=urgent)


def supporter(id: UUID, **changes: Any) -> Supporter:
    return replace(Supporter(id, VANCOUVER.id, 1, TRAINED, TRAINED, 2), **changes)


def profile(user: str, name: str, **changes: Any) -> Profile:
    return replace(Profile(address(user), name, modalities=("phone",)), **changes)


def rank(
    needs: Needs,
    register: Iterable[tuple[Supporter, Profile]],
    programme: Programme,
    now: datetime,
    said_no: Collection[UUID] = (),
) -> Ranking:
    """Everybody who could be asked, with the reasons, as an administrator is shown the first of them."""
    profiles = {entry.id: (entry, profile) for entry, profile in register}
    rows = [(entry, outline_of(profile), is_apart(needs, profile)) for entry, profile in profiles.values()]
    found = order(needs, rows, programme, now, said_no)
    candidates = tuple(candidate(needs, *profiles[each.id], programme) for each in found.best)
    return Ranking(candidates, found.excluded, found.away)


@dataclass
class World:
    """The store, the programme and the clock."""

    programme: Programme = VANCOUVER
    memory: Memory = field(default_factory=Memory)
    ids: Ids = field(default_factory=Ids)
    now: datetime = START

    def __post_init__(self) -> None:
        roles = {
            ADA: Role.ADMIN,
            BEN: Role.ADMIN,
            CLEO: Role.BACKUP_ADMIN,
            LENA: Role.SAFETY_LEAD,
        }
        for who, role in roles.items():
            member = Member(self.ids.new(), self.programme.id, frozenset({role}), who)
            self.memory.tables.members[member.id] = member

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def member(self, who: Address) -> UUID:
        return next(each.id for each in self.memory.tables.members.values() if each.address == who)

    def supporter(self, user: str, name: str = "", *, profile_has: dict[str, Any] | None = None, **has: Any) -> UUID:
        """Put somebody into the register."""
        id = self.ids.new()
        entry = (supporter(id, programme=self.programme.id, **has), profile(user, name or user, **(profile_has or {})))
        self.memory.tables.supporters[id] = entry
        return id

    async def do(self, workflow: Callable[..., Coroutine[Any, Any, T]], who: Address, *args: Any, **more: Any) -> T:
        """Carry out one workflow in a transaction of its own."""
        async with self.memory() as work:
            return await workflow(work, self.programme, who, *args, now=self.now, **more)

    async def read(self, question: Callable[[UnitOfWork], Coroutine[Any, Any, T]]) -> T:
        async with self.memory() as work:
            return await question(work)

    async def opens(self, who: Address = ROBIN, asked: Ask | None = None, *, key: str = "") -> SupportRequest:
        """Let somebody open a request."""
        outcome = await self.do(
            intake.open_request, who, asked or ask(requester=who), key=key or f"key-{self.ids.new()}", ids=self.ids
        )
        assert isinstance(outcome, Opened), outcome
        return outcome.request

    async def confirmed(self, who: Address = ROBIN, asked: Ask | None = None) -> SupportRequest:
        request = await self.opens(who, asked)
        await self.do(triage.claim, ADA, request.id)
        return self.request(request.id)

    async def offered(self, *supporters: UUID, asked: Ask | None = None) -> SupportRequest:
        request = await self.confirmed(asked=asked)
        outcome = await self.do(triage.offer, ADA, request.id, supporters, ids=self.ids)
        assert isinstance(outcome, triage.Offered), outcome
        return self.request(request.id)

    async def accepted(self, user: str = "U0SUNE", *, asked: Ask | None = None) -> SupportRequest:
        """A request that this supporter has accepted; they are put into the register where they are not in it."""
        listed = [id for id, (_, each) in self.memory.tables.supporters.items() if each.address == address(user)]
        request = await self.offered(*(listed or [self.supporter(user)]), asked=asked)
        outcome = await self.do(answers.accept, address(user), self.offer(request.id).id)
        assert isinstance(outcome, answers.Accepted), outcome
        return self.request(request.id)

    def request(self, id: UUID) -> SupportRequest:
        return self.memory.tables.requests[id]

    def offers(self, request: UUID) -> list[Offer]:
        found = [each for each in self.memory.tables.offers.values() if each.request_id == request]
        return sorted(found, key=lambda each: each.position)

    def offer(self, request: UUID, state: OfferState = OfferState.OPEN) -> Offer:
        """The one offer of a request in a state."""
        (found,) = [each for each in self.offers(request) if each.state is state]
        return found
