"""The file that a backup is: lines of JSON, the first says what it is, the last proves that it is whole.

    {"format": "peersupport-backup", "version": 1, "holds": "database", "revision": "0003", "keyring": "UUID or null",
     "taken_at": "2026-11-22T08:00:00+00:00", "tables": {"TABLE": {"COLUMN": "KIND", ...}, ...}}
    ["TABLE", VALUE, VALUE, ...]                     one line a row, its values in the order of the columns above
    {"rows": 1234, "sha256": "HEX"}                  the checksum of every byte before this line

Kinds are text, integer, boolean, uuid, date, instant (ISO 8601, UTC) and bytes (base64); null stands for nothing. The
format is the same for SQLite and PostgreSQL. What is sealed in the database is sealed in the file.
"""

import base64
import binascii
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.types import TypeEngine

from store.errors import BackupRefused
from store.tables import UtcDateTime

FORMAT = "peersupport-backup"
VERSION = 1
DATABASE = "database"
KEYRING = "keyring"

_KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "boolean"),
    (UtcDateTime, "instant"),
    (DateTime, "wall"),
    (Date, "date"),
    (Uuid, "uuid"),
    (LargeBinary, "bytes"),
    (BigInteger, "integer"),
    (Integer, "integer"),
    (Text, "text"),
)
TYPES: Mapping[str, type[TypeEngine[Any]]] = {
    "boolean": Boolean,
    "instant": UtcDateTime,
    "wall": DateTime,
    "date": Date,
    "uuid": Uuid,
    "bytes": LargeBinary,
    "integer": Integer,
    "text": Text,
}
_TO_JSON: Mapping[str, Callable[[Any], Any]] = {
    "instant": lambda value: value.astimezone(UTC).isoformat(),
    "wall": lambda value: value.isoformat(),
    "date": lambda value: value.isoformat(),
    "uuid": str,
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
}
_FROM_JSON: Mapping[str, Callable[[Any], Any]] = {
    "instant": datetime.fromisoformat,
    "wall": datetime.fromisoformat,
    "date": date.fromisoformat,
    "uuid": UUID,
    "bytes": lambda value: base64.b64decode(value, validate=True),
}
_NOT_ONE = "The file is not a backup of this program."
_BROKEN = "The backup is not whole or was changed; nothing was restored. Take another copy of it."


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup is of."""

    holds: str
    revision: str
    keyring: UUID | None
    taken_at: datetime
    tables: Mapping[str, Mapping[str, str]]


def kinds_of(table: Table) -> dict[str, str]:
    """Return each column's kind of value."""
    return {
        column.name: next(kind for type_, kind in _KINDS if isinstance(column.type, type_)) for column in table.columns
    }


class Writer:
    """Writes one backup."""

    def __init__(self, file: IO[bytes], header: Header) -> None:
        """The header is written at once."""
        self._file = file
        self._hash = hashlib.sha256()
        self._tables = header.tables
        self.rows = 0
        self._line(
            {
                "format": FORMAT,
                "version": VERSION,
                "holds": header.holds,
                "revision": header.revision,
                "keyring": None if header.keyring is None else str(header.keyring),
                "taken_at": header.taken_at.astimezone(UTC).isoformat(),
                "tables": header.tables,
            }
        )

    def row(self, table: str, values: Sequence[Any]) -> None:
        """Write one row."""
        kinds = self._tables[table].values()
        self._line([table, *(_encoded(kind, value) for kind, value in zip(kinds, values, strict=True))])
        self.rows += 1

    def end(self) -> None:
        """Write the last line."""
        self._file.write(_as_line({"rows": self.rows, "sha256": self._hash.hexdigest()}))

    def _line(self, content: object) -> None:
        line = _as_line(content)
        self._hash.update(line)
        self._file.write(line)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name (0600) only once it is whole; raises BackupRefused where the name is taken."""
    if path.exists():
        raise BackupRefused("There is such a file already; a backup never overwrites one.")
    try:
        descriptor, name = tempfile.mkstemp(prefix=".peersupport-", suffix=".part", dir=path.parent)
    except OSError:
        raise BackupRefused("The file cannot be written there; check the folder and its rights.") from None
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)  # Unlike a rename it never replaces a file.
    except FileExistsError:
        raise BackupRefused("There is such a file already; a backup never overwrites one.") from None
    except OSError:
        raise BackupRefused("The backup could not be written; look whether the disk is full.") from None
    finally:
        with suppress(OSError):
            part.unlink()


class Backup:
    """A backup that is read; what is wrong with it raises BackupRefused with a plain sentence."""

    def __init__(self, path: Path, holds: str) -> None:
        """Read the header; ``holds`` is what is wanted."""
        self._path = path
        try:
            with path.open("rb") as file:
                first = json.loads(file.readline())
        except OSError:
            raise BackupRefused("The file cannot be read; check its path and its rights.") from None
        except ValueError:
            raise BackupRefused(_NOT_ONE) from None
        self.header = _header(first)
        if self.header.holds != holds:
            raise BackupRefused(f"This is a backup of the {self.header.holds}, not of the {holds}.")

    def check(self) -> int:
        """Read it to its end and say how many rows it has."""
        return sum(1 for _ in self.rows())

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give every row with the name of its table; at the end raises BackupRefused where the file is not whole."""
        with self._path.open("rb") as file:
            before = file.readline()
            digest, count = hashlib.sha256(before), 0
            # One line behind: which one is the last is known only after it.
            held = file.readline()
            for line in file:
                digest.update(held)
                count += 1
                yield self._row(held)
                held = line
        if held != _as_line({"rows": count, "sha256": digest.hexdigest()}):
            raise BackupRefused(_BROKEN)

    def _row(self, line: bytes) -> tuple[str, dict[str, Any]]:
        try:
            name, *values = json.loads(line)
            kinds = self.header.tables[name]
            return name, {
                column: _decoded(kind, value) for (column, kind), value in zip(kinds.items(), values, strict=True)
            }
        except (ValueError, KeyError, TypeError, binascii.Error):
            raise BackupRefused(_BROKEN) from None


def _header(found: Any) -> Header:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BackupRefused(_NOT_ONE)
    if found.get("version") != VERSION:
        raise BackupRefused("The backup was made by a newer program. Install the newer program first.")
    try:
        keyring = found["keyring"]
        tables = {
            str(name): {str(column): str(kind) for column, kind in kinds.items() if TYPES[kind]}
            for name, kinds in found["tables"].items()
        }
        taken = datetime.fromisoformat(found["taken_at"])
        return Header(found["holds"], found["revision"], UUID(keyring) if keyring else None, taken, tables)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BackupRefused(_BROKEN) from None


def _as_line(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=True).encode("ascii") + b"\n"


def _encoded(kind: str, value: Any) -> Any:
    turn = _TO_JSON.get(kind)
    return value if value is None or turn is None else turn(value)


def _decoded(kind: str, value: Any) -> Any:
    turn = _FROM_JSON.get(kind)
    return value if value is None or turn is None else turn(value)
