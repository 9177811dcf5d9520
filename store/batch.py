"""Changes that can wait until the commit, sent to PostgreSQL as one statement: each trip to the server is a wake-up.

Every change becomes a part of one WITH; the counts of what each touched come back, so that none is lost unseen. Where a
change is only presumed to happen, one is divided by its count: should that be nought, PostgreSQL undoes it all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from store.prepared import Prepared

AT_LAST = "/* at last */"
"""In a statement that has a WITH of its own: what follows is its last part."""
_PLACE = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Change:
    """A change with its values. `row` is the record it changes; where given, it must touch exactly that one."""

    prepared: Prepared
    values: list[Any]
    row: UUID | None
    presumed: bool = False


def joined(changes: Sequence[Change]) -> tuple[str, list[Any]]:
    """Return one statement for all of them, in their order, and its values; it gives a row of counts."""
    values = [value for change in changes for value in change.values]
    return _sql(
        tuple((change.prepared.sql, len(change.values), change.presumed, change.prepared.reads) for change in changes)
    ), values


@lru_cache(maxsize=256)
def _sql(statements: tuple[tuple[str, int, bool, bool], ...]) -> str:
    parts: list[str] = []
    first = 0
    counts: list[str] = []
    for number, (sql, size, presumed, reads) in enumerate(statements):
        moved = _PLACE.sub(lambda place, by=first: f"${int(place[1]) + by}", sql)  # type: ignore[misc]
        before, mark, last = moved.partition(AT_LAST)
        if mark:
            parts.append(before.strip().removeprefix("WITH").strip())
        told = "" if reads else " RETURNING 1"
        parts.append(f"change_{number} AS ({(last or before).strip()}{told})")
        counts.append(f"(SELECT {'1 / ' if presumed else ''}count(*) FROM change_{number})")  # noqa: S608 - our own words
        first += size
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"
