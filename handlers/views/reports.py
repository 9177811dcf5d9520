"""The report on one period, as text: sections with their lines, and a drop-down with the other periods."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from peersupport.disclosure import TOTALS, WITHHELD, Row, is_small
from peersupport.programme import Programme
from peersupport.reports import MONTHS, Period, Report, lines

PERIODS = 40
LABEL = 75


def report(programme: Programme, reports: Sequence[Report], chosen: Report | None, t: Translator) -> kit.View:
    """Return the modal: the chosen period's report, or that no period is over yet."""
    blocks: list[Block] = [kit.header(programme.name.get(t.language)[:150], "title")]
    if chosen is None:
        blocks.append(kit.section(t("reports.none"), "none"))
    else:
        blocks.append(kit.section(name_of(chosen.period, t), "period"))
        for section, rows in lines(programme, chosen):
            blocks += kit.facts([(label(row, t), said(shown, t)) for row, shown in rows], f"rows.{section}")
        least = programme.reports.min_cell
        blocks.append(kit.context(t("reports.how", least=least, most=least - 1), "how"))
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


def label(row: Row, t: Translator) -> str:
    """Return what a line is called; a part is set off from its total."""
    words = t(f"reports.row.{row}")
    return f"– {words}" if any(row in parts for parts in TOTALS.values()) else words


def said(shown: str, t: Translator) -> str:
    """Return what stands in a line."""
    if shown == WITHHELD:
        return t("reports.withheld")
    if is_small(shown) or shown == "0":
        return shown
    return t("reports.about", number=shown)


def home_part(programmes: Sequence[Programme], t: Translator) -> list[Block]:
    """Return the buttons that open the reports of these programmes."""
    one = len(programmes) == 1
    buttons = [
        kit.button(
            (t("reports.open") if one else t("reports.open_of", programme=each.name.get(t.language)))[:LABEL],
            ids.REPORT,
            each.id,
        )
        for each in programmes
    ]
    return [kit.actions([button], f"report.{each.id}") for each, button in zip(programmes, buttons, strict=True)]
