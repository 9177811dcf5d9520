"""Asking for oneself: the form opens, follows the choices made in it, and is sent. Nothing is kept before Send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from handlers import danger, errors, ids, mine, own
from handlers.ahead import Ahead
from handlers.hear import Answer, Hear, Kind
from handlers.payloads import FIELD_OF, Filled, ask_of, blocks_of, filled, form_of, unseen
from handlers.views import requests as views
from peersupport import intake
from peersupport import own as rules
from peersupport.outcomes import Done, NoOtherAdministrator, Refused
from peersupport.ports import Presumed, StoreUnavailable
from peersupport.programme import Programme
from peersupport.programme_asking import Role
from peersupport.requests import SupportRequest

Kept: TypeAlias = Ahead[SupportRequest, Answer]
"""What is answered once a request is kept."""


def _door(hear: Hear, name: str) -> Programme | None:
    """Return the programme whose door this is, where the app has that door."""
    programme = hear.front.programmes.get(name)
    return programme if programme and programme.doors.self_request else None


async def ask(hear: Hear) -> Answer:
    """Open the form or, where a request is open already, that one."""
    programme = _door(hear, hear.value)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        existing = await intake.open_one_of(work, programme, hear.who)
    if existing is not None:
        return await own.show(hear, existing.id, note="own.already_open", restart=True)
    await own.place(hear, await empty_form(hear, programme))
    return None


async def empty_form(hear: Hear, programme: Programme) -> dict[str, Any]:
    """Return the form as it opens: empty but for the name in Slack."""
    facts = await hear.front.directory.facts(hear.who)
    name = facts.name[: views.LONGEST_NAME] if facts else ""
    return views.form(hear.front, hear.language, programme, Filled(name=name))


async def role(hear: Hear) -> Answer:
    """Follow the first answer: another role is shown its own place, in the same modal, and only a count is kept."""
    programme = hear.programme
    chosen = programme.role(hear.value) if programme else None
    if programme is None or chosen is None:
        return await errors.refused(hear)
    if chosen.eligible:
        return None
    try:
        async with hear.front.work() as work:
            await intake.choose_role(work, programme, chosen.id, hear.now)
    except StoreUnavailable:
        hear.front.note("redirect.not_counted", None)
    await hear.update(views.redirected(hear.front, hear.language, programme, chosen, hear.meta.get("r")))
    return None


async def again(hear: Hear) -> Answer:
    """Put the empty form back in place of the page for another role."""
    programme = _door(hear, hear.value)
    if programme is None:
        return await errors.refused(hear)
    await hear.update(await empty_form(hear, programme))
    return None


async def modality(hear: Hear) -> Answer:
    """Ask for the contact that the chosen ways to talk need; what was typed stays."""
    programme = hear.programme
    if programme is None:
        return await errors.refused(hear)
    handle, referral = hear.meta.get("h"), hear.meta.get("r")
    form = filled(hear.values)
    await hear.update(views.form(hear.front, hear.language, programme, form, handle, referral=referral))
    return None


async def send(hear: Hear) -> Answer:
    """Keep the request, or say at the field what is missing; a repeat gets the same answer."""
    return await sent(hear, _open)


async def sent(hear: Hear, opens: Callable[[Hear, Programme, intake.Ask, Kept], Awaitable[intake.Opening]]) -> Answer:
    """Read the form, carry out what it `opens`, and answer with what came of it."""
    programme = hear.programme
    if programme is None:
        return await errors.refused(hear)
    form = filled(hear.values)
    wanting = amiss(hear, form)
    if wanting:
        return danger.answered(hear, form, {"response_action": "errors", "errors": wanting})
    kept = Kept(lambda request: _thanks(hear, programme, form, request))
    outcome = await opens(hear, programme, await _asked(hear, programme, form), kept)
    if isinstance(outcome, intake.Opened | intake.Repeated):
        return kept.of(outcome.request)
    stands = outcome.request if isinstance(outcome, intake.AlreadyOpen) else None
    return danger.answered(hear, form, await _answer(hear, programme, outcome), request=stands)


def _thanks(hear: Hear, programme: Programme, form: Filled, request: SupportRequest) -> Answer:
    handle = mine.handle(hear.front, hear.who, request.id, hear.now)
    view = _update(views.thanks(hear.front, hear.language, programme, request, handle))
    return danger.answered(hear, form, view, request=request, saved=True)


async def _open(hear: Hear, programme: Programme, asked: intake.Ask, kept: Kept) -> intake.Opening:
    try:
        return await _try(hear, programme, asked, kept, presume=True)
    except Presumed:
        return await _try(hear, programme, asked, kept, presume=False)


async def _try(hear: Hear, programme: Programme, asked: intake.Ask, kept: Kept, *, presume: bool) -> intake.Opening:
    async with hear.front.work() as work:
        outcome = await intake.open_request(
            work, programme, hear.who, asked, key=hear.key, now=hear.now, ids=hear.front.ids, presume=presume
        )
        if isinstance(outcome, intake.Opened):
            kept.begin(outcome.request)
    return outcome


async def _asked(hear: Hear, programme: Programme, form: Filled) -> intake.Ask:
    facts = await hear.front.directory.facts(hear.who)
    name, zone = (facts.name, facts.zone) if facts else ("", None)
    return ask_of(form, programme, hear.who, language=hear.language, zone=zone, name=name)


async def _answer(
    hear: Hear,
    programme: Programme,
    outcome: intake.AlreadyOpen | intake.Redirected | intake.Invalid | NoOtherAdministrator | Refused,
) -> Answer:
    match outcome:
        case intake.AlreadyOpen(request):
            view = await own.view_of(hear, request.id, note="own.already_open", restart=True)
            return _update(view) if view else await errors.refused(hear)
        case intake.Redirected(role=name):
            chosen = programme.role(name)
            assert isinstance(chosen, Role)
            return _update(views.redirected(hear.front, hear.language, programme, chosen, hear.meta.get("r")))
        case intake.Invalid():
            return wrong(hear, outcome)
        case NoOtherAdministrator():
            return {
                "response_action": "push",
                "view": views.nobody_else(hear.front, hear.language, programme),
            }
        case Refused():
            return await errors.refused(hear)


def _update(view: dict[str, Any]) -> Answer:
    return {"response_action": "update", "view": view}


def amiss(hear: Hear, form: Filled) -> dict[str, str]:
    """Return what the form alone can tell: signs nobody can see, and a department to keep out that is not named."""
    typed = {ids.IN_REACH: form.reach, ids.IN_NAME: form.name, ids.IN_NAMES: form.names}
    found = {
        block: hear.t("pages.unseen")
        for block in blocks_of(hear.view)
        if unseen(typed.get(block.partition(".")[0], ""))
    }
    if form.apart and not form.department:
        found[ids.IN_DEPARTMENT] = hear.t("requests.fault.which_department")
    return found


def wrong(hear: Hear, invalid: intake.Invalid) -> Answer:
    """Say at each field what it lacks; what was typed stays."""
    shown = blocks_of(hear.view)
    found: dict[str, str] = {}
    for part, fault in invalid.faults:
        block = next((each for each in shown if each.partition(".")[0] == FIELD_OF[part]), shown[0] if shown else "")
        key = f"requests.fault.{part.value}.{fault.value}"
        known = key in hear.t.catalogue
        found.setdefault(block, hear.t(key if known else f"requests.fault.{fault.value}"))
    return {"response_action": "errors", "errors": found}


async def change(hear: Hear) -> Answer:
    """Open the form with what was sent before."""
    request = hear.record(ids.OWN)
    seen = await own.look(hear, request)
    if seen is None or seen.needs is None or seen.contact is None:
        return await errors.refused(hear)
    programme = hear.front.programmes[seen.request.programme]
    before = intake.Ask(seen.needs, seen.contact, seen.request.ask_first, seen.request.urgent)
    handle = mine.handle(hear.front, hear.who, seen.request.id, hear.now)
    await own.place(hear, views.form(hear.front, hear.language, programme, form_of(before), handle))
    return None


async def save(hear: Hear) -> Answer:
    """Keep the changed form; the same request goes on."""
    programme, request = hear.programme, hear.record(ids.OWN)
    if programme is None or request is None:
        return await errors.refused(hear)
    form = filled(hear.values)
    wanting = amiss(hear, form)
    if wanting:
        return danger.answered(hear, form, {"response_action": "errors", "errors": wanting})
    asked = await _asked(hear, programme, form)
    async with hear.front.work() as work:
        outcome = await rules.change(work, programme, hear.who, request, asked, now=hear.now)
    match outcome:
        case Done(changed):
            view = await own.view_of(hear, request, note="own.changed")
            return danger.answered(hear, form, _update(view), request=changed, saved=True) if view else None
        case intake.Invalid():
            return danger.answered(hear, form, wrong(hear, outcome))
        case NoOtherAdministrator():
            pushed = {"response_action": "push", "view": views.nobody_else(hear.front, hear.language, programme)}
            return danger.answered(hear, form, pushed)
        case _:
            return await errors.refused(hear)


async def restart(hear: Hear) -> Answer:
    """Withdraw the open request and open an empty form."""
    request = hear.record(ids.OWN)
    programme = await own.withdrawn(hear, request)
    if programme is None:
        return await errors.refused(hear)
    await own.place(hear, await empty_form(hear, programme))
    own.refresh(hear)
    return None


LISTENERS = {
    (Kind.ACTION, ids.ASK): ask,
    (Kind.ACTION, ids.FORM_ROLE): role,
    (Kind.ACTION, ids.FORM_AGAIN): again,
    (Kind.ACTION, ids.FORM_MODALITY): modality,
    (Kind.SUBMIT, ids.VIEW_REQUEST): send,
    (Kind.ACTION, ids.CHANGE): change,
    (Kind.SUBMIT, ids.VIEW_CHANGE): save,
    (Kind.ACTION, ids.RESTART): restart,
}
DOORS = frozenset(
    {
        (Kind.ACTION, ids.ASK),
        (Kind.ACTION, ids.FORM_ROLE),
        (Kind.ACTION, ids.FORM_AGAIN),
        (Kind.ACTION, ids.FORM_MODALITY),
        (Kind.SUBMIT, ids.VIEW_REQUEST),
    }
)
"""What a programme's door for oneself is made of; shut to those who have another."""
