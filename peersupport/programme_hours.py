"""Counting hours: calendar hours, or only the hours of a working week."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from peersupport.programme_parts import WorkingTime

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add_calendar_hours(start: datetime, hours: int) -> datetime:
    """Return the instant that many hours after an aware start, through every change of clock."""
    if start.tzinfo is None:
        raise ValueError("start must be aware")
    return start + timedelta(hours=hours)


def add_working_hours(start: datetime, hours: int, week: WorkingTime, zone: ZoneInfo) -> datetime:
    """Return the instant at which that many working hours have passed since an aware start, in the start's zone."""
    if start.tzinfo is None:
        raise ValueError("start must be aware")
    left = timedelta(hours=hours)
    day = start.astimezone(zone).date()
    while True:
        if _WEEK[day.weekday()] in week.days:
            opens = datetime.combine(day, week.opens, zone).astimezone(start.tzinfo)
            closes = datetime.combine(day, week.closes, zone).astimezone(start.tzinfo)
            begins = max(opens, start)
            if begins < closes:
                if left <= closes - begins:
                    return begins + left
                left -= closes - begins
        day += timedelta(days=1)
