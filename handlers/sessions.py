"""Sessions for those who come: what there is, a place in two taps, one's own place, and the way out."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from uuid import UUID

from handlers import errors, home, ids, session_items
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import unseen
from handlers.views import cafe, kit
from handlers.views import places as place_views
from handlers.views import sessions as views
from peersupport import access, places, waiting_list
from peersupport.outcomes import Refused
from peersupport.place import Already, Joined, Joining, Left, Not, Waiting
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.series import Registration, RegistrationState


async def _refused(hear: Hear) -> Answer:
    """Refuse, and write it down: what names nobody is forged as a handle is."""
    hear.trace.forged = True
    return await errors.refused(hear)


async def open_list(hear: Hear) -> Answer:
    """Open what a programme offers in a group."""
    view = await list_of(hear, hear.front.programmes.get(hear.value))
    if view is None:
        return await _refused(hear)
    await hear.open(view)
    return None


async def list_of(hear: Hear, programme: Programme | None) -> kit.View | None:
    """Return the list of a programme; None where it has none."""
    if programme is None:
        return None
    async with hear.front.work() as work:
        items = await session_items.all_of(work, hear.front, programme, hear.who, hear.now)
    return views.listing(programme, items, hear.t, hear.now)


async def list_of_all(hear: Hear, *, without: Container[str] = ()) -> kit.View | None:
    """Return the list of every programme that offers something in a group; None where none does."""
    every = [each for each in hear.front.programmes.values() if views.doorways(each) and each.id not in without]
    async with hear.front.work() as work:
        found = [(each, await session_items.all_of(work, hear.front, each, hear.who, hear.now)) for each in every]
    return views.listing_of(found, hear.t, hear.now) if found else None


async def open_one(hear: Hear) -> Answer:
    """Open one of them; that is written nowhere."""
    found = await _found(hear, _id(hear.value))
    if found is None:
        return await _refused(hear)
    programme, item = found
    resource = hear.front.resources.get(item.series.register_at or "")
    link = str(resource.url) if resource is not None and resource.url else ""
    await hear.open(views.details(programme, item, hear.t, hear.now, link))
    return None


async def open_form(hear: Hear) -> Answer:
    """Open the form for a place."""
    return await _open_form(hear, _id(hear.value), "")


async def join(hear: Hear) -> Answer:
    """Open the form from a public announcement; whoever presses is judged as anybody else."""
    series, _, date = hear.value.partition("/")
    return await _open_form(hear, _id(series), str(_id(date) or ""))


async def _open_form(hear: Hear, series: UUID | None, date: str) -> Answer:
    found = await _found(hear, series)
    if found is None:
        return await _refused(hear)
    programme, item = found
    held = item.at(date)
    if held is not None:
        return await open_place(hear, held.id)
    if not views.takes(item, hear.now):
        if item.mine is not None:
            return await open_place(hear, item.mine.id)
        await hear.open(views.details(programme, item, hear.t, hear.now))
        return None
    async with hear.front.work() as work:
        first = _first(hear, programme, await access.barrier(work, programme, hear.who), f"{item.series.id}/{date}")
    await hear.open(first or views.form(programme, item, hear.t, date))
    return None


def _first(hear: Hear, programme: Programme, why: Not | None, wanted: str) -> kit.View | None:
    """Return what comes before a place, where something does: the terms, or that it is for those on a list."""
    if why is Not.NEEDS_TERMS:
        return cafe.terms(hear.front, hear.t, programme, wanted)
    return cafe.not_on_list(hear.front, hear.t, programme) if why is Not.NOT_LISTED else None


async def _found(hear: Hear, series: UUID | None) -> tuple[Programme, views.Item] | None:
    if series is None:
        return None
    async with hear.front.work() as work:
        return await session_items.one(work, hear.front, series, hear.who, hear.now)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def send(hear: Hear) -> Answer:
    """Take a place, or a place in line."""
    found = await _found(hear, _id(hear.meta.get("x", "")))
    if found is None or hear.programme is None or hear.programme.id != found[0].id:
        return await _refused(hear)
    programme, item = found
    amiss = _amiss(hear, item)
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    date = _id(str(hear.values.get(ids.IN_DATE) or ""))
    on = next((each.on for each in item.coming if each.id == date), None)
    on = on if item.series.kind == views.SMALL_GROUP else None
    form = _form(hear, programme, item)
    async with hear.front.work() as work:
        outcome = await places.register(
            work, programme, item.series.id, on, hear.who, form, now=hear.now, ids=hear.front.ids
        )
    return await _answer(hear, programme, outcome)


def _amiss(hear: Hear, item: views.Item) -> dict[str, str]:
    amiss: dict[str, str] = {}
    if item.series.all_dates and views.COMES not in (hear.values.get(ids.IN_COMMITMENT) or ()):
        amiss[ids.IN_COMMITMENT] = hear.t("sessions.fault.commitment")
    if unseen(_alias(hear)):
        amiss[ids.IN_ALIAS] = hear.t("sessions.fault.alias")
    return amiss


def _alias(hear: Hear) -> str:
    held = hear.values.get(ids.IN_ALIAS)
    return held.strip() if isinstance(held, str) else ""


def _form(hear: Hear, programme: Programme, item: views.Item) -> Joining:
    values = hear.values
    return Joining(
        alias=_alias(hear) if item.series.alias else "",
        reminders=_chosen(programme, values.get(ids.IN_REMINDERS)),
        named=views.NAMED in (values.get(ids.IN_CALENDAR) or ()),
        commits=views.COMES in (values.get(ids.IN_COMMITMENT) or ()),
        role=str(values.get(ids.IN_SESSION_ROLE) or ""),
    )


def _chosen(programme: Programme, held: object) -> str:
    ticked = held if isinstance(held, list) else []
    return "".join(each for each in views.everything(programme) if each in ticked)


async def _answer(hear: Hear, programme: Programme, outcome: Joined | Waiting | Already | Not) -> Answer:
    t = hear.t
    match outcome:
        case Joined(registration):
            return await _shown(hear, registration, place_views.KEPT)
        case Waiting(registration) | Already(registration):
            return await _shown(hear, registration, "")
    first = _first(hear, programme, outcome, hear.meta.get("x", ""))
    if first is not None:
        return {"response_action": "update", "view": first}
    words = t(f"sessions.outcome.{outcome.value}")
    others = kit.actions([kit.button(t("menu.elsewhere"), ids.ELSEWHERE)], "others")
    return {"response_action": "update", "view": views.page(t, programme, words, others)}


async def _shown(hear: Hear, registration: Registration, said: str) -> Answer:
    view = await _place(hear, registration.id, said)
    if view is None:
        return await _refused(hear)
    home.publish_soon(hear, why=home.As.CHANGED)
    return {"response_action": "update", "view": view}


async def _place(hear: Hear, registration_id: UUID | None, said: str = "") -> kit.View | None:
    """Return the page of one's own place; None for any doubt, also where it is somebody else's."""
    if registration_id is None:
        return None
    async with hear.front.work() as work:
        registration = await _own(work, hear, registration_id)
        if registration is None:
            return None
        place = await session_items.own(work, hear.front, registration, hear.who, hear.t, hear.now, link=True)
    return place_views.own(replace(place, said=said), hear.t) if place else None


async def _own(work: UnitOfWork, hear: Hear, registration_id: UUID) -> Registration | None:
    named = hear.meta.get("p")
    mine = (each for each in await work.registrations.of(hear.who) if named in (None, each.programme))
    return next((each for each in mine if each.id == registration_id), None)


async def open_place(hear: Hear, registration: UUID) -> Answer:
    """Open one's own place, also from the button of a direct message."""
    view = await _place(hear, registration)
    if view is None:
        return await _refused(hear)
    await hear.open(view)
    return None


async def open_own(hear: Hear) -> Answer:
    """Open one's own place from Home or a list."""
    registration = hear.record(ids.REGISTRATION)
    return await open_place(hear, registration) if registration else await _refused(hear)


async def act(hear: Hear) -> Answer:
    """Leave, come back within ten minutes, or answer a place that was offered."""
    registration_id = hear.record(ids.REGISTRATION)
    outcome: object = Refused()
    async with hear.front.work() as work:
        registration = await _own(work, hear, registration_id) if registration_id else None
        programme = hear.front.programmes.get(registration.programme) if registration else None
        if registration is not None and programme is not None:
            outcome = await _deed(work, hear, programme, registration.id)
    if isinstance(outcome, Refused):
        return await _refused(hear)
    view = await _place(hear, registration_id, _said(outcome))
    if view is not None:
        await hear.update(view)
    home.publish_soon(hear, why=home.As.CHANGED)
    return None


async def _deed(work: UnitOfWork, hear: Hear, programme: Programme, id_: UUID) -> Joined | Waiting | Left | Not:
    match hear.id:
        case ids.LEAVE_PLACE:
            return await places.leave(work, programme, id_, hear.who, now=hear.now)
        case ids.TAKE_BACK_PLACE:
            return await places.take_back(work, programme, id_, hear.who, now=hear.now)
    yes = hear.id == ids.PLACE_YES
    return await waiting_list.answer_place(work, programme, id_, hear.who, yes=yes, now=hear.now)


def _said(outcome: object) -> str:
    match outcome:
        case Left():
            return "places.said.left"
        case Joined():
            return place_views.KEPT
        case Not():
            return "places.said.gone"
    return ""


async def choose_reminders(hear: Hear) -> Answer:
    """Keep another choice of reminders."""
    registration_id = hear.record(ids.REGISTRATION, hear.meta.get("h", ""))
    async with hear.front.work() as work:
        registration = await _own(work, hear, registration_id) if registration_id else None
        programme = hear.front.programmes.get(registration.programme) if registration else None
        if registration is not None and programme is not None and registration.state is RegistrationState.IN:
            await work.registrations.save(replace(registration, reminders=_chosen(programme, _ticked(hear))))
            return None
    return await _refused(hear)


def _ticked(hear: Hear) -> list[str]:
    actions = hear.payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    options = action.get("selected_options")
    if not isinstance(options, list):
        return []
    return [str(each["value"]) for each in options if isinstance(each, dict) and isinstance(each.get("value"), str)]


async def link(_: Hear) -> Answer:
    """Take note of nothing: the button only opened a web address."""
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.SESSIONS): open_list,
    (Kind.ACTION, ids.SESSION): open_one,
    (Kind.ACTION, ids.REGISTER): open_form,
    (Kind.ACTION, ids.JOIN_SESSION): join,
    (Kind.SUBMIT, ids.VIEW_REGISTER): send,
    (Kind.ACTION, ids.OWN_PLACE): open_own,
    (Kind.ACTION, ids.LEAVE_PLACE): act,
    (Kind.ACTION, ids.TAKE_BACK_PLACE): act,
    (Kind.ACTION, ids.PLACE_YES): act,
    (Kind.ACTION, ids.PLACE_NO): act,
    (Kind.ACTION, ids.REMIND_ME): choose_reminders,
    (Kind.ACTION, ids.TO_GOOGLE): link,
    (Kind.ACTION, ids.TO_OUTLOOK): link,
    (Kind.ACTION, ids.TO_OUTLOOK_HOME): link,
    (Kind.ACTION, ids.TO_FILE): link,
}
PUBLIC = frozenset((Kind.ACTION, name) for name in (ids.TO_GOOGLE, ids.TO_OUTLOOK, ids.TO_OUTLOOK_HOME, ids.TO_FILE))
DOORS = frozenset(
    {
        (Kind.ACTION, ids.SESSIONS),
        (Kind.ACTION, ids.SESSION),
        (Kind.ACTION, ids.REGISTER),
        (Kind.ACTION, ids.JOIN_SESSION),
        (Kind.SUBMIT, ids.VIEW_REGISTER),
    }
)
