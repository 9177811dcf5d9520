"""A programme that takes a partner's notices, and short ways to an invitation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from peersupport import answers, notices, outreach, triage
from peersupport.addresses import Address
from peersupport.notice import Noticed
from peersupport.notices import Received
from peersupport.notifications import Due, Kind
from peersupport.programme import Programme
from peersupport.reminders import carry_out
from peersupport.requests import SupportRequest
from tests.rules.world import ADA, VANCOUVER, World, address, vancouver

DISPATCH = "dispatch"
SUNE = address("U0SUNE")
RURAL = {"profession": "physician", "rural_practice": "yes"}
OWN, SHARED = "604-555-0177", "604-555-0100"


def with_partner(**changes: Any) -> Programme:
    """The shipped programme with one partner."""
    form = VANCOUVER.form.model_dump()
    form["wishes"] = [
        {
            "id": "profession",
            "label": {"en": "Profession", "fr": "Profession"},
            "options": [
                {"id": "physician", "label": {"en": "Physician", "fr": "Médecin"}},
                {"id": "nurse", "label": {"en": "Nurse", "fr": "Personnel infirmier"}},
            ],
        },
        {
            "id": "rural_practice",
            "label": {"en": "Rural practice", "fr": "Milieu rural"},
            "options": [{"id": "yes", "label": {"en": "Rural", "fr": "Rural"}}],
        },
    ]
    parts: dict[str, Any] = {
        "doors": VANCOUVER.doors.model_dump() | {"partner_notification": True},
        "request": form,
        "matching": VANCOUVER.match.model_dump()
        | {"prefer": ["same_profession", "rural_experience"], "auto_exclude": ["same_community"]},
        "partner_notification": {
            "partners": [
                {
                    "id": DISPATCH,
                    "label": {"en": "The dispatch", "fr": "La répartition"},
                    "channels": ["voicemail"],
                }
            ],
            "criteria": [{"id": "hard_transfer", "label": {"en": "A hard transfer", "fr": "Un transfert difficile"}}],
        },
    }
    return vancouver(**(parts | changes))


WITH_PARTNER = with_partner()


def noticed(**changes: Any) -> Noticed:
    usual = Noticed(
        "Robin Alder", "physician", "Emergency medicine", OWN, reach_is_own=True, criteria=("hard_transfer",)
    )
    return replace(usual, **changes)


@dataclass
class Told(World):
    """The store, that programme and the clock."""

    programme: Programme = field(default_factory=lambda: WITH_PARTNER)

    async def told(self, **form: Any) -> SupportRequest:
        """Let a partner's voicemail be written down and looked at; return the request that came of it."""
        before = set(self.memory.tables.requests)
        await self.notifies(**form)
        (new,) = set(self.memory.tables.requests) - before
        return self.request(new)

    async def notifies(self, **form: Any) -> None:
        """Let a voicemail be written down and looked at, whatever comes of it."""
        receipt = await self.do(
            notices.by_voicemail, ADA, DISPATCH, noticed(**form), key=f"key-{self.ids.new()}", ids=self.ids
        )
        assert isinstance(receipt, Received), receipt
        await self.look()

    async def look(self) -> None:
        """Look at every notice that came in."""
        for row in self.memory.told(Kind.TAKE_NOTICE):
            async with self.memory() as work:
                due = Due(self.ids.new(), row.kind, row.subject, self.programme.id)
                await carry_out(work, self.programme, due, self.now, self.ids)

    async def taken(self, user: str = "U0SUNE", **form: Any) -> SupportRequest:
        """A notice whose request this supporter has accepted."""
        return await self.takes(await self.told(**form), user)

    async def takes(self, request: SupportRequest, user: str = "U0SUNE") -> SupportRequest:
        listed = [id for id, (_, each) in self.memory.tables.supporters.items() if each.address == address(user)]
        entry = listed[0] if listed else self.supporter(user, profile_has={"traits": RURAL})
        if self.request(request.id).claimed_by is None:
            await self.do(triage.claim, ADA, request.id)
        outcome = await self.do(triage.offer, ADA, request.id, [entry], ids=self.ids)
        assert isinstance(outcome, triage.Offered), outcome
        won = await self.do(answers.accept, address(user), self.offer(request.id).id)
        assert isinstance(won, answers.Accepted), won
        return self.request(request.id)

    async def tried(self, number: int = 1, who: Address = SUNE, **form: Any) -> SupportRequest:
        """A notice after so many attempts, three days apart."""
        request = await self.taken(**form)
        for each in range(1, number + 1):
            outcome = await self.do(outreach.no_answer, who, request.id, each)
            assert isinstance(outcome, outreach.Tried), outcome
            if each < number:
                self.later(days=3)
        return self.request(request.id)

    def goes_now(self, request: UUID) -> bool:
        """Say whether it is closed, and all of it is to be erased at once."""
        rows = [each for each in self.memory.told(Kind.ERASE) if each.subject == request]
        closed = self.request(request).closed_at
        return closed is not None and [each.run_at for each in rows] == [closed]

    def is_erased(self, request: UUID) -> bool:
        """Say whether nothing that names anybody is left."""
        tables = self.memory.tables
        kept = [tables.needs.get(request), tables.contacts.get(request), tables.requesters.get(request)]
        beside = [each.id for each in tables.notices.values() if each.request_id == request]
        return (
            not any(kept) and not any(each in tables.told for each in beside) and bool(self.request(request).erased_at)
        )
