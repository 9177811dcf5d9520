"""What the office writes down before IMPACT begins."""

from __future__ import annotations

import csv

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
