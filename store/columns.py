"""What columns are made of: how each is declared as what it may hold.

``plain`` holds nothing that names a person or what they told us; ``sealed`` is encrypted before it is bound; ``hashed``
is a keyed hash for look-ups; ``key`` is the id of a data key in the keyring.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    TypeDecorator,
    Uuid,
    literal_column,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive instants and turn others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware instant in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


BIG = BigInteger().with_variant(Integer, "sqlite")


def plain(name: str, kind: Any, *args: Any, null: bool = False, **options: Any) -> Column[Any]:
    """A column with nothing in it about who or why."""
    return Column(name, kind, *args, nullable=null, info={"kind": "plain"}, **options)


def sealed(name: str) -> Column[bytes | None]:
    """A column encrypted under the record's data key; NULL once erased."""
    return Column(name, LargeBinary, nullable=True, info={"kind": "sealed"})


def hashed(name: str, *, null: bool = False, **options: Any) -> Column[bytes]:
    """A keyed hash by which a row is found."""
    return Column(name, LargeBinary, nullable=null, info={"kind": "hash"}, **options)


def key(name: str) -> Column[Any]:
    """The id of a data key; NULL once it is destroyed."""
    return Column(name, Uuid, nullable=True, info={"kind": "key"})


def fixed(word: str) -> ColumnElement[str]:
    """A constant in the SQL text itself: with a bound value the planner could not use a partial index."""
    assert word.isidentifier()
    return literal_column(f"'{word}'")


def where(condition: str) -> dict[str, Any]:
    """Return what makes an index partial, in both dialects."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
