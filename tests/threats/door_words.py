"""What somebody says of somebody else at the other doors: words that only their owner could have given."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from tests.stories.town import PROGRAMME, ROOT

PUBLIC = "https://support.example.org"
OUTSIDE, OUTSIDE_REACH = "Draußína Kanarya", "draussen.kanarya@clinic.example"
CALLED, CALLED_REACH = "Telefonína Kanarya", "604-555-0179"
PHONED, PHONED_REACH, PHONED_NOW = "Anrufína Kanarya", "250-555-0171", "250-555-0172"
PROVIDER, PROVIDER_REACH, PLACE = "Notícia Kanarya", "250-555-0173", "Kanaryaville"
SIGNS = "Melderína Kanarya"
AUTHENTICATOR = "KANARYAQGEZDGNBVGY3TQOJQKANARYAQ"
SECRET = "kanarya-secret-of-a-partners-system-0123456789"
GIVEN = {
    "outside": OUTSIDE,
    "outside reach": OUTSIDE_REACH,
    "called": CALLED,
    "called reach": CALLED_REACH,
    "phoned": PHONED,
    "phoned reach": PHONED_REACH,
    "phoned reach now": PHONED_NOW,
    "provider": PROVIDER,
    "provider reach": PROVIDER_REACH,
    "place": PLACE,
}
"""What somebody said of somebody else, or of themselves at another door than Slack's."""
KEYS = {"signs": SIGNS, "authenticator": AUTHENTICATOR, "secret": SECRET}
"""What a partner signs by, which no page and no view ever shows."""
PARTNER = {
    "partners": [
        {
            "id": "birch",
            "label": {"en": "The dispatch", "fr": "La répartition"},
            "channels": ["voicemail", "slack", "web", "endpoint"],
        }
    ],
    "criteria": [{"id": "hard_transfer", "label": {"en": "A hard transfer", "fr": "Un transfert difficile"}}],
}


@dataclass(frozen=True)
class Seen:
    """A page that came back over HTTP."""

    path: str
    status: int
    headers: str
    words: str
    entitled: bool
    """Whether it was asked for by the very person, with their link and code."""


def doors_settings(folder: Path) -> dict[str, str]:
    """Return the settings of a programme that takes referrals, calls and a partner's notices, with pages on the web."""
    programmes = folder / "programmes"
    shutil.copytree(ROOT / "programmes", programmes)
    file = programmes / f"{PROGRAMME.partition('-')[0]}.yml"
    words = file.read_text(encoding="utf-8").replace("\ndoors:\n", "\ndoors:\n  partner_notification: true\n")
    file.write_text(f"{words}\npartner_notification: {json.dumps(PARTNER)}\n", encoding="utf-8")
    return {"PROGRAMMES_DIR": str(programmes), "PUBLIC_URL": PUBLIC, "METRICS_PORT": str(free_port())}
