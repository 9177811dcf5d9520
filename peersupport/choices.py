"""What people answer to a note: in touch, wait, try again, the talks go on or are over. Nothing else moves by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport import messages, timer_rows
from peersupport.actors import Held, hold, hold_matched
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.conversations import contacted, name_shown_from
from peersupport.endings import close, promised_anew
from peersupport.notes import ABOUT_THE_PROMISE, Note, note_of, supporter_is_asked
from peersupport.outcomes import Already, Done, Over, Refused, Stale
from peersupport.people import Deed
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Outcome, State


async def in_touch(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Say, as the one who asked for support, that the two are in touch; it counts as the supporter's word would."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    if held.request.contacted_at is not None:
        return Already(held.request)
    shown = name_shown_from(programme, held.request)
    if held.request.state is not State.ACCEPTED or shown is None or shown > now:
        return Stale(held.request.state)
    saved = await contacted(held)
    return saved if isinstance(saved, Stale) else Done(saved.request)


async def wait(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Choose to wait, told that it takes longer than was promised; the other choices stay open."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    if note_of(held.request, programme, now) not in ABOUT_THE_PROMISE:
        return Stale(held.request.state)
    if held.request.waits_at is not None:
        return Already(held.request)
    saved = await held.save(replace(held.request, waits_at=now), None)
    return saved if isinstance(saved, Stale) else Done(saved.request)


async def try_again(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused | Stale:
    """Ask the supporter, who tried in vain, to try again; a new promise starts now."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    supporter = held.request.supporter
    if note_of(held.request, programme, now) is not Note.UNREACHED or supporter is None:
        return Stale(held.request.state)
    fresh = replace(held.request, attempts=0, unreached_at=None, not_yet_at=None)
    saved = await held.save(promised_anew(programme, fresh, now), None)
    if isinstance(saved, Stale):
        return saved
    await saved.tell(messages.tell_supporter(saved.request, supporter))
    await saved.tell_administrators()
    await saved.tell(*timer_rows.of_promise(programme, saved.request), timer_rows.nudge(programme, saved.request))
    return Done(saved.request)


async def going_on(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused | Stale:
    """Say, as the one who asked for support, that the talks go on; the supporter is not told."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    if note_of(held.request, programme, now) is not Note.IDLE:
        return Stale(held.request.state)
    saved = await held.save(replace(held.request, going_on_at=now), None)
    if isinstance(saved, Stale):
        return saved
    await saved.tell(*timer_rows.going_on(programme, saved.request, supporter=False))
    return Done(saved.request)


async def done(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Refused | Stale:
    """Say, as the one who asked for support, that the talks are over, which closes the request."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    if note_of(held.request, programme, now) is not Note.IDLE:
        return Stale(held.request.state)
    return await close(held, Outcome.DONE, Event.REQUEST_CLOSED)


async def supporter_going_on(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Over | Refused | Stale:
    """Say, as the supporter, that the talks go on; the one who asked for support is not told."""
    held = await hold_matched(work, programme, who, request, Deed.REPORT_CONTACT, now)
    if not isinstance(held, Held):
        return held
    if not supporter_is_asked(held.request, programme, now):
        return Already(held.request)
    saved = await held.save(replace(held.request, supporter_going_on_at=now), None)
    if isinstance(saved, Stale):
        return saved
    await saved.tell(*timer_rows.going_on(programme, saved.request, requester=False))
    return Done(saved.request)
