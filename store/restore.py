"""Puts a backup back, into an empty place only, in one transaction: all of it or nothing.

A backup of an older program is put back into the tables of its time and brought up from there. What the outbox held is
judged anew (``_judge_outbox``), as what was due has most likely been delivered since; what was erased since is settled
when database and keyring are first opened together (``store/settlement.py``).
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Connection,
    column,
    delete,
    exists,
    func,
    insert,
    inspect,
    or_,
    select,
    table,
    text,
    update,
)

from peersupport.notifications import Kind
from peersupport.ports import Clock
from store import migrations
from store.backup_file import DATABASE, TYPES, Backup
from store.errors import BackupRefused
from store.outbox import DONE, DUE, PARKED, lane_of
from store.tables import REVISIONS, audit_head, installation, metadata, outbox, posts, referrals, requests

RESTORED = "restored"
"""Stands as the error of outbox rows that a restore settled unsent."""
_BATCH = 500
_NOT_EMPTY = (
    "The database holds something already. A backup is restored into an empty installation only: "
    "name a new one in DATABASE_URL, or move the present one away first."
)


async def restore_database(url: str, path: Path, keyring: UUID | None, clock: Clock) -> int:
    """Put a backup back and say how many rows it had; ``keyring`` is the id of the keyring that is there, if any.

    Raises BackupRefused, and nothing was changed; or StoreUnavailable.
    """
    backup = Backup(path, DATABASE)
    if backup.header.revision not in REVISIONS:
        raise BackupRefused("The backup was made by a newer program. Install the newer program first.")
    rows = backup.check()
    if None not in (keyring, backup.header.keyring) and keyring != backup.header.keyring:
        raise BackupRefused("This backup and the keyring at KEYRING_URL belong to different installations.")
    await migrations.in_one_transaction(url, lambda connection: _put_back(connection, backup, clock.now()))
    return rows


def _put_back(connection: Connection, backup: Backup, now: datetime) -> None:
    if not _is_empty(connection):
        raise BackupRefused(_NOT_EMPTY)
    _fit(connection, backup.header.revision)
    connection.execute(delete(table(audit_head.name)))
    load(connection, backup)
    _fit(connection, REVISIONS[-1])
    _number_on(connection)
    _judge_outbox(connection, now)
    connection.execute(update(installation).values(restored_at=now))


def _is_empty(connection: Connection) -> bool:
    there = set(inspect(connection).get_table_names())
    for each in metadata.sorted_tables:
        if each.name not in there:
            continue
        rows = select(func.count()).select_from(each)
        if each is audit_head:
            rows = rows.where(audit_head.c.seq > 0)
        if connection.execute(rows).scalar_one():
            return False
    return True


def _fit(connection: Connection, revision: str) -> None:
    """Bring the tables to the revision, whichever they have."""
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in REVISIONS:
        raise BackupRefused("The database is newer than this program.")
    settings = migrations.config(connection)
    if present is not None and REVISIONS.index(present) > REVISIONS.index(revision):
        command.downgrade(settings, revision)
    else:
        command.upgrade(settings, revision)


def load(connection: Connection, backup: Backup) -> None:
    """Insert every row; raises BackupRefused where the file is not whole or does not fit the tables."""
    inspector = inspect(connection)
    for name, kinds in backup.header.tables.items():
        if not inspector.has_table(name) or set(kinds) - {each["name"] for each in inspector.get_columns(name)}:
            raise BackupRefused("The backup does not fit the tables of its own time; nothing was restored.")
    places = {
        name: table(name, *(column(each, TYPES[kind]) for each, kind in kinds.items()))
        for name, kinds in backup.header.tables.items()
    }
    rows = backup.rows()
    while some := list(islice(rows, _BATCH)):
        for name, group in _by_table(some):
            connection.execute(insert(places[name]), group)


def _by_table(rows: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Part rows by table, in their order, as rows may refer to those before them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, row in rows:
        groups.setdefault(name, []).append(row)
    yield from groups.items()


def _number_on(connection: Connection) -> None:
    """Let PostgreSQL number new outbox rows after the restored ones, as SQLite does by itself."""
    if connection.dialect.name == "postgresql":
        last = "(SELECT max(seq) FROM outbox)"
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('outbox', 'seq'), {last}) WHERE {last} IS NOT NULL")
        )


def _judge_outbox(connection: Connection, now: datetime) -> None:
    """Settle what must not go again, and have every card made equal.

    Direct messages that were due are not repeated. A card whose place is not known was posted since, and is not posted
    twice. Erasures, edits, Homes and timers go: they are judged by the record, and a repeat does no harm.
    """
    waiting = outbox.c.state.in_([DUE, PARKED])
    known = exists(select(1).where(posts.c.subject == outbox.c.subject, posts.c.kind == outbox.c.kind))
    passed = or_(
        outbox.c.lane.startswith("dm:") & (outbox.c.run_at <= now),
        outbox.c.kind.in_([Kind.CARD.value, Kind.REFERRAL_CARD.value]) & ~known,
    )
    settled = {"state": DONE, "done_at": now, "last_error": RESTORED}
    connection.execute(update(outbox).where(waiting, passed).values(**settled))
    connection.execute(update(outbox).values(lease_until=None))
    shown = select(requests.c.id, requests.c.programme).where(
        exists(select(1).where(posts.c.subject == requests.c.id, posts.c.kind == Kind.CARD.value))
    )
    # Cards of requests that are open here may show what happened after the backup; they are made equal by editing.
    cards = [
        _card(Kind.CARD, row.id, row.programme, now)
        for row in connection.execute(shown.where(requests.c.state != "closed"))
    ]
    standing = exists(select(1).where(posts.c.subject == referrals.c.id, posts.c.kind == Kind.REFERRAL_CARD.value))
    passed_on = select(referrals.c.id, referrals.c.programme).where(standing, referrals.c.state != "closed")
    cards += [_card(Kind.REFERRAL_CARD, row.id, row.programme, now) for row in connection.execute(passed_on)]
    if cards:
        connection.execute(insert(outbox), cards)


def _card(kind: Kind, subject: UUID, programme: str, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "kind": kind.value,
        "subject": subject,
        "programme": programme,
        "lane": lane_of(kind, subject),
        "dedupe": f"{RESTORED}:{subject}:{now.timestamp()}",
        "state": DUE,
        "run_at": now,
        "fence": 0,
        "attempts": 0,
        "created_at": now,
    }
