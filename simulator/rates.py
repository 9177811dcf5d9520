"""Slack's rate limits: calls a minute by tier, and about one message a second in a channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "special": 600}
POST_BURST = 5
CLOSEST = 0.99
"""Seconds between two messages in a channel, but for what a clock may be off."""


@dataclass
class Rates:
    """What has been called lately; `scale` multiplies every limit and 0 turns them off."""

    scale: float = 1.0
    broken: list[str] = field(default_factory=list)
    """Methods that were called although a Retry-After given for them, or for that channel, was not over."""
    grace: float = 0.0
    """Seconds in which a call that was on its way already is not held against the app."""
    hurried: int = 0
    """Messages that came less than a second after another in their channel, within Slack's patience or not."""
    refused: list[str] = field(default_factory=list)
    """Methods that were called more often than Slack takes it."""
    _until: dict[tuple[str, str], float] = field(default_factory=dict)
    _asked: dict[tuple[str, str], float] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _channels: dict[str, tuple[float, float]] = field(default_factory=dict)

    def watch(self, method: str, tier: str, channel: str, now: float) -> None:
        """Count a call that the app should not have made now, whatever becomes of it."""
        place = (method, channel if tier == "post" else "")
        if self._until.get(place, now) > now >= self._asked[place] + self.grace:
            self.broken.append(method)
        if tier == "post":
            self.hurried += now - self._last.get(channel, -math.inf) < CLOSEST
            self._last[channel] = now

    def ask(self, method: str, tier: str, channel: str, seconds: float, now: float) -> None:
        """Remember that the app was asked to keep off for so long."""
        place = (method, channel if tier == "post" else "")
        if self._until.get(place, now) <= now:
            self._asked[place] = now
        self._until[place] = max(now + seconds, self._until.get(place, now))

    def wait(self, method: str, tier: str, channel: str, now: float) -> int:
        """Count this call; return 0 if it may go on, else the whole seconds of Retry-After."""
        if self.scale == 0:
            return 0
        seconds = self._post(channel, now) if tier == "post" else self._minute(method, tier, now)
        if seconds:
            self.refused.append(method)
            self.ask(method, tier, channel, seconds, now)
        return seconds

    def _minute(self, method: str, tier: str, now: float) -> int:
        calls = self._calls[method]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= TIERS[tier] * self.scale:
            return max(1, math.ceil(calls[0] + 60 - now))
        calls.append(now)
        return 0

    def _post(self, channel: str, now: float) -> int:
        left, since = self._channels.get(channel, (POST_BURST * self.scale, now))
        left = min(POST_BURST * self.scale, left + (now - since) * self.scale)
        if left < 1:
            self._channels[channel] = (left, now)
            return max(1, math.ceil((1 - left) / self.scale))
        self._channels[channel] = (left - 1, now)
        return 0
