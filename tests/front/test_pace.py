"""T45, U46: one message a second in a channel, edits and Homes within their measure, others not held up."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest

from bot.holds import Holds
from handlers.pace import EDITS_A_MINUTE, HOMES_A_MINUTE, MOST_TURNS, Pace, TooEarly

pytestmark = [pytest.mark.threat("T45"), pytest.mark.req("U46")]


@dataclass
class Street:
    """Rows that come when they are told to, in a time that only moves here."""

    now: float = 1000.0
    pace: Pace = field(init=False)
    went: list[tuple[float, str, UUID]] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        self.pace = Pace(lambda: self.now)

    def work_off(self, rows: list[tuple[str, UUID]], late: Random | None = None) -> None:
        """Let every row try, and again when it was told to, at times a little late."""
        line = [(self.now, number, channel, row) for number, (channel, row) in enumerate(rows)]
        while line:
            at, number, channel, row = heapq.heappop(line)
            self.now = max(self.now, at)
            self.asked += 1
            try:
                with self.pace.post(channel, row):
                    self.went.append((self.now, channel, row))
            except TooEarly as early:
                again = self.now + early.seconds + (late.uniform(0, 0.9) if late else 0.0)
                heapq.heappush(line, (again, number, channel, row))

    def times(self, channel: str) -> list[float]:
        return [at for at, where, _ in self.went if where == channel]


def rows(channel: str, count: int) -> list[tuple[str, UUID]]:
    return [(channel, UUID(int=number + 1)) for number in range(count)]


def gaps(times: list[float]) -> list[float]:
    return [round(later - earlier, 2) for earlier, later in pairwise(times)]


def test_a_hundred_messages_in_one_channel_go_a_second_apart_and_ask_twice_at_most() -> None:
    street = Street()
    street.work_off(rows("C1", 100))
    assert set(gaps(street.times("C1"))) == {1.0}
    assert street.asked <= 200
    assert [row for _, _, row in street.went] == [row for _, row in rows("C1", 100)], "in the order in which they came"


def test_thousands_that_wait_take_no_room_and_still_ask_seldom() -> None:
    street = Street()
    street.work_off(rows("C1", 3000))
    assert min(gaps(street.times("C1"))) >= 1.0
    assert street.times("C1")[-1] - street.times("C1")[0] < 1.1 * 3000
    assert street.asked < 4 * 3000
    window = street.pace._channels["C1"]
    street.now += 0.001
    for channel, row in rows("C1", 3000):
        with pytest.raises(TooEarly), street.pace.post(channel, row):
            pass
    assert len(window._turns) == MOST_TURNS


def test_rows_that_come_late_never_come_too_close() -> None:
    for seed in range(20):
        street = Street()
        street.work_off(rows("C1", 40), Random(seed))
        assert len(street.went) == 40
        assert min(gaps(street.times("C1"))) >= 0.99


def test_other_channels_go_on() -> None:
    street = Street()
    street.work_off([*rows("C1", 10), *[(f"U{number}", UUID(int=1000 + number)) for number in range(50)]])
    assert all(at == 1000.0 for at, channel, _ in street.went if channel.startswith("U"))


def test_while_one_message_is_on_its_way_no_other_follows_in_its_channel() -> None:
    street = Street()
    first, second = UUID(int=1), UUID(int=2)
    with street.pace.post("C1", first):
        street.now += 5
        with pytest.raises(TooEarly), street.pace.post("C1", second):
            pass
    street.now += 0.5
    with pytest.raises(TooEarly), street.pace.post("C1", second):
        pass
    street.now += 0.5
    with street.pace.post("C1", second):
        pass


def test_a_turn_that_nobody_takes_holds_nobody_up() -> None:
    street = Street()
    street.work_off(rows("C1", 1))
    with pytest.raises(TooEarly), street.pace.post("C1", UUID(int=50)):
        pass
    street.now += 30
    street.work_off([("C1", UUID(int=51))])
    assert street.went[-1][0] == street.now


def test_a_call_that_fails_counts_too() -> None:
    street = Street()
    with pytest.raises(ValueError, match="lost"), street.pace.post("C1", UUID(int=1)):
        raise ValueError("lost")
    with pytest.raises(TooEarly), street.pace.post("C1", UUID(int=2)):
        pass


def test_no_more_edits_in_a_minute_than_slack_takes() -> None:
    street = Street()
    went: list[float] = []
    line = [(street.now, number) for number in range(200)]
    while line:
        at, number = heapq.heappop(line)
        street.now = max(street.now, at)
        try:
            with street.pace.edit(UUID(int=number + 1)):
                went.append(street.now)
        except TooEarly as early:
            heapq.heappush(line, (street.now + early.seconds, number))
    assert len(went) == 200
    for at in went:
        assert len([each for each in went if at <= each < at + 59.9]) <= EDITS_A_MINUTE
    assert went[-1] - went[0] < 60 * 5


def test_what_an_erasure_takes_down_waits_for_nobody() -> None:
    pace = Pace(lambda: 1000.0)
    for number in range(3 * EDITS_A_MINUTE):
        with pace.edit(UUID(int=number), urgent=True), pace.home(UUID(int=number), urgent=True):
            pass
    with pytest.raises(TooEarly), pace.edit(UUID(int=999)):
        pass


def test_homes_that_people_open_leave_less_room_for_those_that_nobody_waits_for() -> None:
    now = [1000.0]
    pace = Pace(lambda: now[0])
    for _ in range(HOMES_A_MINUTE - 1):
        with pace.opened():
            pass
    with pace.home(UUID(int=1)):
        pass
    now[0] += 30
    with pytest.raises(TooEarly) as early, pace.home(UUID(int=2)):
        pass
    assert early.value.seconds == 30
    # Whoever opens theirs has it at once.
    with pace.opened():
        pass
    now[0] += 30
    with pace.home(UUID(int=2)):
        pass


# What Slack says itself


def test_one_channel_is_left_alone_and_the_others_are_not() -> None:
    now = [0.0]
    holds = Holds(lambda: now[0])
    holds.hold("chat.postMessage", "C1", 30)
    assert (holds.wait("chat.postMessage", "C1"), holds.wait("chat.postMessage", "C2")) == (30, 0)
    now[0] = 29.0
    assert holds.wait("chat.postMessage", "C1") == 1
    assert holds.wait("chat.update", "C1") == 0
    now[0] = 30.0
    assert holds.wait("chat.postMessage", "C1") == 0


def test_two_channels_at_once_mean_the_whole_method() -> None:
    now = [0.0]
    holds = Holds(lambda: now[0])
    holds.hold("chat.postMessage", "C1", 30)
    holds.hold("chat.postMessage", "C2", 10)
    assert holds.wait("chat.postMessage", "C3") == 10
    assert holds.wait("chat.postMessage", "C1") == 30
    now[0] = 10.0
    assert holds.wait("chat.postMessage", "C3") == 0


def test_a_method_that_is_limited_altogether_is_held_for_every_channel() -> None:
    holds = Holds(lambda: 0.0)
    holds.hold("chat.update", "C1", 30)
    assert holds.wait("chat.update", "C2") == 30
    assert holds.wait("views.publish") == 0


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    holds = Holds(lambda: 0.0)
    holds.hold("users.info", "", 30)
    holds.hold("users.info", "", 1)
    assert holds.wait("users.info") == 30
