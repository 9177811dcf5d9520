"""The report on one period, as text: sections with their lines, and a drop-down with the other periods."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import Block

from handlers import ids
from handlers.i18n import LANGUAGES, Texts, Translator
from handlers.views import kit
from peersupport.disclosure import DOORS, TOTALS, WITHHELD, Row, is_small
from peersupport.programme import Programme
from peersupport.reports import MONTHS, Line, Period, Report, lines
from peersupport.waits import AT_LEAST, BEYOND, STEPS, Fact

PERIODS = 40
LABEL = 75
DRAWN: tuple[Line, ...] = (
    Row.RECEIVED,
    *DOORS,
    Row.MATCHED,
    Row.CONTACTED,
    Row.CONVERSATIONS,
    Row.CLOSED,
    Fact.HELD,
    Row.REGISTRATIONS,
    Row.IN_COURSES,
    Row.ATTENDANCES,
)
"""The lines of the chart: they all count something, on one scale."""


def report(
    programme: Programme, reports: Sequence[Report], chosen: Report | None, t: Translator, texts: Texts
) -> kit.View:
    """Return the modal: the chosen period's report, or that no period is over yet."""
    blocks: list[Block] = [kit.header(programme.name.get(t.language)[:150], "title")]
    if chosen is None:
        blocks.append(kit.section(t("reports.none"), "none"))
    else:
        blocks.append(kit.section(name_of(chosen.period, t), "period"))
        for section, rows in lines(programme, chosen):
            blocks += kit.facts([(label(row, t), said(row, shown, t)) for row, shown in rows], f"rows.{section}")
        blocks.append(kit.context(_how(programme, t), "how"))
        blocks += _for_a_funder(programme, chosen, t, texts)
    others = [(each.period.id, name_of(each.period, t)) for each in reports[:PERIODS]]
    if len(others) > 1:
        pick = kit.select(ids.REPORT_PERIOD, others, chosen.period.id if chosen else None, t("reports.period"))
        blocks.append(kit.actions([pick], "others"))
    return kit.modal(
        t("reports.title"),
        blocks,
        callback_id=ids.VIEW_REPORT,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )


def name_of(period: Period, t: Translator) -> str:
    """Return what a period is called."""
    if period.months == MONTHS["month"]:
        return t.month(period.month, period.year)
    if period.months == MONTHS["quarter"]:
        return t("reports.quarter", quarter=(period.month + 2) // 3, year=period.year)
    return t("reports.year", year=period.year)


def label(row: Line, t: Translator) -> str:
    """Return what a line is called; a part is set off from its total."""
    words = t(f"reports.row.{row}")
    return f"– {words}" if any(row in parts for parts in (DOORS, *TOTALS.values())) else words


def said(row: Line, shown: str, t: Translator) -> str:
    """Return what stands in a line."""
    if shown == WITHHELD:
        return t("reports.withheld")
    match row:
        case Fact.MEDIAN | Fact.NINETIETH:
            return t("reports.beyond", hours=STEPS[-1]) if shown == BEYOND else t("reports.within", hours=shown)
        case Fact.SHARE:
            least = shown.startswith(AT_LEAST)
            return t("reports.share_least" if least else "reports.share", number=shown.removeprefix(AT_LEAST))
    if is_small(shown) or shown == "0" or row is Fact.HELD:
        return shown
    return t("reports.about", number=shown)


def _how(programme: Programme, t: Translator) -> str:
    least = programme.reports.min_cell
    return t("reports.how", least=least, most=least - 1)


def _for_a_funder(programme: Programme, chosen: Report, t: Translator, texts: Texts) -> list[Block]:
    """Return the same numbers as a paragraph to copy, in both languages whatever the reader's own."""
    written = [(language, paragraph(programme, chosen, texts.in_language(language))) for language in LANGUAGES]
    return [kit.header(t("reports.funder"), "funder"), *(kit.section(text, f"funder.{lang}") for lang, text in written)]


def paragraph(programme: Programme, chosen: Report, t: Translator) -> str:
    """Return a report as a paragraph for people outside the programme; what is withheld is left out."""
    told = [(row, shown) for _, rows in lines(programme, chosen) for row, shown in rows if shown != WITHHELD]
    colon = t("reports.colon")
    figures = "; ".join(f"{label(row, t).removeprefix('– ')}{colon} {said(row, shown, t)}" for row, shown in told)
    opening = t("reports.funder_of", programme=programme.name.get(t.language), period=name_of(chosen.period, t))
    least = programme.reports.min_cell
    return " ".join((opening, f"{figures}.", t("reports.funder_how", least=least, most=least - 1)))


def chart(programme: Programme, chosen: Report, t: Translator) -> list[Block]:
    """Return the latest report as Slack draws it, with the same numbers as text; for a Home, a modal takes no chart.

    What is small or withheld cannot be drawn and stands in the text alone.
    """
    told = [(row, shown) for _, rows in lines(programme, chosen) for row, shown in rows if row in DRAWN]
    points = [(t(f"reports.short.{row}"), int(shown)) for row, shown in told if shown.isdigit()]
    if not told:
        return []
    period = name_of(chosen.period, t)
    words = " · ".join(f"{t(f'reports.short.{row}')}{t('reports.colon')} {said(row, shown, t)}" for row, shown in told)
    text = kit.section(f"{period}{t('reports.colon')} {words}", f"chart.{programme.id}.text")
    if not any(number for _, number in points):
        return [text]
    return [kit.bars(programme.name.get(t.language), period, points, f"chart.{programme.id}"), text]


def home_part(programmes: Sequence[tuple[Programme, Report | None]], t: Translator) -> list[Block]:
    """Return, for each of these programmes, its last report at a glance and the button that opens it."""
    one, blocks = len(programmes) == 1, []
    for programme, last in programmes:
        words = t("reports.open") if one else t("reports.open_of", programme=programme.name.get(t.language))
        blocks += chart(programme, last, t) if last else []
        blocks.append(kit.actions([kit.button(words[:LABEL], ids.REPORT, programme.id)], f"report.{programme.id}"))
    return blocks
