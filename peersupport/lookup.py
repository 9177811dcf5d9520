"""How an administrator finds a request of any state by its reference; nothing here leads from a person to a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peersupport.actors import Held, actor, entitled, hold, refuse
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.people import Deed, Duty, may
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Door, State, SupportRequest

_REFERENCE = re.compile(r"([A-Z][0-9])-?([0-9A-Z]{4})")


@dataclass(frozen=True, slots=True)
class Malformed:
    """What was typed cannot be a reference."""


@dataclass(frozen=True, slots=True)
class NoneSuch:
    """No request of the programme that this administrator may know of has this reference."""


def read_reference(typed: str) -> str | None:
    """Return the reference that was meant, in whatever case and with whatever dash; None where it is none."""
    found = _REFERENCE.fullmatch(re.sub(r"[\s\u00ad\u2010-\u2015\u2212]", "-", typed.strip()).upper())
    return f"{found[1]}-{found[2]}" if found else None


async def find(
    work: UnitOfWork, programme: Programme, who: Address, typed: str, *, now: datetime
) -> SupportRequest | Malformed | NoneSuch | Refused:
    """Return the request with a reference; one that this administrator is kept out of is answered like an unknown."""
    if await entitled(work, programme, who, Duty.LOOK_UP) is None:
        return await refuse(work, now)
    reference = read_reference(typed)
    if reference is None:
        return Malformed()
    found = await work.requests.by_reference(programme.id, reference)
    # As much is read where there is none, so that the time an answer takes tells less.
    caller = await actor(work, who, found or _none_such(programme, now))
    if found is None or not may(Deed.FIND, caller, found):
        await refuse(work, now, found.id if found else None, caller)
        return NoneSuch()
    return found


def _none_such(programme: Programme, now: datetime) -> SupportRequest:
    return SupportRequest(UUID(int=0), "", programme.id, Door.SELF, State.CLOSED, 1, now, now, "")


async def again(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> SupportRequest | Refused:
    """Return a request that was found before, judged anew."""
    held = await hold(work, programme, who, request, Deed.FIND, now)
    return held.request if isinstance(held, Held) else Refused()
