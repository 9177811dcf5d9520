"""Deeds that need two: asking for one, and what waits for a second yes in Home and behind a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from slackblocks import Block, Element

from handlers import errors, ids, tokens
from handlers.entitled import still_full_member
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import approvals as views
from peersupport import approvals, lookup
from peersupport.actors import actor
from peersupport.addresses import Address
from peersupport.approvals import Act, Why
from peersupport.outcomes import Refused, Stale
from peersupport.people import Deed, may
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, SupportRequest

_ACTS = {action: act for act, action in views.ASKS.items()}
_DEEDS = {Act.REOPEN_IDENTITY: Deed.REOPEN_IDENTITY, Act.EXTEND_RETENTION: Deed.KEEP_LONGER}


async def deeds(
    work: UnitOfWork,
    hear: Hear,
    programme: Programme,
    request: SupportRequest,
    standing: Standing,  # noqa: ARG001 - every journey's deeds are asked alike
) -> list[Element]:
    """Return what an administrator can ask for about a closed request that was looked up."""
    if request.state in OPEN_STATES or request.erased_at is not None:
        return []
    caller = await actor(work, hear.who, request)
    live = await approvals.pending(work, programme, hear.who, now=hear.now)
    asked = {each.approval.act for each in live if each.approval.subject == request.id}
    return [
        views.ask_button(act, hear.t) for act in views.ASKS if act not in asked and may(_DEEDS[act], caller, request)
    ]


async def open_ask(hear: Hear) -> Answer:
    """Open the form that asks for one of the two deeds about a closed request, with its reason."""
    programme, request = hear.programme, tokens.request_of(hear)
    if programme is None or request is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await lookup.again(work, programme, hear.who, request, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    handle = hear.handle(ids.SHEET, request)
    await hear.push(views.ask_form(_ACTS[hear.id], found, programme, hear.t, handle))
    return None


async def submit_ask(hear: Hear) -> Answer:
    """Put the question down; whoever asks counts as the first of the two."""
    programme, request = hear.programme, tokens.request_of(hear)
    act = next((each for each in _DEEDS if each.value == hear.meta.get("a")), None)
    why = next((each for each in Why if each.value == hear.values.get(ids.IN_WHY)), None)
    if not await still_full_member(hear) or programme is None or request is None or act is None or why is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await approvals.ask(work, programme, hear.who, act, request, why, now=hear.now, ids=hear.front.ids)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    if isinstance(outcome, Stale | approvals.NobodyElse):
        words = "approvals.too_late" if isinstance(outcome, Stale) else "approvals.nobody_else"
        return {"response_action": "errors", "errors": {ids.IN_WHY: hear.t(words)}}
    said = hear.t("approvals.asked" if isinstance(outcome, approvals.Asked) else "approvals.asked_before")
    view = await _view(hear, outcome.approval.id, said)
    if view is None:
        return await errors.refused(hear)
    return {"response_action": "update", "view": {**view, "clear_on_close": True}}


async def open_approval(hear: Hear) -> Answer:
    """Open one deed for two from Home."""
    found = hear.record(ids.APPROVAL, hear.value)
    return await show(hear, found) if found else await errors.refused(hear)


async def show(hear: Hear, approval: UUID) -> Answer:
    """Open one deed for two that a handle has named, from Home or a message."""
    view = await _view(hear, approval, "")
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def agree(hear: Hear) -> Answer:
    """Say yes."""
    return await _answer(hear, approvals.agree)


async def decline(hear: Hear) -> Answer:
    """Say no, or take one's own asking back."""
    return await _answer(hear, approvals.decline)


async def _answer(hear: Hear, deed: Callable[..., Awaitable[Any]]) -> Answer:
    approval = hear.record(ids.APPROVAL, hear.meta.get("h", ""))
    if not await still_full_member(hear) or approval is None or hear.programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await deed(work, hear.programme, hear.who, approval, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    view = await _view(hear, approval, _said(hear, outcome))
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


def _said(hear: Hear, outcome: object) -> str:
    match outcome:
        case approvals.Agreed(approval):
            return hear.t("approvals.agreed" if approval.complete else "approvals.first")
        case approvals.Declined():
            return hear.t("approvals.declined")
        case _:
            return hear.t("approvals.unchanged")


async def _view(hear: Hear, approval: UUID, said: str) -> dict[str, Any] | None:
    """Return one deed for two as it stands; None for whoever may not see it."""
    async with hear.front.work() as work:
        programme = hear.programme
        if programme is None:
            kept = await work.approvals.get(approval)
            programme = hear.front.programmes.get(kept.programme) if kept else None
        if programme is None:
            return None
        found = await approvals.look(work, programme, hear.who, approval, now=hear.now)
    if isinstance(found, Refused):
        return None
    handles = {"": hear.handle(ids.APPROVAL, approval)}
    if found.request is not None:
        handles["request"] = hear.handle(ids.SHEET, found.request.id)
    return views.approval(found, programme, hear.t, handles, said)


async def home_part(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return what waits for a second yes, for each programme in which this person may give one."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    for programme in front.programmes.values():
        if programme.id not in standing.members and who.user != programme.people.privacy_contact:
            continue
        found = await approvals.pending(work, programme, who, now=now)
        rows = [(each, tokens.for_viewer(front.handles, ids.APPROVAL, each.approval.id, who, now)) for each in found]
        blocks += views.home_part(rows, programme, t) if rows else []
    return blocks


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.ASK_REOPEN): open_ask,
    (Kind.ACTION, ids.ASK_KEEP): open_ask,
    (Kind.SUBMIT, ids.VIEW_ASK_APPROVAL): submit_ask,
    (Kind.ACTION, ids.OPEN_APPROVAL): open_approval,
    (Kind.ACTION, ids.AGREE_APPROVAL): agree,
    (Kind.ACTION, ids.DECLINE_APPROVAL): decline,
}
