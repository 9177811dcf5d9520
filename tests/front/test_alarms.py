"""T47, T43: what only the operator can mend is written down once, and over as soon as the method works again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.alarms import AGAIN, LASTS, Alarms
from bot.health import Health
from bot.metrics import Meter
from bot.web_client import TOKEN_REFUSED
from handlers.slack_codes import NO_MESSAGES_TAB
from handlers.slack_faults import POST, Fault, rows
from tests.front.signed import captured_log

pytestmark = [pytest.mark.threat("T47", "T43"), pytest.mark.req("U46")]


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


def alarms() -> tuple[Alarms, Health, Meter, Clock]:
    health, meter, clock = Health(), Meter(), Clock()
    return Alarms(clock, meter, health), health, meter, clock


@pytest.mark.parametrize("code", ["missing_scope", "org_login_required", "invalid_blocks", "a_word_of_tomorrow"])
def test_an_alarm_is_written_once_and_lasts_until_the_method_works(log: io.StringIO, code: str) -> None:
    heard, health, meter, clock = alarms()
    for _ in range(500):
        heard.heard(POST, code)
    assert log.getvalue().count('"slack.alarm"') == 1
    assert f'"code": "{code}"' in log.getvalue()
    assert "slack_refuses" in health.reasons
    assert sum(meter.refusals.values()) == 500
    heard.heard("users.info", "")
    heard.look()
    assert "slack_refuses" in health.reasons, "another method says nothing of this one"
    clock.at += AGAIN
    heard.heard(POST, code)
    assert log.getvalue().count('"slack.alarm"') == 2, "still so"
    heard.heard(POST, "")
    assert "slack_refuses" not in health.reasons
    clock.at += timedelta(minutes=1)
    heard.heard(POST, code)
    assert log.getvalue().count('"slack.alarm"') == 2, "it comes and goes, and was told"


def test_what_is_nobodys_to_mend_is_counted_and_no_more(log: io.StringIO) -> None:
    heard, health, meter, _ = alarms()
    quiet = [(method, code) for method, fault, code in rows() if fault in (Fault.RETRY, Fault.DEGRADE)]
    for method, code in quiet:
        heard.heard(POST if method == "*" else method, code)
    assert health.ready
    assert '"slack.alarm"' not in log.getvalue()
    assert meter.refusals[Fault.RETRY] > 5


def test_troubles_with_a_reason_of_their_own_have_no_second_one(log: io.StringIO) -> None:
    heard, health, _, _ = alarms()
    for code in (*TOKEN_REFUSED, NO_MESSAGES_TAB):
        heard.heard(POST, code)
    assert health.ready
    assert log.getvalue().count('"slack.alarm"') == len(TOKEN_REFUSED) + 1


def test_an_alarm_that_is_not_heard_again_goes_by_itself(log: io.StringIO) -> None:
    heard, health, _, clock = alarms()
    heard.heard("chat.update", "invalid_blocks")
    heard.heard(POST, "invalid_blocks")
    clock.at += LASTS / 2
    heard.heard(POST, "invalid_blocks")
    clock.at += LASTS / 2
    heard.look()
    assert "slack_refuses" in health.reasons
    clock.at += LASTS / 2
    heard.look()
    assert "slack_refuses" not in health.reasons
