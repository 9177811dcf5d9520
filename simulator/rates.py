"""Slack's rate limits: calls a minute by tier, and about one message a second in a channel."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "special": 600}
POST_BURST = 5


@dataclass
class Rates:
    """What has been called lately; `scale` multiplies every limit and 0 turns them off."""

    scale: float = 1.0
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _channels: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, method: str, tier: str, channel: str, now: float) -> int:
        """Count this call; return 0 if it may go on, else the whole seconds of Retry-After."""
        if self.scale == 0:
            return 0
        if tier == "post":
            return self._post(channel, now)
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
