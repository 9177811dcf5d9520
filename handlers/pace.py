"""How fast the app speaks: one message a second in a channel, edits and Homes within what Slack takes in a minute.

A row that is too early is put back until its turn, so that nobody waits behind it. Each process plans the turns of the
rows that it meets; that no two processes post in one channel within a second is seen to by the database, where a
channel is taken for a post (``Shared``), and where a running Retry-After stands for all.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic
from uuid import UUID

from handlers.slack_faults import POST
from peersupport.ports import StoreUnavailable
from peersupport.ports_beside import Paces

CHANNEL_SECONDS = 1.0
"""Between two messages in one channel."""
EDITS_A_MINUTE = 45
"""Of the fifty and more that Slack takes of `chat.update`."""
HOMES_A_MINUTE = 80
"""Of the hundred and more of `views.publish`, those included that people open: beyond, only people get theirs."""
_MOST_CHANNELS = 5000
MOST_TURNS = 240
"""Turns given out ahead, in a channel or of a method."""
TAKEN_SECONDS = 20.0
"""After so long a channel is free again, whatever became of the process that had taken it."""
_KEPT = 60.0
"""Seconds after which a turn that nobody took is forgotten."""
_EARLY = 0.005
"""A timer may wake by so much too early; what is missing is not worth another turn."""


class TooEarly(Exception):
    """The message is to go in so many seconds; nothing was sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too early")
        self.seconds = seconds


class _Window:
    """At most so many calls in so many seconds, counted from the end of each."""

    def __init__(self, calls: int, seconds: float) -> None:
        self._calls, self._seconds = calls, seconds
        self._over: deque[float] = deque(maxlen=calls)
        """When the last calls ended."""
        self._planned: deque[float] = deque(maxlen=calls)
        """The last turns that were given out."""
        self._turns: dict[UUID, float] = {}
        self._tail = 0.0
        """The latest instant that a row without a turn was told."""
        self._going = 0

    def wait(self, row: UUID, now: float, *, use: bool) -> float:
        """Return the seconds until this row's turn; at 0 `use` uses it up."""
        turn = self._turns.pop(row, None)
        if turn is None and len(self._turns) >= MOST_TURNS:
            # Told when it would be its turn, which is not remembered: what waits is in the database, not in memory.
            self._tail = max(self._tail, self._planned[-1], now) + self._seconds / self._calls
            return self._tail - now
        if turn is None:
            turn = max(now, self._planned[0] + self._seconds if len(self._planned) == self._calls else now)
            self._planned.append(turn)
        turn = max(turn, self._free(now))
        wait = turn - now if turn - now > _EARLY else 0.0
        if wait or not use:
            self._turns = {each: at for each, at in self._turns.items() if at > now - _KEPT} | {row: turn}
        return wait

    def put(self, row: UUID, turn: float) -> None:
        """Give a row that could not use its turn another one, ahead of all that have none yet."""
        self._turns[row] = turn

    def begin(self) -> None:
        """Note that a call goes out."""
        self._going += 1

    def end(self, now: float) -> None:
        """Note that a call is over, whatever came of it."""
        self._going -= 1
        self._over.append(now)

    def is_idle(self, now: float) -> bool:
        """Say whether nothing is left to remember."""
        return not self._going and not self._turns and (not self._over or self._over[-1] + self._seconds <= now)

    def _free(self, now: float) -> float:
        """Return when another call may go, as far as what went out tells."""
        room = self._calls - self._going
        if room <= 0:
            return now + self._seconds
        return self._over[-room] + self._seconds if len(self._over) >= room else now


class Pace:
    """The pace of one process, by channel and by method."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        """`seconds` is a clock that never goes back."""
        self._seconds = seconds
        self._channels: OrderedDict[str, _Window] = OrderedDict()
        self._methods = {"edit": _Window(EDITS_A_MINUTE, 60.0), "home": _Window(HOMES_A_MINUTE, 60.0)}

    def ahead(self, channel: str, row: UUID) -> None:
        """See that it is this row's turn, before anything is asked that a message needs; raises TooEarly."""
        wait = self._window(channel).wait(row, self._seconds(), use=False)
        if wait > 0:
            raise TooEarly(wait)

    @contextmanager
    def post(self, channel: str, row: UUID) -> Iterator[None]:
        """Post in a channel now, if it is this row's turn; raises TooEarly."""
        with self._turn(self._window(channel), row):
            yield

    @contextmanager
    def edit(self, row: UUID, *, urgent: bool = False) -> Iterator[None]:
        """Edit a message now, if there is room or it is urgent; raises TooEarly."""
        with self._turn(self._methods["edit"], row, urgent=urgent):
            yield

    @contextmanager
    def home(self, row: UUID, *, urgent: bool = False) -> Iterator[None]:
        """Publish a Home now, if there is room or it is urgent; raises TooEarly."""
        with self._turn(self._methods["home"], row, urgent=urgent):
            yield

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Publish a Home for somebody who waits for it: it has no turn, and counts with those that have."""
        window = self._methods["home"]
        window.begin()
        try:
            yield
        finally:
            window.end(self._seconds())

    @contextmanager
    def _turn(self, window: _Window, row: UUID, *, urgent: bool = False) -> Iterator[None]:
        wait = 0.0 if urgent else window.wait(row, self._seconds(), use=True)
        if wait > 0:
            raise TooEarly(wait)
        window.begin()
        try:
            yield
        finally:
            window.end(self._seconds())

    def again(self, channel: str, row: UUID, wait: float) -> None:
        """Let a row come back in so many seconds: somebody else was quicker."""
        self._window(channel).put(row, self._seconds() + wait)

    def _window(self, channel: str) -> _Window:
        now = self._seconds()
        window = self._channels.setdefault(channel, _Window(1, CHANNEL_SECONDS))
        self._channels.move_to_end(channel)
        while len(self._channels) > _MOST_CHANNELS and next(iter(self._channels.values())).is_idle(now):
            self._channels.popitem(last=False)
        return window


def whole(method: str) -> str:
    """Return the name by which all of a method is left alone."""
    return f"method:{method}"


class Shared:
    """The part of the pace that all processes share; there is none where nothing is paced, or nobody else posts."""

    def __init__(self, paces: Paces | None, pace: Pace) -> None:
        self._paces = paces
        self._pace = pace

    @asynccontextmanager
    async def post(self, place: str, channel: str, row: UUID) -> AsyncIterator[Callable[[float], None]]:
        """Have a place for one post; raises TooEarly. What is given takes the seconds that Slack asked to wait."""
        held = [CHANNEL_SECONDS]
        if self._paces is None or not CHANNEL_SECONDS:
            yield held.append
            return
        wait = await self._paces.take(place, whole(POST), TAKEN_SECONDS)
        if wait > 0:
            self._pace.again(channel, row, wait)
            raise TooEarly(wait)
        try:
            yield held.append
        finally:
            # Where that cannot be written down, the place is free by itself after a while.
            with suppress(StoreUnavailable):
                await self._paces.free(place, max(held))
                if held[1:]:
                    await self._paces.hold(place, max(held))

    async def look(self, method: str) -> None:
        """See that a method is not to be left alone; raises TooEarly."""
        wait = await self._paces.wait(whole(method)) if self._paces is not None and CHANNEL_SECONDS else 0.0
        if wait > 0:
            raise TooEarly(wait)
