"""Counting time: calendar hours, or only the hours of a working week without the province's holidays."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

from peersupport.programme_parts import WorkingTime

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def days_off(province: str, year: int) -> frozenset[date]:
    """Return the public holidays of a Canadian province in a year, with the days on which they are observed."""
    return frozenset(country_holidays("CA", subdiv=province, years=year))


def is_working_day(day: date, week: WorkingTime) -> bool:
    """Say whether the office is open on that day at all."""
    off = week.holidays is not None and day in days_off(week.holidays, day.year)
    return _WEEK[day.weekday()] in week.days and not off


def add_calendar_hours(start: datetime, hours: int) -> datetime:
    """Return the instant that many hours after an aware start, through every change of clock."""
    return _aware(start) + timedelta(hours=hours)


def add_working_hours(start: datetime, hours: int, week: WorkingTime, zone: ZoneInfo) -> datetime:
    """Return the instant at which that many working hours have passed since an aware start, in the start's zone."""
    return add_working_time(start, timedelta(hours=hours), week, zone)


def add_working_time(start: datetime, span: timedelta, week: WorkingTime, zone: ZoneInfo) -> datetime:
    """Return the instant at which so much working time has passed since an aware start, in the start's zone."""
    left = span
    for opens, closes in _open_hours(_aware(start), week, zone, _DAY):
        begins = max(opens, start)
        if begins < closes:
            if left <= closes - begins:
                return begins + left
            left -= closes - begins
    raise AssertionError("a week without working days is refused when the programme is read")


def take_working_time(end: datetime, span: timedelta, week: WorkingTime, zone: ZoneInfo) -> datetime:
    """Return the latest instant from which so much working time is left until an aware end, in the end's zone."""
    left = span
    for opens, closes in _open_hours(_aware(end), week, zone, -_DAY):
        ceases = min(closes, end)
        if ceases > opens:
            if left <= ceases - opens:
                return ceases - left
            left -= ceases - opens
    raise AssertionError("as above")


def _open_hours(start: datetime, week: WorkingTime, zone: ZoneInfo, step: timedelta) -> Iterator[tuple[datetime, ...]]:
    """Yield the opening and closing of each working day from the start's own day on, forwards or backwards."""
    day = start.astimezone(zone).date()
    while True:
        if is_working_day(day, week):
            yield tuple(datetime.combine(day, at, zone).astimezone(start.tzinfo) for at in (week.opens, week.closes))
        day += step


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("start must be aware")
    return instant
