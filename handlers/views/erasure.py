"""Erasing for somebody who phoned, what is held about their request, and what the nightly look found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slackblocks import Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from handlers.views.identity import when
from handlers.views.mydata import paged
from peersupport.erasure import Shown
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, SupportRequest

if TYPE_CHECKING:
    from handlers.hear import Front

REACHED = "yes"
MOST_BLOCKS = 96


def erase_button(request: SupportRequest, t: Translator) -> Element:
    """Return the button that shows what will go."""
    return kit.button(t("erasure.open"), ids.ERASE_FOR, says=t("erasure.open_says", reference=request.reference))


def show_button(request: SupportRequest, t: Translator) -> Element:
    """Return the button that shows everything held, after a question whether that is wanted."""
    ask = kit.confirm(t("erasure.show_title"), t("erasure.show_ask"), t("erasure.show_yes"), t("erasure.no"))
    says = t("erasure.show_says", reference=request.reference)
    return kit.button(t("erasure.show"), ids.SHOW_HELD, says=says, ask=ask)


def keep_button(request: SupportRequest, t: Translator) -> Element:
    """Return the button that keeps a request longer, as two have agreed."""
    return kit.button(t("erasure.keep"), ids.KEEP_LONGER, says=t("erasure.keep_says", reference=request.reference))


def erase_form(request: SupportRequest, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return what will go and what stays, and the one tick that says that the person themselves was reached."""
    goes = "erasure.goes_open" if request.state in OPEN_STATES else "erasure.goes_closed"
    tick = kit.checkboxes(ids.IN_REACHED, [(REACHED, t("erasure.reached"))])
    blocks = [
        kit.header(t("erasure.heading", reference=request.reference), "title"),
        kit.section(t(goes), "goes"),
        kit.section(t("erasure.stays"), "stays"),
        kit.field(t("erasure.tick"), tick, ids.IN_REACHED, hint=t("erasure.hint")),
    ]
    return kit.modal(
        t("erasure.title"),
        blocks,
        callback_id=ids.VIEW_ERASE,
        close=t("pages.back"),
        submit=t("erasure.submit"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def held(front: Front, shown: Shown, programme: Programme, t: Translator) -> kit.View:
    """Return everything held about a request, as text to read out."""
    pages = paged(t, {programme.id: programme}, shown.sections, {})
    blocks = [block for page in pages for block in page][:MOST_BLOCKS]
    now = when(front.clock.now(), programme, t)
    return kit.modal(
        t("erasure.held_title"),
        [kit.context(t("erasure.recorded", when=now), "recorded"), *blocks, kit.context(t("erasure.read_out"), "end")],
        callback_id=ids.VIEW_HELD,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )
