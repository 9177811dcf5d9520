"""Checking in on a colleague: words to begin with, three cautions, and a private reminder that names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import informal, kit, pages
from peersupport.check_ins import DAYS
from peersupport.listings import part_of
from peersupport.ports_informal import CheckIn
from peersupport.programme import Programme

if TYPE_CHECKING:
    from handlers.hear import Front

AGAIN = "again"
"""What the tick for the second reminder carries."""
MOST = 10


def helper(
    front: Front, language: str, programme: Programme, mine: Sequence[tuple[CheckIn, str]], *, told: bool = False
) -> kit.View:
    """Return the page with the form of a reminder; `mine` are one's own with what their buttons carry."""
    t = front.texts.in_language(language)
    days = [(str(each), t(f"check_ins.days.{each}")) for each in DAYS]
    again = kit.checkboxes(ids.IN_REMIND_AGAIN, [(AGAIN, t("check_ins.again"))])
    blocks = [
        pages.strip(front, language),
        *([kit.section(t("check_ins.told"), "told")] if told else ()),
        *words(t, programme),
        kit.field(t("check_ins.remind"), kit.radios(ids.IN_REMIND_IN, days, days[0][0]), ids.IN_REMIND_IN),
        kit.field(t("check_ins.again_label"), again, ids.IN_REMIND_AGAIN, hint=t("check_ins.hint"), optional=True),
        *_mine(t, programme, mine),
        *informal.bridges(front, language, programme),
    ]
    return kit.modal(
        t("check_ins.title"),
        blocks,
        callback_id=ids.VIEW_CHECK_IN,
        submit=t("check_ins.save"),
        close=t("informal.close"),
        metadata=kit.meta(language, programme.id),
    )


def words(t: Translator, programme: Programme) -> list[Block]:
    """Return openers, cautions and where they come from."""
    part = part_of(programme)
    assert part is not None
    openers = "\n".join(f"- {each.get(t.language)}" for each in part.openers)
    cautions = "\n".join(f"- {each.get(t.language)}" for each in part.cautions)
    blocks = [
        kit.section(f"{t('check_ins.about')}\n{openers}", "openers"),
        kit.section(f"{t('check_ins.cautions')}\n{cautions}", "cautions"),
    ]
    if part.cautions_source:
        source = t("check_ins.source", source=part.cautions_source.get(t.language))
        blocks.append(kit.context(source, "cautions_source"))
    return [*blocks, *informal.grounds(t, part)]


def _mine(t: Translator, programme: Programme, mine: Sequence[tuple[CheckIn, str]]) -> list[Block]:
    if not mine:
        return []
    rows = [
        kit.section(
            t("check_ins.mine_at", when=when(t, programme, each.due_at)),
            f"mine.{number}",
            kit.button(t("check_ins.stop"), ids.STOP_CHECK_IN, handle),
        )
        for number, (each, handle) in enumerate(mine[:MOST])
    ]
    return [kit.section(t("check_ins.mine"), "mine"), *rows]


def kept(t: Translator, programme: Programme, made: CheckIn) -> kit.View:
    """Return what follows: when the reminders come."""
    lines = [t("check_ins.kept", when=when(t, programme, made.due_at))]
    if made.again_at is not None:
        lines.append(t("check_ins.kept_again", when=when(t, programme, made.again_at)))
    blocks = [kit.section("\n".join(lines), "words"), kit.context(t("check_ins.hint"), "hint")]
    return informal.page(t, "check_ins.title", programme, blocks)


def said(t: Translator, programme: Programme, key: str) -> kit.View:
    """Return a page of one sentence."""
    return informal.page(t, "check_ins.title", programme, [kit.section(t(key), "words")])


def when(t: Translator, programme: Programme, instant: datetime) -> str:
    """Return an instant on the programme's own clock, in words."""
    clock = programme.clock
    return t.when(instant, clock.tz, programme.text(clock.label, t.language), yours=clock.show_viewer_time)
