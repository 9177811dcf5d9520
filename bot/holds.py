"""Who is to be left alone, and until when: a method that Slack said to slow down, or one channel of it."""

from __future__ import annotations

from collections.abc import Callable

from handlers.slack_faults import POST

BY_CHANNEL = frozenset({POST})
"""Methods that Slack limits in each channel for itself."""
_WHOLE = ""


class Holds:
    """Remembers every Retry-After that this process met until it is over; of others' the worker asks the database.

    Slack does not say whether a channel or the whole method was meant. One channel alone is taken for that channel's
    limit; a second one at the same time for the method's.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        """`seconds` is a clock that never goes back."""
        self._seconds = seconds
        self._until: dict[tuple[str, str], float] = {}

    def wait(self, method: str, channel: str = _WHOLE) -> float:
        """Return the seconds for which a call must not be made; 0 where it may."""
        until = max(self._until.get((method, place), 0.0) for place in {_WHOLE, channel})
        return max(0.0, until - self._seconds())

    def hold(self, method: str, channel: str, seconds: float) -> bool:
        """Leave a channel alone for so long or, where that is not enough, the method; True for the method."""
        now = self._seconds()
        self._until = {key: until for key, until in self._until.items() if until > now}
        place = channel if method in BY_CHANNEL else _WHOLE
        if any(held == method and other != place for held, other in self._until):
            place = _WHOLE
        self._until[method, place] = max(now + seconds, self._until.get((method, place), 0.0))
        return place == _WHOLE
