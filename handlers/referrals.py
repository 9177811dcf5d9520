"""Speaking for a colleague: the statement first, then whom; the colleague's own answer; an administrator's choice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import errors, ids, own, requests, tokens
from handlers.entitled import still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import TELL, TELL_NOT, Filled, Passing, blocks_of, passing, unseen
from handlers.views import referrals as views
from handlers.views import requests as request_views
from peersupport import intake, referral_desk, referrals
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.ports import StoreUnavailable
from peersupport.programme import Programme
from peersupport.referral import Answer as Said
from peersupport.referral import Fault, Invalid, Part, PassedOn, PassOn, Referral, TooMany
from peersupport.referral_desk import Released

_ANSWERS = {
    ids.REFERRAL_NO: Said.NO,
    ids.REFERRAL_LATER: Said.LATER,
    ids.REFERRAL_NEVER: Said.NEVER,
    ids.REFERRAL_NEVER_FROM: Said.NEVER_FROM,
    ids.REFERRAL_MISTAKE: Said.MISTAKE,
}
_FIELD = {
    Part.ATTESTED: ids.IN_ATTEST,
    Part.COLLEAGUE: ids.IN_COLLEAGUE,
    Part.NAME: ids.IN_COLLEAGUE_NAME,
    Part.REACH: ids.IN_COLLEAGUE_REACH,
}
"""The field at which a fault of each part is shown."""


def _door(programme: Programme | None) -> Programme | None:
    """Return the programme where it has this door."""
    return programme if programme is not None and programme.doors.colleague_referral else None


# The referrer


async def open_form(hear: Hear) -> Answer:
    """Open the form: nothing but the statement."""
    programme = _door(hear.front.programmes.get(hear.value))
    if programme is None:
        return await errors.refused(hear)
    await own.place(hear, views.form(hear.front, hear.language, programme, Passing()))
    return None


async def attest(hear: Hear) -> Answer:
    """Show the fields once the statement is ticked, and take them away where it is not."""
    programme = _door(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    await hear.update(views.form(hear.front, hear.language, programme, passing(hear.values)))
    return None


async def send(hear: Hear) -> Answer:
    """Pass it on, or say at the field what is missing; without the statement there are words to send instead."""
    programme = _door(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    form = passing(hear.values)
    if not form.attested:
        return {"response_action": "push", "view": views.words(hear.front, hear.language, programme)}
    if ids.IN_COLLEAGUE not in blocks_of(hear.view):
        # Sent before the fields came.
        return {"response_action": "update", "view": views.form(hear.front, hear.language, programme, form)}
    amiss = await _amiss(hear, form)
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    outcome = await _pass_on(hear, programme, form)
    match outcome:
        case PassedOn():
            own.refresh(hear)
            return {"response_action": "update", "view": views.thanks(hear.front, hear.language, programme)}
        case TooMany():
            return {"response_action": "push", "view": views.too_many(hear.front, hear.language, programme)}
        case Invalid():
            return _wrong(hear, outcome)
        case _:
            return await errors.refused(hear)


async def _pass_on(hear: Hear, programme: Programme, form: Passing) -> object:
    member = Address(hear.who.team, form.member) if form.member else None
    asked = PassOn(form.attested, member, form.name, form.reach, tells_who=form.tells == TELL)
    async with hear.front.work() as work:
        return await referrals.pass_on(work, hear.front.ids, programme, hear.who, asked, hear.now, key=hear.key)


async def _amiss(hear: Hear, form: Passing) -> dict[str, str]:
    """Return what can be told without the database, and never anything about the colleague's own state here."""
    found = {
        block: hear.t("pages.unseen")
        for block, words in ((ids.IN_COLLEAGUE_NAME, form.name), (ids.IN_COLLEAGUE_REACH, form.reach))
        if unseen(words)
    }
    if form.tells not in (TELL, TELL_NOT):
        found[ids.IN_TELLS] = hear.t("referrals.fault.tells")
    if form.member:
        # Asked anew for everybody: what is remembered would tell who used the app lately.
        facts = await hear.front.directory.facts(Address(hear.who.team, form.member), fresh=True)
        if facts is None:
            raise StoreUnavailable("Slack did not say who was chosen")
        if not facts.full:
            found[ids.IN_COLLEAGUE] = hear.t("referrals.fault.not_a_person")
    return found


def _wrong(hear: Hear, invalid: Invalid) -> Answer:
    """Say at each field what it lacks; what was typed stays."""
    found = {_FIELD[part]: hear.t(f"referrals.fault.{_fault(part, fault)}") for part, fault in invalid.faults}
    return {"response_action": "errors", "errors": found}


def _fault(part: Part, fault: Fault) -> str:
    if fault in (Fault.SELF, Fault.TOO_LONG):
        return fault.value
    return "neither" if part is Part.COLLEAGUE else part.value


# The colleague


async def show(hear: Hear, referral: UUID) -> Answer:
    """Show the private note that a handle has named, from a message or Home."""
    found = await _note(hear, referral)
    if found is None:
        return await errors.refused(hear)
    programme, held, named = found
    handle = hear.handle(ids.REFERRAL, referral)
    await own.place(hear, views.note(hear.front, hear.language, programme, handle, held.expires_at, named))
    return None


async def open_note(hear: Hear) -> Answer:
    """Show the private note whose button in Home was pressed."""
    referral = hear.record(ids.REFERRAL, hear.value)
    return await show(hear, referral) if referral else await errors.refused(hear)


async def _note(hear: Hear, referral: UUID) -> tuple[Programme, Referral, str] | None:
    """Return what the colleague may see, and the name of who suggested it, where that person allowed it."""
    async with hear.front.work() as work:
        held = await work.referrals.get(referral)
        programme = hear.front.programmes.get(held.programme) if held else None
        if programme is None:
            return None
        note = await referrals.note(work, programme, referral, hear.who, hear.now)
    if isinstance(note, Refused):
        return None
    facts = await hear.front.directory.facts(note.referrer) if note.referrer else None
    return programme, note.referral, facts.name if facts else ""


async def yes(hear: Hear) -> Answer:
    """Open the request form with what is known filled in; sending it is the yes."""
    referral = hear.record(ids.REFERRAL, hear.value)
    found = await _known(hear, referral) if referral else None
    if referral is None or found is None or found[0] != hear.programme:
        return await errors.refused(hear)
    programme, known = found
    handle = hear.handle(ids.REFERRAL, referral)
    await hear.update(request_views.form(hear.front, hear.language, programme, known, referral=handle))
    return None


async def _known(hear: Hear, referral: UUID) -> tuple[Programme, Filled] | None:
    """Return the form as the colleague finds it: with what was passed on about them, for them to change."""
    found = await _note(hear, referral)
    if found is None:
        return None
    async with hear.front.work() as work:
        held = await work.referrals.colleague(referral)
    facts = await hear.front.directory.facts(hear.who)
    name = (held.name if held else "") or (facts.name if facts else "")
    return found[0], Filled(name=name[: request_views.LONGEST_NAME], reach=held.reach if held else "")


async def accept(hear: Hear) -> Answer:
    """Keep the colleague's own request: from here on it is theirs like any other."""
    return await requests.sent(hear, _accept)


async def _accept(hear: Hear, programme: Programme, asked: intake.Ask, _: requests.Kept) -> intake.Opening:
    referral = hear.record(ids.REFERRAL, hear.meta.get("r", ""))
    if referral is None:
        return Refused()
    async with hear.front.work() as work:
        return await referrals.accept(work, hear.front.ids, programme, referral, hear.who, asked, hear.now)


async def answer(hear: Hear) -> Answer:
    """Carry out every answer but yes, and say what it means."""
    referral, programme = hear.record(ids.REFERRAL, hear.value), hear.programme
    if referral is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        held = await work.referrals.get(referral)
        outcome = await referrals.answer(work, programme, referral, hear.who, _ANSWERS[hear.id], hear.now)
    if held is None or isinstance(outcome, Refused):
        return await errors.refused(hear)
    await hear.update(views.answered(hear.front, hear.language, programme, hear.id, held.expires_at))
    own.refresh(hear)
    return None


# An administrator


async def open_sheet(hear: Hear) -> Answer:
    """Show how a referral stands, from its card in the administrators' channel."""
    referral = hear.record(ids.REFERRAL_CARD, viewer=tokens.ADMINS)
    return await show_sheet(hear, referral) if referral else await errors.refused(hear)


async def open_listed(hear: Hear) -> Answer:
    """Show how a referral stands, from an administrator's Home or the list of open ones."""
    referral = hear.record(ids.REFERRAL_CARD, hear.value)
    return await show_sheet(hear, referral) if referral else await errors.refused(hear)


async def show_sheet(hear: Hear, referral: UUID) -> Answer:
    """Show how a referral stands, and of a held one the choice that waits."""
    view = await _sheet(hear, referral)
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def _sheet(hear: Hear, referral: UUID, said: str = "") -> dict[str, Any] | None:
    async with hear.front.work() as work:
        held = await work.referrals.get(referral)
        programme = hear.front.programmes.get(held.programme) if held else None
        if programme is None:
            return None
        found = await referral_desk.sheet(work, programme, hear.who, referral, now=hear.now)
    if isinstance(found, Refused):
        return None
    facts = await hear.front.directory.facts(found.referrer) if found.referrer else None
    handle = hear.handle(ids.REFERRAL_CARD, referral)
    name = facts.name if facts else ""
    return views.sheet(found.referral, programme, hear.t, handle, referrer=name, said=said)


async def release(hear: Hear) -> Answer:
    """Have the colleague of a held referral asked after all."""
    return await _release(hear, asks=True)


async def drop(hear: Hear) -> Answer:
    """Erase a held referral; nobody is told."""
    return await _release(hear, asks=False)


async def _release(hear: Hear, *, asks: bool) -> Answer:
    referral, programme = hear.record(ids.REFERRAL_CARD, hear.meta.get("h", "")), hear.programme
    if not await still_full_member(hear) or referral is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await referral_desk.release(work, programme, hear.who, referral, asks=asks, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    done = "referrals.released" if asks else "referrals.dropped"
    said = hear.t(done if isinstance(outcome, Released) else "referrals.settled")
    view = await _sheet(hear, referral, said)
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.REFER): open_form,
    (Kind.ACTION, ids.ATTEST): attest,
    (Kind.SUBMIT, ids.VIEW_REFERRAL): send,
    (Kind.ACTION, ids.OPEN_REFERRAL): open_note,
    (Kind.ACTION, ids.REFERRAL_YES): yes,
    (Kind.SUBMIT, ids.VIEW_REFERRAL_YES): accept,
    (Kind.ACTION, ids.OPEN_REFERRAL_CARD): open_sheet,
    (Kind.ACTION, ids.OPEN_LISTED_REFERRAL): open_listed,
    (Kind.ACTION, ids.RELEASE_REFERRAL): release,
    (Kind.ACTION, ids.DROP_REFERRAL): drop,
    **{(Kind.ACTION, action): answer for action in _ANSWERS},
}
DOORS = frozenset({(Kind.ACTION, ids.REFER), (Kind.ACTION, ids.ATTEST), (Kind.SUBMIT, ids.VIEW_REFERRAL)})
"""What a programme's door for a colleague is made of; shut to those who have another."""
