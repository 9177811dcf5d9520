"""T17, T18: a role is asked for at every press, and standing in the channel is none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers import ids
from peersupport.audit import Event
from peersupport.requests import State
from simulator.people import Actor
from tests.faults.ground import Ground
from tests.stories.town import CHANNEL, PHONE, Town, open_town

REFUSED = "There is nothing here for you now."


@pytest_asyncio.fixture
async def town(sqlite_ground: Ground, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(await sqlite_ground.places(tmp_path)) as opened:
        yield opened


def _no_longer(town: Town, table: str) -> None:
    """End every role that this table holds, as an operator would."""
    with sqlite3.connect(town.places.folder / "main.db") as database:
        database.execute(f"UPDATE {table} SET active = 0")
    database.close()


async def _refused(who: Actor) -> None:
    await who.sees(REFUSED, where="modal")
    who.sees_nothing_of("Ava", "Larkspur", PHONE)


@pytest.mark.threat("T17")
async def test_an_administrator_who_is_removed_with_a_modal_open_is_refused(town: Town) -> None:
    farah, gwen = town.person("farah"), town.person("gwen")
    await town.register("iris")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.presses(action_id=ids.CLOSE)
    await farah.chooses("outcome", "No supporter was available; they were told")
    await gwen.presses(action_id=ids.FIND, near=reference, where=CHANNEL)
    await gwen.chooses("first", "Iris Wintergreen")
    _no_longer(town, "members")

    await farah.submits()
    await _refused(farah)
    await farah.closes()
    await farah.closes()
    await farah.presses(action_id=ids.SHOW_IDENTITY)
    await _refused(farah)
    await gwen.submits()
    await _refused(gwen)
    await gwen.closes(everything=True)
    await gwen.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await _refused(gwen)
    await gwen.closes(everything=True)
    await gwen.opens_home()
    await gwen.sees("Welcome, Gwen", where="home")
    gwen.sees_nothing_of(reference, where="home")
    async with town.house.store.work() as work:
        [request] = await work.requests.of(town.address("ava"))
        assert request.state is State.CONFIRMED
        assert await work.offers.of_request(request.id) == []
        assert await work.audit.of(request.id, Event.IDENTITY_OPENED) == []


@pytest.mark.threat("T17")
async def test_a_supporter_who_is_removed_with_a_modal_open_is_refused(town: Town) -> None:
    iris = town.person("iris")
    await town.matched()
    _no_longer(town, "supporters")
    await iris.presses(action_id=ids.SHOW_CONTACT)
    await _refused(iris)
    await iris.closes(everything=True)
    await iris.opens_home()
    await iris.sees("Welcome, Iris", where="home")
    await iris.sees_no_more("someone would like to talk", where="home")


@pytest.mark.threat("T18")
async def test_standing_in_the_channel_is_no_role(town: Town) -> None:
    bruno, farah = town.person("bruno"), town.person("farah")
    reference = await town.asks("ava")
    await farah.sees(reference, where=CHANNEL)
    town.sim.workspace.channel(CHANNEL).members.append(bruno.id)
    before = json.dumps([message.blocks for message in bruno.messages(CHANNEL)])
    for action in (ids.CLAIM, ids.OPEN_SHEET):
        await bruno.presses(action_id=action, near=reference, where=CHANNEL)
        await _refused(bruno)
        await bruno.closes(everything=True)
    await town.at_rest()
    assert json.dumps([message.blocks for message in farah.messages(CHANNEL)]) == before
    assert farah.notifications == []
    await town.claims("farah", reference)
    await bruno.presses(action_id=ids.FIND, near=reference, where=CHANNEL)
    await _refused(bruno)
    async with town.house.store.work() as work:
        [request] = await work.requests.of(town.address("ava"))
        assert len(await work.audit.of(request.id, Event.REFUSED)) == 3


@pytest.mark.threat("T18")
async def test_an_administrator_outside_the_channel_still_has_the_role(town: Town) -> None:
    """Authority is a role in the database and nothing else: Home leads to the same sheet."""
    hugo = town.person("hugo")
    reference = await town.asks("ava")
    town.sim.workspace.channel(CHANNEL).members.remove(hugo.id)
    await hugo.opens_home()
    await hugo.presses(action_id=ids.OPEN_SHEET, near=reference, where="home")
    await hugo.sees(reference, where="modal")
