"""Which counts may be shown: small cells stay unnamed, and nothing ever published lets them be worked out.

A count of zero is shown, a small one as "<5", any other rounded to five. A total is shown only where none of its parts
is withheld, and how many came through each door only where none of these is small. Everything published before is then
taken together with what is known of every programme (nobody finishes who was not matched, and so on), as somebody would
who wants to work out a small cell; where that narrows one down, more is withheld until it no longer does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

ROUNDED_TO = 5
WITHHELD = "-"
_ANY = 10**9


class Row(StrEnum):
    """A line of the report."""

    RECEIVED = "received"
    FROM_SELF = "received.self"
    FROM_COLLEAGUE = "received.colleague"
    FROM_PARTNER = "received.partner"
    """Requests by the door they came through; together they are those received."""
    REDIRECTED = "redirected"
    MATCHED = "matched"
    CONTACTED = "contacted"
    IN_TIME = "contacted_in_time"
    LATE = "contacted_late"
    MISSED = "promise_missed"
    """Promised times that passed without contact; one request can have several, one after the other."""
    CONVERSATIONS = "conversations"
    CLOSED = "closed"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"
    OTHERWISE = "closed_otherwise"
    RATED_BY_REQUESTERS = "rated_by_requester"
    REQUESTERS_HELPED = "rated_by_requester.helped"
    REQUESTERS_A_LITTLE = "rated_by_requester.a_little"
    REQUESTERS_NOT_REALLY = "rated_by_requester.not_really"
    RATED_BY_SUPPORTERS = "rated_by_supporter"
    SUPPORTERS_HELPED = "rated_by_supporter.helped"
    SUPPORTERS_A_LITTLE = "rated_by_supporter.a_little"
    SUPPORTERS_NOT_REALLY = "rated_by_supporter.not_really"
    CONCERNS = "safety_raised"
    REGISTRATIONS = "series_registrations"
    IN_COURSES = "course_participants"
    ATTENDANCES = "attendances"


Shown = Mapping[Row, str]
"""What a report says: "0", "<5", a multiple of five, or "-" for what is withheld."""

_BY_REQUESTERS = (Row.REQUESTERS_HELPED, Row.REQUESTERS_A_LITTLE, Row.REQUESTERS_NOT_REALLY)
_BY_SUPPORTERS = (Row.SUPPORTERS_HELPED, Row.SUPPORTERS_A_LITTLE, Row.SUPPORTERS_NOT_REALLY)
_CONTACTED = (Row.IN_TIME, Row.LATE)
DOORS = (Row.FROM_SELF, Row.FROM_COLLEAGUE, Row.FROM_PARTNER)
TOTALS: Mapping[Row, tuple[Row, ...]] = {
    Row.CONTACTED: _CONTACTED,
    Row.CLOSED: (Row.FINISHED, Row.WITHDRAWN, Row.OTHERWISE),
    Row.RATED_BY_REQUESTERS: _BY_REQUESTERS,
    Row.RATED_BY_SUPPORTERS: _BY_SUPPORTERS,
}
"""Each total with its parts."""
COUNTED = tuple(row for row in Row if row not in TOTALS)
"""The lines that are counted; totals are added up from them."""
_EXPENDABLE = (
    *_BY_SUPPORTERS,
    *_BY_REQUESTERS,
    *reversed(DOORS),
    Row.OTHERWISE,
    Row.WITHDRAWN,
    Row.CONVERSATIONS,
    Row.MISSED,
    Row.LATE,
    Row.MATCHED,
    Row.IN_TIME,
    Row.FINISHED,
    Row.RECEIVED,
)
"""What is withheld first where more must be; a line that hangs together with no other is never among them."""


@dataclass(frozen=True, slots=True)
class Known:
    """What everybody knows: up to any day, these lines together are at most so many times those."""

    left: tuple[Row, ...]
    right: tuple[Row, ...]
    times: int = 1


_MOST_TALKS = 4
_ENDS = ((Row.FINISHED,), _BY_REQUESTERS, _BY_SUPPORTERS)
"""Whoever rated had finished."""
KNOWN = (
    *(Known((*ends, Row.WITHDRAWN, Row.OTHERWISE), (Row.RECEIVED,)) for ends in _ENDS),
    *(Known(ends, _CONTACTED) for ends in _ENDS),
    *(Known(ends, (Row.MATCHED,)) for ends in _ENDS),
    *(Known(ends, (Row.FINISHED,)) for ends in _ENDS[1:]),
    Known(_CONTACTED, (Row.MATCHED,)),
    # Each came through one door.
    Known(DOORS, (Row.RECEIVED,)),
    Known((Row.RECEIVED,), DOORS),
    # Whoever was contacted late had been told of it first.
    Known((Row.LATE,), (Row.MISSED,)),
    Known((Row.CONVERSATIONS,), _CONTACTED, _MOST_TALKS),
    Known((Row.CONVERSATIONS,), (Row.MATCHED,), _MOST_TALKS),
)


def protected(counts: Mapping[Row, int], before: Sequence[Shown] = (), least: int = 5) -> dict[Row, str]:
    """Return how a period's counts are shown after those of the periods `before`; counts below `least` are small."""
    shown = {row: _one(counts.get(row, 0), least) for row in COUNTED}
    while True:
        whole = _with_totals(shown, counts, least)
        exposed = _exposed([*before, whole], least)
        if not exposed or all(shown[row] == WITHHELD for row in _EXPENDABLE):
            return whole
        shown[_to_withhold(shown, counts, before, least, exposed)] = WITHHELD


def _to_withhold(shown: Shown, counts: Mapping[Row, int], before: Sequence[Shown], least: int, exposed: int) -> Row:
    """Return the line to withhold next: the first without which less can be worked out, else the first at all."""
    left = [row for row in _EXPENDABLE if shown[row] != WITHHELD]
    for row in left:
        without = _with_totals({**shown, row: WITHHELD}, counts, least)
        if _exposed([*before, without], least) < exposed:
            return row
    return left[0]


def is_small(shown: str) -> bool:
    """Say whether this stands for a small count."""
    return shown.startswith("<")


def _one(count: int, least: int) -> str:
    if 0 < count < least:
        return f"<{least}"
    return str((count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO)


def _with_totals(shown: Shown, counts: Mapping[Row, int], least: int) -> dict[Row, str]:
    whole = dict(shown)
    for total, parts in TOTALS.items():
        told = all(shown[part].isdigit() for part in parts)
        whole[total] = _one(sum(counts.get(part, 0) for part in parts), least) if told else WITHHELD
    if not all(shown[door].isdigit() for door in DOORS):
        # They add up to a line that is shown: one that is small would be told by the others.
        whole.update(dict.fromkeys(DOORS, WITHHELD))
    return {row: whole[row] for row in Row}


# What somebody can work out


def between(shown: str, least: int) -> tuple[int, int]:
    """Return the least and the most that a published word can stand for."""
    if shown == WITHHELD:
        return 0, _ANY
    if is_small(shown):
        return 1, int(shown[1:]) - 1
    number, slack = int(shown), ROUNDED_TO // 2
    return (max(least, number - slack), number + slack) if number else (0, 0)


def _exposed(history: Sequence[Shown], least: int) -> int:
    """Count the small cells that are narrower than their "<5" says."""
    cells = [{row: list(between(each[row], least)) for row in Row} for each in history]
    # Every step takes away at least one; counts that contradict what is known would go on for ever.
    while sum(_narrow(left, right, times) for left, right, times in _sums(cells)):
        if any(low > high for cell in cells for low, high in cell.values()):
            break
    return sum(
        tuple(cell[row]) != between(each[row], least)
        for each, cell in zip(history, cells, strict=True)
        for row in COUNTED
        if is_small(each[row])
    )


Cells = list[list[int]]


def _sums(cells: Sequence[Mapping[Row, list[int]]]) -> Iterator[tuple[Cells, Cells, int]]:
    for cell in cells:
        for total, parts in TOTALS.items():
            several = [cell[part] for part in parts]
            yield several, [cell[total]], 1
            yield [cell[total]], several, 1
    for known in KNOWN:
        left: Cells = []
        right: Cells = []
        for cell in cells:
            left += [cell[row] for row in known.left]
            right += [cell[row] for row in known.right]
            yield left, right, known.times


def _narrow(left: Cells, right: Cells, times: int) -> bool:
    """Draw from "left is at most so many times right" what follows for each; say whether anything did."""
    low, high = sum(cell[0] for cell in left), times * sum(cell[1] for cell in right)
    changed = False
    for cell in left:
        most = high - (low - cell[0])
        if most < cell[1]:
            cell[1], changed = most, True
    for cell in right:
        needed = low - (high - times * cell[1])
        fewest = -(-needed // times)
        if fewest > cell[0]:
            cell[0], changed = fewest, True
    return changed
