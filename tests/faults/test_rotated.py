"""Keys go over to a new master key while people use the app, killed at any step and simply run again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.installation import load_files
from bot.settings import load_settings
from peersupport import approvals
from peersupport.audit import Event
from peersupport.keys import Step
from peersupport.upkeep import subject_of
from store.errors import KeyringSealed
from store.keyring import Keyring
from store.master import FileMasterKey, Masters
from store.rotation import Rotation, Standing
from store.store import Store
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts
from tests.stories.town import PROGRAMME, MovedClock, Places

KILLED = """
import os, signal, sys
from store import links, rotation
rotation.BATCH = 2
left = int(sys.argv.pop(1))

def counted(deed):
    async def run(*args):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return await deed(*args)
    return run

for kind in (links.SqliteLink, links.PostgresLink):
    for name in ("begin", "commit", "fetch", "run", "run_many"):
        setattr(kind, name, counted(getattr(kind, name)))
"""
COMMAND = KILLED + "from bot.cli import main; main()"
ROTATION = (
    KILLED
    + """
import asyncio
from pathlib import Path
from store.master import FileMasterKey, Masters
url, present, previous = sys.argv[1:]
asyncio.run(rotation.Rotation(url, Masters(FileMasterKey(Path(present)), FileMasterKey(Path(previous)))).complete())
"""
)
NEVER = "100000"
# FULL=1 ends it at every single step; otherwise at every fifth, which is not the same one of each batch.
STRIDE = 1 if os.environ.get("FULL") else 5
TRIES = 10
NOT_NOW = ("cannot reach its records", "was not sent")
"""What the app says, on a machine that stands still, to somebody who then does it again."""


def _new_key(places: Places) -> Path:
    path = places.folder / "new.key"
    FileMasterKey.create(path)
    return path


async def _agree(town: Outskirts) -> None:
    """Let two administrators say yes to what waits for them."""
    programme = load_files(load_settings(town.settings, town.places.folder)).programmes[PROGRAMME]
    for key in ("farah", "gwen"):
        async with town.house.store.work() as work:
            now = town.clock.now()
            [asked] = await work.approvals.live(PROGRAMME, now)
            assert isinstance(
                await approvals.agree(work, programme, town.address(key), asked.id, now=now), approvals.Agreed
            )


async def _asks(town: Outskirts, key: str) -> str:
    """Let somebody ask for support, as often as the app says that nothing could be sent."""
    who = town.person(key)
    for _ in range(TRIES):
        try:
            return await town.asks(key)
        except AssertionError:
            if not any(words in who.screen() for words in NOT_NOW):
                raise
            await who.closes(everything=True)
    raise AssertionError(f"{key} was refused {TRIES} times")


async def _rotate(town: Outskirts, at: str) -> tuple[int, str, str]:
    return await process.command(town.settings, town.places.folder, at, "rotate-keys", entry=("-c", COMMAND))


async def _rotated_while_people_ask(ground: Ground, tmp_path: Path, kills: Sequence[int] | None) -> None:
    """Rotate under load; killed at these steps or, without any, further and further on until it is done.

    Every single step has its turn below, where a turn costs less.
    """
    places = await ground.places(tmp_path)
    old, new = places.master, _new_key(places)
    several = 2 if ground.postgres else 1
    more = {"MASTER_KEY_FILE": str(new), "MASTER_KEY_PREVIOUS_FILE": str(old)}
    async with outskirts(places, processes=several, **more) as town, AsyncExitStack() as bots:
        for port in town.ports:
            bot = await bots.enter_async_context(process.running(town.settings, tmp_path, port=port))
            await bot.ready()
        asked = {"ava": await town.asks("ava")}
        code, output, errors = await _rotate(town, NEVER)
        assert (code, errors) == (3, "")
        assert "Two administrators must agree" in output
        assert (await _standing(places, new, old)).begun is False
        await _agree(town)

        async def ask() -> None:
            for key in ("bruno", "dara", "emil", "quinn"):
                asked[key] = await _asks(town, key)

        asking = asyncio.create_task(ask())
        for step in kills or [turn * turn for turn in range(1, 100)]:
            code, output, errors = await _rotate(town, str(step))
            if code == 0 and kills is None:
                break
            assert code == -9, errors
        code, output, errors = await _rotate(town, NEVER)
        assert code == 0, errors
        assert "The previous master key opens nothing any more." in output
        await asking
    await _all_is_under(places, new, old, asked, town)


async def _standing(places: Places, present: Path, previous: Path) -> Standing:
    rotation = Rotation(places.keyring_url, Masters(FileMasterKey(present), FileMasterKey(previous)))
    try:
        return await rotation.standing()
    finally:
        rotation.close()


async def _all_is_under(places: Places, new: Path, old: Path, asked: dict[str, str], town: Outskirts) -> None:
    """See that the new master key alone opens everything, and the old one nothing, and what was written down."""
    clock = MovedClock()
    store = Store(places.url, Keyring(places.keyring_url, FileMasterKey(new), clock), clock)
    async with store.work() as work:
        for key, reference in asked.items():
            request = await work.requests.by_reference(PROGRAMME, reference)
            assert request is not None
            needs = await work.requests.needs(request.id)
            assert needs is not None
            assert needs.requester == town.address(key)
            assert await work.requests.contact(request.id) is not None
        steps = [entry.reason for entry in await work.audit.of(subject_of(PROGRAMME), Event.KEYS_ROTATED)]
        assert set(steps) == {Step.BEGUN, Step.DONE}
        assert await work.approvals.live(PROGRAMME, clock.now()) == []
    assert await store.verify_audit() is None
    await store.close()
    sealed = Keyring(places.keyring_url, FileMasterKey(old), clock)
    with pytest.raises(KeyringSealed):
        await sealed.ready()
    await sealed.close()
    assert (await _standing(places, new, old)) == Standing(begun=True, left=0)


@pytest.mark.threat("T61")
@pytest.mark.timeout(240)
async def test_under_load_and_killed_here_and_there(ground: Ground, tmp_path: Path) -> None:
    await _rotated_while_people_ask(ground, tmp_path, (25, 40))


@pytest.mark.faults
@pytest.mark.threat("T61")
@pytest.mark.timeout(1800)
async def test_under_load_and_killed_at_one_step_after_another(ground: Ground, tmp_path: Path) -> None:
    await _rotated_while_people_ask(ground, tmp_path, None)


@pytest.mark.threat("T61")
@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_killed_at_every_step_it_is_simply_run_again(ground: Ground, tmp_path: Path) -> None:
    """Each step of a whole rotation in turn; the next one goes back to the other key."""
    places = await ground.places(tmp_path)
    clock = MovedClock()
    present, previous = _new_key(places), places.master
    ring = Keyring(places.keyring_url, FileMasterKey(previous), clock, spares=8)
    keys = dict([await ring.take() for _ in range(5)])
    step, code = 1 - STRIDE, -9
    while code == -9:
        step += STRIDE
        code, _, errors = await _turned(places, str(step), present, previous)
        assert code in {-9, 0}, errors
        both = Keyring(places.keyring_url, Masters(FileMasterKey(present), FileMasterKey(previous)), clock, spares=1)
        assert await both.get_many(keys) == keys
        await both.close()
        assert (await _turned(places, NEVER, present, previous))[0] == 0
        alone = Keyring(places.keyring_url, FileMasterKey(present), clock, spares=1)
        await alone.ready()
        assert await alone.get_many(keys) == keys
        await alone.close()
        assert (await _standing(places, present, previous)) == Standing(begun=True, left=0)
        present, previous = previous, present
    assert step > 10, "every batch has steps of its own"
    await ring.close()


async def _turned(places: Places, at: str, present: Path, previous: Path) -> tuple[int, str, str]:
    arguments = (at, places.keyring_url, str(present), str(previous))
    return await process.command({}, places.folder, *arguments, entry=("-c", ROTATION))
