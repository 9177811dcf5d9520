"""The administrator: card and sheet, claiming, opening who asked, offering, handing over, closing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from handlers import errors, home, ids, tokens
from handlers.entitled import once, opened_before, still_full_member
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import identity as identity_view
from handlers.views import ledger as ledger_view
from handlers.views import triage as views
from peersupport import queue, reveals, triage
from peersupport.addresses import Address
from peersupport.asking import PENDING
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Outcome

COLLEAGUES = 20

Deed = Callable[..., Awaitable[Any]]


async def _programme_of(work: UnitOfWork, hear: Hear, request: UUID) -> Programme | None:
    """Return the request's programme: the view's word for it, or the record's where a card was pressed."""
    if hear.programme is not None:
        return hear.programme
    found = await work.requests.get(request)
    return hear.front.programmes.get(found.programme) if found else None


async def _do(hear: Hear, deed: Deed, done: str, **more: Any) -> Answer:
    """Carry out a deed on the request that was pressed, then show the sheet as it stands."""
    request = tokens.request_of(hear)
    if request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        programme = await _programme_of(work, hear, request)
        outcome = (
            Refused() if programme is None else await deed(work, programme, hear.who, request, now=hear.now, **more)
        )
    if programme is None or isinstance(outcome, Refused):
        return await errors.refused(hear)
    return await _show(hear, programme, request, _said(hear, outcome, done))


def _said(hear: Hear, outcome: object, done: str) -> str:
    match outcome:
        case Done() | triage.Offered():
            return hear.t(done)
        case Already():
            return hear.t("triage.claimed_already" if done == "triage.claimed" else "triage.already")
        case triage.NobodyWaits():
            return hear.t("triage.nobody_next")
        case triage.CannotAsk():
            return hear.t("candidates.gone")
        case _:
            return hear.t("triage.changed")


async def _show(hear: Hear, programme: Programme, request: UUID, said: str = "") -> Answer:
    """Show the sheet: in place where it is open already, as a new modal from a card or Home."""
    view = await _sheet(hear, programme, request, said)
    if view is None:
        return await errors.refused(hear)
    if hear.in_modal and hear.view is not None and hear.view.get("callback_id") == ids.VIEW_SHEET:
        await hear.update(view)
    else:
        await hear.open(view)
    return None


async def _sheet(hear: Hear, programme: Programme, request: UUID, said: str) -> dict[str, Any] | None:
    async with hear.front.work() as work:
        found = await triage.sheet(work, programme, hear.who, request, now=hear.now)
        if not isinstance(found, triage.Sheet):
            return None
        member = await work.members.get(found.request.claimed_by) if found.request.claimed_by else None
        put_off = await queue.until_when(work, found.request)
    claimed_by = await _name(hear.front, member.address) if member else ""
    others = found.colleagues[:COLLEAGUES]
    names = await asyncio.gather(*(_name(hear.front, each.address) for each in others))
    colleagues = [(hear.handle(ids.HAND_OVER, each.id), name) for each, name in zip(others, names, strict=True)]
    desk = views.Desk(
        handle=hear.handle(ids.SHEET, request),
        claimed_by=claimed_by,
        offers={
            each.offer.id.hex: hear.handle(ids.ASKED, each.offer.id)
            for each in found.asked
            if each.offer.state in PENDING
        },
        colleagues=[(handle, name[:75]) for handle, name in colleagues if name],
        put_off=queue.choices(found.request, programme, hear.now, put_off),
        has_pages=bool(hear.front.public_url),
    )
    return views.sheet(found, desk, programme, hear.t, said)


async def _name(front: Front, who: Address) -> str:
    facts = await front.directory.facts(who)
    return facts.name if facts else ""


async def open_sheet(hear: Hear) -> Answer:
    """Open the sheet of a request from its card, from Home or from the queue."""
    request = hear.record(ids.SHEET, hear.value) if hear.in_modal else tokens.request_of(hear)
    return await open_request(hear, request) if request else await errors.refused(hear)


async def open_request(hear: Hear, request: UUID) -> Answer:
    """Open the sheet of a request that a handle has named."""
    async with hear.front.work() as work:
        programme = await _programme_of(work, hear, request)
    return await _show(hear, programme, request) if programme else await errors.refused(hear)


async def claim(hear: Hear) -> Answer:
    """Claim a request from its card, where one tap is enough, or from its sheet."""
    if hear.in_modal:
        return await _do(hear, triage.claim, "triage.claimed")
    request = tokens.request_of(hear)
    if request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        programme = await _programme_of(work, hear, request)
        outcome = (
            await triage.claim(work, programme, hear.who, request, now=hear.now) if programme is not None else Refused()
        )
    if programme is None or isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, Done):
        return None
    return await _show(hear, programme, request, _said(hear, outcome, "triage.claimed"))


def _deed(deed: Deed, done: str) -> Listener:
    async def listener(hear: Hear) -> Answer:
        return await _do(hear, deed, done)

    listener.__doc__ = deed.__doc__
    return listener


async def show_identity(hear: Hear) -> Answer:
    """Ask why, before it is shown who asked; who may not open it is not asked."""
    request = tokens.request_of(hear)
    if request is None or hear.programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await reveals.ask_why(work, hear.programme, hear.who, request, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if isinstance(found, Stale):
        return await _show(hear, hear.programme, request, hear.t("triage.changed"))
    await hear.push(ledger_view.ask_why(found, hear.programme, hear.t, hear.handle(ids.SHEET, request)))
    return None


async def open_identity(hear: Hear) -> Answer:
    """Show who asked: the opening is committed to the ledger, with its reason, before the view is sent."""
    request, programme = tokens.request_of(hear), hear.programme
    if not await still_full_member(hear) or request is None or programme is None:
        return await errors.refused(hear)
    reason = next((each for each in reveals.ASKED_FOR if each.value == hear.values.get(ids.IN_REASON)), None)
    if reason is None:
        return {"response_action": "errors", "errors": {ids.IN_REASON: hear.t("ledger.ask_missing")}}
    async with hear.front.work() as work:
        found = await reveals.open_identity(work, programme, hear.who, request, reason, now=hear.now)
        if isinstance(found, reveals.Identity) and await opened_before(work, hear):
            return None
    match found:
        case reveals.Identity():
            return {"response_action": "update", "view": identity_view.opened(found, programme, hear.t)}
        case reveals.Limited():
            words = ledger_view.limited(found.until, programme, hear.t)
            return {"response_action": "errors", "errors": {ids.IN_REASON: words}}
        case Stale():
            return await after_form(hear, programme, request, hear.t("triage.changed"))
        case _:
            return await errors.refused(hear)


async def find(hear: Hear) -> Answer:
    """Show who could be asked, best first."""
    request = tokens.request_of(hear)
    if request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        programme = await _programme_of(work, hear, request)
        if programme is None:
            return await errors.refused(hear)
        found = await triage.suggest(work, programme, hear.who, request, now=hear.now)
        needs = await work.requests.needs(request) if isinstance(found, triage.Suggestions) else None
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if isinstance(found, Stale) or needs is None:
        return await _show(hear, programme, request, hear.t("triage.changed"))
    shown = found.ranking.candidates[: views.CHOICES]
    handles = {each.supporter.id.hex: hear.handle(ids.PICK, each.supporter.id, days=1) for each in shown}
    handles[""] = hear.handle(ids.SHEET, request)
    preview = views.Preview(found.request, needs.modalities, needs.times, needs.language)
    await hear.open(views.candidates(preview, found.ranking, programme, hear.t, handles))
    return None


async def send_offer(hear: Hear) -> Answer:
    """Send the offer to one supporter, to an ordered list, or to several together."""
    request = tokens.request_of(hear)
    chosen = [value for block in views.BLOCK_PLACES if isinstance(value := hear.values.get(block), str)]
    twice = next((block for block in views.BLOCK_PLACES[1:] if _repeats(hear, block)), None)
    if twice:
        return {"response_action": "errors", "errors": {twice: hear.t("candidates.twice")}}
    picked = [hear.record(ids.PICK, token) for token in chosen]
    supporters = [each for each in picked if each is not None]
    if request is None or hear.programme is None or len(supporters) < len(picked) or not supporters:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await triage.offer(
            work, hear.programme, hear.who, request, supporters, now=hear.now, ids=hear.front.ids
        )
        before = await once(work, hear, done=isinstance(outcome, triage.Offered))
    if before:
        return await after_form(hear, hear.programme, request, hear.t("triage.offer_sent"))
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, triage.CannotAsk):
        return {"response_action": "errors", "errors": {views.BLOCK_PLACES[0]: hear.t("candidates.gone")}}
    return await after_form(hear, hear.programme, request, _said(hear, outcome, "triage.offer_sent"))


def _repeats(hear: Hear, block: str) -> bool:
    """Say whether a place names somebody whom an earlier place names."""
    earlier = views.BLOCK_PLACES[: views.BLOCK_PLACES.index(block)]
    value = hear.values.get(block)
    return value is not None and value in [hear.values.get(each) for each in earlier]


async def after_form(hear: Hear, programme: Programme, request: UUID, said: str) -> Answer:
    """Answer a form opened from the sheet with the sheet as it stands."""
    view = await _sheet(hear, programme, request, said)
    if view is None:
        return await errors.refused(hear)
    return {"response_action": "update", "view": {**view, "clear_on_close": True}}


async def withdraw_offer(hear: Hear) -> Answer:
    """Take an unanswered offer back."""
    offer, request = hear.record(ids.ASKED, hear.value), tokens.request_of(hear)
    if offer is None or request is None or hear.programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await triage.withdraw_offer(work, hear.programme, hear.who, offer, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    return await _show(hear, hear.programme, request, _said(hear, outcome, "triage.offer_taken_back"))


async def hand_over(hear: Hear) -> Answer:
    """Hand the request to the chosen administrator."""
    member = hear.record(ids.HAND_OVER, hear.value)
    if member is None:
        return await errors.refused(hear)
    return await _do(hear, triage.hand_over, "triage.handed_over", member=member)


async def put_off(hear: Hear) -> Answer:
    """Put the request off in the queue, or take that back, and show the presser's Home as it is then."""
    until = next((each for each in queue.Until if each.value == hear.value), None)
    request, programme = tokens.request_of(hear), hear.programme
    if until is None or request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await queue.put_off(work, programme, hear.who, request, until, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    hear.front.spawn(home.publish(hear.front, hear.who, hear.language))
    done = "queue.put_off_over" if until is queue.Until.NOW else "queue.put_off_done"
    return await _show(hear, programme, request, _said(hear, outcome, done))


async def close(hear: Hear) -> Answer:
    """Open the form that closes a request."""
    request = tokens.request_of(hear)
    if request is None or hear.programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await triage.sheet(work, hear.programme, hear.who, request, now=hear.now)
    if not isinstance(found, triage.Sheet):
        return await errors.refused(hear)
    await hear.push(views.close_form(found.request, hear.programme, hear.t, hear.handle(ids.SHEET, request)))
    return None


async def submit_close(hear: Hear) -> Answer:
    """Close a request with the chosen outcome."""
    request = tokens.request_of(hear)
    outcome = next((each for each in Outcome if each.value == hear.values.get(views.BLOCK_OUTCOME)), None)
    if request is None or hear.programme is None or outcome is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        closed = await triage.close_request(work, hear.programme, hear.who, request, outcome, now=hear.now)
        before = await once(work, hear, done=isinstance(closed, Done))
    if isinstance(closed, Refused):
        return await errors.refused(hear)
    said = hear.t("triage.closed_now" if before or isinstance(closed, Done) else "triage.changed")
    return await after_form(hear, hear.programme, request, said)


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.OPEN_SHEET): open_sheet,
    (Kind.ACTION, ids.CLAIM): claim,
    (Kind.ACTION, ids.SHOW_IDENTITY): show_identity,
    (Kind.SUBMIT, ids.VIEW_REASON): open_identity,
    (Kind.ACTION, ids.FIND): find,
    (Kind.SUBMIT, ids.VIEW_CANDIDATES): send_offer,
    (Kind.ACTION, ids.WITHDRAW_OFFER): withdraw_offer,
    (Kind.ACTION, ids.SEND_NEXT): _deed(triage.send_next, "triage.offer_sent"),
    (Kind.ACTION, ids.REASSIGN): _deed(triage.reassign, "triage.reassigned"),
    (Kind.ACTION, ids.AGREE_FOURTH): _deed(triage.agree_fourth, "triage.fourth_agreed"),
    (Kind.ACTION, ids.TAKE_OVER): _deed(triage.take_over, "triage.taken_over"),
    (Kind.ACTION, ids.HAND_OVER): hand_over,
    (Kind.ACTION, ids.PUT_OFF): put_off,
    (Kind.ACTION, ids.CLOSE): close,
    (Kind.SUBMIT, ids.VIEW_CLOSE): submit_close,
}
