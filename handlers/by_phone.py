"""People who are not on Slack: an administrator records their request on the phone, and puts down what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers import errors, ids, requests, tokens, triage
from handlers.entitled import once, opened_before, still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.i18n import LANGUAGES
from handlers.payloads import Filled, ask_of, filled, form_of
from handlers.views import by_phone as views
from handlers.views import ledger as ledger_view
from handlers.views import pages
from peersupport import by_phone, intake
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.intake import Ask
from peersupport.outcomes import Already, Done, NoOtherAdministrator, Refused, Stale
from peersupport.people import Duty
from peersupport.programme import Programme
from peersupport.reveals import Limited


async def _entitled(hear: Hear, programme: Programme | None) -> bool:
    if programme is None or not programme.doors.self_request:
        return False
    async with hear.front.work() as work:
        allowed = await entitled(work, programme, hear.who, Duty.RECORD_BY_PHONE) is not None
        if not allowed:
            await refuse(work, hear.now)
    return allowed


async def open_form(hear: Hear) -> Answer:
    """Open the empty form, from an administrator's Home."""
    programme = hear.front.programmes.get(hear.value)
    if programme is None or not await _entitled(hear, programme):
        return await errors.refused(hear)
    await hear.open(views.form(hear.front, hear.language, programme, Filled(), views.Talk(hear.language)))
    return None


async def follow(hear: Hear) -> Answer:
    """Follow the language and the ways to talk that are chosen; what was typed stays."""
    programme = hear.programme
    if programme is None or not await _entitled(hear, programme):
        return await errors.refused(hear)
    form, talk, handle = filled(hear.values), talk_of(hear), hear.meta.get("h")
    shown = hear.view.get("callback_id") if hear.view else None
    if shown == ids.VIEW_PHONE_CHANGE and handle:
        await hear.update(views.change(hear.front, hear.language, programme, form, talk, handle))
    else:
        called = handle if shown == ids.VIEW_CALL_YES else None
        await hear.update(views.form(hear.front, hear.language, programme, form, talk, called))
    return None


def talk_of(hear: Hear) -> views.Talk:
    """Read what the form holds besides the request."""
    values = hear.values
    spoken = values.get(ids.IN_SPOKEN)
    return views.Talk(
        spoken if isinstance(spoken, str) and spoken in LANGUAGES else hear.language,
        heard=values.get(ids.IN_HEARD) == [views.HEARD],
        own_line=values.get(ids.IN_OWN_LINE) == [views.OWN],
    )


def asked(hear: Hear, programme: Programme, form: Filled, talk: views.Talk) -> Ask:
    """Return what the rules understand; whoever writes it down can be among those who are kept out."""
    nobody = Address(hear.who.team, "")
    return ask_of(form, programme, nobody, language=talk.spoken, zone=None, name="")


async def send(hear: Hear) -> Answer:
    """Record the request, or say at the field what is missing; a repeat gets the same answer."""
    programme = hear.programme
    if programme is None:
        return await errors.refused(hear)
    form, talk = filled(hear.values), talk_of(hear)
    wanting = requests.amiss(hear, form)
    if wanting:
        return {"response_action": "errors", "errors": wanting}
    spoken = by_phone.Spoken(asked(hear, programme, form, talk), heard=talk.heard, own_line=talk.own_line)
    async with hear.front.work() as work:
        outcome = await by_phone.record(
            work, programme, hear.who, spoken, key=hear.key, now=hear.now, ids=hear.front.ids
        )
    return await answer(hear, programme, outcome)


async def answer(hear: Hear, programme: Programme, outcome: intake.Opening | by_phone.Unheard | Limited) -> Answer:
    """Say what came of a form that was filled on the phone."""
    front, language = hear.front, hear.language
    match outcome:
        case intake.Opened(request) | intake.Repeated(request):
            return _update(views.recorded(front, language, programme, request, hear.handle(ids.SHEET, request.id)))
        case intake.AlreadyOpen(request):
            return _update(views.met(front, language, programme, request, hear.handle(ids.SHEET, request.id)))
        case intake.Redirected(role=name):
            role = programme.role(name)
            assert role is not None
            return _update(views.redirected(front, language, programme, role))
        case by_phone.Unheard():
            return {"response_action": "errors", "errors": {ids.IN_HEARD: hear.t("by_phone.unheard")}}
        case Limited(until):
            words = ledger_view.limited(until, programme, hear.t)
            return {"response_action": "errors", "errors": {ids.IN_REACH: words}}
        case intake.Invalid():
            return requests.wrong(hear, outcome)
        case NoOtherAdministrator():
            return _push(hear, "by_phone.nobody_else")
        case Refused():
            return await errors.refused(hear)


def _update(view: dict[str, Any]) -> Answer:
    return {"response_action": "update", "view": view}


def _push(hear: Hear, words: str) -> Answer:
    view = pages.notice(hear.front, hear.language, hear.t("by_phone.title"), hear.t(words))
    return {"response_action": "push", "view": view}


async def open_call(hear: Hear) -> Answer:
    """Show, from the sheet, what they are owed by phone and what they can say."""
    programme, request = hear.programme, tokens.request_of(hear)
    if programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await by_phone.look(work, programme, hear.who, request, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if isinstance(found, Stale):
        return await _moved_on(hear)
    await hear.push(views.call(found, programme, hear.t, hear.handle(ids.SHEET, request)))
    return None


async def _moved_on(hear: Hear) -> Answer:
    await hear.push(pages.notice(hear.front, hear.language, hear.t("by_phone.call_title"), hear.t("triage.changed")))
    return None


async def submit_call(hear: Hear) -> Answer:
    """Put down what they said, as if they had pressed it themselves."""
    programme, request = hear.programme, tokens.request_of(hear)
    if programme is None or request is None:
        return await errors.refused(hear)
    said = next((each for each in by_phone.Said if each.value == hear.values.get(ids.IN_SAID)), None)
    if said is None:
        return {"response_action": "errors", "errors": {ids.IN_SAID: hear.t("by_phone.missing")}}
    async with hear.front.work() as work:
        outcome = await by_phone.put_down(work, programme, hear.who, request, said, now=hear.now)
        before = await once(work, hear, done=isinstance(outcome, Done))
    if isinstance(outcome, Refused) and not before:
        return await errors.refused(hear)
    done = before or isinstance(outcome, Done | Already)
    withdrawn = "by_phone.withdrawn" if said is by_phone.Said.WITHDRAW else "by_phone.put_down"
    return await triage.after_form(hear, programme, request, hear.t(withdrawn if done else "triage.changed"))


async def open_change(hear: Hear) -> Answer:
    """Open what they asked for, to change it with them: the opening is committed before the form is sent."""
    programme, request = hear.programme, tokens.request_of(hear)
    if not await still_full_member(hear) or programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await by_phone.open_change(work, programme, hear.who, request, now=hear.now)
        if isinstance(found, Ask) and await opened_before(work, hear):
            return None
    match found:
        case Ask():
            talk, handle = views.Talk(found.needs.language), hear.handle(ids.SHEET, request)
            await hear.push(views.change(hear.front, hear.language, programme, form_of(found), talk, handle))
        case Limited(until):
            words = ledger_view.limited(until, programme, hear.t)
            await hear.push(pages.notice(hear.front, hear.language, hear.t("by_phone.change_title"), words))
        case Stale():
            return await _moved_on(hear)
        case _:
            return await errors.refused(hear)
    return None


async def save_change(hear: Hear) -> Answer:
    """Keep what they changed; the same request goes on."""
    programme, request = hear.programme, tokens.request_of(hear)
    if programme is None or request is None:
        return await errors.refused(hear)
    form, talk = filled(hear.values), talk_of(hear)
    wanting = requests.amiss(hear, replace(form, apart=False))
    if wanting:
        return {"response_action": "errors", "errors": wanting}
    changed = asked(hear, programme, form, talk)
    async with hear.front.work() as work:
        outcome = await by_phone.change(work, programme, hear.who, request, changed, now=hear.now)
    match outcome:
        case intake.Invalid():
            return requests.wrong(hear, outcome)
        case NoOtherAdministrator():
            return _push(hear, "by_phone.nobody_else")
        case Refused():
            return await errors.refused(hear)
        case Done():
            return await triage.after_form(hear, programme, request, hear.t("by_phone.put_down"))
        case Stale():
            return await triage.after_form(hear, programme, request, hear.t("triage.changed"))


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.BY_PHONE): open_form,
    (Kind.ACTION, ids.PHONE_LANGUAGE): follow,
    (Kind.ACTION, ids.PHONE_MODALITY): follow,
    (Kind.SUBMIT, ids.VIEW_BY_PHONE): send,
    (Kind.ACTION, ids.PHONE_CALL): open_call,
    (Kind.SUBMIT, ids.VIEW_PHONE_CALL): submit_call,
    (Kind.ACTION, ids.PHONE_CHANGE): open_change,
    (Kind.SUBMIT, ids.VIEW_PHONE_CHANGE): save_change,
}
