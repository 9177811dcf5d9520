"""Rights by phone: what is held about a request, and erasing it, by its reference; and what the nightly look found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from slackblocks import Element

from handlers import errors, ids, tokens
from handlers.entitled import looked_after, once, still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import erasure as views
from handlers.views import pages
from handlers.views.identity import when
from peersupport import approvals, erasure, holding, lookup, retention
from peersupport.actors import actor
from peersupport.exceptional import Act
from peersupport.outcomes import Already, Done, Refused
from peersupport.people import Deed, may
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, SupportRequest
from peersupport.reveals import Limited


async def deeds(
    work: UnitOfWork,
    hear: Hear,
    programme: Programme,  # noqa: ARG001 - every journey's deeds are asked alike
    request: SupportRequest,
    standing: Standing,  # noqa: ARG001
) -> list[Element]:
    """Return what can be done for somebody who phones about a request that was looked up."""
    if request.erased_at is not None:
        return []
    caller = await actor(work, hear.who, request)
    is_open = request.state in OPEN_STATES
    found = []
    if may(Deed.SEE_HELD, caller, request) and (is_open or await _agreed(work, hear, request, Act.REOPEN_IDENTITY)):
        found.append(views.show_button(request, hear.t))
    if may(Deed.KEEP_LONGER, caller, request) and await _agreed(work, hear, request, Act.EXTEND_RETENTION):
        found.append(views.keep_button(request, hear.t))
    if may(Deed.ERASE, caller, request):
        found.append(views.erase_button(request, hear.t))
    return found


async def _agreed(work: UnitOfWork, hear: Hear, request: SupportRequest, act: Act) -> bool:
    return await approvals.agreed(work, request.programme, act, subject=request.id, now=hear.now) is not None


async def open_erase(hear: Hear) -> Answer:
    """Show what will go, with the tick that has to be set before it does."""
    programme, request = hear.programme, tokens.request_of(hear)
    if programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await lookup.again(work, programme, hear.who, request, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.push(views.erase_form(found, programme, hear.t, hear.handle(ids.SHEET, request)))
    return None


async def submit_erase(hear: Hear) -> Answer:
    """Erase, once the administrator has said that the person was reached through the contact given."""
    programme, request = hear.programme, tokens.request_of(hear)
    if not await still_full_member(hear) or programme is None or request is None:
        return await errors.refused(hear)
    if hear.values.get(ids.IN_REACHED) != [views.REACHED]:
        return {"response_action": "errors", "errors": {ids.IN_REACHED: hear.t("erasure.not_reached")}}
    async with hear.front.work() as work:
        outcome = await erasure.erase_for(work, programme, hear.who, request, now=hear.now)
        before = await once(work, hear, done=isinstance(outcome, Done))
        stands = outcome.request if isinstance(outcome, Done | Already) else None
        until = await holding.held_back(work, stands, hear.now) if stands else None
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    done = before or isinstance(outcome, Done | Already)
    view = _notice(hear, "erasure.done" if done else "erasure.changed")
    if until is not None:
        view = _notice(hear, "erasure.done_held", when=when(until, programme, hear.t))
    return {"response_action": "update", "view": {**view, "clear_on_close": True}}


async def show_held(hear: Hear) -> Answer:
    """Show everything held about a request: the opening is committed to the ledger before the view is sent."""
    programme, request = hear.programme, tokens.request_of(hear)
    if not await still_full_member(hear) or programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await erasure.show_held(work, programme, hear.who, request, now=hear.now)
    match found:
        case erasure.Shown():
            await hear.push(views.held(hear.front, found, programme, hear.t))
        case Refused():
            return await errors.refused(hear)
        case Limited(until):
            await hear.push(_notice(hear, "erasure.limited", when=when(until, programme, hear.t)))
        case _:
            await hear.push(_notice(hear, "erasure.changed"))
    return None


async def keep_longer(hear: Hear) -> Answer:
    """Keep a request longer, as two administrators have agreed."""
    programme, request = hear.programme, tokens.request_of(hear)
    if not await still_full_member(hear) or programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await erasure.keep_longer(work, programme, hear.who, request, now=hear.now)
    match found:
        case Refused():
            return await errors.refused(hear)
        case Done(changed) | Already(changed) if changed.keep_until is not None:
            days = retention.LONGER.days
            kept = when(changed.keep_until, programme, hear.t)
            await hear.push(_notice(hear, "erasure.kept", when=kept, days=days))
        case _:
            await hear.push(_notice(hear, "erasure.changed"))
    return None


def _notice(hear: Hear, words: str, **more: Any) -> dict[str, Any]:
    return pages.notice(hear.front, hear.language, hear.t("erasure.title"), hear.t(words, **more))


async def open_notice(hear: Hear, record: UUID) -> Answer:
    """Say to an administrator what the nightly look is, and who has to do something now."""
    if await looked_after(hear, record) is None:
        return await errors.refused(hear)
    t = hear.t
    await hear.open(pages.notice(hear.front, hear.language, t("erasure.audit_title"), t("erasure.audit")))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.ERASE_FOR): open_erase,
    (Kind.SUBMIT, ids.VIEW_ERASE): submit_erase,
    (Kind.ACTION, ids.SHOW_HELD): show_held,
    (Kind.ACTION, ids.KEEP_LONGER): keep_longer,
}
