"""Supporters from a CSV file: all of it or none of it, and what is wrong by line and column, never by value."""

from __future__ import annotations

import csv
from pathlib import Path

from bot.people import is_full_member
from bot.refusals import StartRefused
from bot.web_client import Client
from peersupport.ports import Clock, Ids, Work
from peersupport.programme import Programme
from peersupport.register_rows import BadCell, BadRows, Cells, Column, RowFault, import_rows, read_rows

_WORDS = {
    RowFault.MISSING: "is empty; every row needs it",
    RowFault.UNKNOWN_COLUMN: "is not a column of this programme",
    RowFault.NOT_A_MEMBER_ID: "is not a Slack member ID (it starts with U or W)",
    RowFault.NOT_A_DATE: "is not a date; write it like 2026-11-02",
    RowFault.NOT_A_NUMBER: "is not a number from 1 to 99",
    RowFault.NOT_A_ZONE: "is not a time zone; write it like America/Vancouver",
    RowFault.NOT_A_CHOICE: "holds something that the programme file does not offer (several are parted by ;)",
    RowFault.TOO_LONG: "is too long",
    RowFault.TWICE: "stands in an earlier row already",
    RowFault.LISTED_ALREADY: "is in the register already",
}
_NO_MEMBER = "is nobody who can be asked: unknown here, deactivated, a guest, or an app"


def read_csv(path: Path) -> list[tuple[int, Cells]]:
    """Read a CSV file with a header as line numbers and cells; raises StartRefused on a file that is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True, restkey="(more cells than the header has)", restval="")
            if not reader.fieldnames or Column.MEMBER_ID not in [name.strip().lower() for name in reader.fieldnames]:
                raise StartRefused(f"{path.name}: the first line must name the columns; {Column.MEMBER_ID} is missing.")
            rows: list[tuple[int, Cells]] = []
            for row in reader:
                cells = {name: value if isinstance(value, str) else ";".join(value) for name, value in row.items()}
                rows.append((reader.line_num, cells))
    except UnicodeDecodeError:
        raise StartRefused(f"{path.name} is not in UTF-8; save it with that encoding.") from None
    except OSError:
        raise StartRefused(f"{path.name} cannot be read; check its path and its rights.") from None
    except csv.Error:
        raise StartRefused(f"{path.name} is not a CSV file, or a quotation mark is not closed.") from None
    if not rows:
        raise StartRefused(f"{path.name} holds no rows below its header.")
    return rows


async def import_file(
    path: Path, programme: Programme, team: str, client: Client, work: Work, clock: Clock, ids: Ids
) -> int:
    """Keep every row and return how many; raises StartRefused naming each bad cell, and then keeps none."""
    checked = read_rows(programme, team, read_csv(path))
    if isinstance(checked, BadRows):
        raise StartRefused(*_sentences(path, checked.cells))
    strangers = [row.line for row in checked if not await is_full_member(client, row.profile.address.user)]
    if strangers:
        raise StartRefused(*(f"{path.name}, line {line}: {Column.MEMBER_ID} {_NO_MEMBER}." for line in strangers))
    async with work() as unit:
        result = await import_rows(unit, programme, checked, now=clock.now(), ids=ids)
    if isinstance(result, BadRows):
        raise StartRefused(*_sentences(path, result.cells))
    return len(result.supporters)


def _sentences(path: Path, cells: tuple[BadCell, ...]) -> list[str]:
    return [f"{path.name}, line {cell.line}: {cell.column} {_WORDS[cell.fault]}." for cell in cells]
