"""The safety concern: a supporter raises it from Home or a match; leads and administrators take and close it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, tokens
from handlers.entitled import opened_before, still_full_member
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import identity as identity_view
from handlers.views import safety as views
from handlers.views.identity import when
from handlers.views.ledger import limited
from peersupport import holding, paging, safety
from peersupport.actors import refuse
from peersupport.addresses import Address
from peersupport.concerns import Concern, Ending, Route, Told
from peersupport.outcomes import Over, Stale
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.reveals import Identity, Limited

MOST = 10
"""Rows of one kind that Home shows."""

Code = TypeVar("Code", bound=StrEnum)


# The supporter


def _request_of(hear: Hear) -> UUID | None:
    return hear.record(ids.MATCH, hear.meta.get("h", "") if hear.in_modal else hear.value)


async def _programme_of(work: UnitOfWork, hear: Hear, request: UUID) -> Programme | None:
    """Return the programme that the view names or, from Home, the record's."""
    if hear.in_modal:
        return hear.programme
    found = await work.requests.get(request)
    return hear.front.programmes.get(found.programme) if found else None


async def open_concern(hear: Hear) -> Answer:
    """Show the numbers with the form or, while a concern is open, with how it stands; opening it stores nothing."""
    request = _request_of(hear)
    if request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        programme = await _programme_of(work, hear, request)
        if programme is None:
            return await errors.refused(hear)
        found = await safety.look(work, programme, hear.who, request, now=hear.now)
        phones = await _phones(work, hear, programme, request) if isinstance(found, Over) else ()
    match found:
        case safety.Watch():
            await _place(hear, _watched(hear, found, programme), ids.VIEW_CONCERN_STATUS)
        case Over():
            await _place(hear, views.over(hear.front, programme, hear.t, phones), ids.VIEW_CONCERN_STATUS)
        case _:
            return await errors.refused(hear)
    return None


async def _phones(work: UnitOfWork, hear: Hear, programme: Programme, request: UUID) -> tuple[str, ...]:
    """Return the numbers for one with whom the request was: nobody in need of help is sent away without them."""
    found = await work.requests.get(request)
    return await paging.phones(work, programme, found, hear.who) if found else ()


def _watched(hear: Hear, watch: safety.Watch, programme: Programme) -> dict[str, Any]:
    show = views.form if watch.concern is None else views.status
    return show(hear.front, watch, programme, hear.t, hear.handle(ids.MATCH, watch.request.id))


async def _place(hear: Hear, view: dict[str, Any], same: str) -> None:
    """Put a view where it belongs: in place of the same one as it stood before, else on top."""
    if hear.in_modal and hear.view is not None and hear.view.get("callback_id") == same:
        await hear.update(view)
    else:
        await hear.open(view)


async def raise_concern(hear: Hear) -> Answer:
    """Raise the concern: the first lead is paged with the same commit."""
    request, programme = _request_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    told, route = _code(hear, ids.IN_TOLD, Told), _code(hear, ids.IN_ROUTE, Route)
    plan = hear.values.get(ids.IN_PLAN)
    missing = {ids.IN_TOLD: told is None, ids.IN_PLAN: plan not in (views.YES, views.NO), ids.IN_ROUTE: route is None}
    async with hear.front.work() as work:
        if told is None or route is None or missing[ids.IN_PLAN]:
            found = await safety.look(work, programme, hear.who, request, now=hear.now)
        else:
            report = safety.Report(told, joint_plan=plan == views.YES, route=route)
            found = await safety.raise_concern(
                work, programme, hear.who, request, report, ids=hear.front.ids, now=hear.now
            )
        phones = await _phones(work, hear, programme, request) if isinstance(found, Over) else ()
    match found:
        case safety.Watch() if any(missing.values()):
            words = hear.t("safety.missing")
            return {"response_action": "errors", "errors": {block: words for block, is_so in missing.items() if is_so}}
        case safety.Watch():
            return {"response_action": "update", "view": _watched(hear, found, programme)}
        case Over():
            view = views.over(hear.front, programme, hear.t, phones)
            return {"response_action": "update", "view": view}
        case _:
            return await errors.refused(hear)


def _code(hear: Hear, block: str, codes: type[Code]) -> Code | None:
    return next((each for each in codes if each.value == hear.values.get(block)), None)


# Those who are paged


def _concern_of(hear: Hear) -> UUID | None:
    return hear.record(ids.CONCERN, hear.meta.get("h", "") if hear.in_modal else hear.value)


async def open_alert(hear: Hear) -> Answer:
    """Open a concern from Home or the queue."""
    concern = hear.record(ids.CONCERN)
    return await show(hear, concern) if concern else await errors.refused(hear)


async def show(hear: Hear, concern: UUID) -> Answer:
    """Show a concern that a handle has named, from Home or a message."""
    async with hear.front.work() as work:
        stored = None if hear.in_modal else await work.concerns.get(concern)
        programme = hear.front.programmes.get(stored.programme) if stored else hear.programme
        if programme is None:
            await refuse(work, hear.now)
            return await errors.refused(hear)
        found = await safety.see(work, programme, hear.who, concern, now=hear.now)
    return await _answer(hear, programme, found)


async def _answer(hear: Hear, programme: Programme, found: object, said: str = "") -> Answer:
    """Show how a concern stands after something was done, or why nothing was."""
    match found:
        case safety.Alert():
            await _place(hear, _alert(hear, programme, found, said), ids.VIEW_ALERT)
        case safety.TakenBefore(alert):
            await _place(hear, _alert(hear, programme, alert, hear.t("safety.taken_before")), ids.VIEW_ALERT)
        case safety.Ended():
            await _place(hear, views.told(hear.t("safety.ended"), programme, hear.t), ids.VIEW_ALERT)
        case _:
            return await errors.refused(hear)
    return None


def _alert(hear: Hear, programme: Programme, alert: safety.Alert, said: str) -> dict[str, Any]:
    return views.alert(alert, programme, hear.t, hear.handle(ids.CONCERN, alert.concern.id), said)


async def take(hear: Hear) -> Answer:
    """Say "I have it"; one wins, and the others read who."""
    concern, programme = _concern_of(hear), hear.programme
    if concern is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await safety.take(work, programme, hear.who, concern, now=hear.now)
    return await _answer(hear, programme, found, hear.t("safety.taken"))


async def show_person(hear: Hear) -> Answer:
    """Show who asked: the opening is committed to the ledger before the view is sent."""
    concern, programme = _concern_of(hear), hear.programme
    if not await still_full_member(hear) or concern is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await safety.open_person(work, programme, hear.who, concern, now=hear.now)
        if isinstance(found, Identity) and await opened_before(work, hear):
            return None
    match found:
        case Identity():
            await hear.push(identity_view.opened(found, programme, hear.t))
        case Limited():
            await hear.push(views.told(limited(found.until, programme, hear.t), programme, hear.t))
        case safety.Ended() | Stale():
            words = hear.t("safety.ended" if isinstance(found, safety.Ended) else "safety.over_time")
            await hear.push(views.told(words, programme, hear.t))
        case _:
            return await errors.refused(hear)
    return None


async def ask_ending(hear: Hear) -> Answer:
    """Ask what came of it, before a concern is closed."""
    concern, programme = _concern_of(hear), hear.programme
    if concern is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await safety.see_whole(work, programme, hear.who, concern, now=hear.now)
    match found:
        case safety.Alert():
            await hear.push(views.closing(found, programme, hear.t, hear.handle(ids.CONCERN, concern)))
        case safety.Ended():
            await hear.push(views.told(hear.t("safety.ended"), programme, hear.t))
        case _:
            return await errors.refused(hear)
    return None


async def close(hear: Hear) -> Answer:
    """Close a concern; an erasure that it held back goes on."""
    concern, programme = _concern_of(hear), hear.programme
    if concern is None or programme is None:
        return await errors.refused(hear)
    ending = _code(hear, ids.IN_ENDING, Ending)
    async with hear.front.work() as work:
        found: object = (
            await safety.see_whole(work, programme, hear.who, concern, now=hear.now)
            if ending is None
            else await safety.close(work, programme, hear.who, concern, ending, now=hear.now)
        )
    match found:
        case safety.Alert():
            return {"response_action": "errors", "errors": {ids.IN_ENDING: hear.t("safety.missing")}}
        case Concern() | safety.Ended():
            words = hear.t("safety.closed" if isinstance(found, Concern) else "safety.ended")
            return {"response_action": "update", "view": views.told(words, programme, hear.t)}
        case _:
            return await errors.refused(hear)


# Home


async def home_part(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return open concerns that somebody is paged about, a supporter's way to raise one, and a requester's wait."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    for name, (member, _) in standing.members.items():
        programme = front.programmes.get(name)
        for alert in (await safety.alerts(work, programme, who, member, now=now))[:MOST] if programme else ():
            handle = tokens.for_viewer(front.handles, ids.CONCERN, alert.concern.id, who, now)
            blocks += views.home_of_paged(alert, front.programmes[name], t, handle)
    for name, supporter in standing.supporters.items():
        programme = front.programmes.get(name)
        for watch in (await safety.of_supporter(work, programme, who, supporter))[:MOST] if programme else ():
            handle = tokens.for_viewer(front.handles, ids.MATCH, watch.request.id, who, now)
            blocks += views.home_of_supporter(front, watch, front.programmes[name], t, handle)
    for waiting in await holding.waiting(work, who, now):
        programme = front.programmes.get(waiting.request.programme)
        if programme is not None:
            words = t("safety.held", when=when(waiting.until, programme, t))
            blocks += views.home_of_requester(waiting.request, words, t)
    return blocks


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.SAFETY_CONCERN): open_concern,
    (Kind.SUBMIT, ids.VIEW_CONCERN): raise_concern,
    (Kind.ACTION, ids.OPEN_CONCERN): open_alert,
    (Kind.ACTION, ids.TAKE_CONCERN): take,
    (Kind.ACTION, ids.SHOW_CONCERNED): show_person,
    (Kind.ACTION, ids.CLOSE_CONCERN): ask_ending,
    (Kind.SUBMIT, ids.VIEW_CONCERN_CLOSE): close,
}
