"""The monthly note: the switch in Home, and what stands behind the note where nothing waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages

if TYPE_CHECKING:
    from handlers.hear import Front

ON, OFF = "on", "off"
"""What the button carries."""


def switch(t: Translator, *, on: bool) -> Block:
    """Return the line of Home that says whether one gets the note, with the button that changes it."""
    return kit.section(t("cover.about_on" if on else "cover.about_off"), "cover_note", _button(t, on=on))


def _button(t: Translator, *, on: bool) -> Element:
    return kit.button(t("cover.off" if on else "cover.on"), ids.COVER_NOTE, OFF if on else ON)


def nothing(front: Front, language: str) -> kit.View:
    """Return why the note came where nothing waits, and the button that ends it."""
    t = front.texts.in_language(language)
    blocks = [
        kit.section(t("cover.nothing"), "words"),
        kit.actions([_button(t, on=True)], "buttons"),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return kit.modal(
        t("cover.title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=kit.meta(language)
    )


def stopped(front: Front, language: str) -> kit.View:
    """Return the page that says that it ended."""
    t = front.texts.in_language(language)
    return pages.notice(front, language, t("cover.title"), t("cover.stopped"))
