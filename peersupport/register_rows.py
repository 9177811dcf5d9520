"""Supporters from a table: every row is checked, bad ones are named by line, and nothing is kept by halves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from peersupport import messages
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_values import LANGUAGES
from peersupport.supporters import Profile, Supporter

Cells = Mapping[str, str]
"""One row by column name."""


class Column(StrEnum):
    """The columns every table may have; a programme's own wishes are columns too, by their ids."""

    MEMBER_ID = "member_id"
    NAME = "name"
    LANGUAGES = "languages"
    MODALITIES = "modalities"
    TIMES = "times"
    ZONE = "zone"
    DEPARTMENT = "department"
    TRAINED_ON = "trained_on"
    AGREEMENT_ON = "agreement_on"
    LIMIT = "limit"


REQUIRED = frozenset({Column.MEMBER_ID, Column.NAME})
"""The columns that no row may leave empty."""


class RowFault(StrEnum):
    """What can be wrong with a cell, or with a row as a whole."""

    MISSING = "missing"
    UNKNOWN_COLUMN = "unknown_column"
    NOT_A_MEMBER_ID = "not_a_member_id"
    NOT_A_DATE = "not_a_date"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_ZONE = "not_a_zone"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    TWICE = "twice"
    LISTED_ALREADY = "listed_already"


@dataclass(frozen=True, slots=True)
class BadCell:
    """Where a table is wrong and how, without the value that stands there."""

    line: int
    column: str
    fault: RowFault


@dataclass(frozen=True, slots=True)
class BadRows:
    """The table cannot be kept; nothing was."""

    cells: tuple[BadCell, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One checked row."""

    line: int
    profile: Profile
    trained_on: date | None
    agreement_on: date | None
    limit: int

    def __repr__(self) -> str:
        return f"Row({self.line})"


@dataclass(frozen=True, slots=True)
class Imported:
    """Every row is kept."""

    supporters: tuple[Supporter, ...]


class _Reader:
    """Reads the cells of one row and gathers what is wrong with them."""

    def __init__(self, line: int, cells: Cells) -> None:
        self.line, self.faults = line, list[BadCell]()
        self._cells = {(name or "").strip().lower(): (value or "").strip() for name, value in cells.items()}

    def names(self) -> Iterable[str]:
        return self._cells.keys()

    def bad(self, column: str, fault: RowFault) -> None:
        self.faults.append(BadCell(self.line, column, fault))

    def text(self, column: str, longest: int = 150) -> str:
        value = self._cells.get(column, "")
        if not value and column in REQUIRED:
            self.bad(column, RowFault.MISSING)
        if len(value) > longest:
            self.bad(column, RowFault.TOO_LONG)
        return value

    def several(self, column: str, known: Iterable[str]) -> tuple[str, ...]:
        chosen = [each.strip() for each in self.text(column, 1000).split(";") if each.strip()]
        if not set(chosen) <= set(known):
            self.bad(column, RowFault.NOT_A_CHOICE)
        return tuple(dict.fromkeys(chosen))

    def one(self, column: str, known: Iterable[str]) -> str:
        value = self.text(column)
        if value and value not in set(known):
            self.bad(column, RowFault.NOT_A_CHOICE)
        return value

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.bad(column, RowFault.NOT_A_DATE)
            return None

    def number(self, column: str, usual: int) -> int:
        value = self.text(column)
        if not value:
            return usual
        if not re.fullmatch(r"[1-9]\d?", value, re.ASCII):
            self.bad(column, RowFault.NOT_A_NUMBER)
            return usual
        return int(value)

    def zone(self, column: str, usual: str) -> str:
        value = self.text(column) or usual
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            self.bad(column, RowFault.NOT_A_ZONE)
        return value


def read_rows(programme: Programme, team: str, rows: Iterable[tuple[int, Cells]]) -> tuple[Row, ...] | BadRows:
    """Check a table of supporters of one workspace, given as line numbers and cells; all rows or the faults."""
    read: list[Row] = []
    faults: list[BadCell] = []
    seen: set[Address] = set()
    for line, cells in rows:
        reader = _Reader(line, cells)
        row = _row(programme, team, reader)
        if row.profile.address in seen:
            reader.bad(Column.MEMBER_ID, RowFault.TWICE)
        seen.add(row.profile.address)
        faults += reader.faults
        read.append(row)
    return BadRows(tuple(faults)) if faults else tuple(read)


def _row(programme: Programme, team: str, reader: _Reader) -> Row:
    form = programme.form
    wishes = {wish.id: tuple(option.id for option in wish.options) for wish in form.wishes}
    for name in reader.names():
        if name not in set(Column) and name not in wishes:
            reader.bad(name[:40], RowFault.UNKNOWN_COLUMN)
    member = reader.text(Column.MEMBER_ID)
    if member and not re.fullmatch(r"[UW][A-Z0-9]{2,20}", member):
        reader.bad(Column.MEMBER_ID, RowFault.NOT_A_MEMBER_ID)
    chosen = {wish: reader.one(wish, options) for wish, options in wishes.items()}
    profile = Profile(
        address=Address(team, member),
        name=reader.text(Column.NAME),
        languages=reader.several(Column.LANGUAGES, LANGUAGES) or ("en",),
        modalities=reader.several(Column.MODALITIES, (each.id for each in form.modalities)),
        times=reader.several(Column.TIMES, (each.id for each in form.times)),
        zone=reader.zone(Column.ZONE, programme.clock.tz),
        department=reader.one(Column.DEPARTMENT, (each.id for each in form.avoid.departments)),
        traits={wish: option for wish, option in chosen.items() if option},
    )
    trained, agreement = reader.day(Column.TRAINED_ON), reader.day(Column.AGREEMENT_ON)
    return Row(reader.line, profile, trained, agreement, reader.number(Column.LIMIT, programme.match.max_open))


async def import_rows(
    work: UnitOfWork, programme: Programme, rows: Sequence[Row], *, now: datetime, ids: Ids
) -> Imported | BadRows:
    """Keep every row as a new entry of the register, or none where somebody is listed already."""
    kept: list[Supporter] = []
    listed: list[BadCell] = []
    for row in rows:
        supporter = Supporter(ids.new(), programme.id, 1, row.trained_on, row.agreement_on, row.limit)
        if await work.supporters.add(supporter, row.profile):
            kept.append(supporter)
        else:
            listed.append(BadCell(row.line, Column.MEMBER_ID, RowFault.LISTED_ALREADY))
    if listed:
        await work.rollback()
        return BadRows(tuple(listed))
    for supporter in kept:
        await work.audit.write(Entry(Event.SUPPORTER_SAVED, now, ActorKind.SYSTEM, None, supporter.id))
        await work.outbox.put(messages.home_of(supporter))
    return Imported(tuple(kept))
