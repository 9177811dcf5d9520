"""The Home tab: help lines, what concerns this person now, the doors, the pages behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, menu
from handlers.views.information import MOST_BLOCKS

if TYPE_CHECKING:
    from handlers.hear import Front

LONGEST_NAME = 60
ON, OFF = "on", "off"
"""What the button for discreet mode carries."""


def home(
    front: Front,
    language: str,
    name: str,
    parts: Sequence[Sequence[Block]],
    taken: Sequence[str] = (),
    *,
    discreet: bool = False,
    privacy: Sequence[Block] = (),
    partner: Mapping[str, int] | None = None,
) -> kit.View:
    """Return Home for a member: `parts` are what each journey has for them, empty ones left out.

    `privacy` is what stands below the privacy of this page, `partner` the programmes they notify for a partner.
    """
    t = front.texts.in_language(language)
    greeting = t("home.greeting", name=first_name(name)) if first_name(name) else t("home.title")
    head = [*menu.crisis(front, language, guest=False), kit.header(greeting, "greeting")]
    tail = [
        kit.divider("rule"),
        *menu.doors(front, language, taken, partner),
        kit.divider("end"),
        menu.links(front, language),
        *_privacy(t, discreet=discreet),
        *privacy,
    ]
    middle = [block for part in parts for block in part] or [kit.section(t("home.nothing"), "nothing")]
    room = MOST_BLOCKS - len(head) - len(tail)
    return kit.home([*head, *middle[:room], *tail], callback_id=ids.VIEW_HOME, metadata=kit.meta(language))


def _privacy(t: Translator, *, discreet: bool) -> list[Block]:
    """Return what concerns privacy: who sees this page, one's own data, and how it shows on a screen others see."""
    mode = kit.button(t("discreet.off" if discreet else "discreet.on"), ids.DISCREET, OFF if discreet else ON)
    return [
        kit.header(t("discreet.title"), "privacy_title"),
        kit.context(t("home.privacy"), "privacy"),
        kit.actions(
            [kit.button(t("mydata.open"), ids.MY_DATA), kit.button(t("discreet.hide"), ids.HIDE_HOME), mode],
            "privacy_buttons",
        ),
        kit.context(t("discreet.about_on" if discreet else "discreet.about_off"), "privacy_mode"),
    ]


def covered(front: Front, language: str) -> kit.View:
    """Return a Home for a screen that others see: the same for everybody, whatever waits behind it."""
    t = front.texts.in_language(language)
    show = kit.button(t("discreet.show"), ids.SHOW_HOME)
    blocks = [
        *menu.crisis(front, language, guest=False),
        kit.header(t("home.title"), "greeting"),
        kit.section(t("discreet.one_item"), "item", show),
        kit.context(t("discreet.hidden"), "hidden"),
        kit.divider("rule"),
        *menu.doors(front, language),
        kit.divider("end"),
        menu.links(front, language),
    ]
    return kit.home(blocks[:MOST_BLOCKS], callback_id=ids.VIEW_HOME, metadata=kit.meta(language))


def visitor(front: Front, language: str) -> kit.View:
    """Return Home for a guest: help lines and public information, nothing else."""
    t = front.texts.in_language(language)
    blocks = [
        *menu.crisis(front, language, guest=True),
        kit.header(t("home.title"), "greeting"),
        kit.section(t("menu.guest"), "guest"),
        menu.links(front, language),
    ]
    return kit.home(blocks, callback_id=ids.VIEW_HOME, metadata=kit.meta(language))


def first_name(name: str) -> str:
    """Return the word to greet somebody by: the first that is not a title."""
    words = [word for word in name.split() if not word.endswith(".")]
    return words[0][:LONGEST_NAME] if words else ""
