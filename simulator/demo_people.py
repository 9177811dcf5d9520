"""Who looks after the programme in the demonstration, and who supports: everybody of them is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from simulator.workspace import Workspace

# What each invented supporter says of themselves, by their handle in the workspace file.
PROFILES: Mapping[str, Mapping[str, str]] = {
    "iris": {
        "department": "family_and_community",
        "specialty_group": "family_practice",
        "gender": "woman",
        "career_stage": "late",
        "shared_experience": "complaint",
    },
    "jonas": {
        "department": "emergency",
        "specialty_group": "emergency_or_critical_care",
        "gender": "man",
        "career_stage": "middle",
        "shared_experience": "burnout",
    },
    "kaya": {
        "department": "surgery",
        "specialty_group": "surgery_or_anesthesia",
        "gender": "woman",
        "career_stage": "early",
        "shared_experience": "discrimination",
    },
    "luc": {
        "department": "psychiatry",
        "specialty_group": "psychiatry",
        "gender": "man",
        "career_stage": "late",
        "languages": "fr;en",
        "shared_experience": "illness_or_loss",
    },
    "mina": {
        "department": "pediatrics",
        "specialty_group": "obstetrics_or_pediatrics",
        "gender": "woman",
        "career_stage": "middle",
        "shared_experience": "caregiving",
    },
}


def roles(workspace: Workspace) -> dict[str, object]:
    """Return who looks after the programme, as its file of people wants it."""
    people = workspace.people.values()
    admins = [person.id for person in people if person.role == "administrator"]
    leads = [person.id for person in people if person.role == "safety lead"]
    channel = next(channel.id for channel in workspace.channels.values() if channel.kind == "private")
    return {
        "admins": admins[:2],
        "backup_admins": admins[2:],
        "safety_leads": [{"id": lead, "phone": "604-555-0100"} for lead in leads],
        "privacy_contact": admins[1],
        "admin_channel": channel,
        "office": {"phone": "604-555-0101", "email": "office@example.org"},
    }


def supporters(workspace: Workspace) -> str:
    """Return the table of the invented supporters, as an office would keep it."""
    out = io.StringIO()
    rows = [
        {
            "member_id": person.id,
            "name": person.real_name,
            "languages": "en",
            "modalities": "in_person;phone;zoom",
            "times": "weekday_evenings;any_time",
            "zone": person.tz,
            "trained_on": "2026-03-14",
            "agreement_on": "2026-03-14",
            "limit": "2",
            **PROFILES.get(person.key, {}),
        }
        for person in workspace.people.values()
        if person.role == "supporter"
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
