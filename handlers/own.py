"""Following one's own request: see it, withdraw it, ask for someone else, say yes to the name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from handlers import errors, home, ids, mine
from handlers.hear import Answer, Hear, Kind
from handlers.views import notes
from handlers.views import own as views
from handlers.views.identity import when
from peersupport import choices, holding, register
from peersupport import own as rules
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest

Deed = Callable[..., Awaitable[object]]


async def programme_of(work: UnitOfWork, hear: Hear, request: UUID) -> Programme | None:
    """Return the programme of a request that a handle has named."""
    found = await work.requests.get(request)
    return hear.front.programmes.get(found.programme) if found else None


async def look(hear: Hear, request: UUID | None) -> rules.Own | None:
    """Return one's own open request with everything that was sent; None for any doubt."""
    if request is None:
        return None
    async with hear.front.work() as work:
        programme = await programme_of(work, hear, request)
        if programme is None:
            return None
        seen = await rules.see(work, programme, hear.who, request, now=hear.now)
    return seen if isinstance(seen, rules.Own) else None


async def view_of(
    hear: Hear, request: UUID, *, note: str | None = None, restart: bool = False
) -> dict[str, Any] | None:
    """Return the modal of one's own open request; None for any doubt, also once it is closed."""
    async with hear.front.work() as work:
        programme = await programme_of(work, hear, request)
        if programme is None:
            return None
        seen = await rules.see(work, programme, hear.who, request, now=hear.now)
        if not isinstance(seen, rules.Own):
            return None
        standing = await work.members.standing(hear.who)
        card = await mine.card(work, hear.front, hear.who, standing, seen, hear.now)
    return views.modal(hear.front, hear.language, card, note=note, restart=restart)


async def place(hear: Hear, view: dict[str, Any]) -> None:
    """Put a modal on top, at most two deep, so that a page of information always fits above it."""
    if hear.in_modal and hear.view is not None and hear.view.get("previous_view_id"):
        await hear.update(view)
    else:
        await hear.open(view)


async def show(hear: Hear, request: UUID, *, note: str | None = None, restart: bool = False) -> Answer:
    """Show one's own request in a modal."""
    view = await view_of(hear, request, note=note, restart=restart)
    if view is None:
        return await errors.refused(hear)
    if hear.in_modal and hear.view is not None and hear.view.get("callback_id") == ids.VIEW_MINE:
        await hear.update(view)
    else:
        await place(hear, view)
    return None


async def open_request(hear: Hear, request: UUID) -> Answer:
    """Show the request that a handle has named, from a message or Home."""
    return await show(hear, request)


async def open_mine(hear: Hear) -> Answer:
    """Show the request whose button was pressed."""
    request = hear.record(ids.OWN)
    return await show(hear, request) if request else await errors.refused(hear)


async def _do(hear: Hear, request: UUID | None, deed: Deed, **more: Any) -> object:
    """Carry out a deed on one's own request; the outcome is Refused for any doubt."""
    if request is None:
        return Refused()
    async with hear.front.work() as work:
        programme = await programme_of(work, hear, request)
        if programme is None:
            return Refused()
        return await deed(work, programme, hear.who, request, now=hear.now, **more)


async def withdrawn(hear: Hear, request: UUID | None) -> Programme | None:
    """Withdraw the request and return its programme, also where it is closed already; None for any doubt."""
    outcome = await _do(hear, request, rules.withdraw)
    if isinstance(outcome, Done):
        return hear.front.programmes.get(outcome.request.programme)
    return hear.programme if outcome == Stale(State.CLOSED) else None


async def withdraw(hear: Hear) -> Answer:
    """Withdraw at any state; the confirmation was the second tap, and nothing is asked."""
    outcome = await _do(hear, hear.record(ids.OWN), rules.withdraw)
    match outcome:
        case Done():
            await over_withdrawn(hear, outcome.request)
        case Stale(state=State.CLOSED):
            await _over(hear, "own.closed")
        case _:
            return await errors.refused(hear)
    return None


async def over_withdrawn(hear: Hear, request: SupportRequest) -> None:
    """Say that it is withdrawn and, where an open safety concern holds the erasure back, until when at the latest."""
    async with hear.front.work() as work:
        until = await holding.held_back(work, request, hear.now)
    programme = hear.front.programmes[request.programme]
    if until is None:
        await _over(hear, "own.withdrawn")
    else:
        await _over(hear, "own.withdrawn_held", when(until, programme, hear.t))


async def _over(hear: Hear, words: str, until: str = "") -> None:
    """Put the last page in place of the request, and Home in order."""
    view = views.over(hear.front, hear.language, words, until=until)
    if hear.in_modal:
        await hear.update(view)
    else:
        await hear.open(view)
    refresh(hear)


def refresh(hear: Hear) -> None:
    """Publish the person's Home again, in its own time."""
    hear.front.spawn(home.publish(hear.front, hear.who, hear.language))


async def _then_show(hear: Hear, deed: Deed, note: str, **more: Any) -> Answer:
    """Carry out a deed, then show the request as it stands, with one line about what was done."""
    request = hear.record(ids.OWN)
    outcome = await _do(hear, request, deed, **more)
    if request is None or isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, Stale) and outcome.state is State.CLOSED:
        await _over(hear, "own.closed")
        return None
    refresh(hear)
    return await show(hear, request, note=note if isinstance(outcome, Done | Already) else "own.moved_on")


async def someone_else(hear: Hear) -> Answer:
    """Ask for another supporter in one tap, without a reason."""
    return await _then_show(hear, rules.someone_else, "own.looking_again")


async def agree_name(hear: Hear) -> Answer:
    """Agree that the supporter sees the name now."""
    return await _then_show(hear, rules.answer_name, "own.agreed", yes=True)


async def not_yet(hear: Hear) -> Answer:
    """Tell the administrators that nobody has made contact."""
    return await _then_show(hear, rules.nobody_yet, "own.told")


async def in_touch(hear: Hear) -> Answer:
    """Say that the two are in touch, which stops the clock of the promise."""
    return await _then_show(hear, choices.in_touch, "notes.said_in_touch")


async def wait(hear: Hear) -> Answer:
    """Choose to wait, told that it takes longer than was promised."""
    return await _then_show(hear, choices.wait, "notes.said_wait")


async def try_again(hear: Hear) -> Answer:
    """Ask the supporter, who tried in vain, to try again."""
    return await _then_show(hear, choices.try_again, "notes.said_try")


async def going_on(hear: Hear) -> Answer:
    """Say that the talks go on."""
    return await _then_show(hear, choices.going_on, "notes.said_going_on")


async def talks_done(hear: Hear) -> Answer:
    """Say that the talks are over; the confirmation was the second tap."""
    outcome = await _do(hear, hear.record(ids.OWN), choices.done)
    match outcome:
        case Done():
            await _over(hear, "notes.said_done")
        case Stale(state=State.CLOSED):
            await _over(hear, "own.closed")
        case Stale():
            await _over(hear, "own.moved_on")
        case _:
            return await errors.refused(hear)
    return None


async def physician_line(hear: Hear) -> Answer:
    """Show how to reach the physicians' help line; nothing is passed on by it."""
    request = hear.record(ids.OWN)
    seen = await look(hear, request)
    if request is None or seen is None:
        return await errors.refused(hear)
    line = hear.front.programmes[seen.request.programme].physician_line(hear.front.resources)
    if line is None:
        return await show(hear, request)
    await place(hear, notes.line_page(hear.front, hear.language, line))
    return None


async def pause_my_offers(hear: Hear) -> Answer:
    """Pause one's own offers as a supporter while one's own request is open."""
    return await _then_show(hear, _pause, "own.paused")


async def _pause(work: UnitOfWork, programme: Programme, who: Any, request: UUID, *, now: Any) -> object:
    seen = await rules.see(work, programme, who, request, now=now)
    if not isinstance(seen, rules.Own):
        return seen
    outcome = await register.pause(work, programme, who, offers_too=True, now=now)
    return Done(seen.request) if isinstance(outcome, register.Saved) else outcome


LISTENERS = {
    (Kind.ACTION, ids.MINE): open_mine,
    (Kind.ACTION, ids.WITHDRAW): withdraw,
    (Kind.ACTION, ids.SOMEONE_ELSE): someone_else,
    (Kind.ACTION, ids.AGREE_NAME): agree_name,
    (Kind.ACTION, ids.NOT_YET): not_yet,
    (Kind.ACTION, ids.IN_TOUCH): in_touch,
    (Kind.ACTION, ids.PAUSE_MY_OFFERS): pause_my_offers,
    (Kind.ACTION, ids.WAIT): wait,
    (Kind.ACTION, ids.PHYSICIAN_LINE): physician_line,
    (Kind.ACTION, ids.TRY_AGAIN): try_again,
    (Kind.ACTION, ids.GOING_ON): going_on,
    (Kind.ACTION, ids.TALKS_DONE): talks_done,
}
