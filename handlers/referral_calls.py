"""Asking a colleague who is not on Slack: an administrator opens the call sheet and puts down the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import by_phone, errors, ids, requests
from handlers.entitled import opened_before, still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import Filled, filled
from handlers.views import by_phone as form_views
from handlers.views import ledger as ledger_view
from handlers.views import pages
from handlers.views import referral_calls as views
from handlers.views import requests as request_views
from handlers.views.identity import when
from peersupport import by_phone as spoken
from peersupport import intake, referral_desk, reveals
from peersupport.outcomes import Refused
from peersupport.programme import Programme
from peersupport.referral import Answer as Said
from peersupport.referral import Answered
from peersupport.referral_desk import CallSheet, Settled
from peersupport.reveals import Limited

DAYS = 1
"""So long an opened call sheet can be answered; after that it is opened anew."""


async def ask_why(hear: Hear) -> Answer:
    """Ask why, before it is shown whom to ask; who may not open it is not asked."""
    referral, programme = hear.record(ids.REFERRAL_CARD, hear.meta.get("h", "")), hear.programme
    if referral is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await referral_desk.sheet(work, programme, hear.who, referral, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.push(views.ask_why(programme, hear.t, hear.handle(ids.REFERRAL_CARD, referral)))
    return None


async def open_sheet(hear: Hear) -> Answer:
    """Show whom to ask: the opening is committed to the ledger, with its reason, before the view is sent."""
    referral, programme = hear.record(ids.REFERRAL_CARD, hear.meta.get("h", "")), hear.programme
    if not await still_full_member(hear) or referral is None or programme is None:
        return await errors.refused(hear)
    reason = next((each for each in reveals.ASKED_FOR if each.value == hear.values.get(ids.IN_REASON)), None)
    if reason is None:
        return {"response_action": "errors", "errors": {ids.IN_REASON: hear.t("calls.reason_missing")}}
    async with hear.front.work() as work:
        found = await referral_desk.open_call_sheet(work, programme, hear.who, referral, reason, now=hear.now)
        if isinstance(found, CallSheet) and await opened_before(work, hear):
            return None
    match found:
        case CallSheet():
            facts = await hear.front.directory.facts(found.referrer) if found.referrer else None
            handle = hear.handle(ids.CALL_SHEET, referral, days=DAYS)
            return _update(views.sheet(found, programme, hear.t, handle, facts.name if facts else ""))
        case Limited(until):
            words = ledger_view.limited(until, programme, hear.t)
            return {"response_action": "errors", "errors": {ids.IN_REASON: words}}
        case Settled():
            return _update(_page(hear, hear.t("calls.settled")))
        case Refused():
            return await errors.refused(hear)


def _update(view: dict[str, Any]) -> Answer:
    return {"response_action": "update", "view": view}


def _page(hear: Hear, words: str) -> dict[str, Any]:
    view = pages.notice(hear.front, hear.language, hear.t("calls.title"), words)
    return {**view, "clear_on_close": True}


def _called(hear: Hear) -> UUID | None:
    """Return the referral whose call sheet this person has opened lately."""
    return hear.record(ids.CALL_SHEET, hear.meta.get("h", ""))


async def answer(hear: Hear) -> Answer:
    """Put down what they said; a yes goes on to the request form, with what is known filled in."""
    referral, programme = _called(hear), hear.programme
    if not await still_full_member(hear) or referral is None or programme is None:
        return await errors.refused(hear)
    value = hear.values.get(ids.IN_CALLED)
    if value == views.YES:
        return await _yes(hear, programme, referral)
    said = next((each for each in Said if each.value == value), None)
    if said is None:
        return {"response_action": "errors", "errors": {ids.IN_CALLED: hear.t("calls.missing")}}
    async with hear.front.work() as work:
        held = await work.referrals.get(referral)
        outcome = await referral_desk.record_answer(
            work, hear.front.ids, programme, hear.who, referral, said, now=hear.now
        )
    match outcome:
        case Answered(later=True) if held is not None:
            until = when(held.expires_at, programme, hear.t)
            return _update(_page(hear, hear.t("calls.put_off", when=until)))
        case Answered():
            return _update(_page(hear, hear.t("calls.erased")))
        case Refused():
            return await errors.refused(hear)
        case _:
            return _update(_page(hear, hear.t("calls.settled")))


async def _yes(hear: Hear, programme: Programme, referral: UUID) -> Answer:
    """Open the request form with the colleague's name and contact, which the handle says were opened."""
    async with hear.front.work() as work:
        found = await referral_desk.sheet(work, programme, hear.who, referral, now=hear.now)
        known = None if isinstance(found, Refused) else await work.referrals.colleague(referral)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if known is None:
        return _update(_page(hear, hear.t("calls.settled")))
    form = Filled(name=known.name[: request_views.LONGEST_NAME], reach=known.reach[: request_views.LONGEST_REACH])
    handle = hear.handle(ids.CALL_SHEET, referral, days=DAYS)
    return _update(form_views.form(hear.front, hear.language, programme, form, form_views.Talk(hear.language), handle))


async def accept(hear: Hear) -> Answer:
    """Keep the colleague's own request, which their yes on the phone and the form filled with them open."""
    referral, programme = _called(hear), hear.programme
    if not await still_full_member(hear) or referral is None or programme is None:
        return await errors.refused(hear)
    form, talk = filled(hear.values), by_phone.talk_of(hear)
    wanting = requests.amiss(hear, form)
    if wanting:
        return {"response_action": "errors", "errors": wanting}
    if not talk.heard:
        return await by_phone.answer(hear, programme, spoken.Unheard())
    asked = by_phone.asked(hear, programme, form, talk)
    faults = spoken.check(programme, asked)
    role = programme.role(asked.needs.role)
    if faults and (role is None or role.eligible):
        return requests.wrong(hear, intake.Invalid(faults))
    async with hear.front.work() as work:
        outcome = await referral_desk.record_answer(
            work, hear.front.ids, programme, hear.who, referral, asked, now=hear.now
        )
    match outcome:
        case Settled() | Answered():
            return _update(_page(hear, hear.t("calls.settled")))
        case intake.AlreadyOpen():
            # Whose it is was shown for this call alone; their request has openings of its own.
            return _update(_page(hear, hear.t("calls.met")))
        case _:
            return await by_phone.answer(hear, programme, outcome)


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.CALL_SHEET): ask_why,
    (Kind.SUBMIT, ids.VIEW_CALL_REASON): open_sheet,
    (Kind.SUBMIT, ids.VIEW_CALL_SHEET): answer,
    (Kind.SUBMIT, ids.VIEW_CALL_YES): accept,
}
