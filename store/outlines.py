"""What counts of opened profiles in matching, kept in memory for minutes.

An entry is used only for the very row that it was made of, and only while that row's data key is in the keyring; see
docs/decisions/0016-outlines-in-memory.md.
"""

import asyncio
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from peersupport.people import Address
from peersupport.supporters import Outline, Supporter
from store.encryption import framed, new_key

KEPT_SECONDS = 600.0
"""So long at most after the first of them was opened; then all of them are forgotten."""
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """An entry of the register without name, address or whom it avoids."""

    row: tuple[Any, ...]
    """The row that it was made of, with the random start of the sealed profile; first the id as the driver gives it."""
    key_id: UUID
    supporter: Supporter
    outline: Outline
    person: bytes
    """The mark of the supporter."""
    avoids: frozenset[bytes]
    """The marks of those whom they avoid."""

    def __repr__(self) -> str:
        return "Kept(...)"


class Outlines:
    """Those of every programme's register."""

    def __init__(self, seconds: float = KEPT_SECONDS, most: int = MOST_KEPT) -> None:
        """Holds nothing at first."""
        self._seconds = seconds
        self._most = most
        self._of: dict[str, list[Kept]] = {}
        self._end: asyncio.TimerHandle | None = None
        self._key = new_key()
        self.age = 0
        """How often everything was forgotten; what was read before that is not to be kept any more."""

    def mark(self, who: Address) -> bytes:
        """Return what stands for a person here: a hash under a key that never leaves this process."""
        return blake2b(framed(who.team.encode(), who.user.encode()), digest_size=16, key=self._key).digest()

    def of(self, programme: str) -> list[Kept]:
        """Return those of a programme."""
        return self._of.get(programme, [])

    def keep(self, programme: str, found: list[Kept], age: int) -> None:
        """Keep these of a programme and no others, unless everything was forgotten since they were read."""
        if age != self.age:
            return
        others = sum(len(each) for name, each in self._of.items() if name != programme)
        self._of[programme] = found[: max(0, self._most - others)]
        if self._end is None:
            self._end = asyncio.get_running_loop().call_later(self._seconds, self.forget)

    def forget(self) -> None:
        """Forget everything: the time is up, or somebody was erased."""
        self.age += 1
        self._of.clear()
        if self._end is not None:
            self._end.cancel()
            self._end = None
