"""The demonstration's own copies of the programme files, with dates near enough to sign up for at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FILES = {
    "vancouver-peer-support": "vancouver.yml",
    "impact": "impact.yml",
    "thriving": "thriving.yml",
    "clinical-cafe": "cafe.yml",
    "informal-rural": "informal.yml",
}
"""The file of each programme."""
_WEEK = timedelta(days=7)
_AHEAD = timedelta(days=4)
"""A date is at least so far off: themes for it can still be sent, and no place of it is held for hours only."""
_ENROL = timedelta(days=14)
"""A course can be joined for at least so long."""


def write(programmes: Sequence[str], source: Path, target: Path, now: datetime) -> None:
    """Copy these programmes' files and the help lines to `target`, with dates near `now`."""
    target.mkdir(mode=0o700, exist_ok=True)
    for old in target.glob("*.yml"):
        old.unlink()
    (target / "resources.yml").write_bytes((source / "resources.yml").read_bytes())
    for programme in programmes:
        name = FILES[programme]
        content = yaml.safe_load((source / name).read_text("utf-8"))
        local = now.astimezone(ZoneInfo(content["clock"]["tz"])).replace(tzinfo=None)
        content["sessions"] = [nearer(session, local) for session in content.get("sessions", [])]
        # JSON is YAML with every string in quotes, as the app wants times of day.
        (target / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def nearer(session: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a session of a programme file with a date a few days after `now`, the wall time of its zone.

    A course moves as a whole, by weeks, until people can enrol; to any other a date is added, on its day of the week.
    """
    if "starts" not in session or session["kind"] == "external_registration":
        return session
    starts = _read(session["starts"])
    if "enrol_closes" not in session:
        added = starts + _weeks(starts, now + _AHEAD) * _WEEK
        return session | {"also_on": sorted({*session.get("also_on", ()), added.isoformat()})}
    by = _weeks(_read(session["enrol_closes"]), now + _ENROL) * _WEEK
    moved = {name: _moved(session[name], by) for name in ("starts", "enrol_opens", "enrol_closes") if name in session}
    lists = {name: [_moved(each, by) for each in session[name]] for name in ("also_on", "not_on") if name in session}
    return session | moved | lists


def _weeks(moment: datetime, earliest: datetime) -> int:
    """Return how many weeks later a moment must be, or fewer than none, to be the first not before the earliest."""
    return -((moment - earliest) // _WEEK)


def _moved(text: str, by: timedelta) -> str:
    return (_read(text) + by).isoformat()


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
