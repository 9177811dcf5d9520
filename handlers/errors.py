"""The one error path: crashes, refusals and stale buttons into kind words, where the person is."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.hear import Answer, Hear, Kind
from handlers.views import pages, safety
from peersupport.audit import ActorKind, Entry, Event
from peersupport.ports import StoreUnavailable

_WORRIED = frozenset({(Kind.ACTION, ids.SAFETY_CONCERN), (Kind.SUBMIT, ids.VIEW_CONCERN)})


async def failed(hear: Hear, error: BaseException) -> Answer:
    """Say that something went wrong, and whether anything was sent; what was typed stays."""
    if hear.trace.saved:
        view = pages.unsure(hear.front, hear.language)
        return {"response_action": "push", "view": view} if hear.kind is Kind.SUBMIT else _show_late(hear, view)
    down = isinstance(error, StoreUnavailable | TimeoutError)
    view = pages.trouble(hear.front, hear.language, down=down)
    words = hear.t("errors.not_sent", line=pages.first_line(hear.front, hear.language))
    if (hear.kind, hear.id) in _WORRIED and hear.record(ids.MATCH, hear.meta.get("h") or hear.value) is not None:
        # A supporter in fear for somebody: whom to phone stands in the programme's file.
        view, words = safety.trouble(hear.front, hear.programme, hear.who, hear.t), hear.t("safety.not_sent")
    if hear.kind is Kind.SUBMIT:
        return _on_form(hear, words, view)
    if hear.kind is Kind.EVENT:
        home = pages.trouble_home(hear.front, hear.language)
        hear.front.spawn(_publish(hear, home))
        return None
    return _show_late(hear, view)


async def _publish(hear: Hear, view: dict[str, Any]) -> None:
    async with hear.front.lanes.alone(hear.who):
        await hear.front.screens.home(hear.who.user, view)


def _show_late(hear: Hear, view: dict[str, Any]) -> Answer:
    """Show a view without waiting for it: the time for an answer is nearly over."""
    hear.front.spawn(_open(hear, view))
    return None


async def _open(hear: Hear, view: dict[str, Any]) -> None:
    if hear.trigger:
        await hear.open(view)


async def outsider(hear: Hear) -> Answer:
    """Give guests and outsiders the help lines and no more; the same words for every one of them."""
    view = pages.outsider(hear.front, hear.language)
    return {"response_action": "push", "view": view} if hear.kind is Kind.SUBMIT else await _show(hear, view)


async def unopened(hear: Hear) -> None:
    """Say in words, where the button is, that a view did not open and may be asked for again."""
    address = hear.payload.get("response_url")
    if isinstance(address, str):
        words = {"response_type": "ephemeral", "replace_original": False, "text": hear.t("unopened.words")}
        hear.front.spawn(_say(hear, address, words))
    elif hear.view is not None and hear.view.get("type") == "home":
        hear.front.spawn(_publish(hear, pages.unopened_home(hear.front, hear.language)))


async def _say(hear: Hear, address: str, words: dict[str, Any]) -> None:
    await hear.front.answer_url(address, words)


async def unknown(hear: Hear) -> Answer:
    """Answer a button or form that this version does not know."""
    return await stale(hear)


async def stale(hear: Hear) -> Answer:
    """Say kindly that this button or form no longer fits, and that nothing changed."""
    view = pages.stale(hear.front, hear.language)
    if hear.kind is Kind.CLOSE:
        return None
    return {"response_action": "push", "view": view} if hear.kind is Kind.SUBMIT else await _show(hear, view)


async def refused(hear: Hear) -> Answer:
    """Answer unknown, expired, foreign and forbidden alike; a token that opens nothing is written down here."""
    if hear.trace.forged:
        await _write_down(hear)
    view = pages.refused(hear.front, hear.language)
    return {"response_action": "push", "view": view} if hear.kind is Kind.SUBMIT else await _show(hear, view)


async def _write_down(hear: Hear) -> None:
    try:
        async with hear.front.work() as work:
            await work.audit.write(Entry(Event.REFUSED, hear.now, ActorKind.UNKNOWN))
    except StoreUnavailable:
        hear.front.note("refusal.not_written", None)


async def _show(hear: Hear, view: dict[str, Any]) -> Answer:
    if hear.trigger:
        await hear.open(view)
    return None


def _on_form(hear: Hear, words: str, view: dict[str, Any]) -> Answer:
    """Put the words at the first field, which keeps the form and all that was typed."""
    blocks = hear.view.get("blocks") if hear.view else None
    shown = blocks if isinstance(blocks, list) else []
    inputs = [block for block in shown if isinstance(block, dict) and block.get("type") == "input"]
    first = inputs[0].get("block_id") if inputs else None
    if isinstance(first, str):
        return {"response_action": "errors", "errors": {first: words}}
    return {"response_action": "push", "view": view}
