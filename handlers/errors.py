"""The one error path: crashes, refusals and stale buttons into kind words, where the person is."""

from __future__ import annotations

from typing import Any

from handlers.hear import Answer, Hear, Kind
from handlers.views import pages
from peersupport.ports import StoreUnavailable


async def failed(hear: Hear, error: BaseException) -> Answer:
    """Say that something went wrong and that nothing was sent; what was typed stays."""
    down = isinstance(error, StoreUnavailable | TimeoutError)
    view = pages.trouble(hear.front, hear.language, down=down)
    if hear.kind is Kind.SUBMIT:
        return _on_form(hear, hear.t("errors.not_sent", line=pages.first_line(hear.front, hear.language)), view)
    if hear.kind is Kind.EVENT:
        await hear.front.screens.home(hear.who.user, pages.trouble_home(hear.front, hear.language))
        return None
    return await _show(hear, view)


async def outsider(hear: Hear) -> Answer:
    """Give guests and outsiders the help lines and no more; the same words for every one of them."""
    view = pages.outsider(hear.front, hear.language)
    return {"response_action": "push", "view": view} if hear.kind is Kind.SUBMIT else await _show(hear, view)


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
    """Answer unknown, expired, foreign and forbidden alike."""
    view = pages.refused(hear.front, hear.language)
    return {"response_action": "push", "view": view} if hear.kind is Kind.SUBMIT else await _show(hear, view)


async def _show(hear: Hear, view: dict[str, Any]) -> Answer:
    if hear.trigger:
        await hear.open(view)
    return None


def _on_form(hear: Hear, words: str, view: dict[str, Any]) -> Answer:
    """Put the words at the first field, which keeps the form and all that was typed."""
    blocks = hear.view.get("blocks") if hear.view else None
    inputs = [block for block in blocks or [] if isinstance(block, dict) and block.get("type") == "input"]
    first = inputs[0].get("block_id") if inputs else None
    if isinstance(first, str):
        return {"response_action": "errors", "errors": {first: words}}
    return {"response_action": "push", "view": view}
