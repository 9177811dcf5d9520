"""A backup holds what the database held at one moment, is put back whole or not at all, and only where nothing is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import inspect

from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from store import backup as backup_module
from store import migrations
from store.backup import back_up_database
from store.backup_file import DATABASE, Backup
from store.database import Database
from store.errors import BackupRefused
from store.restore import restore_database
from tests.postgres import Server
from tests.store.machines import Machines, everything, fill
from tests.store.records import (
    PROGRAMME,
    ROBIN,
    a_contact,
    an_offer,
    open_request,
    register_supporter,
    some_needs,
)

pytestmark = pytest.mark.long


@pytest.mark.threat("T60")
async def test_what_is_restored_is_what_was_there(machines: Machines) -> None:
    request = await fill(machines.here)
    before = await everything(machines.places.url, but=("outbox",))
    await machines.back_up()
    there = await machines.restored()
    assert await everything(machines.url, but=("outbox",)) == before
    async with there.work() as work:
        assert await work.requests.needs(request.id) == some_needs()
        assert await work.requests.contact(request.id) == a_contact()
        [(_, profile)] = await work.supporters.all(PROGRAMME)
        assert profile.address == ROBIN
        # Numbering goes on where it was.
        await work.outbox.put(Message(Kind.CARD, request.id, "card:2", PROGRAMME))
        await work.audit.write(Entry(Event.REQUEST_CHANGED, request.created_at, ActorKind.REQUESTER, None, request.id))
    assert await there.verify_audit() is None
    await there.close()


async def test_the_file_is_for_its_owner_alone_and_never_overwritten(machines: Machines) -> None:
    await fill(machines.here)
    await machines.back_up()
    before = machines.file.read_bytes()
    assert stat.S_IMODE(machines.file.stat().st_mode) == 0o600
    with pytest.raises(BackupRefused, match="never overwrites"):
        await machines.back_up()
    assert machines.file.read_bytes() == before
    assert not list(machines.folder.glob(".peersupport-*"))


@pytest.mark.threat("T60")
async def test_no_key_and_nothing_of_a_person_is_in_the_file(machines: Machines) -> None:
    request = await fill(machines.here)
    await machines.back_up()
    words = machines.file.read_text("ascii")
    person = some_needs()
    for secret in (person.name, person.requester.user, a_contact().reach, "604 555 0100"):
        assert secret not in words
        assert base64.b64encode(secret.encode()).decode()[:-4] not in words
    async with machines.here.work() as work:
        row = Backup(machines.file, DATABASE)
        key = next(values["identity_key"] for name, values in row.rows() if name == "requests")
        assert (await work.requests.get(request.id)) is not None
    raw = await machines.here._keyring.get(key)
    for form in (raw.hex(), base64.b64encode(raw).decode()):
        assert form not in words


async def test_it_shows_one_moment_while_others_write(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_module, "PAGE", 2)
    supporter = await register_supporter(machines.here)
    stop = asyncio.Event()

    async def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            who, reference = Address("T1", f"U-{number}"), f"R{number}"
            request = await open_request(machines.here, who=who, reference=reference)
            async with machines.here.work() as work:
                await work.offers.add([an_offer(request.id, supporter.id)])

    writing = asyncio.create_task(write())
    for number in range(3):
        await asyncio.sleep(0.05)
        await back_up_database(machines.places.url, machines.folder / f"{number}.backup", machines.clock)
    stop.set()
    await writing
    for number in range(3):
        rows = list(Backup(machines.folder / f"{number}.backup", DATABASE).rows())
        known = {row["id"] for name, row in rows if name == "requests"}
        assert {row["request_id"] for name, row in rows if name == "offers"} <= known
        url = await machines.elsewhere()
        assert await restore_database(url, machines.folder / f"{number}.backup", None, machines.clock) == len(rows)


async def test_a_place_that_holds_anything_is_refused(machines: Machines) -> None:
    await fill(machines.here)
    await machines.back_up()
    before = await everything(machines.places.url)
    with pytest.raises(BackupRefused, match="empty installation only"):
        await restore_database(machines.places.url, machines.file, None, machines.clock)
    assert await everything(machines.places.url) == before
    # Tables without a row are no obstacle.
    url = await machines.elsewhere()
    await migrations.upgrade(url)
    await restore_database(url, machines.file, None, machines.clock)


async def test_a_keyring_of_another_installation_is_refused(machines: Machines) -> None:
    await fill(machines.here)
    await machines.back_up()
    url = await machines.elsewhere()
    with pytest.raises(BackupRefused, match="different installations"):
        await restore_database(url, machines.file, uuid4(), machines.clock)


def _cut(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[:-1])


def _without_a_row(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[:2], *lines[3:]])


def _altered(data: bytes) -> bytes:
    return data.replace(b'"vancouver"', b'"elsewhere"') if b'"vancouver"' in data else data.replace(b"true", b"null", 1)


def _newer(data: bytes) -> bytes:
    return data.replace(b'"version":1', b'"version":2', 1)


def _newer_tables(data: bytes) -> bytes:
    return data.replace(b'"revision":"', b'"revision":"9', 1)


def _another_thing(data: bytes) -> bytes:
    return b"SQLite format 3\x00" + data


def _of_the_keyring(data: bytes) -> bytes:
    return data.replace(b'"holds":"database"', b'"holds":"keyring"', 1)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_cut, "not whole"),
        (_without_a_row, "not whole"),
        (_altered, "not whole"),
        (_newer, "newer program"),
        (_newer_tables, "newer program"),
        (_another_thing, "not a backup"),
        (_of_the_keyring, "backup of the keyring"),
        (lambda data: b"", "not a backup"),
        (lambda data: data + b"[]\n", "not whole"),
        (lambda data: data.replace(b"\n", b"", 2), "not a backup"),
    ],
)
async def test_a_damaged_backup_is_refused_and_nothing_is_made(machines: Machines, damage: Any, words: str) -> None:
    await fill(machines.here)
    await machines.back_up()
    machines.file.write_bytes(damage(machines.file.read_bytes()))
    url = await machines.elsewhere()
    with pytest.raises(BackupRefused, match=words):
        await restore_database(url, machines.file, None, machines.clock)
    if machines.server is None:
        assert not list(machines.folder.glob("elsewhere-*/main.db"))
    else:
        assert await migrations.current(url) is None


async def test_an_older_backup_is_brought_up(machines: Machines) -> None:
    """A file as the first version would have written it: without the tables and columns that came later."""
    request = await fill(machines.here)
    await machines.back_up()
    older = await machines.elsewhere()
    await migrations.upgrade(older, "0001")
    opened = Database(older)
    async with opened.begin() as connection:
        there = await connection.run_sync(_columns)
    await opened.close()
    machines.file.write_bytes(_as_written_by(machines.file, "0001", there))
    restored = await machines.restored()
    assert await migrations.current(machines.url) == migrations.head()
    async with restored.work() as work:
        assert await work.requests.needs(request.id) == some_needs()
    assert await restored.verify_audit() is None
    await restored.close()


def _columns(connection: Any) -> dict[str, set[str]]:
    inspector = inspect(connection)
    return {name: {each["name"] for each in inspector.get_columns(name)} for name in inspector.get_table_names()}


def _as_written_by(path: Path, revision: str, there: dict[str, set[str]]) -> bytes:
    """Rewrite a backup as an older program would have made it."""
    first, *rows, _ = [json.loads(line) for line in path.read_bytes().splitlines()]
    kept = {name: list(kinds) for name, kinds in first["tables"].items() if name in there}
    first["tables"] = {
        name: {column: kind for column, kind in first["tables"][name].items() if column in there[name]} for name in kept
    }
    lines = [first | {"revision": revision}]
    for name, *values in rows:
        if name in kept:
            pairs = zip(kept[name], values, strict=True)
            lines.append([name, *(value for column, value in pairs if column in there[name])])
    body = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    end = {"rows": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    return body + json.dumps(end, separators=(",", ":")).encode() + b"\n"


@pytest.mark.threat("T60")
async def test_a_backup_of_one_kind_of_database_goes_into_the_other(machines: Machines, postgres: Server) -> None:
    request = await fill(machines.here)
    await machines.back_up()
    if machines.server is None:
        url = await postgres.create_database("other_kind")
    else:
        url = f"sqlite:///{machines.folder}/other/main.db"
    await restore_database(url, machines.file, None, machines.clock)
    there = machines.opened(url)
    async with there.work() as work:
        assert await work.requests.needs(request.id) == some_needs()
        await work.outbox.put(Message(Kind.CARD, request.id, "card:2", PROGRAMME))
    assert await there.verify_audit() is None
    await there.close()
