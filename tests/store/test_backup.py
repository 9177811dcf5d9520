"""A backup holds what the database held at one moment, is put back whole or not at all, and only where nothing is."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.offers import OfferState
from peersupport.ports import Post
from peersupport.requests import Outcome, State
from store import backup as backup_module
from store import migrations
from store.backup import back_up_database
from store.backup_file import DATABASE, Backup
from store.database import Database
from store.errors import BackupRefused, StoreError
from store.keyring import Keyring
from store.master import FileMasterKey
from store.outbox import DONE, DUE
from store.restore import RESTORED, restore_database
from store.store import Store
from store.tables import metadata
from tests.postgres import Server
from tests.store.conftest import Places
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    MovableClock,
    a_contact,
    a_member,
    an_offer,
    open_request,
    register_supporter,
    some_needs,
)

_numbers = count()
SAGE = Address("T1", "U-SAGE")


@dataclass
class Machines:
    """A machine with its data, and how to come by another one with nothing on it."""

    here: Store
    places: Places
    server: Server | None
    clock: MovableClock
    folder: Path
    url: str = ""
    """Where the backup was put back last."""

    @property
    def file(self) -> Path:
        return self.folder / "copy.backup"

    async def back_up(self) -> Path:
        """Take a backup."""
        await back_up_database(self.places.url, self.file, self.clock)
        return self.file

    async def elsewhere(self) -> str:
        """Return the address of a database with nothing in it, of the same kind."""
        if self.server is None:
            return f"sqlite:///{self.folder}/elsewhere-{next(_numbers)}/main.db"
        return await self.server.create_database(f"elsewhere_{next(_numbers)}")

    def opened(self, url: str) -> Store:
        """Open a restored database with the keyring that is still here."""
        return Store(url, Keyring(self.places.keyring_url, FileMasterKey(self.places.master), self.clock), self.clock)

    async def restored(self) -> Store:
        """Put the backup back on another machine and open it."""
        self.url = await self.elsewhere()
        await restore_database(self.url, self.file, None, self.clock)
        store = self.opened(self.url)
        await store.ready()
        return store


@pytest_asyncio.fixture
async def machines(
    store: Store, database: Places, server: Server | None, clock: MovableClock, tmp_path: Path
) -> AsyncIterator[Machines]:
    yield Machines(store, database, server, clock, tmp_path)


async def everything(url: str, *, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Return every row of every table."""
    opened = Database(url)
    async with opened.begin() as connection:
        found = {}
        for table in metadata.sorted_tables:
            if table.name not in but:
                columns = [column for column in table.columns if column.name != "restored_at"]
                rows = await connection.execute(table.select().with_only_columns(*columns))
                found[table.name] = sorted(map(repr, rows))
    await opened.close()
    return found


async def fill(store: Store) -> Any:
    """Put something into every table that can hold something; return the request."""
    request = await open_request(store)
    supporter = await register_supporter(store)
    async with store.work() as work:
        await work.members.seed(PROGRAMME, [a_member(ADMIN)])
        await work.offers.add([an_offer(request.id, supporter.id)])
        await work.posts.add(Post(uuid4(), request.id, Kind.CARD, "C1", "1.0"))
        await work.audit.write(Entry(Event.REQUEST_OPENED, request.created_at, ActorKind.REQUESTER, None, request.id))
        await work.tallies.add(PROGRAMME, "opened", request.created_at)
        await work.outbox.put(Message(Kind.CARD, request.id, "card:1", PROGRAMME))
        await work.receipts.keep("view", request.id)
    return request


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
    from sqlalchemy import inspect

    inspector = inspect(connection)
    return {name: {each["name"] for each in inspector.get_columns(name)} for name in inspector.get_table_names()}


def _as_written_by(path: Path, revision: str, there: dict[str, set[str]]) -> bytes:
    """Rewrite a backup as an older program would have made it."""
    import hashlib

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


class TestOutbox:
    """What was due has most likely been delivered since: nothing is posted or said twice."""

    async def put(self, machines: Machines, *messages: Message) -> None:
        async with machines.here.work() as work:
            await work.outbox.put(*messages)

    async def states(self, url: str) -> dict[str, tuple[str, str | None]]:
        opened = Database(url)
        async with opened.begin() as connection:
            rows = await connection.exec_driver_sql("SELECT dedupe, state, last_error FROM outbox")
            found = {row[0]: (row[1], row[2]) for row in rows}
        await opened.close()
        return found

    @pytest.mark.threat("T60")
    async def test_what_was_said_is_not_said_again(self, machines: Machines) -> None:
        now = machines.clock.now()
        posted, unposted, who = uuid4(), uuid4(), uuid4()
        soon, later = now + timedelta(hours=1), now + timedelta(days=9)
        async with machines.here.work() as work:
            await work.posts.add(Post(uuid4(), posted, Kind.CARD, "C1", "1.0"))
        await self.put(
            machines,
            Message(Kind.CARD, posted, "card known", PROGRAMME),
            Message(Kind.CARD, unposted, "card unknown", PROGRAMME),
            Message(Kind.TELL_MEMBER, posted, "dm", PROGRAMME, who),
            Message(Kind.TELL_REQUESTER, posted, "dm meanwhile", PROGRAMME, run_at=soon),
            Message(Kind.TELL_REQUESTER, posted, "dm later", PROGRAMME, run_at=later),
            Message(Kind.REMIND_ADMINS, posted, "timer passed", PROGRAMME),
            Message(Kind.REMIND_BACKUPS, posted, "timer meanwhile", PROGRAMME, run_at=soon),
            Message(Kind.ERASE, posted, "erasure", PROGRAMME),
            Message(Kind.CLOSE_MESSAGES, posted, "edit", PROGRAMME),
            Message(Kind.HOME_MEMBER, who, "home", PROGRAMME, who),
        )
        await machines.here.queue.claim(3)
        await machines.back_up()
        machines.clock.move(hours=2)
        there = await machines.restored()
        found = await self.states(machines.url)
        assert {key for key, state in found.items() if state == (DONE, RESTORED)} == {
            "card unknown",
            "dm",
            "dm meanwhile",
            "timer passed",
        }
        assert {key for key, (state, _) in found.items() if state == DUE} == {
            "card known",
            "dm later",
            "timer meanwhile",
            "erasure",
            "edit",
            "home",
        }
        # What a worker of the other machine held is free.
        claimed = {claim.due.kind for claim in await there.queue.claim(50)}
        assert claimed >= {Kind.CARD, Kind.REMIND_BACKUPS, Kind.ERASE, Kind.HOME_MEMBER}
        await there.close()

    @pytest.mark.threat("T60")
    async def test_cards_of_open_requests_are_made_equal(self, machines: Machines) -> None:
        shown, unshown = await open_request(machines.here), await open_request(machines.here, SAGE, reference="S2-222B")
        async with machines.here.work() as work:
            await work.posts.add(Post(uuid4(), shown.id, Kind.CARD, "C1", "1.0"))
        await machines.back_up()
        there = await machines.restored()
        waiting = [claim.due.subject for claim in await there.queue.claim(50) if claim.due.kind is Kind.CARD]
        assert waiting == [shown.id]
        assert unshown.id not in waiting
        await there.close()


class TestErasedSince:
    """What was erased after the backup was taken has no key any more, and stays erased."""

    @pytest.mark.threat("T60", "T62")
    async def test_a_withdrawn_request_stays_gone(self, machines: Machines) -> None:
        request, other = await fill(machines.here), await open_request(machines.here, SAGE, reference="S2-222B")
        await machines.back_up()
        async with machines.here.work() as work:
            await work.requests.erase(request.id)
        there = await machines.restored()
        assert there.settled is not None
        assert there.settled.requests == 1
        async with there.work() as work:
            found = await work.requests.get(request.id)
            assert found is not None
            assert (found.state, found.outcome) == (State.CLOSED, Outcome.WITHDRAWN)
            assert found.erased_at is not None
            assert await work.requests.of(AVERY, open_only=False) == []
            assert await work.requests.needs(request.id) is None
            assert {offer.state for offer in await work.offers.of_request(request.id)} == {OfferState.WITHDRAWN}
            assert await work.requests.needs(other.id) == some_needs(SAGE)
        kinds = [claim.due.kind for claim in await there.queue.claim(50)]
        assert Kind.CARD in kinds, "the card is made equal: closed"
        assert not {Kind.TELL_MEMBER, Kind.TELL_REQUESTER, Kind.TELL_SUPPORTER, Kind.TELL_SUPPORTER_OFFER} & set(kinds)
        assert await there.verify_audit() is None
        await there.close()
        again = machines.opened(machines.url)
        await again.ready()
        assert again.settled is None, "it is done once"
        await again.close()

    @pytest.mark.threat("T62")
    async def test_contacts_and_people_stay_gone(self, machines: Machines) -> None:
        request, supporter = await open_request(machines.here), await register_supporter(machines.here)
        async with machines.here.work() as work:
            await work.members.seed(PROGRAMME, [a_member(ADMIN)])
        await machines.back_up()
        key = next(row["key_id"] for name, row in Backup(machines.file, DATABASE).rows() if name == "members")
        async with machines.here.work() as work:
            await work.requests.erase_contact(request.id)
            await work.supporters.erase(supporter.id)
        await machines.here._keyring.destroy(key)
        there = await machines.restored()
        assert there.settled is not None
        assert (there.settled.requests, there.settled.contacts, there.settled.people) == (0, 1, 2)
        async with there.work() as work:
            assert await work.requests.needs(request.id) == some_needs()
            assert await work.requests.contact(request.id) is None
            assert await work.supporters.all(PROGRAMME) == []
            assert await work.supporters.of(ROBIN) == []
            assert (await work.members.standing(ADMIN)).members == {}
            # The same person can be given the role anew.
            await work.members.keep(PROGRAMME, [a_member(ADMIN)])
        async with there.work() as work:
            assert PROGRAMME in (await work.members.standing(ADMIN)).members
        await there.close()

    async def test_two_processes_that_open_it_settle_once(self, machines: Machines) -> None:
        request = await fill(machines.here)
        await machines.back_up()
        async with machines.here.work() as work:
            await work.requests.erase(request.id)
        url = await machines.elsewhere()
        await restore_database(url, machines.file, None, machines.clock)
        stores = [machines.opened(url) for _ in range(3)]
        for answer in await asyncio.gather(*(store.ready() for store in stores), return_exceptions=True):
            assert answer is None or isinstance(answer, StoreError), "at most somebody has to look again"
        assert sum(store.settled is not None for store in stores) == 1
        for store in stores:
            await store.ready()
            await store.close()


@pytest.mark.threat("T60")
async def test_a_backup_of_one_kind_of_database_goes_into_the_other(machines: Machines, postgres: Server) -> None:
    request = await fill(machines.here)
    await machines.back_up()
    if machines.server is None:
        url = await postgres.create_database(f"other_kind_{next(_numbers)}")
    else:
        url = f"sqlite:///{machines.folder}/other/main.db"
    await restore_database(url, machines.file, None, machines.clock)
    there = machines.opened(url)
    async with there.work() as work:
        assert await work.requests.needs(request.id) == some_needs()
        await work.outbox.put(Message(Kind.CARD, request.id, "card:2", PROGRAMME))
    assert await there.verify_audit() is None
    await there.close()
