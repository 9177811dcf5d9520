"""Write an instant as Slack's `<!date^...>` would, in the reader's zone and language."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import resources
from zoneinfo import ZoneInfo

_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FR_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_FR_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_FR_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.")
_TOKEN = re.compile(r"\{(\w+)\}")


def zone(name: str | None) -> tzinfo:
    """Return a time zone by its name, from the pinned zone data before the machine's; UTC for one nobody knows."""
    if not name or not re.fullmatch(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", name):
        return UTC
    try:
        with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
            return ZoneInfo.from_file(data, key=name)
    except (ModuleNotFoundError, OSError, ValueError):
        pass
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return UTC


def write_date(pattern: str, when: datetime, now: datetime, language: str) -> str | None:
    """Return the pattern with its `{tokens}` filled in, or None if it holds a token Slack does not have."""
    french = language.startswith("fr")
    known = True

    def fill(match: re.Match[str]) -> str:
        nonlocal known
        written = _piece(match[1], when, now, french)
        known = known and written is not None
        return written or ""

    text = _TOKEN.sub(fill, pattern)
    return text if known else None


def _piece(field: str, when: datetime, now: datetime, french: bool) -> str | None:
    if field.endswith("_pretty"):
        near = _near(when, now, french)
        return near or _piece(field.removesuffix("_pretty"), when, now, french)
    if field == "ago":
        return _ago(when, now, french)
    return _french(field, when) if french else _english(field, when)


def _english(field: str, when: datetime) -> str | None:
    month, day = _EN_MONTHS[when.month - 1], _ordinal(when.day)
    hour = f"{when.hour % 12 or 12}"
    return {
        "date_num": f"{when:%Y-%m-%d}",
        "date_slash": f"{when:%m/%d/%Y}",
        "date": f"{month} {day}, {when.year}",
        "date_short": f"{month[:3]} {when.day}, {when.year}",
        "date_long": f"{_EN_DAYS[when.weekday()]}, {month} {day}, {when.year}",
        "day_divider": f"{_EN_DAYS[when.weekday()]}, {month} {day}",
        "time": f"{hour}:{when:%M} {when:%p}",
        "time_secs": f"{hour}:{when:%M:%S} {when:%p}",
    }.get(field)


def _french(field: str, when: datetime) -> str | None:
    day = "1er" if when.day == 1 else str(when.day)
    month = _FR_MONTHS[when.month - 1]
    return {
        "date_num": f"{when:%Y-%m-%d}",
        "date_slash": f"{when:%Y/%m/%d}",
        "date": f"{day} {month} {when.year}",
        "date_short": f"{day} {_FR_SHORT[when.month - 1]} {when.year}",
        "date_long": f"{_FR_DAYS[when.weekday()]} {day} {month} {when.year}",
        "day_divider": f"{_FR_DAYS[when.weekday()]} {day} {month}",
        "time": f"{when:%H:%M}",
        "time_secs": f"{when:%H:%M:%S}",
    }.get(field)


def _near(when: datetime, now: datetime, french: bool) -> str | None:
    words = ("hier", "aujourd’hui", "demain") if french else ("yesterday", "today", "tomorrow")
    days = (when.date() - now.astimezone(when.tzinfo).date()).days
    return words[days + 1] if days in (-1, 0, 1) else None


def _ago(when: datetime, now: datetime, french: bool) -> str:
    gap = now - when
    past, size = gap >= timedelta(0), abs(gap)
    minutes = int(size.total_seconds() // 60)
    for unit, french_unit, length in (("day", "jour", 1440), ("hour", "heure", 60), ("minute", "minute", 1)):
        count = minutes // length
        if count:
            many = "s" if count > 1 else ""
            if french:
                return f"{'il y a' if past else 'dans'} {count} {french_unit}{many}"
            return f"{count} {unit}{many} ago" if past else f"in {count} {unit}{many}"
    return "à l’instant" if french else "just now"


def _ordinal(day: int) -> str:
    if 11 <= day <= 13:
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"
