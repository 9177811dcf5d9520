"""A date for somebody's own calendar: links that fill in a provider's form, and a file; nobody's name is in either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from handlers import ids
from handlers.hear import Front
from peersupport import schedule
from peersupport.series import Series

ANYBODY = "calendar"
"""The viewer of a file's handle: it opens for whoever has the address, and says only when a date is."""
FILE_DAYS = 400
TYPE = "text/calendar"
_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.office.com/calendar/0/deeplink/compose"
_OUTLOOK_HOME = "https://outlook.live.com/calendar/0/deeplink/compose"
_LONGEST_LINE = 73
"""Bytes of a line of the file, without what begins its continuation and its end (RFC 5545, 3.1)."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One date as a calendar knows it."""

    id: UUID
    starts: datetime
    """Aware."""
    minutes: int
    off: bool = False

    @property
    def ends(self) -> datetime:
        """Return when it ends."""
        return self.starts + timedelta(minutes=self.minutes)


def appointment(series: Series, meeting: schedule.Meeting) -> Appointment:
    """Return a date of a series as a calendar knows it."""
    return Appointment(meeting.id, schedule.instant(series, meeting), series.minutes, off=not meeting.stands)


def links(title: str, when: Appointment) -> list[tuple[str, str]]:
    """Return for each usual provider its key and the address that fills in its form; nobody is invited."""
    google = {"action": "TEMPLATE", "text": title, "dates": f"{_stamp(when.starts)}/{_stamp(when.ends)}"}
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": _iso(when.starts),
        "enddt": _iso(when.ends),
    }
    return [
        ("google", f"{_GOOGLE}?{urlencode(google)}"),
        ("outlook", f"{_OUTLOOK}?{urlencode(outlook)}"),
        ("outlook_home", f"{_OUTLOOK_HOME}?{urlencode(outlook)}"),
    ]


def file_address(front: Front, record: UUID, now: datetime, language: str, *, named: bool) -> str:
    """Return the address of the file of a date, or of a series; empty where there are no pages."""
    if not front.public_url:
        return ""
    purpose = ids.CALENDAR_NAMED if named else ids.CALENDAR
    token = front.handles.make(purpose, record, ANYBODY, now + timedelta(days=FILE_DAYS))
    return f"{front.public_url.rstrip('/')}/calendar/{token}?l={language}"


def file(title: str, dates: Sequence[Appointment], now: datetime) -> str:
    """Return a calendar file (RFC 5545): instants in UTC, so that no calendar has to know a zone; no attendees."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//peer support//dates//EN", "METHOD:PUBLISH"]
    for each in dates:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{each.id}",
            f"DTSTAMP:{_stamp(now)}",
            f"DTSTART:{_stamp(each.starts)}",
            f"DTEND:{_stamp(each.ends)}",
            f"SUMMARY:{_escaped(title)}",
            f"STATUS:{'CANCELLED' if each.off else 'CONFIRMED'}",
            "CLASS:PRIVATE",
            "TRANSP:OPAQUE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _escaped(text: str) -> str:
    kept = "".join(max(each, " ") for each in text)
    for sign in ("\\", ";", ","):
        kept = kept.replace(sign, f"\\{sign}")
    return kept


def _folded(line: str) -> str:
    """Break a line after so many bytes, never inside a letter."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LONGEST_LINE:
            parts.append("")
            size = 0
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)
