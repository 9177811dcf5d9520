"""T16: whatever a handle is replaced by, the answer is the same refusal, written down, and nothing is revealed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from handlers import ids
from handlers.hear import Kind
from handlers.i18n import LANGUAGES
from handlers.parsing import read
from handlers.tokens import ADMINS, viewer_of
from handlers.views import pages
from tests.threats.day import Day

PURPOSES = (
    ids.OWN, ids.OFFER, ids.MATCH, ids.SHEET, ids.CARD, ids.ASKED, ids.PICK, ids.HAND_OVER, ids.SUPPORTER,
    ids.APPROVAL, ids.LEDGER, ids.OPENER, ids.CHANNEL, ids.SELF_AUDIT, ids.TODAY, ids.MY_DATA, ids.DELETE_MY_DATA,
)  # fmt: skip
OTHER = "U0BRUNOTA1"
Found = tuple[str, UUID, str]
"""A purpose, a record and a viewer: what a handle says."""
NO_RECORD = {ids.MY_DATA_ON, ids.MY_DATA_BACK, ids.DELETE_MY_DATA, ids.LEDGER_PERSON}
"""What these handles say is a page, or whose lines to show: any other shows no more than the person may see."""
NEW_ENTRY = (Kind.SUBMIT, ids.VIEW_SUPPORTER)
"""Without a handle this is the form for a new supporter, and asks for the member."""
Forger = Callable[[Day, str, Found], str]


def opened(day: Day, token: str, viewer: str) -> Found | None:
    """Return what a token says, if it is a handle of this viewer's."""
    now = day.town.clock.now()
    for purpose in PURPOSES:
        for each in (viewer, ADMINS):
            record = day.front.handles.open(token, purpose, each, now)
            if record is not None:
                return purpose, record, each
    return None


def made(day: Day, found: Found, **hours: float) -> str:
    until = day.town.clock.now() + timedelta(hours=hours.get("hours", 24))
    return day.front.handles.make(found[0], found[1], found[2], until)


def of_another_purpose(day: Day, _: str, found: Found) -> str:
    purpose = ids.OFFER if found[0] != ids.OFFER else ids.OWN
    return made(day, (purpose, found[1], found[2]))


FORGERIES: dict[str, Forger] = {
    "empty": lambda day, token, found: "",
    "a word": lambda day, token, found: "anything",
    "signs": lambda day, token, found: "\0\ud800<@U1>",
    "very long": lambda day, token, found: token * 40,
    "cut short": lambda day, token, found: token[:-4],
    "one letter changed": lambda day, token, found: token[:8] + ("A" if token[8] != "A" else "B") + token[9:],
    "somebody else's": lambda day, token, found: made(day, (found[0], found[1], f"T0HARBOUR1:{OTHER}")),
    "expired": lambda day, token, found: made(day, found, hours=-1),
    "of another purpose": of_another_purpose,
    "of another record": lambda day, token, found: made(day, (found[0], uuid4(), found[2])),
    "the record itself": lambda day, token, found: str(found[1]),
}


def forged(day: Day, payload: dict[str, Any], forge: Forger) -> dict[str, Any] | None:
    """Return the payload with every handle in it replaced; None where there is none."""
    heard = read(payload)
    assert heard is not None
    changed, count = copy.deepcopy(payload), 0
    for holder, key in strings(changed):
        text = holder[key]
        letter, dot, token = text.partition(".") if text[1:2] == "." else ("", "", text)
        if key == "private_metadata":
            meta = json.loads(text or "{}")
            found = opened(day, str(meta.get("h", "")), viewer_of(heard.who))
            if found is not None:
                holder[key] = json.dumps(meta | {"h": forge(day, meta["h"], found)})
                count += 1
            continue
        found = opened(day, token, viewer_of(heard.who))
        if found is not None:
            holder[key] = f"{letter}{dot}{forge(day, token, found)}"
            count += 1
    return changed if count else None


def strings(part: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place of a text, apart from what is only shown."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key in ("blocks", "message"):
            continue
        if isinstance(value, str):
            yield part, key
        else:
            yield from strings(value)


@pytest.mark.threat("T16")
@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_handle_gets_the_one_refusal(day: Day, name: str) -> None:
    refusals = {json.dumps(pages.refused(day.front, language), sort_keys=True) for language in LANGUAGES}
    before = await day.fingerprint()
    for key in day.keys:
        payload = forged(day, day.payloads[key], FORGERIES[name])
        if payload is None or (name == "empty" and key == NEW_ENTRY):
            continue
        if name == "of another record" and key[1] in NO_RECORD:
            continue
        written = day.refusals()
        told = await day.told(payload)
        assert set(told.contents) <= refusals, key
        assert len(told.views) == 1, key
        # Nobody but the app can make a handle for a record that is not there, so that one need not be written down.
        assert day.refusals() == written + 1 or name == "of another record", key
    assert await day.fingerprint() == before


@pytest.mark.threat("T16")
async def test_an_external_id_is_not_read(day: Day) -> None:
    before = await day.fingerprint()
    for key in day.keys:
        payload = forged(day, day.payloads[key], FORGERIES["empty"])
        if payload is not None and isinstance(payload.get("view"), dict) and key != NEW_ENTRY:
            handles = [holder[at] for holder, at in strings(day.payloads[key]) if len(holder[at]) > 40]
            payload["view"]["external_id"] = handles[0] if handles else "anything"
            assert len((await day.told(payload)).views) == 1
    assert await day.fingerprint() == before
