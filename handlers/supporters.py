"""The register: kept by administrators in a modal, and by each supporter for themselves from Home."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers import errors, home, ids
from handlers.entitled import once
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import unseen
from handlers.views import offers as offer_views
from handlers.views import supporters as views
from peersupport import register
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme


def _programme(hear: Hear) -> Programme | None:
    """Return the programme: the pressed button's in Home, the view's in a modal; one without a register is noted."""
    found = hear.programme if hear.in_modal else hear.front.programmes.get(hear.value)
    found = found if found and found.has_requests else None
    hear.trace.forged = hear.trace.forged or found is None
    return found


async def open_register(hear: Hear) -> Answer:
    """Open the register, or turn its page."""
    programme = _programme(hear)
    view = await _register(hear, programme, 0) if programme else None
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def turn_page(hear: Hear) -> Answer:
    """Turn the register's page."""
    page = int(hear.value) if hear.value.isascii() and hear.value.isdigit() and len(hear.value) < 5 else 0
    programme = _programme(hear)
    view = await _register(hear, programme, page) if programme else None
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def _register(hear: Hear, programme: Programme, page: int) -> dict[str, Any] | None:
    async with hear.front.work() as work:
        found = await register.listing(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return None
    shown = found[page * views.PAGE : (page + 1) * views.PAGE]
    rows = [(each, hear.handle(ids.SUPPORTER, each.supporter.id, days=1)) for each in shown]
    return views.register(rows, found, page, programme, hear.t, hear.now)


async def open_new(hear: Hear) -> Answer:
    """Open an empty form; whether the caller may use it is judged here and again when it is sent."""
    programme = _programme(hear)
    if programme is None or await _register(hear, programme, 0) is None:
        return await errors.refused(hear)
    await hear.push(views.entry_form(programme, hear.t, None, None))
    return None


async def open_entry(hear: Hear) -> Answer:
    """Open the form of one entry."""
    programme, supporter = _programme(hear), hear.record(ids.SUPPORTER)
    if programme is None or supporter is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await register.entry(work, programme, hear.who, supporter, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.push(views.entry_form(programme, hear.t, found, hear.handle(ids.SUPPORTER, supporter, days=1)))
    return None


async def save_entry(hear: Hear) -> Answer:
    """Save a new or a changed entry."""
    programme = _programme(hear)
    if programme is None:
        return await errors.refused(hear)
    faults = _faults(hear)
    if faults:
        return {"response_action": "errors", "errors": faults}
    return await (_change(hear, programme) if hear.meta.get("h") else _add(hear, programme))


def _faults(hear: Hear) -> dict[str, str]:
    """Return what Slack's own checks let through."""
    name = str(hear.values.get(views.NAME) or "")
    if unseen(name.strip()):
        return {views.NAME: hear.t("pages.unseen")}
    return {} if name.strip() else {views.NAME: hear.t("supporters.name_missing")}


async def _add(hear: Hear, programme: Programme) -> Answer:
    chosen = hear.values.get(views.MEMBER)
    if not isinstance(chosen, str):
        return {"response_action": "errors", "errors": {views.MEMBER: hear.t("supporters.member_missing")}}
    address = Address(hear.front.team, chosen)
    facts = await hear.front.directory.facts(address)
    if facts is None or not facts.full:
        return {"response_action": "errors", "errors": {views.MEMBER: hear.t("supporters.member_outside")}}
    profile = views.read_profile(programme, hear.values, address, None)
    standing = views.read_standing(programme, hear.values)
    async with hear.front.work() as work:
        outcome = await register.add(
            work,
            programme,
            hear.who,
            standing,
            profile,
            key=hear.key,
            now=hear.now,
            ids=hear.front.ids,
        )
    if isinstance(outcome, register.AlreadyListed):
        return {"response_action": "errors", "errors": {views.MEMBER: hear.t("supporters.member_twice")}}
    return await _saved(hear, programme, outcome)


async def _change(hear: Hear, programme: Programme) -> Answer:
    supporter = hear.record(ids.SUPPORTER, hear.meta.get("h", ""))
    version = hear.meta.get("v", "")
    if supporter is None or not version.isdigit():
        return await errors.refused(hear)
    standing = views.read_standing(programme, hear.values)
    async with hear.front.work() as work:
        found = await register.entry(work, programme, hear.who, supporter, now=hear.now)
        if isinstance(found, Refused):
            return await errors.refused(hear)
        profile = views.read_profile(programme, hear.values, found.profile.address, found.profile)
        outcome = await register.change(
            work, programme, hear.who, supporter, int(version), standing, profile, now=hear.now
        )
        before = await once(work, hear, done=isinstance(outcome, register.Saved))
    return await _saved(hear, programme, None if before else outcome)


async def _saved(hear: Hear, programme: Programme, outcome: object) -> Answer:
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, register.Changed):
        return {"response_action": "errors", "errors": {views.NAME: hear.t("supporters.changed")}}
    view = await _register(hear, programme, 0)
    return (
        {"response_action": "update", "view": {**view, "clear_on_close": True}} if view else await errors.refused(hear)
    )


async def open_profile(hear: Hear) -> Answer:
    """Open one's own profile."""
    programme = hear.front.programmes.get(hear.value) or hear.programme
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await register.see_own(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.open(views.own_form(programme, hear.t, found))
    return None


async def save_profile(hear: Hear) -> Answer:
    """Save one's own profile, availability and limit."""
    programme, version = _programme(hear), hear.meta.get("v", "")
    if programme is None or not version.isdigit():
        return await errors.refused(hear)
    faults = _faults(hear)
    last = views.read_day(hear.values.get(views.PAUSED))
    if last is not None and last < hear.now.date():
        faults[views.PAUSED] = hear.t("supporters.pause_past")
    if faults:
        return {"response_action": "errors", "errors": faults}
    async with hear.front.work() as work:
        found = await register.see_own(work, programme, hear.who, now=hear.now)
        if isinstance(found, Refused):
            return await errors.refused(hear)
        profile = views.read_profile(programme, hear.values, hear.who, found.profile)
        avoid = tuple(Address(hear.front.team, user) for user in hear.values.get(views.AVOID) or [])
        outcome = await register.keep_profile(
            work,
            programme,
            hear.who,
            int(version),
            replace(profile, avoid_members=avoid),
            views.read_limit(programme, hear.values),
            now=hear.now,
        )
        if isinstance(outcome, register.Saved):
            outcome = await _pause_until(hear, work, programme, found)
        before = await once(work, hear, done=isinstance(outcome, register.Saved))
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, register.Changed) and not before:
        return {"response_action": "errors", "errors": {views.NAME: hear.t("supporters.changed")}}
    thanks = offer_views.thanks(programme, hear.t, hear.t("supporters.saved"))
    return {"response_action": "update", "view": thanks}


async def _pause_until(
    hear: Hear, work: UnitOfWork, programme: Programme, before: register.Listing
) -> register.Saved | register.Changed | Refused:
    """Begin, move or end the pause that the form gives a last day."""
    day = views.read_day(hear.values.get(views.PAUSED))
    until = views.end_of(day, before.profile.zone) if day else None
    if until is not None:
        return await register.pause(work, programme, hear.who, until, now=hear.now)
    paused = before.supporter.paused_until
    if paused is None or paused >= register.UNTIL_FURTHER_NOTICE:
        # A pause without an end belongs to the button in Home.
        return register.Saved(before.supporter)
    return await register.resume(work, programme, hear.who, now=hear.now)


async def pause(hear: Hear) -> Answer:
    """Pause one's own offers until further notice."""
    return await _pause(hear, paused=True)


async def resume(hear: Hear) -> Answer:
    """Take offers again."""
    return await _pause(hear, paused=False)


async def _pause(hear: Hear, *, paused: bool) -> Answer:
    programme = _programme(hear)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = (
            await register.pause(work, programme, hear.who, now=hear.now)
            if paused
            else await register.resume(work, programme, hear.who, now=hear.now)
        )
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    # Whoever pressed it looks at the button; the outbox does the same in its own time.
    home.publish_soon(hear)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.SUPPORTERS): open_register,
    (Kind.ACTION, ids.SUPPORTERS_PAGE): turn_page,
    (Kind.ACTION, ids.SUPPORTERS_NEXT): turn_page,
    (Kind.ACTION, ids.ADD_SUPPORTER): open_new,
    (Kind.ACTION, ids.EDIT_SUPPORTER): open_entry,
    (Kind.SUBMIT, ids.VIEW_SUPPORTER): save_entry,
    (Kind.ACTION, ids.MY_PROFILE): open_profile,
    (Kind.SUBMIT, ids.VIEW_PROFILE): save_profile,
    (Kind.ACTION, ids.PAUSE): pause,
    (Kind.ACTION, ids.RESUME): resume,
}
