"""How often pages are answered: by the token in the address and in total, never by who asks or from where."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256

MOST_KEPT = 2048
"""So many tokens are remembered at once; the one not seen for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests at once, and one more every so many seconds."""

    burst: int
    every_seconds: float


POSTS = Allowance(burst=20, every_seconds=3.0)
"""Forms sent under one token."""
ALL_POSTS = Allowance(burst=120, every_seconds=0.1)
ALL = Allowance(burst=400, every_seconds=0.01)


class Pace:
    """Remembers in bounded memory how often was asked lately; keeps digests, and nothing on disk."""

    def __init__(self, posts: Allowance = POSTS, all_posts: Allowance = ALL_POSTS, every: Allowance = ALL) -> None:
        self._posts, self._all_posts, self._every = posts, all_posts, every
        self._by_token: OrderedDict[bytes, _Bucket] = OrderedDict()
        self._sent, self._asked = _Bucket(), _Bucket()

    def __len__(self) -> int:
        """Return how many tokens are remembered."""
        return len(self._by_token)

    def takes(self, token: str, *, sends: bool, now: float) -> bool:
        """Say whether one more request is answered at this second; `sends` is True for a form."""
        # Its own bucket first: what one token sends too fast is not taken from the others.
        if sends and not self._of(token).takes(self._posts, now):
            return False
        return self._asked.takes(self._every, now) and (not sends or self._sent.takes(self._all_posts, now))

    def _of(self, token: str) -> _Bucket:
        key = sha256(token.encode("utf-8", "surrogatepass")).digest()
        bucket = self._by_token.setdefault(key, _Bucket())
        self._by_token.move_to_end(key)
        while len(self._by_token) > MOST_KEPT:
            self._by_token.popitem(last=False)
        return bucket


@dataclass(slots=True)
class _Bucket:
    """What was used up of an allowance, and when that was reckoned."""

    used: float = field(default=0.0)
    at: float = field(default=0.0)

    def takes(self, allowance: Allowance, now: float) -> bool:
        self.used = max(0.0, self.used - max(0.0, now - self.at) / allowance.every_seconds)
        self.at = now
        if self.used + 1 > allowance.burst:
            return False
        self.used += 1
        return True
