"""Who looks after the programmes in the demonstration, and who supports: everybody of them is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from simulator.workspace import Workspace

VANCOUVER, IMPACT = "vancouver-peer-support", "impact"
THRIVING, CAFE, INFORMAL = "thriving", "clinical-cafe", "informal-rural"
CHANNELS: Mapping[str, str] = {
    VANCOUVER: "peer-support-admin",
    IMPACT: "impact-admin",
    THRIVING: "thriving-admin",
    CAFE: "cafe-admin",
    INFORMAL: "informal-admin",
}
"""Where each programme's administrators meet."""
LED = frozenset({THRIVING, CAFE})
"""The programmes whose sessions somebody leads."""
CAFE_MEMBERS = ("ava", "bruno", "chloe", "dara", "luc")
"""Who is on the list of the cafe's department from the beginning."""
PARTNER, MEMBER, OUTSIDER = "ptc", "tess", "Marlow Saxifrage"
"""The partner as IMPACT's file names it, its person on Slack, and its person who is not."""
Profiles = Mapping[str, Mapping[str, str]]

# What each invented supporter says of themselves, by their handle in the workspace file.
_VANCOUVER: Profiles = {
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
_RURAL = {"rural_practice": "yes", "profession": "rural_physician"}
_IMPACT: Profiles = {
    "iris": {**_RURAL, "department": "terrace", "shared_experience": "incident_with_child"},
    "jonas": {**_RURAL, "department": "smithers", "shared_experience": "difficult_transfer"},
    "kaya": {**_RURAL, "department": "atlin", "profession": "remote_station_nurse"},
    "luc": {**_RURAL, "department": "golden", "languages": "fr;en", "shared_experience": "poor_outcome"},
    "mina": {**_RURAL, "department": "masset", "profession": "remote_station_nurse"},
}
SUPPORTERS: Mapping[str, tuple[Profiles, Mapping[str, str]]] = {
    VANCOUVER: (_VANCOUVER, {"modalities": "in_person;phone;zoom"}),
    IMPACT: (_IMPACT, {"modalities": "phone;video"}),
}
"""The programmes that have a register of supporters, what each of theirs says, and what all of them say."""


def roles(workspace: Workspace, programme: str) -> dict[str, object]:
    """Return who looks after a programme, as its file of people wants it."""
    people = workspace.people.values()
    admins = [person.id for person in people if person.role == "administrator"]
    leads = [person.id for person in people if person.role == "safety lead"]
    facilitators = [person.id for person in people if person.role == "facilitator"]
    channel = workspace.channel(CHANNELS[programme]).id
    return {
        "admins": admins[:2],
        "backup_admins": admins[2:],
        "safety_leads": [{"id": lead, "phone": "604-555-0100"} for lead in leads],
        **({"facilitators": facilitators} if programme in LED else {}),
        "privacy_contact": admins[1],
        "admin_channel": channel,
        "office": {"phone": "604-555-0101", "email": "office@example.org"},
    }


def supporters(workspace: Workspace, programme: str) -> str:
    """Return the table of a programme's invented supporters, as an office would keep it."""
    out = io.StringIO()
    profiles, of_all = SUPPORTERS[programme]
    rows = [
        {
            "member_id": person.id,
            "name": person.real_name,
            "languages": "en",
            **of_all,
            "times": "weekday_evenings;any_time",
            "zone": person.tz,
            "trained_on": "2026-03-14",
            "agreement_on": "2026-03-14",
            "limit": "2",
            **profiles.get(person.key, {}),
        }
        for person in workspace.people.values()
        if person.role == "supporter"
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
