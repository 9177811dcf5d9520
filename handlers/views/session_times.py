"""When a date of a series is, in words: weekday, date, wall time, the place's own label, the offset from UTC."""

from __future__ import annotations

from datetime import datetime

from handlers.i18n import Translator
from peersupport import schedule
from peersupport.programme import Programme


def begins(
    series: schedule.Zoned, meeting: schedule.Dated, programme: Programme, t: Translator, *, yours: bool = True
) -> str:
    """Return when a date begins, and on the reader's own clock too where that shows another time."""
    return at_wall(series, schedule.wall(meeting), programme, t, yours=yours)


def at_wall(
    series: schedule.Zoned, moment: datetime, programme: Programme, t: Translator, *, yours: bool = True
) -> str:
    """Return a wall time of a series in words, as where a date stood before it was moved."""
    instant, clock = schedule.instant_of(moment, series.zone), programme.clock
    return t.when(instant, series.zone, label_of(series, programme, t), yours=yours and clock.show_viewer_time)


def label_of(series: schedule.Zoned, programme: Programme, t: Translator) -> str:
    """Return what people call the time of a series: the programme's own label, elsewhere the place of the zone."""
    if series.zone == programme.clock.tz:
        return programme.clock.label.get(t.language)
    return series.zone.rpartition("/")[2].replace("_", " ")
