"""A member offers to present; an organiser asks for a date; the name is shown once its owner has said yes to that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, tokens
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.led import organised, wall_time
from handlers.payloads import unseen
from handlers.views import organise as organise_views
from handlers.views import presenting as views
from peersupport import patient_detail, presenting
from peersupport.actors import refuse
from peersupport.addresses import Address
from peersupport.organising import Faster
from peersupport.outcomes import Refused
from peersupport.ports import Standing, UnitOfWork
from peersupport.presenting import AlreadyOffered, Mine, Received
from peersupport.programme import Programme
from peersupport.proposal import Presenter
from peersupport.series import Series

TYPED = (ids.IN_OFFERED_TOPIC, ids.IN_CAN_WHEN, ids.IN_SHOWN_NAME)


async def home_part(
    work: UnitOfWork,
    front: Front,
    who: Address,
    standing: Standing,  # noqa: ARG001 - every part of Home is asked alike
    language: str,
    now: datetime,
) -> list[Block]:
    """Return one's own offers to present, and the series one comes to where one could offer it."""
    t = front.texts.in_language(language)
    rows = []
    for proposal in await work.proposals.of(who):
        programme = organised(front.programmes.get(proposal.programme))
        found = await presenting.own(work, programme, who, proposal.id) if programme else None
        if found is not None:
            rows.append((found, tokens.for_viewer(front.handles, ids.PROPOSAL, proposal.id, who, now)))
    free = [
        (series, tokens.for_viewer(front.handles, ids.PRESENTABLE, series.id, who, now))
        for series in await presenting.could_present(work, front.programmes, who)
    ]
    return [*views.own_rows(t, rows), *views.doors(t, free)]


async def _series(hear: Hear, token: str | None = None) -> tuple[Programme, Series] | None:
    """Return the series that a handle names, where people can offer to present it."""
    id = hear.record(ids.PRESENTABLE, token)
    if id is None:
        return None
    async with hear.front.work() as work:
        series = await work.series.get(id)
        programme = organised(hear.front.programmes.get(series.programme)) if series else None
        comes = any(each.series_id == id and each.is_live for each in await work.registrations.of(hear.who))
        takes = programme is not None and presenting.takes_presenters(series, programme) and _is_its(hear, programme)
        if series is None or programme is None or not (comes and takes):
            await refuse(work, hear.now)
            return None
    return programme, series


async def open_form(hear: Hear) -> Answer:
    """Open the form of an offer; where there is one already, that."""
    found = await _series(hear)
    if found is None:
        return await errors.refused(hear)
    programme, series = found
    async with hear.front.work() as work:
        own = next((each for each in await work.proposals.of(hear.who) if each.series_id == series.id), None)
    if own is not None:
        return await _show(hear, own.id)
    await hear.open(views.form(hear.t, programme, series, hear.handle(ids.PRESENTABLE, series.id)))
    return None


async def send(hear: Hear) -> Answer:
    """Take an offer."""
    found = await _series(hear, hear.meta.get("h", ""))
    if found is None:
        return await errors.refused(hear)
    programme, series = found
    typed = {block: _text(hear.values, block) for block in TYPED}
    amiss = {block: hear.t("pages.unseen") for block, words in typed.items() if unseen(words)}
    for block in (ids.IN_OFFERED_TOPIC, ids.IN_CAN_WHEN):
        if patient_detail.signs(typed[block]):
            amiss.setdefault(block, hear.t("presenting.patient"))
    for block in (ids.IN_OFFERED_TOPIC, ids.IN_SHOWN_NAME):
        if not typed[block]:
            amiss.setdefault(block, hear.t("series.fault.missing"))
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    presenter = Presenter(hear.who, typed[ids.IN_SHOWN_NAME], typed[ids.IN_OFFERED_TOPIC], typed[ids.IN_CAN_WHEN])
    async with hear.front.work() as work:
        outcome = await presenting.offer(
            work, programme, series.id, presenter, key=hear.key, now=hear.now, ids=hear.front.ids
        )
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, AlreadyOffered):
        return {"response_action": "update", "view": views.words(hear.t, programme, "presenting.already")}
    return {"response_action": "update", "view": views.received(hear.t, programme)}


def _text(values: Mapping[str, Any], block: str) -> str:
    held = values.get(block)
    return held.strip() if isinstance(held, str) else ""


async def show(hear: Hear, proposal: UUID) -> Answer:
    """Open what a message to whoever offered to present was about."""
    return await _show(hear, proposal)


async def open_own(hear: Hear) -> Answer:
    """Open one's own offer from Home."""
    proposal = hear.record(ids.PROPOSAL)
    return await _show(hear, proposal) if proposal else await errors.refused(hear)


def _is_its(hear: Hear, programme: Programme) -> bool:
    """Say whether a view is of this programme, where it says so."""
    return hear.meta.get("p", programme.id) == programme.id


async def _own(hear: Hear, proposal: UUID) -> Mine | Literal[False] | None:
    """Return one's own offer; None where it is erased, False where it is another's."""
    async with hear.front.work() as work:
        kept = await work.proposals.get(proposal)
        programme = organised(hear.front.programmes.get(kept.programme)) if kept else None
        found = await presenting.own(work, programme, hear.who, proposal) if programme else None
        if kept is not None and (found is None or not _is_its(hear, found.programme)):
            await refuse(work, hear.now)
            return False
        return found


async def _show(hear: Hear, proposal: UUID) -> Answer:
    found = await _own(hear, proposal)
    if found is False:
        return await errors.refused(hear)
    if not isinstance(found, Mine):
        await hear.open(views.gone(hear.t, None))
        return None
    await hear.open(views.mine(hear.t, found, hear.handle(ids.PROPOSAL, proposal)))
    return None


async def agree(hear: Hear) -> Answer:
    """Say yes to the date that was shown."""
    return await _answer(hear, yes=True)


async def take_back(hear: Hear) -> Answer:
    """Take one's offer back, or say no to the date."""
    return await _answer(hear, yes=False)


async def _answer(hear: Hear, *, yes: bool) -> Answer:
    id, on = hear.record(ids.PROPOSAL), wall_time(hear.meta.get("o", ""))
    if id is None:
        return await errors.refused(hear)
    found = await _own(hear, id)
    if found is False:
        return await errors.refused(hear)
    if found is None:
        await hear.update(views.gone(hear.t, None))
        return None
    shown = hear.meta.get("v", "")
    now_at = found.day.row.moved_to.isoformat() if found.day and found.day.row.moved_to else ""
    outcome: object = Faster()
    async with hear.front.work() as work:
        if not yes:
            outcome = await presenting.take_back(work, found.programme, hear.who, id, now=hear.now)
        elif on is not None and shown == now_at:
            outcome = await presenting.agree(work, found.programme, hear.who, id, on, now=hear.now)
    if isinstance(outcome, Faster):
        again = await _own(hear, id)
        view = views.mine(hear.t, again, hear.handle(ids.PROPOSAL, id)) if again else views.gone(hear.t, None)
        await hear.update(view)
        return None
    await hear.update(views.words(hear.t, found.programme, "presenting.agreed" if yes else "presenting.taken_back"))
    return None


async def blocks_for(hear: Hear, programme: Programme, series: UUID) -> list[Block]:
    """Return the offers to present a series, for a view of its organisers."""
    async with hear.front.work() as work:
        found = await presenting.of_series(work, programme, hear.who, series, now=hear.now)
    if isinstance(found, Refused):
        return []
    handles = {each.proposal.id: hear.handle(ids.PROPOSAL_LED, each.proposal.id) for each in found}
    return views.offers(hear.t, found, handles)


async def open_offer(hear: Hear) -> Answer:
    """Open an offer, for an organiser."""
    programme, id = organised(hear.programme), hear.record(ids.PROPOSAL_LED)
    if programme is None or id is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await presenting.received(work, programme, hear.who, id, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if not isinstance(found, Received):
        await hear.push(organise_views.gone(hear.t, programme, "presenting.gone_led"))
        return None
    await hear.push(views.answer(hear.t, programme, found, hear.handle(ids.PROPOSAL_LED, id)))
    return None


async def send_answer(hear: Hear) -> Answer:
    """Ask whoever offered for a date, or thank them and erase the offer."""
    programme, id = organised(hear.programme), hear.record(ids.PROPOSAL_LED)
    chosen = _text(hear.values, ids.IN_PRESENT_ON)
    on = wall_time(chosen)
    if programme is None or id is None or (on is None and chosen != views.NO):
        return await errors.refused(hear)
    async with hear.front.work() as work:
        if on is None:
            outcome = await presenting.decline(work, programme, hear.who, id, now=hear.now)
        else:
            outcome = await presenting.ask(work, programme, hear.who, id, on, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, Faster):
        return {"response_action": "update", "view": organise_views.gone(hear.t, programme, "presenting.gone_led")}
    words = hear.t("presenting.declined" if on is None else "presenting.asked")
    return {"response_action": "update", "view": organise_views.done(hear.t, programme, words)}


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.COULD_PRESENT): open_form,
    (Kind.SUBMIT, ids.VIEW_PROPOSAL): send,
    (Kind.ACTION, ids.OPEN_MY_PROPOSAL): open_own,
    (Kind.ACTION, ids.AGREE_TO_PRESENT): agree,
    (Kind.ACTION, ids.TAKE_PROPOSAL_BACK): take_back,
    (Kind.ACTION, ids.OPEN_PROPOSAL): open_offer,
    (Kind.SUBMIT, ids.VIEW_PROPOSAL_ANSWER): send_answer,
}
