"""A town that speaks French: both programmes, their cards and everybody in it; nothing in it may stand in English."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handlers.i18n import Texts
from peersupport.supporters import Profile, Supporter
from simulator.people import Actor
from tests.stories.town import CHANNEL, PROGRAMME, ROOT, Places, Town, open_town

IMPACT = "impact"
WAITS = "Il y a quelque chose pour vous dans l'appli."
SHORTEST = 24
"""Fewer characters of an English text may stand in a French one by chance."""
TURNS = [("en", "sqlite"), ("en", "postgresql"), ("fr", "sqlite")]
OTHER_TURNS = [("en", "sqlite"), ("en", "postgresql"), ("fr", "postgresql")]
"""Languages and databases of a story that is told in both; French by turns on one of them, to save time."""
on_sqlite = pytest.mark.parametrize("story_urls", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("story_urls", ["postgresql"], indirect=True)


@asynccontextmanager
async def open_ville(places: Places, beside: str = IMPACT, **more: Any) -> AsyncIterator[Town]:
    """Open a town where everything is in French, and see in the end that nothing was in English."""
    folder = _in_french(places.folder / "programmes")
    names = f"{PROGRAMME},{beside}"
    async with open_town(places, PROGRAMMES_DIR=str(folder), PROGRAMMES=names, **more) as town:
        for person in town.sim.workspace.people.values():
            person.locale = "fr-CA"
        yield town
        sent = json.dumps([[each.request, each.response] for each in town.sim.workspace.log], ensure_ascii=False)
        assert [words for words in english_words() if words in sent] == []


def _in_french(folder: Path) -> Path:
    shutil.copytree(ROOT / "programmes", folder)
    english, french = "languages: {default: en, also: [fr]}", "languages: {default: fr, also: [en]}"
    for file in sorted(folder.glob("[!pr]*.yml")):
        text = file.read_text("utf-8")
        assert english in text
        file.write_text(text.replace(english, french), "utf-8")
    return folder


def english_words() -> list[str]:
    """Return what English says between placeholders, as JSON writes it, wherever French says it otherwise."""
    texts = Texts.load()
    english, french = (texts.in_language(language).catalogue for language in ("en", "fr"))
    found = {
        json.dumps(part, ensure_ascii=False)[1:-1]
        for key, text in english.items()
        if text != french[key]
        for part in re.split(r"\{[a-z_]+\}", text)
        if len(part) >= SHORTEST
    }
    return sorted(found)


async def joins(town: Town, programme: str, key: str, *, department: str = "", **traits: str) -> None:
    """Put somebody into a programme's register as a trained supporter with what they say of themselves."""
    person = town.sim.workspace.person(key)
    supporter = Supporter(town.house.ids.new(), programme, 1, date(2026, 3, 1), date(2026, 3, 2), 2)
    profile = Profile(
        town.address(key),
        person.real_name,
        languages=("fr", "en"),
        modalities=("phone", "zoom", "video", "in_person"),
        department=department,
        traits=traits,
    )
    async with town.house.store.work() as work:
        assert await work.supporters.add(supporter, profile)


async def claimed(town: Town, reference: str) -> Actor:
    """Claim a request from its card; returns the administrator."""
    farah = town.person("farah")
    await farah.sees(reference, where=CHANNEL)
    await farah.presses(action_id="claim", near=reference, where=CHANNEL)
    await farah.sees("Trouver quelqu'un", where=CHANNEL)
    return farah


async def offered_to(town: Town, reference: str, key: str) -> Actor:
    """Offer a claimed request to one supporter, who accepts; returns the supporter."""
    farah, who = town.person("farah"), town.person(key)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.chooses("first", town.sim.workspace.person(key).real_name)
    await farah.submits()
    await farah.closes(everything=True)
    await who.sees(WAITS, where="messages")
    await newest(who)
    await who.sees(reference)
    await who.presses(action_id="accept")
    await who.sees("Vous en avez maintenant la charge.")
    return who


async def newest(who: Actor) -> None:
    """Press the button of the newest message in the app's Messages tab that still has one."""
    await who.presses("Ouvrir", where="messages")
