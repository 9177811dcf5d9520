"""G22: zone data comes from the pinned package, and old or wrong data stops the start."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import zones
from bot.refusals import StartRefused

pytestmark = [pytest.mark.req("G22"), pytest.mark.threat("T54")]


def test_the_package_is_put_before_the_operating_system() -> None:
    assert zones.use_packaged_zones() >= zones.OLDEST
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize(
    ("zone", "month", "hours"),
    [
        ("America/Vancouver", 12, -7),
        ("America/Vancouver", 7, -7),
        ("America/Edmonton", 12, -6),
        ("America/Glace_Bay", 12, -4),
        ("America/Glace_Bay", 7, -3),
        ("America/Regina", 12, -6),
        ("America/St_Johns", 12, -3.5),
        ("America/Toronto", 12, -5),
    ],
)
def test_known_instants(zone: str, month: int, hours: float) -> None:
    zones.use_packaged_zones()
    noon = datetime(2026, month, 7, 12, tzinfo=UTC)
    assert noon.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("version", ["2026e", "2025b", "2026", "unknown"])
def test_old_data_stops_the_start(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(zones, "packaged_version", lambda: version)
    with pytest.raises(StartRefused, match="the app needs 2026f or later"):
        zones.use_packaged_zones()


@pytest.mark.parametrize("version", ["2026f", "2026g", "2027a"])
def test_newer_data_is_welcome(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(zones, "packaged_version", lambda: version)
    assert zones.use_packaged_zones() == version


def test_no_data_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "packaged_version", lambda: None)
    with pytest.raises(StartRefused, match="is missing"):
        zones.use_packaged_zones()


def test_wrong_data_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (("America/Vancouver", datetime(2026, 12, 7, 12, tzinfo=UTC), -8),)
    monkeypatch.setattr(zones, "_KNOWN", wrong)
    with pytest.raises(StartRefused, match="gives a wrong time for America/Vancouver"):
        zones.use_packaged_zones()
