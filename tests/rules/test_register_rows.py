"""Supporters from a table: bad rows are named by line and column, and nothing is kept by halves."""

from datetime import date
from typing import Any

import pytest

from peersupport.audit import ActorKind, Event
from peersupport.register_rows import BadCell, BadRows, Cells, Imported, RowFault, import_rows, read_rows
from tests.rules.world import VANCOUVER, World, address

FORM = VANCOUVER.form
FULL = {
    "member_id": "U0SUNE",
    "name": "Sune Aas",
    "languages": "en; fr",
    "modalities": ";".join(each.id for each in FORM.modalities[:2]),
    "times": FORM.times[0].id,
    "zone": "America/Vancouver",
    "department": FORM.avoid.departments[0].id,
    "trained_on": "2026-03-01",
    "agreement_on": "2026-03-02",
    "limit": "1",
    FORM.wishes[0].id: FORM.wishes[0].options[0].id,
}
SHORT = {"member_id": "U0TOVE", "name": "Tove Lind"}


def read(*rows: Cells) -> Any:
    """Read rows that begin on the second line, after the head."""
    return read_rows(VANCOUVER, "T0CLINIC", list(enumerate(rows, start=2)))


@pytest.mark.req("G28")
def test_a_full_and_a_short_row_are_read() -> None:
    full, short = read(FULL, SHORT)
    assert (full.profile.address, full.profile.name, full.profile.languages) == (
        address("U0SUNE"),
        "Sune Aas",
        ("en", "fr"),
    )
    assert full.profile.modalities == tuple(each.id for each in FORM.modalities[:2])
    assert full.profile.traits == {FORM.wishes[0].id: FORM.wishes[0].options[0].id}
    assert (full.trained_on, full.agreement_on, full.limit) == (date(2026, 3, 1), date(2026, 3, 2), 1)
    assert (short.trained_on, short.agreement_on, short.limit) == (None, None, VANCOUVER.match.max_open)
    assert (short.profile.languages, short.profile.zone, short.line) == (("en",), "America/Vancouver", 3)
    assert "Sune" not in repr(full)


@pytest.mark.req("G28")
@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("member_id", "", RowFault.MISSING),
        ("member_id", "sune@example.org", RowFault.NOT_A_MEMBER_ID),
        ("member_id", "U0TOVE", RowFault.TWICE),
        ("name", " ", RowFault.MISSING),
        ("name", "S" * 151, RowFault.TOO_LONG),
        ("languages", "en;tlh", RowFault.NOT_A_CHOICE),
        ("modalities", "telepathy", RowFault.NOT_A_CHOICE),
        ("times", "never", RowFault.NOT_A_CHOICE),
        ("zone", "Vancouver", RowFault.NOT_A_ZONE),
        ("zone", "../etc", RowFault.NOT_A_ZONE),
        ("department", "forged", RowFault.NOT_A_CHOICE),
        ("trained_on", "1 March 2026", RowFault.NOT_A_DATE),
        ("agreement_on", "2026-13-01", RowFault.NOT_A_DATE),
        ("limit", "0", RowFault.NOT_A_NUMBER),
        ("limit", "two", RowFault.NOT_A_NUMBER),
        ("limit", "-1", RowFault.NOT_A_NUMBER),
        (FORM.wishes[0].id, "forged", RowFault.NOT_A_CHOICE),
        ("notes", "a remark", RowFault.UNKNOWN_COLUMN),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column_without_its_value(column: str, cell: str, fault: RowFault) -> None:
    assert read(SHORT, FULL | {column: cell}) == BadRows((BadCell(3, column, fault),))


@pytest.mark.req("G28")
def test_every_fault_of_every_row_is_named() -> None:
    bad = read(FULL | {"limit": "x", "name": ""}, SHORT, SHORT | {"trained_on": "soon"})
    assert {(each.line, each.column) for each in bad.cells} == {
        (2, "limit"),
        (2, "name"),
        (4, "member_id"),
        (4, "trained_on"),
    }


@pytest.mark.req("G28")
async def test_all_rows_are_kept_or_none() -> None:
    world = World()
    async with world.memory() as work:
        kept = await import_rows(work, VANCOUVER, read(SHORT), now=world.now, ids=world.ids)
    assert isinstance(kept, Imported)
    (line,) = world.memory.tables.audit
    assert (line.event, line.kind, line.subject) == (Event.SUPPORTER_SAVED, ActorKind.SYSTEM, kept.supporters[0].id)
    before = world.memory.tables.copied()
    async with world.memory() as work:
        again = await import_rows(work, VANCOUVER, read(FULL, SHORT), now=world.now, ids=world.ids)
    assert again == BadRows((BadCell(3, "member_id", RowFault.LISTED_ALREADY),))
    assert world.memory.tables == before


def test_an_empty_table_is_no_fault() -> None:
    assert read() == ()
