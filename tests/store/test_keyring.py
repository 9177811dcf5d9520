"""Data keys: durable before use, gone for good when destroyed, and never opened by another master key."""

import asyncio
import base64
import os
import shutil
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from store.encryption import new_key
from store.errors import KeyGone, KeyringSealed, KeyringUnavailable
from store.keyring import Keyring
from store.master import CommandMasterKey, EnvironmentMasterKey, FileMasterKey
from tests.store.conftest import Places
from tests.store.records import MovableClock


def _other(database: Places, clock: MovableClock, master: Path | None = None) -> Keyring:
    return Keyring(database.keyring_url, FileMasterKey(master or database.master), clock, spares=4)


async def test_key_taken_is_found_by_another_process(database: Places, keyring: Keyring, clock: MovableClock) -> None:
    key_id, key = await keyring.take()
    other = _other(database, clock)
    assert await other.get(key_id) == key
    await other.close()


async def test_keys_are_all_different_also_under_concurrency(keyring: Keyring) -> None:
    taken = await asyncio.gather(*(keyring.take() for _ in range(60)))
    assert len({key_id for key_id, _ in taken}) == len({key for _, key in taken}) == 60
    found = await keyring.get_many([key_id for key_id, _ in taken])
    assert found == dict(taken)


@pytest.mark.req("G12")
async def test_destroyed_key_is_gone(database: Places, keyring: Keyring, clock: MovableClock) -> None:
    (first, _), (second, key) = await keyring.take(), await keyring.take()
    await keyring.destroy(first)
    await keyring.destroy(first)
    other = _other(database, clock)
    for ring in (keyring, other):
        with pytest.raises(KeyGone):
            await ring.get(first)
        assert await ring.get_many([first, second]) == {second: key}
    await other.close()


async def test_wrapped_key_leaves_the_sqlite_file(tmp_path: Path, master_file: Path, clock: MovableClock) -> None:
    """T62 for the embedded keyring: neither the key's id nor its wrapped bytes stay in any file."""
    ring = Keyring(f"sqlite:///{tmp_path}/ring/keyring.db", FileMasterKey(master_file), clock, spares=3)
    await ring.create()
    key_id, _ = await ring.take()
    with sqlite3.connect(tmp_path / "ring/keyring.db") as plain:
        (wrapped,) = plain.execute("SELECT wrapped FROM data_keys WHERE key_id = ?", [key_id.hex]).fetchone()
    plain.close()

    def held() -> bool:
        return any(wrapped[13:] in file.read_bytes() for file in (tmp_path / "ring").iterdir())

    assert held()
    await ring.destroy(key_id)
    assert not held()
    await ring.close()


async def test_sqlite_keyring_is_for_its_owner_alone(tmp_path: Path, master_file: Path, clock: MovableClock) -> None:
    ring = Keyring(f"sqlite:///{tmp_path}/ring/keyring.db", FileMasterKey(master_file), clock)
    await ring.create()
    assert stat.S_IMODE((tmp_path / "ring").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "ring/keyring.db").stat().st_mode) == 0o600
    await ring.take()
    assert not list((tmp_path / "ring").glob("*-wal"))
    await ring.close()


async def test_spares_are_minted_ahead_and_destroyed_at_close(database: Places, clock: MovableClock) -> None:
    ring = _other(database, clock)
    await ring.ready()
    key_id, _ = await ring.take()
    spare_ids = [spare for spare, _ in ring._spares]
    assert len(spare_ids) == 3
    await ring.close()
    after = _other(database, clock)
    assert set(await after.get_many([key_id, *spare_ids])) == {key_id}
    await after.close()


async def test_key_given_back_is_used_again(keyring: Keyring) -> None:
    key_id, key = await keyring.take()
    keyring.give_back(key_id, key)
    assert (key_id, key) in [await keyring.take() for _ in range(8)]


async def test_two_processes_create_one_keyring(empty_url: str, master_file: Path, clock: MovableClock) -> None:
    rings = [Keyring(empty_url, FileMasterKey(master_file), clock) for _ in range(4)]
    ids = await asyncio.gather(*(ring.create() for ring in rings))
    assert len(set(ids)) == 1
    opened = [await ring.ready() for ring in rings]
    assert len({ring.index for ring in opened}) == len({ring.handles for ring in opened}) == 1
    for ring in rings:
        await ring.close()


async def test_wrong_master_key_is_refused_until_the_right_one_is_back(
    database: Places, keyring: Keyring, clock: MovableClock, tmp_path: Path
) -> None:
    await keyring.ready()
    wrong = tmp_path / "wrong.key"
    FileMasterKey.create(wrong)
    ring = _other(database, clock, wrong)
    with pytest.raises(KeyringSealed, match="another master key"):
        await ring.ready()
    shutil.copy(database.master, wrong)
    assert (await ring.ready()).index == (await keyring.ready()).index
    await ring.close()


async def test_missing_master_key_is_refused_until_it_is_back(
    database: Places, clock: MovableClock, tmp_path: Path
) -> None:
    path = tmp_path / "later.key"
    ring = _other(database, clock, path)
    with pytest.raises(KeyringSealed, match="cannot be read"):
        await ring.ready()
    shutil.copy(database.master, path)
    await ring.ready()
    await ring.close()


async def test_missing_sqlite_keyring_is_never_made_in_passing(
    tmp_path: Path, master_file: Path, clock: MovableClock
) -> None:
    ring = Keyring(f"sqlite:///{tmp_path}/keyring.db", FileMasterKey(master_file), clock)
    with pytest.raises(KeyringSealed, match="no keyring"):
        await ring.ready()
    with pytest.raises(KeyringUnavailable):
        await ring.take()
    assert not (tmp_path / "keyring.db").exists()
    await ring.close()


async def test_sqlite_keyring_out_of_reach_and_back(tmp_path: Path, master_file: Path, clock: MovableClock) -> None:
    ring = Keyring(f"sqlite:///{tmp_path}/keyring.db", FileMasterKey(master_file), clock, spares=1)
    await ring.create()
    key_id, key = await ring.take()
    (tmp_path / "keyring.db").rename(tmp_path / "away.db")
    with pytest.raises(KeyringUnavailable):
        await ring.get(key_id)
    (tmp_path / "away.db").rename(tmp_path / "keyring.db")
    assert await ring.get(key_id) == key
    await ring.close()


async def test_unreachable_postgres_keyring_says_so_plainly(master_file: Path, clock: MovableClock) -> None:
    ring = Keyring("postgresql://quill:hunter2@127.0.0.1:1/keys", FileMasterKey(master_file), clock)
    with pytest.raises(KeyringUnavailable) as trouble:
        await ring.ready()
    assert "hunter2" not in str(trouble.value)
    assert "quill" not in str(trouble.value)
    await ring.close()


class TestMasterKeys:
    async def test_file_is_made_once_and_for_its_owner_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "master.key"
        FileMasterKey.create(path)
        before = path.read_bytes()
        with pytest.raises(KeyringSealed, match="never overwritten"):
            FileMasterKey.create(path)
        assert path.read_bytes() == before
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    async def test_three_sources_give_the_same_key(self, tmp_path: Path) -> None:
        text = base64.b64encode(new_key()).decode()
        path = tmp_path / "key"
        path.write_text(text)
        masters = [
            FileMasterKey(path),
            EnvironmentMasterKey("MASTER", {"MASTER": text}),
            CommandMasterKey([sys.executable, "-c", "import sys; print(open(sys.argv[1]).read())", str(path)]),
        ]
        assert len({await master.id() for master in masters}) == 1
        wrapped = await masters[0].wrap(b"k" * 32, b"context")
        for master in masters:
            assert await master.unwrap(wrapped, b"context") == b"k" * 32

    async def test_wrapped_key_opens_only_in_its_context(self, master_file: Path) -> None:
        master = FileMasterKey(master_file)
        wrapped = await master.wrap(b"k" * 32, b"one")
        with pytest.raises(KeyringSealed):
            await master.unwrap(wrapped, b"two")

    @pytest.mark.parametrize("text", ["", "short", "bm90IGxvbmc=", "\u00e9" * 44])
    async def test_nonsense_is_refused_without_being_repeated(self, text: str) -> None:
        with pytest.raises(KeyringSealed) as trouble:
            await EnvironmentMasterKey("MASTER", {"MASTER": text}).id()
        assert not text or text not in str(trouble.value)

    @pytest.mark.parametrize("command", [["false"], ["/no/such/program"]])
    async def test_failing_command_is_refused(self, command: list[str]) -> None:
        with pytest.raises(KeyringSealed, match="command"):
            await CommandMasterKey(command).id()

    async def test_environment_is_the_default_source(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(os.environ, "PEERSUPPORT_TEST_MASTER", base64.b64encode(new_key()).decode())
        assert len(await EnvironmentMasterKey("PEERSUPPORT_TEST_MASTER").id()) == 16
