"""Everybody enrolled in notices gets the same note once a month, so that a note from the app says nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from peersupport.cover import day_of
from simulator.workspace import LogEntry
from tests.stories.town import PROGRAMME, ROOT, Places, Town, open_town, press_newest
from tests.threats.canaries import spellings

pytestmark = pytest.mark.long

NOTE = "There is something for you in the app."
NOTES = (NOTE, "Il y a quelque chose pour vous dans l'appli.")
NEWS = "Tell me by a short Slack message that there is news, without details"
ROLES = ("farah", "gwen", "hugo", "nora")


@pytest_asyncio.fixture
async def covering(places: Places, tmp_path: Path) -> AsyncIterator[Town]:
    """Give a town whose programme has it switched on."""
    folder = tmp_path / "programmes"
    shutil.copytree(ROOT / "programmes", folder)
    file = folder / "vancouver.yml"
    words = file.read_text(encoding="utf-8")
    assert "privacy: {" in words
    file.write_text(words.replace("privacy: {", "privacy: {cover_traffic: true, "), encoding="utf-8")
    async with open_town(places, PROGRAMMES_DIR=str(folder), PROGRAMMES=PROGRAMME) as town:
        yield town


async def until_the_day(town: Town) -> None:
    """Move to the next month's day, let the job of the day be done, then let every note go."""
    zone = town.house._files.programmes[PROGRAMME].clock.zone
    local = town.clock.now().astimezone(zone)
    day = day_of(local.date())
    if day <= local.date():
        day = day_of(day.replace(day=1) + timedelta(days=32))
    planned = datetime.combine(day, time(9, 31), zone).astimezone(UTC)
    town.clock.move(seconds=(planned - town.clock.now()).total_seconds())
    await town.at_rest()
    town.clock.move(hours=1)
    await town.at_rest()


def posted(town: Town, since: int) -> list[LogEntry]:
    """Return the direct messages that were sent since."""
    return [each for each in town.sim.calls("chat.postMessage")[since:] if each.request["text"] in NOTES]


def to_whom(town: Town, messages: list[LogEntry]) -> list[str]:
    people = {person.id: key for key, person in ((each.key, each) for each in town.sim.workspace.people.values())}
    return sorted(people[str(each.request["channel"])] for each in messages)


def without_handle(message: LogEntry) -> Any:
    """Return what was sent, but for whom it went to and the letters behind its button."""
    blocks = message.request["blocks"]
    blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
    value = blocks[1]["elements"][0].pop("value")
    assert len(value) == 64
    return {key: each for key, each in message.request.items() if key not in ("channel", "blocks")} | {"b": blocks}


@pytest.mark.req("G8")
@pytest.mark.threat("T31")
async def test_a_note_says_nothing_because_everybody_gets_it(covering: Town) -> None:
    town = covering
    bruno, ava, iris = (town.person(key) for key in ("bruno", "ava", "iris"))
    await town.register("iris")
    await bruno.opens_home()
    await bruno.presses("Send it to me too", where="home")
    await bruno.sees("Once a month you get the same neutral note", where="home")
    reference = await town.asks("ava", choices=[NEWS])
    await ava.closes(everything=True)
    await town.claims("farah", reference)
    await town.at_rest()
    real = posted(town, 0)
    before = len(town.sim.calls("chat.postMessage"))
    await until_the_day(town)
    notes = posted(town, before)
    assert {"bruno", "ava", "iris", *ROLES} <= set(to_whom(town, notes))
    assert to_whom(town, notes).count("bruno") == 1
    assert real
    assert {each.request["text"] for each in notes} == set(NOTES)
    assert len({json.dumps(without_handle(each), sort_keys=True) for each in (*real, *notes)}) == len(NOTES)

    await press_newest(bruno)
    await bruno.sees("Nothing is waiting for you.", "enrolled in notices")
    await press_newest(ava)
    await ava.sees(reference)
    await ava.closes(everything=True)
    await iris.opens_home()
    await iris.sees("Once a month you get the same neutral note", where="home")

    before = len(town.sim.calls("chat.postMessage"))
    await until_the_day(town)
    assert to_whom(town, posted(town, before)).count("bruno") == 1
    standing = [each for each in bruno.messages() if NOTE in each.text]
    assert len(standing) == 2, "nothing is done to a note that was sent"

    await bruno.presses("Stop the monthly note", where="modal")
    await bruno.sees("You will not get the monthly note any more.")
    await bruno.sees("You can get it too.", where="home")
    async with town.house.store.work() as work:
        assert await work.cover_choices.all() == []
    before = len(town.sim.calls("chat.postMessage"))
    await until_the_day(town)
    assert "bruno" not in to_whom(town, posted(town, before))


@pytest.mark.threat("T24", "T25")
@pytest.mark.parametrize("story_urls", ["sqlite"], indirect=True)
async def test_who_wants_it_stands_nowhere_in_the_files(covering: Town) -> None:
    town = covering
    bruno = town.person("bruno")
    await bruno.opens_home()
    await bruno.presses("Send it to me too", where="home")
    await until_the_day(town)
    who = town.address("bruno").user
    direct = next(each.id for each in town.sim.workspace.channels.values() if each.kind == "dm" and who in each.members)
    assert posted(town, 0)
    held = b"".join(file.read_bytes() for file in sorted(town.places.folder.glob("*.db*")))
    assert b"tell_cover" in held
    for word in (who, direct):
        assert not [how for how, spelt in spellings(word) if spelt in held]
