"""Putting every key under a new master key: who has to agree first, and what is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peersupport import approvals
from peersupport.approvals import Act, Approval
from peersupport.audit import ActorKind, Entry, Event
from peersupport.exceptional import code_for
from peersupport.ports import Ids, UnitOfWork
from peersupport.upkeep import subject_of


class Step(StrEnum):
    """What the ledger says of a rotation."""

    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class MayRotate:
    """Two administrators have agreed, and that it begins is written down."""


@dataclass(frozen=True, slots=True)
class AwaitsTwo:
    """Two administrators have to agree first; nothing was changed."""

    approval: Approval


def code_of(programme: str, master: str) -> str:
    """Return a short code for this very master key, known by its name, easy to say on the phone."""
    return code_for(programme, master)


async def begin(work: UnitOfWork, programme: str, master: str, *, now: datetime, ids: Ids) -> MayRotate | AwaitsTwo:
    """Say whether keys may go over to this master key; asks two administrators where nobody has."""
    code = code_of(programme, master)
    if await approvals.agreed(work, programme, Act.KEY_OPERATION, code=code, now=now) is None:
        return AwaitsTwo(
            await approvals.ask_as_operator(work, programme, Act.KEY_OPERATION, code=code, now=now, ids=ids)
        )
    await _write(work, programme, Step.BEGUN, now)
    return MayRotate()


async def finish(work: UnitOfWork, programme: str, master: str, *, moved: bool, now: datetime) -> None:
    """Write down that all keys went over, and use up what was agreed on; nothing where both were done before."""
    agreed = await approvals.agreed(work, programme, Act.KEY_OPERATION, code=code_of(programme, master), now=now)
    used = agreed is not None and await approvals.use(work, agreed, None, now)
    if used or moved:
        await _write(work, programme, Step.DONE, now)


async def _write(work: UnitOfWork, programme: str, step: Step, now: datetime) -> None:
    await work.audit.write(Entry(Event.KEYS_ROTATED, now, ActorKind.SYSTEM, None, subject_of(programme), step.value))
