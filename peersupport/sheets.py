"""What administrators read of one request: a sheet without a word of who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peersupport.actors import Held, administrators, hold
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.offers import Offer
from peersupport.outcomes import Refused, Stale
from peersupport.people import Deed
from peersupport.phone_tasks import Owed, owed
from peersupport.ports import Member, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import SupportRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer as administrators see it; the name is the supporter's."""

    offer: Offer
    supporter: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A request without a word of who asks."""

    request: SupportRequest
    mine: bool
    """True where the caller has claimed it."""
    asked: tuple[Asked, ...]
    supporter: str = ""
    """The name of the supporter it is with."""
    colleagues: tuple[Member, ...] = ()
    """The other administrators it could be handed to."""
    account_ended: bool = False
    """True where the requester's Slack account is gone, so that only phone or e-mail reaches them."""
    told_times: int = 0
    """How many notices of partners it stands for."""
    owed: Owed | None = None
    """What the requester is to be told by phone now."""


async def sheet(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Sheet | Refused | Stale:
    """Return what an administrator sees of a request before opening the identity; closed ones too."""
    held = await hold(work, programme, who, request, Deed.SEE_SHEET, now)
    if not isinstance(held, Held):
        return held
    asked = [Asked(offer, await _name(work, offer.supporter_id)) for offer in await work.offers.of_request(request)]
    notice = await work.notices.of_request(request)
    others = [each for each in await administrators(work, held.request) if each.id != held.actor.member]
    return Sheet(
        held.request,
        mine=held.request.claimed_by is not None and held.request.claimed_by == held.actor.member,
        asked=tuple(asked),
        supporter=await _name(work, held.request.supporter) if held.request.supporter else "",
        colleagues=tuple(others),
        account_ended=bool(await work.audit.of(request, Event.ACCOUNT_ENDED)),
        told_times=notice.times if notice else 0,
        owed=owed(held.request, programme, now),
    )


async def _name(work: UnitOfWork, supporter: UUID) -> str:
    entry = await work.supporters.get(supporter)
    return entry[1].name if entry else ""
