"""What the requester does with their own request: see, change, withdraw, ask for someone else, say yes to the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from peersupport import messages, paging
from peersupport.actors import Held, administrators, hold
from peersupport.addresses import Address
from peersupport.asking import PENDING, end, go_on
from peersupport.audit import Entry, Event
from peersupport.conversations import name_shown_from
from peersupport.endings import close, release
from peersupport.intake import Ask, Invalid, Part, check, concerns_members, known
from peersupport.matching import is_excluded
from peersupport.offers import OfferState
from peersupport.outcomes import Already, Done, NoOtherAdministrator, Refused, Stale
from peersupport.people import Deed
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Contact, Needs, Outcome, State, SupportRequest

LOOKING = frozenset({State.MATCHING, State.OFFERED})
"""Where a supporter is looked for, the first or another."""


@dataclass(frozen=True, slots=True, repr=False)
class Own:
    """A person's own open request, for their eyes."""

    request: SupportRequest
    needs: Needs | None
    contact: Contact | None
    supporter: str = ""
    """The supporter's name, from the moment they accept."""
    name_shown_at: datetime | None = None
    """From when the supporter sees the name; None where nobody has accepted."""
    openings: tuple[Entry, ...] = ()
    """When the identity was opened, and in what capacity."""
    again: bool = False
    """True while somebody else is looked for, after a supporter had said yes."""

    def __repr__(self) -> str:
        return "Own(...)"


async def overview(work: UnitOfWork, programmes: Mapping[str, Programme], who: Address) -> tuple[Own, ...]:
    """Return the person's open requests with what Home shows of them, newest first."""
    found = []
    for request in await known(work, who):
        programme = programmes.get(request.programme)
        if programme is not None:
            found.append(await _own(work, programme, request))
    return tuple(found)


async def see(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Own | Refused | Stale:
    """Return one's own request with everything that was submitted, to show or change it."""
    held = await hold(work, programme, who, request, Deed.SEE_OWN, now)
    if not isinstance(held, Held):
        return held
    own = await _own(work, programme, held.request)
    return replace(own, needs=await work.requests.needs(request), contact=await work.requests.contact(request))


async def _own(work: UnitOfWork, programme: Programme, request: SupportRequest) -> Own:
    entry = await work.supporters.get(request.supporter) if request.supporter else None
    return Own(
        request=request,
        needs=None,
        contact=None,
        supporter=entry[1].name if entry else "",
        name_shown_at=name_shown_from(programme, request),
        openings=tuple(await work.audit.of(request.id, Event.IDENTITY_OPENED)),
        again=request.state in LOOKING and bool(await work.audit.of(request.id, Event.MATCH_RELEASED)),
    )


async def change(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, ask: Ask, *, now: datetime
) -> Done | Invalid | NoOtherAdministrator | Refused | Stale:
    """Replace what was submitted; people now kept out lose their offer, their match or their claim at once."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    before, contact = await work.requests.needs(request), await work.requests.contact(request)
    if before is None or contact is None:
        return Stale(held.request.state)
    needs = replace(
        ask.needs,
        requester=before.requester,
        role=before.role,
        opened_by=before.opened_by,
        hidden_from=before.hidden_from,
    )
    faults = tuple(each for each in check(programme, replace(ask, needs=needs)) if each[0] is not Part.ROLE)
    if faults:
        return Invalid(faults)
    if not await administrators(work, held.request, needs):
        return NoOtherAdministrator()
    saved = await _save_change(held, ask, needs)
    if isinstance(saved, Stale):
        return saved
    await work.requests.reseal(request, needs, ask.contact)
    await _close_to(saved, [who for who in needs.avoid_members if who not in before.avoid_members])
    newly_private = saved.request.private_card and not held.request.private_card
    newly_urgent = saved.request.urgent and not held.request.urgent
    if newly_private or newly_urgent:
        await saved.tell_administrators(needs=needs)
    if (contact, before.times) != (ask.contact, needs.times) and saved.request.supporter is not None:
        await saved.tell(messages.tell_supporter(saved.request, saved.request.supporter))
    return await _keep_out(saved, needs)


async def _save_change(held: Held, ask: Ask, needs: Needs) -> Held | Stale:
    """Write the plain part; whoever claimed the request gives it up where they are now kept out."""
    looking_after = {member.id for member in await administrators(held.work, held.request, needs)}
    kept = held.request.claimed_by in looking_after
    changed = replace(
        held.request,
        ask_first=ask.ask_first,
        urgent=ask.urgent,
        private_card=await concerns_members(held.work, held.programme, needs),
        claimed_by=held.request.claimed_by if kept else None,
        claimed_at=held.request.claimed_at if kept else None,
    )
    return await held.save(changed, Event.REQUEST_CHANGED)


async def _close_to(held: Held, kept_out: Sequence[Address]) -> None:
    """Take a request from the Homes of members who are kept out from now on, and its safety concern from their care."""
    if not kept_out:
        return
    members = await held.work.members.which(held.programme.id, kept_out)
    await held.tell(*(messages.home_member(held.request, member) for member in members))
    await paging.keep_out(held.work, held.request, members, held.now)


async def _keep_out(held: Held, needs: Needs) -> Done | Stale:
    """End what the changed wishes forbid: the match, and offers to people now kept out."""
    request = held.request
    entry = await held.work.supporters.get(request.supporter) if request.supporter else None
    if entry and is_excluded(needs, *entry):
        released = await release(held, OfferState.ENDED)
        return released if isinstance(released, Stale) else Done(released.request)
    offers = await held.work.offers.of_request(request.id)
    for offer in [each for each in offers if each.state in PENDING]:
        asked = await held.work.supporters.get(offer.supporter_id)
        if asked and is_excluded(needs, *asked):
            await end(held, offer, OfferState.WITHDRAWN)
    gone_on = await go_on(held, needs)
    return gone_on if isinstance(gone_on, Stale) else Done(gone_on.request)


async def withdraw(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused | Stale:
    """Withdraw at any state, without a reason; everything that names the requester is erased at once."""
    held = await hold(work, programme, who, request, Deed.WITHDRAW, now)
    return await close(held, Outcome.WITHDRAWN, Event.REQUEST_WITHDRAWN) if isinstance(held, Held) else held


async def someone_else(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused | Stale:
    """Ask for another supporter, before or between talks; the present one only learns that they are not needed."""
    held = await hold(work, programme, who, request, Deed.ASK_FOR_SOMEONE_ELSE, now)
    if not isinstance(held, Held):
        return held
    released = await release(held, OfferState.ENDED)
    return released if isinstance(released, Stale) else Done(released.request)


async def answer_name(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, yes: bool, now: datetime
) -> Done | Already | Refused | Stale:
    """Agree that the supporter sees the name now, or refuse, which means someone else."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    waits = held.request.state is State.ACCEPTED and held.request.ask_first
    if not waits or held.request.supporter is None:
        return Stale(held.request.state)
    if not yes:
        released = await release(held, OfferState.ENDED)
        return released if isinstance(released, Stale) else Done(released.request)
    if held.request.name_agreed_at is not None:
        return Already(held.request)
    saved = await held.save(replace(held.request, name_agreed_at=now), None)
    if isinstance(saved, Stale):
        return saved
    await saved.tell(messages.tell_supporter(saved.request, held.request.supporter))
    return Done(saved.request)


async def nobody_yet(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Say that nobody has made contact; the administrators are told, and see it until somebody has."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    if held.request.contacted_at is not None:
        return Stale(held.request.state)
    if held.request.not_yet_at is not None:
        return Already(held.request)
    saved = await held.save(replace(held.request, not_yet_at=now), None)
    if isinstance(saved, Stale):
        return saved
    await saved.tell_administrators()
    return Done(saved.request)
