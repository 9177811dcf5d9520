"""The shipped programme with invented people, to be broken in a folder of its own."""

from pathlib import Path
from typing import Any

import pytest

from bot.programmes import ProgrammeError, load_programmes

FOLDER = Path(__file__).parent.parent.parent / "programmes"
RESOURCES = FOLDER / "resources.yml"
VANCOUVER = "vancouver-peer-support"
IDS = {
    '["ADMIN-1", "ADMIN-2"]': '["U0ADMINA", "U0ADMINB"]',
    '["ADMIN-3"]': '["U0BACKUP"]',
    '{id: "LEAD-1", phone: "PHONE"}': '{id: "U0LEAD", phone: "604-555-0100"}',
    '"PRIVACY-CONTACT"': '"U0PRIVACY"',
    '"PRIVATE-CHANNEL"': '"C0TRIAGE"',
    '{phone: "PHONE", email: "EMAIL"}': '{phone: "604-555-0101"}',
}
PEOPLE: dict[str, Any] = {
    "admins": ["U0ADMINA", "U0ADMINB"],
    "safety_leads": [{"id": "U0LEAD", "phone": "604-555-0100"}],
    "privacy_contact": "U0PRIVACY",
    "admin_channel": "C0TRIAGE",
    "office": {"phone": "604-555-0101"},
}


def replaced(text: str, old: str, new: str) -> str:
    """Replace the first occurrence, which must be there."""
    assert old in text, old
    return text.replace(old, new, 1)


def whole() -> str:
    """The Vancouver file as an installation would have it, with invented people."""
    text = (FOLDER / "vancouver.yml").read_text(encoding="utf-8")
    for placeholder, written in IDS.items():
        text = replaced(text, placeholder, written)
    return text


def line_of(text: str, mark: str) -> int:
    return text[: text.index(mark)].count("\n") + 1


def folder(tmp_path: Path, programme: str | bytes, resources: str | None = None) -> Path:
    data = programme.encode() if isinstance(programme, str) else programme
    (tmp_path / "vancouver.yml").write_bytes(data)
    (tmp_path / "resources.yml").write_text(resources or RESOURCES.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def problems(path: Path, **more: Any) -> list[str]:
    with pytest.raises(ProgrammeError) as refused:
        load_programmes(path, path / "resources.yml", **more)
    assert str(refused.value) == "\n".join(refused.value.problems)
    return list(refused.value.problems)
