"""Writes docs/columns.md, the list of every column and what it may hold: `python -m tools.columns`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Dialect
from sqlalchemy.dialects import postgresql

from store import keyring_tables, tables

DOCUMENT = Path(__file__).parent.parent / "docs" / "columns.md"
KINDS = {
    "plain": "nothing that tells who asked or why",
    "sealed": "encrypted by the app before the database sees it",
    "hash": "a keyed hash, by which a row is found",
    "key": "the id of a data key, empty once it is destroyed",
}
INTRODUCTION = """# Every column

Written by `python -m tools.columns` from `store/tables.py`, with PostgreSQL's types. A test fails when this list and
the tables differ, so that no column is added without somebody reading this page.

"""


def columns() -> Iterator[tuple[str, Column[Any]]]:
    """Give every column of the main database, with the name of its table."""
    for name, table in sorted(tables.metadata.tables.items()):
        for column in table.columns:
            yield name, column


def page() -> str:
    """Write the page as it should stand."""
    lines = [f"- **{kind}**: {meaning}" for kind, meaning in KINDS.items()]
    lines += ["", "## The database", "", "| table | column | type | kind |", "|---|---|---|---|"]
    lines += [
        f"| {table} | {column.name} | {_type(column)} | {column.info.get('kind')} |" for table, column in columns()
    ]
    lines += ["", "## The keyring, a database of its own", "", "| table | column | type |", "|---|---|---|"]
    for name, table in sorted(keyring_tables.metadata.tables.items()):
        lines += [f"| {name} | {column.name} | {_type(column)} |" for column in table.columns]
    return INTRODUCTION + "\n".join(lines) + "\n"


def _type(column: Column[Any]) -> str:
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return column.type.compile(dialect).lower()


if __name__ == "__main__":
    DOCUMENT.write_text(page(), encoding="utf-8")
