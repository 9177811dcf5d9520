"""G20, U54, T27: no small cell can be worked out from everything that was ever published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peersupport.disclosure import COUNTED, KNOWN, TOTALS, WITHHELD, Row, Shown, between, is_small, protected

pytestmark = [pytest.mark.req("G20", "U54"), pytest.mark.threat("T27")]

Counts = dict[Row, int]
HEALTHY = {
    Row.RECEIVED: 23, Row.REDIRECTED: 9, Row.MATCHED: 21, Row.IN_TIME: 15, Row.LATE: 6, Row.MISSED: 7,
    Row.CONVERSATIONS: 44, Row.FINISHED: 14, Row.WITHDRAWN: 5, Row.OTHERWISE: 0, Row.REQUESTERS_HELPED: 8,
}  # fmt: skip


def numbers(shown: Shown) -> str:
    """Return what a report of a few rows says, in the order of the rows."""
    return " ".join(shown[row] for row in (Row.RECEIVED, Row.CONTACTED, Row.IN_TIME, Row.LATE, Row.CLOSED))


def told(counts: Mapping[Row, int], before: Sequence[Shown] = (), least: int = 5) -> dict[Row, str]:
    """Return what is shown where all came through one door."""
    return protected({Row.FROM_SELF: counts.get(Row.RECEIVED, 0), **counts}, before, least)


def test_large_counts_are_rounded_and_zeros_are_said() -> None:
    shown = told(HEALTHY)
    assert (shown[Row.RECEIVED], shown[Row.MATCHED], shown[Row.OTHERWISE]) == ("25", "20", "0")
    assert (shown[Row.CONTACTED], shown[Row.CLOSED], shown[Row.RATED_BY_REQUESTERS]) == ("20", "20", "10")


@pytest.mark.parametrize("count", range(1, 5))
def test_one_to_four_are_all_alike_and_take_their_total_along(count: int) -> None:
    assert numbers(told(HEALTHY | {Row.LATE: count})) == "25 - 15 <5 20"


def test_a_programme_may_draw_the_line_higher() -> None:
    shown = told(HEALTHY, least=10)
    assert (shown[Row.REDIRECTED], shown[Row.LATE], shown[Row.CONTACTED]) == ("<10", "<10", WITHHELD)


def test_a_row_that_only_another_would_tell_is_withheld() -> None:
    # All who came have gone, in three ways: each must be one or two, and with "<5" for all four they would be told.
    four = HEALTHY | {Row.RECEIVED: 4, Row.FINISHED: 1, Row.WITHDRAWN: 1, Row.OTHERWISE: 2, Row.REQUESTERS_HELPED: 0}
    shown = told(four)
    assert shown[Row.RECEIVED] == "<5"
    assert sum(is_small(shown[row]) for row in (Row.FINISHED, Row.WITHDRAWN, Row.OTHERWISE)) == 1


def test_a_later_period_may_not_tell_an_earlier_one() -> None:
    # Four came first and seven in each of three periods; five ways to go then hold five each: all twenty-five are gone.
    reached = {Row.MATCHED: 9, Row.IN_TIME: 9, Row.LATE: 0}
    history: list[Shown] = [told({Row.RECEIVED: 4} | reached)]
    history += [told({Row.RECEIVED: 7} | reached, history)]
    history += [told({Row.RECEIVED: 7, Row.FINISHED: 5, Row.WITHDRAWN: 5} | reached, history)]
    last = {Row.RECEIVED: 7, Row.FINISHED: 5, Row.WITHDRAWN: 5, Row.OTHERWISE: 5} | reached
    alone = told({**last, Row.RECEIVED: 25}, history)
    assert alone[Row.OTHERWISE] == "5"
    assert told(last, history)[Row.OTHERWISE] == WITHHELD


def test_counts_that_contradict_each_other_are_withheld() -> None:
    assert told({Row.RECEIVED: 3, Row.FINISHED: 3})[Row.FINISHED] == WITHHELD


def test_talks_may_not_tell_how_few_were_reached() -> None:
    counts = {Row.RECEIVED: 12, Row.MATCHED: 12, Row.IN_TIME: 4, Row.CONVERSATIONS: 16}
    shown = told(counts)
    assert (shown[Row.IN_TIME], shown[Row.CONVERSATIONS]) == ("<5", WITHHELD)


# What anybody could do with everything published: look for another history that would have given the same


@st.composite
def histories(draw: st.DrawFn) -> list[Counts]:
    """Up to four periods of a programme, small ones above all, in which nothing happens that cannot."""
    found: list[Counts] = []
    waiting = matched = reached = unrated = unrated_too = told = 0
    for _ in range(draw(st.integers(1, 4))):
        received = draw(st.integers(0, 9))
        waiting += received
        won = draw(st.integers(0, waiting + 2))
        matched += won
        counts: Counts = {Row.RECEIVED: received, Row.REDIRECTED: draw(st.integers(0, 9)), Row.MATCHED: won}
        counts[Row.FROM_COLLEAGUE] = draw(st.integers(0, received))
        counts[Row.FROM_PARTNER] = draw(st.integers(0, received - counts[Row.FROM_COLLEAGUE]))
        counts[Row.FROM_SELF] = received - counts[Row.FROM_COLLEAGUE] - counts[Row.FROM_PARTNER]
        for row in (Row.REGISTRATIONS, Row.IN_COURSES, Row.ATTENDANCES):
            counts[row] = draw(st.integers(0, 9))
        counts[Row.CONCERNS] = draw(st.integers(0, 9)) if matched else 0
        for row in (Row.IN_TIME, Row.LATE):
            counts[row] = draw(st.integers(0, matched))
            matched -= counts[row]
            reached += counts[row]
        counts[Row.MISSED] = draw(st.integers(max(0, counts[Row.LATE] - told), counts[Row.LATE] + 5))
        told += counts[Row.MISSED] - counts[Row.LATE]
        counts[Row.CONVERSATIONS] = draw(st.integers(0, 4 * (counts[Row.IN_TIME] + counts[Row.LATE])))
        for row in (Row.FINISHED, Row.WITHDRAWN, Row.OTHERWISE):
            counts[row] = draw(st.integers(0, min(waiting, reached) if row is Row.FINISHED else waiting))
            waiting -= counts[row]
        reached -= counts[Row.FINISHED]
        unrated, unrated_too = unrated + counts[Row.FINISHED], unrated_too + counts[Row.FINISHED]
        for row in TOTALS[Row.RATED_BY_REQUESTERS]:
            counts[row] = draw(st.integers(0, unrated))
            unrated -= counts[row]
        for row in TOTALS[Row.RATED_BY_SUPPORTERS]:
            counts[row] = draw(st.integers(0, unrated_too))
            unrated_too -= counts[row]
        found.append(counts)
    return found


def whole(counts: Mapping[Row, int]) -> Counts:
    return {row: counts[row] for row in COUNTED} | {
        total: sum(counts[part] for part in parts) for total, parts in TOTALS.items()
    }


Step = tuple[int, Row, int]


def faults(history: Sequence[Mapping[Row, int]], published: Sequence[Shown]) -> Iterator[tuple[int, list[Step]]]:
    """Give everything that is not as published or cannot have been: by how much, and what would make it less."""
    for place, (counts, shown) in enumerate(zip(history, published, strict=True)):
        for row, count in whole(counts).items():
            low, high = between(shown[row], 5)
            if not low <= count <= high:
                step = 1 if count < low else -1
                yield max(low - count, count - high), [(place, part, step) for part in TOTALS.get(row, (row,))]
    for known in KNOWN:
        left = right = 0
        steps: list[Step] = []
        for place, counts in enumerate(history):
            left += sum(counts[row] for row in known.left)
            right += known.times * sum(counts[row] for row in known.right)
            steps += [(place, row, -1) for row in known.left] + [(place, row, 1) for row in known.right]
            if left > right:
                yield left - right, list(steps)


def other_history(history: list[Counts], published: Sequence[Shown], fixed: tuple[int, Row]) -> list[Counts] | None:
    """Mend a history, step by step, without touching one cell, until nothing is wrong; None where none is found."""
    beam = [(sum(much for much, _ in faults(history, published)), history)]
    seen = {repr(history)}
    for _ in range(12):
        if not beam or beam[0][0] == 0:
            break
        tried = []
        for _, before in beam:
            for place, row, step in next(faults(before, published))[1]:
                low, high = between(published[place][row], 5)
                count = before[place][row] + step
                after = [counts | {row: count} if here == place else counts for here, counts in enumerate(before)]
                if (place, row) != fixed and low <= count <= high and repr(after) not in seen:
                    seen.add(repr(after))
                    tried.append((sum(much for much, _ in faults(after, published)), after))
        beam = sorted(tried, key=lambda each: each[0])[:20]
    return beam[0][1] if beam and beam[0][0] == 0 else None


@given(histories())
@settings(max_examples=150, deadline=None)
def test_no_small_cell_can_be_worked_out_from_everything_published(history: list[Counts]) -> None:
    published: list[Shown] = []
    for counts in history:
        published.append(protected(counts, published))
    assert list(faults(history, published)) == []  # what is published is true
    for place, shown in enumerate(published):
        for row in COUNTED:
            if is_small(shown[row]):
                others = [count for count in range(1, 5) if count != history[place][row]]
                assert any(_could_be(history, published, place, row, count) for count in others), (place, row)


def _could_be(history: list[Counts], published: Sequence[Shown], place: int, row: Row, count: int) -> bool:
    """Say whether there is a possible history with this count that would have been published just the same."""
    tried = [counts | {row: count} if here == place else counts for here, counts in enumerate(history)]
    return other_history(tried, published, (place, row)) is not None


def test_the_search_sees_a_cell_that_is_told() -> None:
    one: Counts = dict.fromkeys(COUNTED, 0) | {
        Row.RECEIVED: 4,
        Row.FROM_SELF: 4,
        Row.FINISHED: 1,
        Row.WITHDRAWN: 1,
        Row.OTHERWISE: 2,
    }
    one |= {Row.MATCHED: 1, Row.IN_TIME: 1}
    shown = protected(one)
    assert _could_be([one], [shown], 0, Row.RECEIVED, 3)
    naive = shown | {row: f"<{one[row] + 1}" for row in (Row.FINISHED, Row.WITHDRAWN, Row.OTHERWISE)}
    assert not any(_could_be([one], [naive], 0, Row.RECEIVED, count) for count in (1, 2))
    all_alike = shown | dict.fromkeys((Row.FINISHED, Row.WITHDRAWN, Row.OTHERWISE), "<5")
    assert not any(_could_be([one], [all_alike], 0, Row.RECEIVED, count) for count in (1, 2))
    assert _could_be([one], [all_alike], 0, Row.RECEIVED, 3)


@given(histories())
@settings(max_examples=60, deadline=None)
def test_totals_stand_only_where_every_part_does(history: list[Counts]) -> None:
    published: list[Shown] = []
    for counts in history:
        published.append(protected(counts, published))
    for shown in published:
        assert {word for word in shown.values() if not word.isdigit()} <= {"<5", WITHHELD}
        assert all(int(word) % 5 == 0 for word in shown.values() if word.isdigit())
        for total, parts in TOTALS.items():
            assert shown[total].isdigit() == all(shown[part].isdigit() for part in parts) or is_small(shown[total])


def test_missed_promises_are_told_as_everything_else() -> None:
    assert told(HEALTHY)[Row.MISSED] == "5"
    assert told(HEALTHY | {Row.LATE: 0, Row.MISSED: 3})[Row.MISSED] == "<5"
    assert told(HEALTHY | {Row.LATE: 0, Row.MISSED: 0})[Row.MISSED] == "0"
    # Nobody was told, they say, and yet somebody came late: one of the two is withheld.
    assert told(HEALTHY | {Row.LATE: 1, Row.MISSED: 0})[Row.MISSED] == WITHHELD


def test_doors_are_told_all_or_none() -> None:
    doors = {Row.FROM_SELF: 12, Row.FROM_COLLEAGUE: 11, Row.FROM_PARTNER: 0}
    shown = protected(HEALTHY | doors)
    assert [shown[row] for row in (Row.RECEIVED, *doors)] == ["25", "10", "10", "0"]
    shown = protected(HEALTHY | doors | {Row.FROM_SELF: 20, Row.FROM_COLLEAGUE: 3})
    assert [shown[row] for row in (Row.RECEIVED, *doors)] == ["25", WITHHELD, WITHHELD, WITHHELD]
