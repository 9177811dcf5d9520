"""IMPACT with invented people: a partner's members beside those who look after the programme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from peersupport import notices
from peersupport.notice import Noticed, Notifier, PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.people import Address
from peersupport.programme import Programme
from peersupport.programme_partner import Channel
from peersupport.requests import Door, Needs, SupportRequest
from tests.rules.clockwork import Clockwork
from tests.rules.world import PEOPLE, World, address

FILE = Path(__file__).parents[2] / "programmes" / "impact.yml"
KIM, ASH = address("U0KIM"), address("U0ASH")
"""Two members of the partner."""
OWN_LINE, SHARED_LINE = "250-555-0142", "250-555-0100"


def impact(**changes: Any) -> Programme:
    """The shipped programme with invented people; `changes` replace whole parts of it."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Programme.model_validate(content | {"people": PEOPLE} | changes)


IMPACT = impact()


def noticed(**changes: Any) -> Noticed:
    """The form as a partner usually fills it in."""
    usual = Noticed(
        name="Rowan Alder",
        profession="rural_physician",
        community="Terrace",
        reach=OWN_LINE,
        reach_is_own=True,
        criteria=("child_involved",),
    )
    return replace(usual, **changes)


@dataclass
class PartnerWorld(World):
    """The store, IMPACT and the clock, with two people of the partner."""

    programme: Programme = IMPACT

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clockwork = Clockwork(self)
        for who, name in ((KIM, "Kim Cedar"), (ASH, "Ash Birch")):
            self.partner_person(who, name)

    def partner_person(self, who: Address, name: str, route: PartnerRoute = PartnerRoute.SLACK) -> UUID:
        person = PartnerPerson(self.ids.new(), self.programme.id, "ptc", route)
        self.memory.tables.partner_people[person.id] = (person, PartnerIdentity(who, name))
        return person.id

    async def notifies(self, form: Noticed | None = None, who: Address = KIM, *, key: str = "") -> notices.Noticing:
        """A member of the partner sends a notice; it is looked at only with `looks`."""
        key = key or f"key-{self.ids.new()}"
        return await self.do(notices.by_member, who, form or noticed(), key=key, ids=self.ids)

    async def records(self, form: Noticed, who: Address, partner: str = "ptc") -> notices.Noticing:
        """An administrator writes down a voicemail."""
        return await self.do(notices.by_voicemail, who, partner, form, key=f"key-{self.ids.new()}", ids=self.ids)

    async def system(self, form: Noticed) -> notices.Noticing:
        """The partner's own system sends a notice."""
        notifier = Notifier("ptc", Channel.ENDPOINT, self.ids.new())
        async with self.memory() as work:
            key = f"key-{self.ids.new()}"
            return await notices.notify(work, self.programme, notifier, form, key=key, now=self.now, ids=self.ids)

    async def looks(self) -> None:
        """The worker does what is due now."""
        await self.clockwork.run()

    def partners(self) -> list[SupportRequest]:
        """The requests that came through this door, in the order in which they came."""
        return [each for each in self.memory.tables.requests.values() if each.door is Door.PARTNER]

    def only(self) -> SupportRequest:
        (found,) = self.partners()
        return found

    def told_of(self, request: SupportRequest) -> Needs:
        return self.memory.tables.needs[request.id]

    def times(self, request: SupportRequest) -> int:
        (found,) = (each.times for each in self.memory.tables.notices.values() if each.request_id == request.id)
        return found

    def due(self) -> datetime:
        return self.only().due_at
