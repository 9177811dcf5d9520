"""The run-sheet of a date: how the time goes, the names people gave themselves, and the themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, session_times
from handlers.views.organise import title_of, topic_of
from peersupport.programme import Programme
from peersupport.run_sheet import Sheet, Timing

ROOM = 2800
"""Of the three thousand characters that a section holds."""
MOST_SECTIONS = 12


def sheet(found: Sheet, programme: Programme, t: Translator) -> kit.View:
    """Return the run-sheet; it holds no Slack name, and nothing of it is kept in a message."""
    series, row = found.day.series, found.day.row
    blocks: list[Block] = [
        kit.header(title_of(series, t), "title"),
        kit.section(session_times.begins(series, row, programme, t), "when"),
    ]
    if topic_of(row, t):
        blocks.append(kit.section(topic_of(row, t), "topic"))
    blocks.append(kit.header(t("run_sheet.timings"), "timings_title"))
    blocks.append(kit.section("\n".join(_line(each, t) for each in found.timings), "timings"))
    groups = "small" if any(each.part == "groups" for each in found.timings) else "large"
    blocks.append(kit.context(t(f"run_sheet.groups.{groups}"), "groups"))
    blocks += _roster(found, t)
    blocks += _themes(found, t)
    blocks.append(kit.context(t("run_sheet.private"), "private"))
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(t("run_sheet.title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=metadata)


def _line(timing: Timing, t: Translator) -> str:
    return f"{_hour(timing.begins, t)}\u2013{_hour(timing.ends, t)}  {t(f'run_sheet.part.{timing.part}')}"


def _hour(moment: datetime, t: Translator) -> str:
    return f"{moment.hour} h {moment.minute:02}" if t.language == "fr" else f"{moment:%H:%M}"


def _roster(found: Sheet, t: Translator) -> list[Block]:
    series = found.day.series
    blocks: list[Block] = [
        kit.header(t("run_sheet.roster"), "roster_title"),
        kit.section(t.count("run_sheet.expected", found.expected), "expected"),
    ]
    blocks += [kit.section(part, f"names.{place}") for place, part in enumerate(_parts(found.names))]
    unnamed = found.expected - len(found.names)
    if unnamed and found.names:
        blocks.append(kit.context(t.count("run_sheet.unnamed", unnamed), "unnamed"))
    if series.capacity is not None:
        blocks.append(kit.context(t("run_sheet.more_than", capacity=series.capacity), "more_than"))
    return blocks


def _themes(found: Sheet, t: Translator) -> list[Block]:
    if not found.themes:
        return []
    lines = [
        f"{place}. {theme.text}" + (f" ({theme.author_name})" if theme.author_name else "")
        for place, theme in enumerate(found.themes, start=1)
    ]
    blocks: list[Block] = [kit.header(t("run_sheet.themes"), "themes_title")]
    blocks += [kit.section(part, f"themes.{place}") for place, part in enumerate(_parts(lines, "\n"))]
    blocks.append(kit.context(t("run_sheet.themes_gone"), "themes_gone"))
    return blocks


def _parts(words: Sequence[str], between: str = ", ") -> list[str]:
    """Return words put together into texts that fit a section each."""
    return list(_joined(words, between))[:MOST_SECTIONS]


def _joined(words: Iterable[str], between: str) -> Iterable[str]:
    held = ""
    for word in words:
        if held and len(held) + len(between) + len(word) > ROOM:
            yield held
            held = ""
        held = f"{held}{between}{word}" if held else word
    if held:
        yield held
