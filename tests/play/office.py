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


GROUPS = ("thriving", "clinical-cafe", "informal-rural")


async def adds_groups(t: Telling) -> None:
    """Let the office add what colleagues do together to what runs, once: a start takes longer than a scene."""
    if set(GROUPS) <= set(t.app.programmes):
        return
    code = await t.app.runs(",".join((*t.app.programmes, *GROUPS)))
    words = "The app stops, and starts again with Thriving, the cafe and colleague to colleague as well"
    t.check(words, *([] if code == 0 else [f"it ended with {code}"]))


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
