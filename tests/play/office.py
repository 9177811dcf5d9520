"""What the office does before a programme begins."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.play.telling import Telling

# Who supports for IMPACT: profession, community, languages.
RURAL = {
    "iris": ("rural_physician", "terrace", "en"),
    "jonas": ("rural_physician", "smithers", "en"),
    "kaya": ("remote_station_nurse", "atlin", "en"),
    "luc": ("rural_physician", "houston", "fr;en"),
}
COLUMNS = (
    "member_id",
    "name",
    "languages",
    "modalities",
    "times",
    "zone",
    "department",
    "profession",
    "rural_practice",
)
DATED = {"trained_on": "2026-03-14", "agreement_on": "2026-03-15", "limit": 2}


async def adds(t: Telling, programme: str, name: str) -> None:
    """Let the office add a programme to those that run."""
    code = await t.app.adds(programme)
    t.check(f"The app stops, and starts again with {name} as well", *([] if code == 0 else [f"it ended with {code}"]))


def ahead(t: Telling, days: int, zone: str, hour: int, minute: int = 0) -> datetime:
    """Return a time so many days ahead, by the clock of a place."""
    local = t.app.clock.now().astimezone(ZoneInfo(zone)) + timedelta(days=days)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0)


def rural_supporters(t: Telling) -> str:
    """Write the table of IMPACT's supporters and return where it is."""
    table = t.app.folder / "impact.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, (*COLUMNS, *DATED))
        writer.writeheader()
        for key, (profession, community, languages) in RURAL.items():
            who = t.person(key).profile
            cells = (who.id, who.real_name, languages, "phone;video", "any_time", who.tz, community, profession, "yes")
            writer.writerow(dict(zip(COLUMNS, cells, strict=True)) | DATED)
    return str(table)
