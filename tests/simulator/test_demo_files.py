"""The demonstration's copies of the programme files have dates near enough, on whatever day it is started."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from peersupport.dates import dates_of
from peersupport.programme_sessions import Session
from simulator.demo_files import FILES, write

ROOT = Path(__file__).parents[2]
LED = ("thriving", "clinical-cafe")


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 5, 17, tzinfo=UTC),
        datetime(2026, 11, 23, 9, tzinfo=UTC),
        datetime(2027, 3, 14, 9, 59, tzinfo=UTC),
        datetime(2031, 12, 31, 23, 59, tzinfo=UTC),
    ],
    ids=lambda now: now.date().isoformat(),
)
def test_every_session_can_be_joined_soon(tmp_path: Path, now: datetime) -> None:
    write(LED, ROOT / "programmes", tmp_path / "here", now)
    seen = 0
    for programme in LED:
        content = yaml.safe_load((tmp_path / "here" / FILES[programme]).read_text("utf-8"))
        local = now.astimezone(ZoneInfo(content["clock"]["tz"])).replace(tzinfo=None)
        for session in map(Session.model_validate, content["sessions"]):
            if session.starts is None:
                continue
            seen += 1
            first = next(
                each for each in dates_of(session, local.date(), (local + timedelta(60)).date()) if each > local
            )
            assert first - local < timedelta(days=28)
            if session.kind == "course":
                assert session.enrol_opens is not None
                assert session.enrol_closes is not None
                assert session.enrol_opens < local < session.enrol_closes - timedelta(days=13)
                assert session.enrol_closes < first == session.starts
                assert first.weekday() == 1
            else:
                assert timedelta(days=4) <= min(each for each in session.also_on) - local < timedelta(days=11)
    assert seen == 3


def test_what_the_demo_does_not_run_is_not_there_any_more(tmp_path: Path) -> None:
    for chosen in (tuple(FILES), ("impact",)):
        write(chosen, ROOT / "programmes", tmp_path / "here", datetime(2026, 11, 23, tzinfo=UTC))
        files = {path.name for path in (tmp_path / "here").iterdir()}
        assert files == {"resources.yml", *(FILES[each] for each in chosen)}
