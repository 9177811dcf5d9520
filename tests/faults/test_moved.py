"""A backup of one machine put back on another: with its keyring everything is there, without it nothing can be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, MovedClock

_numbers = count()


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _another_machine(ground: Ground, folder: Path) -> dict[str, str]:
    """Return where a machine with nothing on it would keep its data."""
    if ground.postgres is None:
        return {
            "DATABASE_URL": f"sqlite:///{folder}/data/main.db",
            "KEYRING_URL": f"sqlite:///{folder}/keyring/keyring.db",
        }
    number = next(_numbers)
    return {
        "DATABASE_URL": await ground.postgres.create_database(f"moved_main_{number}"),
        "KEYRING_URL": await ground.postgres.create_database(f"moved_keys_{number}"),
    }


async def _says(settings: dict[str, str], folder: Path, *arguments: str) -> str:
    code, output, errors = await process.command(settings, folder, *arguments)
    assert code == 0, errors
    return output


async def _lives(town: Outskirts, folder: Path) -> tuple[str, str]:
    """Run the first machine: two people ask, copies are taken, one of the two withdraws; returns both references."""
    copies, keys = _new(folder / "copies"), _new(folder / "keys")
    ava, bruno, farah = (town.person(key) for key in ("ava", "bruno", "farah"))
    async with process.running(town.settings, folder, port=town.ports[0]) as bot:
        await bot.ready()
        kept, gone = await town.asks("ava"), await town.asks("bruno")
        await farah.sees(kept, where=CHANNEL)
        await farah.sees(gone, where=CHANNEL)
        await ava.closes(everything=True)
        await bruno.closes(everything=True)
        await town.at_rest()
        said = await _says(town.settings, folder, "backup", str(copies / "main.backup"))
        assert "peersupport backup-keyring" in said
        # What happens from here on is not in the copy of the database.
        await bruno.opens_home()
        await bruno.presses(action_id="withdraw", where="home", confirm="accept")
        await farah.presses(action_id="claim", near=kept, where=CHANNEL)
        await farah.sees("Find a supporter", where=CHANNEL)
        await town.at_rest()
        code, _, errors = await process.command(town.settings, folder, "backup-keyring", str(copies / "keyring.backup"))
        assert (code, errors) == (2, "A backup of the database is in that folder. Keep the two in different places.\n")
        await _says(town.settings, folder, "backup-keyring", str(keys / "keyring.backup"))
        assert await bot.stop() == 0
    return kept, gone


@pytest.mark.threat("T60")
@pytest.mark.req("G12")
async def test_with_its_keyring_everything_is_there_and_nothing_is_said_twice(ground: Ground, tmp_path: Path) -> None:
    first = _new(tmp_path / "first")
    async with outskirts(await ground.places(first)) as town:
        kept, gone = await _lives(town, first)
        before = {key: len(town.person(key).messages()) for key in ("farah", "gwen", "hugo", "ava", "bruno")}
        posted = len(town.sim.calls("chat.postMessage"))
        other = _new(tmp_path / "other")
        settings = town.settings | await _another_machine(ground, other)
        said = await _says(settings, other, "restore", str(first / "copies" / "main.backup"))
        assert "There is no keyring yet: peersupport restore-keyring FILE." in said
        said = await _says(settings, other, "restore-keyring", str(first / "keys" / "keyring.backup"))
        assert "Database and keyring belong together and open." in said
        assert "Without a key, and so erased: 1 request(s), 0 contact(s), 0 entry(ies)" in said
        async with process.running(settings, other, port=town.ports[0]) as bot:
            await bot.ready()
            ava, bruno, farah = (town.person(key) for key in ("ava", "bruno", "farah"))
            await ava.opens_home()
            await ava.sees(kept, where="home")
            await bruno.opens_home()
            assert gone not in bruno.screen("home")
            # The card is made equal to what was restored: nobody has claimed it.
            await farah.sees("Claim", where=CHANNEL)
            await farah.presses(action_id="claim", near=kept, where=CHANNEL)
            await farah.sees("Find a supporter", where=CHANNEL)
            await town.at_rest()
            assert await bot.stop() == 0
        await _is_readable(town, settings, kept)
        assert len(town.sim.calls("chat.postMessage")) == posted
        assert {key: len(town.person(key).messages()) for key in before} == before
        # A second restore over it is refused.
        code, _, errors = await process.command(settings, other, "restore", str(first / "copies" / "main.backup"))
        assert (code, "empty installation only" in errors) == (2, True)


async def _is_readable(town: Outskirts, settings: dict[str, str], reference: str) -> None:
    """See that who asked and how to reach them is there."""
    clock = MovedClock()
    keyring = Keyring(settings["KEYRING_URL"], FileMasterKey(Path(settings["MASTER_KEY_FILE"])), clock)
    store = Store(settings["DATABASE_URL"], keyring, clock)
    async with store.work() as work:
        request = await work.requests.by_reference(PROGRAMME, reference)
        assert request is not None
        needs, contact = await work.requests.needs(request.id), await work.requests.contact(request.id)
        assert needs is not None
        assert contact is not None
        assert (needs.requester, contact.reach) == (town.address("ava"), PHONE)
    assert await store.verify_audit() is None
    await store.close()


@pytest.mark.threat("T60")
@pytest.mark.req("G12", "G32")
@pytest.mark.parametrize("lost", ["keyring", pytest.param("master", marks=pytest.mark.faults)])
async def test_without_keyring_or_master_key_it_starts_sealed(ground: Ground, tmp_path: Path, lost: str) -> None:
    first = _new(tmp_path / "first")
    async with outskirts(await ground.places(first)) as town:
        kept, _ = await _lives(town, first)
        posted = len(town.sim.calls("chat.postMessage"))
        other = _new(tmp_path / "other")
        settings = town.settings | await _another_machine(ground, other)
        await _says(settings, other, "restore", str(first / "copies" / "main.backup"))
        if lost == "master":
            await _says(settings, other, "restore-keyring", str(first / "keys" / "keyring.backup"))
            settings["MASTER_KEY_FILE"] = str(other / "another.key")
            FileMasterKey.create(other / "another.key")
        async with process.running(settings, other, port=town.ports[0]) as bot:
            await bot.troubled("starting", "keyring_does_not_open")
            for key in ("ava", "farah"):
                person = town.person(key)
                await person.types("/peersupport")
                await person.sees("9-1-1")
                assert kept not in person.screen("modal")
                await person.closes(everything=True)
                await person.opens_home()
                await person.sees("9-1-1", where="home")
            assert await bot.stop() == 0
            assert "Traceback" not in bot.said
            assert PHONE not in bot.said
        assert len(town.sim.calls("chat.postMessage")) == posted
        # The keyring of another installation does not help, and is not taken.
        code, _, errors = await process.command(settings, other, "restore-keyring", str(await _foreign(other)))
        assert code == 2
        assert "keyring" in errors


async def _foreign(folder: Path) -> Path:
    """Return a backup of the keyring of another installation under the same master key."""
    place = _new(folder / "foreign")
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "MASTER_KEY_FILE": str(place / "key"),
        "DATABASE_URL": f"sqlite:///{place}/main.db", "KEYRING_URL": f"sqlite:///{place}/keyring.db",
    }  # fmt: skip
    FileMasterKey.create(place / "key")
    await _says(settings, place, "migrate")
    with closing(sqlite3.connect(place / "keyring.db")) as keyring:
        assert keyring.execute("SELECT count(*) FROM named_keys").fetchone() == (4,)
    await _says(settings, place, "backup-keyring", str(place / "keyring.backup"))
    return place / "keyring.backup"
