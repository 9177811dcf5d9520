"""Logs as JSON lines from an allow-list of fields: no names, ids, words, addresses or arguments, at any level.

Our own lines carry an event name and a few closed fields. A library's line keeps its logger, its place in the code and
the class of its exception; its words are dropped, because they quote requests, parameters and rows.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from bot.machine import without

# Its colours for a terminal, which nobody sees here, would bring four megabytes along.
with without("rich"):
    import structlog

ALLOWED = frozenset(
    {
        "attempt",
        "attempts",
        "code",
        "count",
        "error",
        "file",
        "kind",
        "line",
        "logger",
        "method",
        "mode",
        "ms",
        "port",
        "programme",
        "reason",
        "seconds",
        "state",
        "status",
        "version",
    }
)
"""Every field that a line may carry besides `at`, `level`, `event` and `thrown`."""

LIBRARIES = (
    "slack_bolt",
    "slack_sdk",
    "aiohttp",
    "sqlalchemy",
    "aiosqlite",
    "asyncpg",
    "asyncio",
    "alembic",
    "py.warnings",
)
_EVENT = re.compile(r"[a-z][a-z0-9_.]{0,79}")
_VALUE = re.compile(r"[A-Za-z0-9_.:/ -]{1,80}")
_THROWN = re.compile(r"\w{1,80} at [\w.<>:-]{1,120}")
_SLACK_ID = re.compile(r"\b[UWTECDGBAF](?=[A-Z0-9]*\d)[A-Z0-9]{6,}\b|\bxox[a-z]-|\bxapp-")
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}


def set_up_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every line of this process, ours and the libraries', through the allow-list to standard error."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[_allowed, structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=True)],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS.get(level.lower(), 20)),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _put_libraries_behind()
    sys.excepthook = _crashed
    threading.excepthook = lambda args: _note_exception("thread.crashed", args.exc_value)
    sys.unraisablehook = lambda args: _note_exception("object.crashed", args.exc_value)


def note(event: str, **fields: object) -> None:
    """Write one line at level info."""
    structlog.get_logger().info(event, **_reduced(fields))


def trouble(event: str, error: BaseException | None = None, **fields: object) -> None:
    """Write one line at level error; of the exception only its class and place."""
    # Reduced here already: before the logs are set up, structlog prints an exception with everything it holds.
    thrown = {} if error is None else {"thrown": thrown_at(error)}
    structlog.get_logger().error(event, **_reduced(fields), **thrown)


def tell(event: str, error: BaseException | None) -> None:
    """Write down what a front tells of, which knows nothing of logs."""
    if error is None:
        note(event)
    else:
        trouble(event, error)


def quiet_logger(name: str) -> logging.Logger:
    """Return a logger for a library to use: its debug branches are off, so it does not even build its sentences."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.WARNING)
    return logger


def watch_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Let an exception that nobody awaited be noted like any other."""
    loop.set_exception_handler(lambda _loop, context: _note_exception("task.crashed", context.get("exception")))


def place(error: BaseException) -> str:
    """Say where an exception was raised, as file:line, without any value."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1) if error.__traceback__ else []
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


def thrown_at(error: BaseException) -> str:
    """Return the class of an exception and where it was raised."""
    return f"{type(error).__name__} at {place(error)}"


def _reduced(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: _safe(value) for name, value in fields.items() if name in ALLOWED}


def _allowed(_logger: object, level: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    name = event.pop("event", "")
    error, thrown = event.pop("exc_info", None), event.pop("thrown", None)
    line: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level}
    line["event"] = name if isinstance(name, str) and _EVENT.fullmatch(name) else "unnamed"
    for key in sorted(ALLOWED & event.keys()):
        line[key] = _safe(event[key])
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        line["thrown"] = thrown_at(error)
    elif isinstance(thrown, str) and _THROWN.fullmatch(thrown):
        line["thrown"] = thrown
    return line


def again(line: Mapping[str, object]) -> dict[str, Any]:
    """Return a line that was written before, as far as it is one of ours: every field looked at once more."""
    event, level, thrown = line.get("event"), line.get("level"), line.get("thrown")
    kept: dict[str, Any] = {
        "level": level if level in _LEVELS else "unknown",
        "event": event if isinstance(event, str) and _EVENT.fullmatch(event) else "unnamed",
        **_reduced(line),
    }
    if isinstance(thrown, str) and _THROWN.fullmatch(thrown):
        kept["thrown"] = thrown
    return kept


def names_somebody(text: str) -> bool:
    """Say whether something in a text looks like a Slack id or token."""
    return _SLACK_ID.search(text) is not None


def _safe(value: object) -> object:
    """Let numbers, and short plain words without anything that looks like a Slack id or token, through."""
    if value is None or isinstance(value, bool | int | float):
        return value
    words = str(value)
    return words if _VALUE.fullmatch(words) and not _SLACK_ID.search(words) else "(hidden)"


class _Behind(logging.Handler):
    """Turns a library's record into one of our lines, without its words."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name.split(":")[0],
            file=Path(record.pathname).name,
            line=record.lineno,
            exc_info=error,
        )


def _put_libraries_behind() -> None:
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(_Behind(logging.WARNING))
    root.setLevel(logging.WARNING)
    for name in LIBRARIES:
        logger = quiet_logger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False


def _note_exception(event: str, error: BaseException | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        trouble(event, error)


def _crashed(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    _note_exception("process.crashed", error)
