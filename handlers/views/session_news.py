"""What has changed about a date or a series, in the words that whoever registered reads behind the one button."""

from __future__ import annotations

from slackblocks import Block

from handlers.i18n import Texts, Translator
from handlers.views import kit, session_times
from peersupport.programme import Programme
from peersupport.series import DateState, MeetingDate, Series, SeriesState
from peersupport.session_changes import Change


def of_date(series: Series, date: MeetingDate, programme: Programme, t: Translator) -> str | None:
    """Return what people were told of a date, with its old and its new time; None where nothing has changed."""
    if not date.told:
        return None
    now = session_times.begins(series, date, programme, t)
    if date.state in (DateState.SKIPPED, DateState.CANCELLED):
        return t(f"news.{date.state.value}", now=now)
    if date.was is not None:
        return t("news.moved", was=session_times.at_wall(series, date.was, programme, t), now=now)
    return t("news.added" if date.told == 1 else "news.restored", now=now)


def of_series(series: Series, programme: Programme, t: Translator) -> str | None:
    """Return what people were told of a whole series; None where nothing was."""
    if series.state is SeriesState.CANCELLED:
        return t("news.series.cancelled")
    if series.decided == "extended" and series.enrol_closes is not None:
        return t("news.series.extended", closes=session_times.at_wall(series, series.enrol_closes, programme, t))
    return t("news.series.run") if series.decided == "run" else None


def preview(change: Change, programme: Programme, texts: Texts, t: Translator) -> list[Block]:
    """Return what a change would say to people, in each language of the programme; organisers alone see how many.

    `t` is the organiser's own language.
    """
    blocks: list[Block] = [kit.header(t("news.preview.title"), "preview")]
    said = [(code, _words(change, programme, texts.in_language(code))) for code in programme.languages.all]
    if not change.told or not all(words for _, words in said):
        return [*blocks, kit.section(t("news.preview.quiet"), "preview.quiet")]
    blocks.append(kit.section(t.count("news.preview.told", change.told), "preview.told"))
    for code, words in said:
        theirs = texts.in_language(code)
        lines = (
            t(f"news.preview.language.{code}"),
            t("news.preview.message", words=theirs("cards.direct")),
            t("news.preview.behind", words=words),
        )
        blocks.append(kit.section("\n".join(lines), f"preview.{code}"))
    return blocks


def _words(change: Change, programme: Programme, t: Translator) -> str | None:
    if change.date is None:
        return of_series(change.series, programme, t)
    return of_date(change.series, change.date, programme, t)
