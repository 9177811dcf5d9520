"""A desk at which deeds for two are asked for, agreed on and used, in the store in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peersupport import approvals, triage
from peersupport.addresses import Address
from peersupport.approvals import (
    Act,
    Approval,
    Asked,
    Why,
)
from peersupport.audit import ActorKind, Event
from peersupport.requests import Outcome, SupportRequest
from tests.rules.world import ADA, BEN, CLEO, ROBIN, World, address, ask

ABOUT = (Act.REOPEN_IDENTITY, Act.EXTEND_RETENTION)
OPERATORS = (Act.NAME_ADMINISTRATOR, Act.KEY_OPERATION)
CODE = "7Q2M-4K1D"
PRIYA = address("U0PRIYA")
"""The privacy contact."""


@dataclass
class Desk(World):
    """The programme, and short ways through what two administrators do."""

    async def closed(self, who: Address = ROBIN, **needs: Any) -> SupportRequest:
        request = await self.opens(who, ask(requester=who, **needs))
        async with self.memory() as work:
            able = [each.address for each in await work.members.all(self.programme.id)]
        for admin in (ADA, BEN, CLEO):
            kept = {who, *needs.get("avoid_members", ())}
            if admin in able and admin not in kept:
                await self.do(triage.claim, admin, request.id)
                await self.do(triage.close_request, admin, request.id, Outcome.NONE_AVAILABLE)
                break
        return self.request(request.id)

    async def asks(self, who: Address, request: UUID, act: Act = Act.REOPEN_IDENTITY) -> Approval:
        outcome = await self.do(approvals.ask, who, act, request, Why.SAFETY, ids=self.ids)
        assert isinstance(outcome, Asked), outcome
        return outcome.approval

    async def operator(self, act: Act = Act.KEY_OPERATION, subject: UUID | None = None) -> Approval:
        async with self.memory() as work:
            return await approvals.ask_as_operator(
                work, self.programme.id, act, code=CODE, subject=subject, now=self.now, ids=self.ids
            )

    async def agrees(self, who: Address, approval: Approval) -> object:
        return await self.do(approvals.agree, who, approval.id)

    async def ready(self, approval: Approval) -> Approval | None:
        """What the deed itself asks for."""
        async with self.memory() as work:
            return await approvals.agreed(
                work, self.programme.id, approval.act, subject=approval.subject, code=approval.code, now=self.now
            )

    async def uses(self, approval: Approval, by: Address | None) -> bool:
        async with self.memory() as work:
            return await approvals.use(work, approval, self.member(by) if by else None, self.now)

    def kept(self, approval: Approval) -> Approval:
        return self.memory.tables.approvals[approval.id]

    def ledger(self, *events: Event) -> list[tuple[Event, ActorKind, UUID | None]]:
        return [(each.event, each.kind, each.actor) for each in self.memory.tables.audit if each.event in events]

    def goes(self, who: Address) -> None:
        """Let somebody lose every role."""
        member = self.memory.tables.members.pop(self.member(who))
        self.memory.tables.former[member.id] = member


async def put(desk: Desk, act: Act) -> Approval:
    """Put a deed down: by the first administrator where administrators ask, else by the operator."""
    if act in ABOUT:
        return await desk.asks(ADA, (await desk.closed()).id, act)
    return await desk.operator(act)
