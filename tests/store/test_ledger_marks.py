"""Whoever has only the main database cannot write the ledger anew unseen: the keyring noted its end, night by night."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, select, update

from peersupport.audit import ActorKind, Entry, Event
from store import audit as ledger
from store import ledger_marks
from store.audit import Broken
from store.database import Database
from store.keyring import Keyring
from store.keyring_tables import named_keys
from store.master import FileMasterKey, Masters
from store.rotation import Rotation
from store.store import Store
from store.tables import audit, audit_head
from tests.store.conftest import Places
from tests.store.machines import Machines
from tests.store.records import MovableClock
from tests.store.test_audit import OPENED, tamper, write

_MARKS = select(named_keys.c.name).where(named_keys.c.name.like("ledger-mark:%")).order_by(named_keys.c.name)
_REWRITE = (
    update(audit)
    .where(audit.c.seq == bindparam("this"))
    .values(actor=bindparam("new_actor"), prev_hash=bindparam("new_prev"), hash=bindparam("new_hash"))
)


async def blame(places: Places, somebody: UUID) -> None:
    """Write the ledger anew as if somebody else had opened the identities, with every hash and the end to match."""
    await tamper(places)
    opened = Database(places.url)
    async with opened.begin() as connection:
        previous = bytes(32)
        for row in (await connection.execute(select(audit).order_by(audit.c.seq))).all():
            actor = somebody if row.event == Event.IDENTITY_OPENED else row.actor
            hashed = ledger._hash(row.seq, previous, row.at, row.event, row.kind, actor, row.subject, row.reason)
            values = {"this": row.seq, "new_actor": actor, "new_prev": previous, "new_hash": hashed}
            await connection.execute(_REWRITE, values)
            previous = hashed
        await connection.execute(update(audit_head).values(hash=previous))
    await opened.close()


async def cut(places: Places, last: int) -> None:
    """Cut the ledger off after a line, and set its end to match."""
    await tamper(
        places,
        f"DELETE FROM audit WHERE seq > {last}",
        f"UPDATE audit_head SET seq = {last}, hash = (SELECT hash FROM audit WHERE seq = {last})",
    )


async def names(keyring: Keyring) -> list[str]:
    async with keyring.begin() as transaction:
        return [row.name for row in await transaction.rows(_MARKS)]


def opening(actor: UUID) -> Entry:
    return replace(OPENED, event=Event.IDENTITY_OPENED, kind=ActorKind.ADMIN, actor=actor)


@pytest.mark.threat("T63")
async def test_a_ledger_written_anew_is_found(store: Store, database: Places) -> None:
    culprit, other = uuid4(), uuid4()
    await write(store, OPENED, OPENED)
    assert await store.note_ledger()
    await write(store, opening(culprit), OPENED)
    assert await store.note_ledger()
    await write(store, opening(culprit))
    assert await store.verify_audit() is None
    await blame(database, other)
    async with store.work() as work:
        assert {each.actor for each in await work.audit.of(OPENED.subject or other, Event.IDENTITY_OPENED)} == {other}
    broken = await store.verify_audit()
    # The first two lines are vouched for by the first mark; what fits none is between the two.
    assert broken is not None
    assert broken.is_noted
    assert broken.seq == 3
    assert broken.sentence.startswith("From line 3 on the ledger cannot be relied on: up to line 4 the ledger is not")
    assert (await store.self_audit({})).ledger == 1
    # What was rewritten is never noted, however often it is tried.
    assert not await store.note_ledger()
    assert await store.verify_audit() == broken


@pytest.mark.threat("T63")
async def test_cut_off_before_what_was_noted_is_found(store: Store, database: Places) -> None:
    await write(store, *[OPENED] * 5)
    await store.note_ledger()
    await cut(database, 3)
    broken = await store.verify_audit()
    assert broken is not None
    assert broken.is_noted
    assert broken.seq == 4
    assert "older than its mark of" in broken.why
    assert "about line 5" in broken.why
    assert "was a backup put back by hand?" in broken.why
    assert (await store.self_audit({})).ledger == 1
    # Nor does it help to grow beyond it.
    await write(store, *[opening(uuid4())] * 5)
    broken = await store.verify_audit()
    assert broken is not None
    assert broken.is_noted
    assert "up to line 5 the ledger is not" in broken.why


async def test_an_operator_settles_it_on_record(store: Store, keyring: Keyring, database: Places) -> None:
    await write(store, OPENED, OPENED)
    await store.note_ledger()
    await write(store, OPENED, OPENED)
    await store.note_ledger()
    assert await store.accept_ledger() == 0
    await cut(database, 3)
    assert await store.accept_ledger(beyond=4) == 0
    assert await store.accept_ledger(beyond=3) == 1
    assert await store.verify_audit() is None
    assert await names(keyring) == [f"ledger-mark:{2:020d}"]
    async with store._connections.begin() as transaction:
        line = await transaction.row(select(audit.c.event).where(audit.c.seq == 4))
    assert line is not None
    assert line.event == Event.LEDGER_ACCEPTED
    assert await store.note_ledger()
    assert await store.verify_audit() is None


async def test_only_so_many_are_kept_and_none_twice(store: Store, keyring: Keyring) -> None:
    assert not await store.note_ledger()
    for _ in range(ledger_marks.KEPT + 2):
        await write(store, OPENED)
        assert await store.note_ledger()
    assert not await store.note_ledger()
    found = await names(keyring)
    assert found == [f"ledger-mark:{seq:020d}" for seq in range(3, ledger_marks.KEPT + 3)]
    assert await store.verify_audit() is None


@pytest.mark.threat("T63")
async def test_a_mark_cannot_be_made_up_or_moved(store: Store, keyring: Keyring) -> None:
    await write(store, OPENED, OPENED)
    await store.note_ledger()
    name = f"ledger-mark:{2:020d}"
    values = {"name": f"ledger-mark:{1:020d}"}
    async with keyring.begin() as transaction:
        await transaction.run(update(named_keys).where(named_keys.c.name == name).values(**values))
    broken = await store.verify_audit()
    assert broken == Broken(
        1, "nothing vouches for the ledger up to line 1: its mark in the keyring was changed", is_noted=True
    )


async def test_marks_go_over_with_the_keys(store: Store, keyring: Keyring, database: Places) -> None:
    await write(store, OPENED)
    await store.note_ledger()
    present = FileMasterKey(database.master)
    new = database.folder / "new-master.key"
    FileMasterKey.create(new)
    rotation = Rotation(database.keyring_url, Masters(FileMasterKey(new), present))
    back = Rotation(database.keyring_url, Masters(present, FileMasterKey(new)))
    await rotation.complete()
    clock = MovableClock()
    later = Store(database.url, Keyring(database.keyring_url, FileMasterKey(new), clock, spares=1), clock)
    assert await later.verify_audit() is None
    assert (await ledger_marks.held(later._connections, later._keyring)).fits == 1
    await later.close()
    # The keyring is shared with the other tests.
    await back.complete()
    rotation.close()
    back.close()


async def test_a_backup_put_back_is_no_alarm_once_settled(machines: Machines) -> None:
    here = machines.here
    await write(here, OPENED, OPENED)
    await here.note_ledger()
    await machines.back_up()
    await write(here, OPENED)
    machines.clock.move(days=1)
    await here.note_ledger()
    there = await machines.restored()
    broken = await there.verify_audit()
    assert broken is not None
    assert broken.seq == 3
    assert "was a backup put back by hand?" in broken.why
    assert await there.accept_ledger(beyond=await there.ledger_end()) == 1
    assert await there.verify_audit() is None
    assert (await there.self_audit({})).ledger == 0
    await there.close()
