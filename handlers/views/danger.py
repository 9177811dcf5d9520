"""What comes first on a page after somebody wrote that they, or others, may be in danger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.views import kit, menu, pages
from handlers.views.information import MOST_BLOCKS

if TYPE_CHECKING:
    from handlers.hear import Front


def first(
    front: Front, language: str, view: kit.View, words: str, handle: str | None = None, *, urgent: bool = False
) -> kit.View:
    """Return the page with the numbers above everything else; with a handle, also the button that tells somebody."""
    t = front.texts.in_language(language)
    blocks: list[Block] = [
        kit.section(t(words), "danger"),
        kit.section("\n".join(pages.help_lines(front, language)), "danger_numbers"),
        kit.actions([menu.help_button(front, language, guest=False)], "danger_help"),
    ]
    if handle and urgent:
        blocks.append(kit.context(t("crisis.urgent_already"), "danger_urgent"))
    elif handle:
        button = kit.button(t("crisis.today"), ids.HEAR_TODAY, handle, style="primary")
        blocks += [kit.section(t("crisis.today_about"), "danger_about"), kit.actions([button], "danger_today")]
    blocks.append(kit.divider("danger_end"))
    return view | {"blocks": [*kit.message(blocks), *view["blocks"]][:MOST_BLOCKS]}
