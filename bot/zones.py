"""Zone data: the packaged one is put before the operating system's, and old data stops the start.

British Columbia keeps UTC-07 all year since 2026; a system copy from 2025 puts its winter sessions an hour wrong.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.refusals import StartRefused

OLDEST = "2026f"
_MEND = 'Run "pip install --upgrade tzdata" in the app\'s environment.'
# Known instants: Vancouver no longer changes its clocks, Glace Bay still does.
_KNOWN = (
    ("America/Vancouver", datetime(2026, 12, 7, 12, tzinfo=UTC), -7),
    ("America/Vancouver", datetime(2026, 7, 6, 12, tzinfo=UTC), -7),
    ("America/Glace_Bay", datetime(2026, 12, 7, 12, tzinfo=UTC), -4),
    ("America/Glace_Bay", datetime(2026, 7, 6, 12, tzinfo=UTC), -3),
)


def use_packaged_zones() -> str:
    """Make every ZoneInfo come from the tzdata package and return its version; raises StartRefused on old data."""
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    version = packaged_version()
    if version is None:
        raise StartRefused(f"The time zone data (Python package tzdata) is missing. {_MEND}")
    if _ordered(version) < _ordered(OLDEST):
        raise StartRefused(f"The time zone data is from {version}; the app needs {OLDEST} or later. {_MEND}")
    wrong = wrong_instants()
    if wrong:
        raise StartRefused(f"The time zone data gives a wrong time for {' and '.join(wrong)}. {_MEND}")
    return version


def packaged_version() -> str | None:
    """Return the IANA version of the tzdata package, such as 2026f; None where it is not installed."""
    try:
        return str(import_module("tzdata").IANA_VERSION)
    except (ModuleNotFoundError, AttributeError):
        return None


def _ordered(version: str) -> tuple[int, str]:
    match = re.fullmatch(r"(\d{4})([a-z]*)", version)
    return (int(match[1]), match[2]) if match else (0, "")


def wrong_instants() -> list[str]:
    """Return the zones whose known instants come out wrong under the data now in use."""
    wrong = []
    for zone, instant, hours in _KNOWN:
        try:
            right = instant.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)
        except ZoneInfoNotFoundError:
            right = False
        if not right and zone not in wrong:
            wrong.append(zone)
    return wrong
