"""T32, G13: at every level, from every library, a line holds nothing but the allowed fields."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text

from bot import logs
from tests.front.signed import captured_log

pytestmark = [pytest.mark.threat("T32"), pytest.mark.req("G13")]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log("debug") as stream:
        yield stream


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_field_that_is_not_allowed_is_left_out(log: io.StringIO) -> None:
    logs.note("request.refused", status=401, body="CANARY", user="U0CANARY01", text="CANARY", details={"a": "CANARY"})
    assert lines(log)[0].keys() == {"at", "level", "event", "status"}
    assert "CANARY" not in log.getvalue()


@pytest.mark.parametrize(
    "value", ["U0AVALARK1", "W0AVALARK1", "D0123456AB", "xoxb-1-secret", "a\nb", "naïve", "x" * 81, {"k": "v"}, ["v"]]
)
def test_a_value_that_could_name_somebody_is_hidden(log: io.StringIO, value: object) -> None:
    logs.note("outbox.later", code=value)
    assert lines(log)[0]["code"] == "(hidden)"


@pytest.mark.parametrize("value", ["ratelimited", "sqlite", "vancouver-peer-support", 12, 1.5, True, None])
def test_a_plain_value_stands(log: io.StringIO, value: object) -> None:
    logs.note("outbox.later", code=value)
    assert lines(log)[0]["code"] == value


def test_an_event_that_is_a_sentence_is_not_written(log: io.StringIO) -> None:
    logs.note("Ava CANARY asked for help")
    assert lines(log)[0]["event"] == "unnamed"


def test_an_exception_is_its_class_and_place(log: io.StringIO) -> None:
    try:
        raise ValueError("CANARY")
    except ValueError as error:
        logs.trouble("listener.failed", error)
        structlog.get_logger().error("other.way", exc_info=True)
    assert all(line["thrown"].startswith("ValueError at test_logs.py:") for line in lines(log))
    assert "CANARY" not in log.getvalue()


@pytest.mark.parametrize(
    "name", [*logs.LIBRARIES, "slack_bolt.AsyncApp", "slack_sdk.web.async_client", "somebody.else"]
)
def test_a_library_keeps_its_words_to_itself(log: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    for level in (logging.DEBUG, logging.INFO):
        logger.log(level, "params CANARY %s", {"text": "CANARY"})
    assert log.getvalue() == ""
    logger.error("Invalid request signature detected (body: CANARY %s)", "CANARY", exc_info=ValueError("CANARY"))
    line = lines(log)[0]
    assert (line["event"], line["level"], line["logger"]) == ("library", "error", name)
    assert line["thrown"] == "ValueError at unknown"
    assert "CANARY" not in log.getvalue()
    logger.setLevel(logging.WARNING)


def test_bolts_and_the_sdks_debug_branches_are_off(log: io.StringIO) -> None:
    for name in logs.LIBRARIES:
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logs.quiet_logger("slack_bolt").level == logging.WARNING


def test_sql_with_words_in_it_stays_out(log: io.StringIO) -> None:
    engine = create_engine("sqlite://", echo=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT :words"), {"words": "CANARY"})
    engine.dispose()
    assert "CANARY" not in log.getvalue()
    for name in ("sqlalchemy.engine", "sqlalchemy.engine.Engine"):
        logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger(name).handlers.clear()


def test_warnings_crashes_and_lost_tasks_say_no_words(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("CANARY", stacklevel=1)
    sys.excepthook(ValueError, ValueError("CANARY"), None)
    loop = asyncio.new_event_loop()
    logs.watch_loop(loop)
    loop.call_exception_handler({"message": "CANARY", "exception": KeyError("CANARY")})
    loop.close()
    assert [line["event"] for line in lines(log)] == ["library", "process.crashed", "task.crashed"]
    assert "CANARY" not in log.getvalue()


def test_the_level_is_kept() -> None:
    with captured_log("error") as log:
        logs.note("app.started")
        logs.trouble("listener.failed")
        assert [line["event"] for line in lines(log)] == ["listener.failed"]


def test_nothing_of_an_exception_is_dumped_before_the_logs_are_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    canary = "CANARY"
    try:
        raise ValueError(canary)
    except ValueError as error:
        logs.trouble("listener.failed", error, text="CANARY", code="U0CANARY01")
    logs.note("outbox.later", user="U0CANARY01")
    said = "".join(capsys.readouterr())
    assert "CANARY" not in said
    assert "ValueError at test_logs.py:" in said
