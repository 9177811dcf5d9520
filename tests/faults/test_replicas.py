"""T41, T44 and T55: processes that end, follow each other, or work side by side: nothing is lost or said twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from copy import deepcopy
from pathlib import Path

import pytest

from handlers.ids import VIEW_REQUEST
from peersupport.audit import Event
from peersupport.notifications import Kind
from simulator import stack
from simulator.payloads import view_object
from simulator.people import Actor
from simulator.workspace import View
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts
from tests.faults.street import street_on
from tests.stories.town import CHANNEL, fill_form, reference_on

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

AT_ONCE = 100
PATIENCE = 60.0


async def _form_of(who: Actor) -> View:
    await who.types("/peersupport")
    await who.presses(action_id="ask")
    await fill_form(who)
    assert who.modal is not None
    assert who.modal.callback_id == VIEW_REQUEST
    return who.modal


def _same_form(town: Outskirts, key: str, form: View) -> Actor:
    """Put a filled form before somebody, as it stands before somebody else."""
    who = town.person(key)
    who.patience = PATIENCE
    shown = view_object(town.sim.workspace, form)
    content = {name: shown[name] for name in ("type", "callback_id", "title", "submit", "blocks", "private_metadata")}
    view = stack.open_root(town.sim.workspace, who.id, deepcopy(content))
    view.values = deepcopy(form.values)
    return who


async def _references(town: Outskirts, keys: list[str]) -> dict[str, str]:
    """Return the reference of everybody of whom the database has exactly one request."""
    found = {}
    async with town.house.store.work() as work:
        for key in keys:
            requests = await work.requests.of(town.address(key), open_only=False)
            assert len(requests) <= 1
            for request in requests:
                assert len(await work.audit.of(request.id, Event.REQUEST_OPENED)) == 1
                found[key] = request.reference
    return found


async def _one_card_each(town: Outskirts, references: dict[str, str]) -> None:
    farah = town.person("farah")
    await farah.sees(*references.values(), where=CHANNEL, within=PATIENCE)
    await town.at_rest()
    assert len(farah.messages(CHANNEL)) == len(references)


async def _more_cards(town: Outskirts, number: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(town.person("farah").messages(CHANNEL)) < number:
            await town.sim.workspace.wait_for_change(town.sim.workspace.version, 0.5)


@pytest.mark.threat("T41")
async def test_told_to_end_among_a_hundred_who_send(ground: Ground, tmp_path: Path) -> None:
    async with outskirts(await ground.places(tmp_path)) as town:
        keys = town.newcomers(AT_ONCE)
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            form = await _form_of(town.person("ava"))
            people = [_same_form(town, key, form) for key in keys]
            sending = [asyncio.create_task(who.submits()) for who in people]
            await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            # Fails where it takes longer than fifteen seconds; it takes itself no more than ten.
            assert await bot.stop() == 0
            await asyncio.gather(*sending)
            assert "Traceback" not in bot.said
        answered = [who for who in people if "is with the programme administrators" in who.screen("modal")]
        assert answered
        kept = await _references(town, keys)
        assert {who.profile.key: reference_on(who.screen("modal")) for who in answered}.items() <= kept.items()
        async with town.house.store.work() as work:
            for key in kept:
                [request] = await work.requests.of(town.address(key), open_only=False)
                carried = await work.posts.of(request.id)
                assert carried or Kind.CARD in await work.outbox.waiting(request.id)
        async with process.running(town.settings, tmp_path, port=town.ports[0]):
            # A channel gets one message a second: those who have waited longest come first.
            shown = len(town.person("farah").messages(CHANNEL))
            await _more_cards(town, shown + min(3, len(kept) - shown))


@pytest.mark.threat("T55")
async def test_one_process_after_the_other_is_replaced(postgres_ground: Ground, tmp_path: Path) -> None:
    async with outskirts(await postgres_ground.places(tmp_path), processes=3) as town, AsyncExitStack() as bots:
        running = {}
        for port in town.ports:
            running[port] = await bots.enter_async_context(process.running(town.settings, tmp_path, port=port))
        for bot in running.values():
            await bot.ready()
        keys = town.newcomers(12)
        asked: dict[str, str] = {}
        replaced = asyncio.Event()

        async def ask() -> None:
            """Ask one after the other, until all were replaced; a press that met the very end is done again."""
            for key in keys:
                try:
                    asked[key] = await town.asks(key)
                except AssertionError:
                    town.person(key).desk.modals.clear()
                    asked[key] = (await _references(town, [key])).get(key) or await town.asks(key)
                if not replaced.is_set():
                    await asyncio.sleep(0.5)

        asking = asyncio.create_task(ask())
        for port in town.ports:
            assert await running[port].stop() == 0
            again = await bots.enter_async_context(process.running(town.settings, tmp_path, port=port))
            await again.ready()
            running[port] = again
        replaced.set()
        await asking
        assert await _references(town, keys) == asked
        await _one_card_each(town, asked)
        assert await town.house.store.verify_audit() is None


@pytest.mark.threat("T44", "T55", "T56")
async def test_three_who_keep_time_say_no_more_than_one(postgres_ground: Ground, tmp_path: Path) -> None:
    """Three days without anybody, then one process or three: the same is said, and each of it once."""
    said = {}
    for processes in (1, 3):
        folder = tmp_path / str(processes)
        folder.mkdir()
        async with street_on("none", postgres_ground, folder) as street:
            for key in ("ava", "bruno"):
                await street.asks(key)
            await street.rests()
            await street.alive.kill()
            since = street.sim.workspace.log[-1].number
            street.clock.move(days=3)
            # One that does both, or one that answers and three that carry.
            roles = [(True, True)] if processes == 1 else [(True, False), *[(False, True)] * processes]
            bots = [
                await street.nursery.start(street.settings, folder, port=street.ports[0], serve=serve, work=work)
                for serve, work in roles
            ]
            await bots[0].ready()
            await street.rests()
            calls = [call for call in street.sim.calls("chat.postMessage") if call.number > since]
            people = {person.id: person.key for person in street.sim.workspace.people.values()}
            said[processes] = Counter(people.get(call.person, str(call.request["channel"])) for call in calls)
            assert all("Traceback" not in bot.said for bot in bots)
    assert said[3] == said[1]
    assert said[1], "somebody was reminded"
