"""Statements compiled once for each dialect, so that running one costs little more than the driver's own work.

SQLAlchemy builds the SQL and knows the types; going through all of it at every execution would cost several times what
the database does.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Executable, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

SQLITE: Dialect = SQLiteDialect_pysqlite()
POSTGRES: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class ByDialect:
    """A statement that the two dialects build differently."""

    postgresql: Executable
    sqlite: Executable


Statement = Executable | ByDialect


def insert_or_ignore(table: Table) -> ByDialect:
    """An insert that adds nothing where a unique column has the value already, also by a transaction that just won."""
    return ByDialect(
        postgresql.insert(table).on_conflict_do_nothing(),
        sqlite.insert(table).on_conflict_do_nothing(),
    )


def slots(count: int) -> int:
    """How many places a list of so many values takes: a power of two, so that few statements are ever compiled."""
    return 1 << max(0, count - 1).bit_length()


def among(column: ColumnElement[Any], name: str, size: int) -> ColumnElement[bool]:
    """The condition that a column is one of ``size`` values, bound by ``spread`` under the same name."""
    return column.in_([bindparam(place, type_=column.type) for place in _places(name, size)])


def spread(name: str, values: Sequence[Any], size: int) -> dict[str, Any]:
    """The values for ``among``; the last one is repeated to fill the places left over."""
    filled = [*values, *([values[-1]] * (size - len(values)))]
    return dict(zip(_places(name, size), filled, strict=True))


@lru_cache(maxsize=64)
def _places(name: str, size: int) -> tuple[str, ...]:
    return tuple(f"{name}_{number}" for number in range(size))


class Prepared:
    """One statement in the words of one dialect, with what turns values into the driver's and back."""

    __slots__ = ("_binds", "_constants", "_convert", "_row", "reads", "sql")

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        """Compiles; a list must not be left to be expanded at execution."""
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        assert not compiled.post_compile_params, "a list of values must have a fixed number of places"
        self.sql = str(compiled)
        locks = isinstance(statement, Select) and statement._for_update_arg is not None  # noqa: SLF001
        self.reads = isinstance(statement, SelectBase) and not locks
        """Whether it neither changes nor locks anything."""
        binds = compiled.binds
        self._constants = {name: bind.value for name, bind in binds.items() if not bind.required}
        self._binds = tuple((name, _to_driver(binds[name].type, dialect)) for name in compiled.positiontup or ())
        columns = compiled._result_columns  # noqa: SLF001 - the only place that knows the types of what comes back
        names = [column.keyname for column in columns]
        self._row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        converts = [_from_driver(column.type, dialect) for column in columns]
        self._convert = converts if any(converts) else None

    def bind(self, values: Values) -> list[Any]:
        """The values in the order of the SQL, as the driver takes them."""
        given = {**self._constants, **values} if self._constants else values
        return [given[name] if convert is None else convert(given[name]) for name, convert in self._binds]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """What the driver gave, as rows with names."""
        if self._convert is None:
            return [self._row(*each) for each in found]
        return [
            self._row(
                *[
                    value if convert is None else convert(value)
                    for value, convert in zip(each, self._convert, strict=True)
                ]
            )
            for each in found
        ]


def _to_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


_known: dict[tuple[int, bool], tuple[Statement, Prepared]] = {}


def prepared(statement: Statement, *, is_sqlite: bool) -> Prepared:
    """The statement compiled for a dialect; every statement object is kept, so make them once."""
    key = (id(statement), is_sqlite)
    found = _known.get(key)
    if found is None:
        chosen = statement
        if isinstance(chosen, ByDialect):
            chosen = chosen.sqlite if is_sqlite else chosen.postgresql
        found = _known[key] = (statement, Prepared(chosen, SQLITE if is_sqlite else POSTGRES))
    return found[1]
