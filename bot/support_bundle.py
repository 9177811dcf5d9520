"""What an operator may send to whoever helps them: closed words and rounded counts, put together as texts.

Everything in it is written by this file from lists that are known beforehand. What comes from outside, as the lines of
a log or the codes of the outbox, has to fit those lists or is left out.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bot import logs
from bot.health import Reason
from bot.metrics import STEP
from bot.settings import Settings
from bot.zones import packaged_version
from peersupport.notifications import Kind
from peersupport.requests import State
from store.figures import SQLITE, Figures
from store.tables import REVISIONS

PACKAGES = (
    "peersupport", "aiohttp", "aiosqlite", "alembic", "asyncpg", "cryptography", "pydantic", "slack-bolt", "slack-sdk",
    "slackblocks", "sqlalchemy", "structlog", "tzdata",
)  # fmt: skip
SHOWN = ("slack_mode", "log_level")
"""The settings whose values are said; of all others only whether they are set."""
AGES = (
    (timedelta(minutes=1), "less than a minute"),
    (timedelta(minutes=10), "1 to 10 minutes"),
    (timedelta(hours=1), "10 to 60 minutes"),
    (timedelta(days=1), "1 to 24 hours"),
)
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_SAMPLE = re.compile(r'(peersupport_[a-z_]{1,60}(?:\{[a-z]{1,20}="[a-z_]{1,40}"\})?) ([0-9.e+-]{1,30})')
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_FIELDS = {
    "error": re.compile(
        r"[A-Za-z]{0,50}(Error|Exception|Refused|Unavailable|Mismatch|Sealed|Busy|Gone|Missing|Conflict|Iteration)"
    ),
    "file": re.compile(r"[a-z_0-9]{1,40}\.py"),
    "method": re.compile(r"[a-z]+(?:\.[A-Za-z]+){1,3}|GET|POST"),
    "version": re.compile(r"[0-9][0-9a-z.]{0,20}"),
}
"""How a word in a field of a line may look; in every other field it is one of small letters."""
_PLACE = re.compile(r"[a-z_0-9]{1,40}\.py:\d{1,6}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What there is to be said; None or empty where it could not be found out."""

    settings: Settings
    now: datetime
    programmes: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """The languages of each, by its id."""
    figures: Figures | None = None
    store_trouble: str = ""
    """The class of what ended the look at the database or the keyring."""
    self_audit: Mapping[str, int] | None = None
    is_ledger_whole: bool | None = None
    reasons: tuple[str, ...] | None = None
    """What the running process says is out of reach."""
    metrics: str = ""
    log: Iterable[str] = ()


def told(count: int) -> int | str:
    """Return what is said of a count: 0, "<5", or the step of five that it has reached."""
    return count if count == 0 else (f"<{STEP}" if count < STEP else count // STEP * STEP)


def texts(found: Gathered) -> dict[str, str]:
    """Return every file of the bundle by its name."""
    parts = {
        "versions.json": versions(found),
        "settings.json": settings_of(found.settings),
        "programmes.json": [
            {"number": number, "languages": sorted(languages)}
            for number, languages in enumerate(found.programmes.values(), 1)
        ],
        "state.json": state(found),
        "metrics.json": metrics(found.metrics),
    }
    written = {name: json.dumps(part, indent=2) + "\n" for name, part in parts.items()}
    written["log.jsonl"] = "".join(f"{json.dumps(line)}\n" for line in log_lines(found.log, list(found.programmes)))
    return {"MANIFEST.txt": MANIFEST + "".join(f"  {name}\n" for name in written), **written}


def versions(found: Gathered) -> dict[str, Any]:
    """Return what runs here, without the name of the machine."""
    revision = found.figures.revision if found.figures else None
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "sqlite": SQLITE,
        "packages": {name: _version(name) for name in PACKAGES},
        "zone_data": packaged_version(),
        "schema_needed": REVISIONS[-1],
        "schema_found": revision if revision is None or revision in REVISIONS else "another",
        "made_on": found.now.astimezone(UTC).date().isoformat(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def settings_of(settings: Settings) -> dict[str, Any]:
    """Return which settings are set, and the few values that say nothing of anybody."""
    known: dict[str, Any] = {
        name.upper(): "set" if name in settings.model_fields_set else "not set" for name in Settings.model_fields
    }
    known |= {name.upper(): str(getattr(settings, name)) for name in SHOWN}
    for name in ("database_url", "keyring_url"):
        is_sqlite = getattr(settings, name).get_secret_value().startswith("sqlite")
        known[f"{name.upper()} IS"] = "sqlite" if is_sqlite else "postgresql"
    return known


def state(found: Gathered) -> dict[str, Any]:
    """Return how things stand: troubles by code, counts by closed words."""
    reasons = {reason.value for reason in Reason}
    return {
        "running_process": None if found.reasons is None else [each for each in found.reasons if each in reasons],
        "store_trouble": found.store_trouble or None,
        "ledger_is_whole": found.is_ledger_whole,
        "self_audit": found.self_audit and {name: told(count) for name, count in found.self_audit.items()},
        **(_counts(found.figures, found.now) if found.figures else {}),
    }


def _counts(figures: Figures, now: datetime) -> dict[str, Any]:
    kinds, states = {kind.value for kind in Kind}, {state.value for state in State}
    return {
        "requests": {_among(states, state): told(count) for state, count in figures.requests},
        "supporters": told(figures.supporters),
        "people_with_a_role": told(figures.members),
        "choices_about_the_monthly_note": told(figures.cover_choices),
        "messages_that_stand": {_among(kinds, kind): told(count) for kind, count in figures.posts},
        "outbox": [
            {
                "kind": _among(kinds, each.kind),
                "state": each.state if each.state in ("due", "done", "parked") else "another",
                "ended_with": each.code if each.code is None or _CODE.fullmatch(each.code) else "another",
                "rows": told(each.rows),
                "oldest": age(now - each.oldest),
            }
            for each in figures.waiting
        ],
    }


def _among(known: Iterable[str], word: str) -> str:
    return word if word in known else "another"


def age(span: timedelta) -> str:
    """Return roughly how long ago something could have gone."""
    if span < timedelta(0):
        return "not yet"
    return next((words for most, words in AGES if span < most), "more than a day")


def metrics(exported: str) -> dict[str, float]:
    """Return the counts that the running process exports, all in closed names and in steps of five."""
    found = (_SAMPLE.fullmatch(line) for line in exported.splitlines())
    return {match[1]: float(match[2]) for match in found if match}


def log_lines(lines: Iterable[str], programmes: list[str]) -> Iterator[dict[str, Any]]:
    """Give the lines of our own log, field by field as they may be, to the hour; programmes stand by their numbers."""
    for line in lines:
        # What stands before it, as the name of a machine, is another program's.
        start = line.find("{")
        try:
            held = json.loads(line[start:]) if start >= 0 else None
        except (ValueError, RecursionError):
            continue
        if not isinstance(held, dict) or not isinstance(held.get("event"), str):
            continue
        stamp = _STAMP.match(str(held.get("at")))
        if stamp is None:
            continue
        allowed = {name: _closed(name, value) for name, value in logs.again(held).items()}
        if "programme" in allowed:
            named = held["programme"]
            allowed["programme"] = programmes.index(named) + 1 if named in programmes else "another"
        yield {"at": stamp[0], **allowed}


def _closed(name: str, value: object) -> object:
    """Return the value of a field as it is told: counts in steps, words only where they look as this field's do."""
    if name == "count" and isinstance(value, int) and value > 0:
        return told(value)
    if not isinstance(value, str):
        return value
    if name == "thrown":
        thrown, _, place = value.partition(" at ")
        known = thrown if _FIELDS["error"].fullmatch(thrown) else "another"
        return f"{known} at {place if _PLACE.fullmatch(place) else 'unknown'}"
    return value if _FIELDS.get(name, _WORD).fullmatch(value) else "(hidden)"


MANIFEST = """\
Support bundle of Peer Support
==============================

For whoever helps to mend this installation. It is all text; please look through it before you send it.

In it: versions of programs, the names of settings and whether they are set, the numbers and languages of programmes,
what is out of reach, counts by kind, how old the oldest waiting message is, with which code messages were given up, the
result of the nightly look at erasures, and, if a log was given, its lines with the fields that may stand in a log.

Not in it: anybody's name, contact or words; Slack ids of people, channels or workspaces; references of requests;
tokens, keys, passwords and any other value of a setting but mode and log level; names of machines, folders, web
addresses and programmes. Counts from 1 to 4 read "<5", larger ones are rounded down to five; times in the log stop at
the hour.

Files:
"""
