"""T14: what people type is shown as they typed it, on every screen, or refused beside its field."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from handlers import ids
from simulator.people import Actor
from tests.faults.ground import Ground
from tests.stories.town import CHANNEL, PHONE, Town, fill_form, open_town, opens_identity, reference_on
from tests.threats.everything import accepts

pytestmark = pytest.mark.long

HOSTILE = [
    "<!channel> <!here> <@U0GWENSOR1>",
    "<https://evil.example|Request K7-4Q2M> &amp; & < >",
    "*bold* _italic_ ~struck~ `code` > quote :smile:",
    "{reference} {0} %s %(name)s ${PATH} {{x}}",
    "'; DROP TABLE requests; -- \\u0000 \\",
    'a "quoted" \\"name\\" é漢字 🙂 Ω',
    "שלום עולם مرحبا بالعالم",
    "می\u200cخواهم 👩\u200d⚕️",
]
"""Joiners and right-to-left letters among them: names are written with them."""
UNSEEN = [
    "\0",
    "a\0b",
    "\x1b[31mred",
    "\u202eright to left",
    "\u2066held\u2069 apart",
    "\ud800",
    "x\udfff",
    "\x7f",
]
MARK = "Zweigelt "


@pytest_asyncio.fixture(scope="module")
async def town(sqlite_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with open_town(await sqlite_ground.places(tmp_path_factory.mktemp("text"))) as opened:
        await opened.register("iris")
        yield opened


async def _form(who: Actor) -> None:
    await who.types("/peersupport")
    await who.presses(action_id=ids.ASK)
    await fill_form(who)


@pytest.mark.threat("T14")
@pytest.mark.parametrize("words", HOSTILE)
async def test_typed_words_are_shown_and_kept_as_they_are(town: Town, words: str) -> None:
    ava, farah, iris = (town.person(key) for key in ("ava", "farah", "iris"))
    name, reach, avoid = MARK + words, f"{PHONE} {words}", words.replace(",", "").replace(";", "")
    await _form(ava)
    await ava.fills(ids.IN_NAME, name)
    await ava.fills(ids.IN_REACH, reach)
    await ava.fills(ids.IN_NAMES, avoid)
    since = len(town.sim.workspace.log)
    await ava.submits()
    reference = reference_on(ava.screen("modal"))
    await ava.closes(everything=True)
    await _kept(town, name, reach, avoid)
    await town.claims("farah", reference)
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await opens_identity(farah)
    await farah.sees(name, reach)
    await farah.closes(everything=True)
    await town.offers("farah", reference, "Iris Wintergreen")
    await accepts(iris, reference)
    await iris.presses(action_id=ids.SHOW_CONTACT)
    await iris.sees(name, reach)
    await iris.closes(everything=True)
    await ava.opens_home()
    await ava.presses(action_id=ids.CHANGE, where="home")
    await ava.sees(name, reach)
    await ava.closes(everything=True)
    await ava.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")
    await ava.closes(everything=True)
    await ava.sees("Nothing open.", where="home")
    await town.at_rest()
    shown = [
        text
        for entry in town.sim.workspace.log[since:]
        for part in (entry.request, entry.response)
        for text in _texts(part, name)
    ]
    assert len(shown) >= 2
    assert {text["type"] for text in shown} == {"plain_text"}
    assert not [text for text in shown if text.get("emoji")]
    assert farah.notifications == []


async def _kept(town: Town, name: str, reach: str, avoid: str) -> None:
    async with town.house.store.work() as work:
        [request] = await work.requests.of(town.address("ava"))
        needs, contact = await work.requests.needs(request.id), await work.requests.contact(request.id)
    assert needs is not None
    assert contact is not None
    assert (needs.name, contact.reach, needs.avoid_names) == (name, reach, (avoid,))


def _texts(part: Any, words: str) -> Iterator[dict[str, Any]]:
    """Give every text object of a payload in which these words stand, as it was sent."""
    if isinstance(part, str) and part.startswith(('{"', "[{")):
        part = json.loads(part)
    if isinstance(part, dict):
        if isinstance(part.get("text"), str) and words in part["text"]:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _texts(each, words)


@pytest.mark.threat("T14")
@pytest.mark.parametrize("field", [ids.IN_NAME, ids.IN_REACH, ids.IN_NAMES])
async def test_signs_that_nobody_sees_are_refused_beside_their_field(town: Town, field: str) -> None:
    bruno = town.person("bruno")
    await _form(bruno)
    for words in UNSEEN:
        await bruno.fills(field, f"{PHONE} {words}")
        await bruno.submits()
        await bruno.sees("There is a character here that nobody can see.", where="modal")
        assert bruno.modal is not None
        assert [block.partition(".")[0] for block in bruno.modal.errors] == [field]
    await bruno.closes(everything=True)
    async with town.house.store.work() as work:
        assert await work.requests.of(town.address("bruno"), open_only=False) == []


@pytest.mark.threat("T14")
@pytest.mark.parametrize("words", HOSTILE[:4])
async def test_a_supporters_own_words_are_shown_as_they_are(town: Town, words: str) -> None:
    iris, farah = town.person("iris"), town.person("farah")
    await iris.opens_home()
    await iris.presses(action_id=ids.MY_PROFILE, where="home")
    await iris.fills("name", words)
    await iris.submits()
    await iris.closes(everything=True)
    await farah.opens_home()
    await farah.presses(action_id=ids.SUPPORTERS, where="home")
    await farah.sees(words)
    await farah.closes(everything=True)
    shown = [text for entry in town.sim.workspace.log for text in _texts(entry.request, words)]
    assert {text["type"] for text in shown} == {"plain_text"}
    await iris.opens_home()
    await iris.presses(action_id=ids.MY_PROFILE, where="home")
    await iris.fills("name", "Iris Wintergreen")
    await iris.submits()
    await iris.closes(everything=True)
