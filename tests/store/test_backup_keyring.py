"""The keyring's backup: wrapped keys only, put back where there is none, with its own master key and database."""

from __future__ import annotations

import base64
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from peersupport.requests import State
from store.backup import back_up_database, back_up_keyring
from store.backup_file import KEYRING, Backup
from store.change_over import Stage
from store.engine import sqlite_file
from store.errors import BackupRefused, KeyringSealed
from store.keyring import Keyring
from store.master import FileMasterKey, Masters
from store.restore import restore_database
from store.restore_keyring import restore_keyring
from store.rotation import Rotation
from store.store import Store
from tests.postgres import Server
from tests.store.conftest import Places
from tests.store.records import AVERY, ROBIN, MovableClock, a_contact, a_request, open_request, some_needs

pytestmark = pytest.mark.long

_numbers = count()


@dataclass
class Copies:
    """A store, its backups, and places with nothing in them."""

    here: Store
    keyring: Keyring
    places: Places
    server: Server | None
    clock: MovableClock
    folder: Path
    rings: list[Keyring]

    @property
    def file(self) -> Path:
        return self.folder / "keyring.backup"

    @property
    def masters(self) -> Masters:
        return Masters(FileMasterKey(self.places.master))

    async def nothing(self) -> str:
        """Return the address of a database with nothing in it."""
        number = next(_numbers)
        if self.server is None:
            return f"sqlite:///{self.folder}/nothing-{number}/some.db"
        return await self.server.create_database(f"nothing_{number}")

    def ring(self, url: str, masters: Masters | None = None) -> Keyring:
        """Return a keyring that is closed at the end."""
        self.rings.append(Keyring(url, masters or self.masters, self.clock, spares=1))
        return self.rings[-1]

    async def put_back(self, url: str, database_url: str, masters: Masters | None = None) -> int:
        return await restore_keyring(url, self.file, database_url, masters or self.masters, self.clock)

    def opened(self, url: str, keyring_url: str) -> Store:
        return Store(url, Keyring(keyring_url, self.masters, self.clock, spares=2), self.clock)


@pytest_asyncio.fixture
async def copies(
    store: Store, keyring: Keyring, database: Places, server: Server | None, clock: MovableClock, tmp_path: Path
) -> AsyncIterator[Copies]:
    made = Copies(store, keyring, database, server, clock, tmp_path, [])
    yield made
    for ring in made.rings:
        await ring.close()


async def _taken(copies: Copies) -> None:
    await back_up_keyring(copies.places.keyring_url, copies.file, copies.clock)


@pytest.mark.threat("T60")
async def test_a_keyring_put_back_opens_what_it_opened(copies: Copies) -> None:
    request = await open_request(copies.here)
    opened = await copies.keyring.ready()
    await _taken(copies)
    url = await copies.nothing()
    assert await copies.put_back(url, copies.places.url) > 2
    if (path := sqlite_file(url)) is not None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    there = copies.opened(copies.places.url, url)
    async with there.work() as work:
        assert await work.requests.needs(request.id) == some_needs()
        assert (await work.requests.get(request.id)) == request
    again = await copies.ring(url).ready()
    assert (again.keyring_id, again.index, again.posts) == (opened.keyring_id, opened.index, opened.posts)
    await there.close()


@pytest.mark.threat("T60")
async def test_the_file_holds_wrapped_keys_only(copies: Copies) -> None:
    taken = dict([await copies.keyring.take() for _ in range(3)])
    opened = await copies.keyring.ready()
    await _taken(copies)
    words = copies.file.read_bytes()
    master = base64.b64decode(copies.places.master.read_text())
    for key in (*taken.values(), opened.index, opened.handles, opened.posts, master):
        for form in (key, key.hex().encode(), base64.b64encode(key)):
            assert form not in words
    rows = {row["key_id"]: row["wrapped"] for name, row in Backup(copies.file, KEYRING).rows() if name == "data_keys"}
    assert rows.keys() >= taken.keys()
    assert stat.S_IMODE(copies.file.stat().st_mode) == 0o600
    with pytest.raises(BackupRefused, match="never overwrites"):
        await _taken(copies)


@pytest.mark.threat("T62")
async def test_a_key_destroyed_before_is_not_in_the_file(copies: Copies) -> None:
    (gone, _), (kept, _) = await copies.keyring.take(), await copies.keyring.take()
    await copies.keyring.destroy(gone)
    await _taken(copies)
    there: set[UUID] = {row["key_id"] for name, row in Backup(copies.file, KEYRING).rows() if name == "data_keys"}
    assert kept in there
    assert gone not in there


@pytest.mark.threat("T60")
async def test_what_came_after_the_copy_cannot_be_read_and_is_marked(copies: Copies) -> None:
    """The keyring is lost and put back from a copy: requests from since then are closed, the others live on."""
    before = await open_request(copies.here)
    await _taken(copies)
    while copies.keyring._spares:
        await copies.keyring.take()
    after = await open_request(copies.here, ROBIN, reference="S2-222B")
    url = await copies.nothing()
    await copies.put_back(url, copies.places.url)
    there = copies.opened(copies.places.url, url)
    await there.ready()
    assert there.settled is not None
    assert there.settled.requests == 1
    async with there.work() as work:
        kept, lost = await work.requests.get(before.id), await work.requests.get(after.id)
        assert kept == before
        assert lost is not None
        assert lost.state is State.CLOSED
        assert lost.erased_at is not None
        assert await work.requests.of(AVERY) == [before]
    await there.close()


@pytest.mark.threat("T60", "T62")
@pytest.mark.parametrize("during", [False, True])
async def test_a_copy_from_before_the_look_up_key_was_replaced_serves(copies: Copies, during: bool) -> None:
    """It brings the key of its time back, the rows are put under that one, and it is replaced anew."""
    request = await open_request(copies.here)
    if during:
        await copies.here.announce_index()
    await _taken(copies)
    await copies.here.announce_index()
    copies.clock.move(days=1)
    assert await copies.here.renew_index() is Stage.DONE
    url = await copies.nothing()
    await copies.put_back(url, copies.places.url)
    there = copies.opened(copies.places.url, url)
    await there.ready()
    assert there.settled is not None
    # From the middle of it, the copy knows the key that the rows are under by now.
    assert (there.settled.requests, there.settled.found_again) == (0, 0 if during else 1)
    for stage in (Stage.YOUNG, Stage.ANNOUNCED, Stage.DONE):
        async with there.work() as work:
            assert [each.id for each in await work.requests.of(AVERY)] == [request.id]
            assert not await work.requests.add(a_request(), some_needs(), a_contact()), "there is an open one"
        if during:
            stage = Stage.DONE if stage is Stage.YOUNG else Stage.YOUNG
        assert await there.renew_index() is stage
        copies.clock.move(days=30 if stage is Stage.YOUNG and not during else 1)
    await there.close()


async def test_a_keyring_that_is_there_is_never_overwritten(copies: Copies) -> None:
    key_id, key = await copies.keyring.take()
    await _taken(copies)
    with pytest.raises(BackupRefused, match="a keyring at KEYRING_URL already"):
        await copies.put_back(copies.places.keyring_url, copies.places.url)
    assert await copies.keyring.get(key_id) == key


async def test_another_master_key_is_refused_and_nothing_is_made(copies: Copies, tmp_path: Path) -> None:
    await _taken(copies)
    FileMasterKey.create(tmp_path / "other.key")
    url = await copies.nothing()
    with pytest.raises(BackupRefused, match="another master key"):
        await copies.put_back(url, copies.places.url, Masters(FileMasterKey(tmp_path / "other.key")))
    assert not await copies.ring(url).exists()
    assert await copies.put_back(url, copies.places.url) >= 0


async def test_the_keyring_of_another_installation_is_refused(copies: Copies) -> None:
    elsewhere = await copies.nothing()
    await copies.ring(elsewhere).create()
    await back_up_keyring(elsewhere, copies.file, copies.clock)
    url = await copies.nothing()
    with pytest.raises(BackupRefused, match="different installations"):
        await copies.put_back(url, copies.places.url)
    assert not await copies.ring(url).exists()
    there = copies.opened(copies.places.url, copies.places.keyring_url)
    await there.ready()
    assert there.settled is None, "nothing was changed in the database either"
    await there.close()


async def test_a_damaged_file_is_refused(copies: Copies) -> None:
    await copies.keyring.take()
    await _taken(copies)
    whole = copies.file.read_bytes()
    url = await copies.nothing()
    for damaged in (whole[:-2], whole.replace(b"index", b"indey"), b"".join(whole.splitlines(keepends=True)[:-2])):
        copies.file.write_bytes(damaged)
        with pytest.raises(BackupRefused, match=r"not whole|holds no keys|another master"):
            await copies.put_back(url, copies.places.url)
    assert not await copies.ring(url).exists()


async def test_both_restored_in_either_order(copies: Copies) -> None:
    request = await open_request(copies.here)
    main = copies.folder / "main.backup"
    await back_up_database(copies.places.url, main, copies.clock)
    await _taken(copies)
    for keyring_first in (True, False):
        url, keyring_url = await copies.nothing(), await copies.nothing()
        there = copies.opened(url, keyring_url)
        for step in (1, 2):
            if (step == 1) is keyring_first:
                await copies.put_back(keyring_url, url)
            else:
                present = await copies.ring(keyring_url).identity()
                await restore_database(url, main, present, copies.clock)
        async with there.work() as work:
            assert await work.requests.needs(request.id) == some_needs()
        await there.close()


@pytest.mark.threat("T60", "T61")
async def test_a_copy_from_before_a_rotation_needs_the_previous_master_key(copies: Copies, tmp_path: Path) -> None:
    key_id, key = await copies.keyring.take()
    await _taken(copies)
    FileMasterKey.create(tmp_path / "new.key")
    new = FileMasterKey(tmp_path / "new.key")
    both = Masters(new, FileMasterKey(copies.places.master))
    url, nowhere = await copies.nothing(), await copies.nothing()
    with pytest.raises(BackupRefused, match="another master key"):
        await copies.put_back(url, nowhere, Masters(new))
    await copies.put_back(url, nowhere, both)
    turning = Rotation(url, both)
    await turning.complete()
    turning.close()
    assert await copies.ring(url, Masters(new)).get(key_id) == key
    sealed = copies.ring(url)
    with pytest.raises(KeyringSealed):
        await sealed.ready()
    assert (await sealed.identity()) is not None, "which keyring it is can be told without opening it"


async def test_no_keyring_cannot_be_copied(copies: Copies, tmp_path: Path) -> None:
    nowhere: Any = f"sqlite:///{tmp_path}/nowhere/keyring.db"
    with pytest.raises(BackupRefused, match="no keyring"):
        await back_up_keyring(nowhere, copies.file, copies.clock)
    assert not copies.file.exists()
