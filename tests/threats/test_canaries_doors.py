"""T22, T31: what was said at a door that somebody else opens is seen only by those entitled, in Slack and outside."""

from __future__ import annotations

import json
import re

import aiohttp
import pytest

from peersupport.exceptional import Act
from tests.threats.canaries import CANARIES, found_in
from tests.threats.day import DoorsDay
from tests.threats.door_words import GIVEN, KEYS, PROVIDER
from tests.threats.test_canaries import PARTS, said, views_shown
from tests.threats.test_stored import holes

pytestmark = pytest.mark.long

SOUGHT = CANARIES | GIVEN | KEYS
ENTITLED = {
    "name": {"canary", "farah"},
    "phone": {"canary", "farah"},
    "email": {"canary", "farah"},
    "avoided": {"canary"},
    "danger": set(),
    "profile": {"canary"},
    "user": {"canary"},
    "outside": {"farah"},
    "outside reach": {"farah"},
    "called": {"farah"},
    "called reach": {"farah"},
    "phoned": {"farah", "bruno"},
    "phoned reach": {"farah"},
    "phoned reach now": {"farah", "bruno"},
    "provider": {"farah", "bruno"},
    "provider reach": {"farah", "bruno"},
    "place": set(),
} | {key: set() for key in KEYS}
"""Who may see which: its owner, the administrator who phones or opened it, the supporter it was given to.

Not even whoever passed somebody on, or told of them, is shown again what they wrote."""


def looked_for(day: DoorsDay) -> dict[str, str]:
    """Return all of it, with what was handed out on the way and who passed others on or told of them."""
    tokens = {key: word for key, word in day.doors.secrets.items() if key.startswith("token")}
    people = {f"id of {key}": day.town.address(key).user for key in ("dara", "emil", "quinn")}
    return SOUGHT | tokens | people


@pytest.mark.req("U3", "U41", "I6", "I11", "V23")
@pytest.mark.threat("T22")
def test_each_word_is_shown_only_to_whom_it_may_concern(doors_day: DoorsDay) -> None:
    people = {person.id: person.key for person in doors_day.town.sim.workspace.people.values()}
    seen: dict[str, set[str]] = {key: set() for key in SOUGHT}
    for who, view in views_shown(doors_day.log, people):
        shown = json.dumps(view, ensure_ascii=False).encode()
        for key, word in SOUGHT.items():
            if found_in(shown, **{key: word}):
                seen[key].add(who)
    assert {key: seen[key] - ENTITLED[key] for key in seen} == {key: set() for key in seen}
    for key in ("name", "outside", "called", "phoned", "provider"):
        assert seen[key], "or the day would show nothing"


@pytest.mark.threat("T22")
def test_no_message_and_no_answer_beside_views_holds_one(doors_day: DoorsDay) -> None:
    messages = list(said(doors_day.log))
    assert len(messages) > 30
    answers = [entry.response for entry in doors_day.log if entry.way == "to app"]
    bare = [each for each in answers if not (isinstance(each, dict) and "view" in each)]
    titles = [entry.title for entry in doors_day.log]
    everything = json.dumps([messages, bare, titles], ensure_ascii=False).encode()
    assert found_in(everything, **(looked_for(doors_day) | doors_day.doors.secrets)) == []
    assert {key for message in messages for key in message} <= PARTS


@pytest.mark.threat("T22")
def test_hidden_metadata_holds_language_programme_handles_and_no_more(doors_day: DoorsDay) -> None:
    people = {person.id: person.key for person in doors_day.town.sim.workspace.people.values()}
    for _, view in views_shown(doors_day.log, people):
        meta = json.loads(view["private_metadata"])
        assert set(meta) <= {"l", "p", "h", "v", "x", "m", "w", "a", "r"}
        assert meta["l"] in ("en", "fr")
        assert meta.get("p", "vancouver-peer-support") == "vancouver-peer-support"
        for key in ("h", "w", "r"):
            assert re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", meta.get(key, ""))
        assert meta.get("a", "reopen_identity") in set(Act)
        assert re.fullmatch(r"\d*", meta.get("v", ""))
        assert meta.get("x", "typed") == "typed"


@pytest.mark.req("U3", "U41")
@pytest.mark.threat("T22")
def test_pages_show_nothing_to_whoever_has_no_code_and_name_nobody_in_a_header(doors_day: DoorsDay) -> None:
    pages = doors_day.doors.pages
    wanted = looked_for(doors_day)
    assert {page.status for page in pages} >= {200, 202, 401, 403, 422}
    assert {page.entitled for page in pages} == {True, False}
    for page in pages:
        assert found_in(page.headers.encode(), **wanted) == [], page.path
        assert found_in(page.path.encode(), **SOUGHT) == []
        words = page.words
        if page.path.startswith("/note/"):
            words = words.replace(page.path.partition("?")[0], "")  # where its own form goes to
        if not page.entitled:
            assert found_in(words.encode(), **wanted) == [], (page.path, page.status)


@pytest.mark.threat("T22", "T24")
async def test_what_everybody_may_fetch_holds_none(doors_day: DoorsDay) -> None:
    town, wanted = doors_day.town, looked_for(doors_day)
    ports = town.settings["PORT"], town.settings["METRICS_PORT"]
    async with aiohttp.ClientSession() as session:
        for port in ports:
            for path in ("/healthz", "/readyz", "/metrics", "/", "/notices/openapi.json", "/note/", "/partner/"):
                async with session.get(f"http://127.0.0.1:{port}{path}") as page:
                    assert found_in(f"{dict(page.headers)} {await page.text()}".encode(), **wanted) == []
        async with session.get(f"http://127.0.0.1:{ports[1]}/metrics") as page:
            assert page.status == 200


@pytest.mark.threat("T24", "T25")
async def test_the_files_hold_none(doors_day: DoorsDay) -> None:
    folder = doors_day.town.places.folder
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".yml")
    assert {"main.db", "main.db-wal", "keyring.db"} <= {path.name for path in files}
    assert holes(iter(files), looked_for(doors_day)) == []
    assert found_in(repr(doors_day.log).encode(), provider=PROVIDER), "the search would find it"
