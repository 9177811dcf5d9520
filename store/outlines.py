"""What counts of opened profiles in matching, kept in memory for minutes.

An entry is used only for the very row that it was made of, and only while that row's data key is in the keyring; see
docs/decisions/0016-outlines-in-memory.md.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any
from uuid import UUID

from peersupport.people import Address
from peersupport.supporters import Outline, Supporter
from store.encryption import framed, new_key
from store.keyring import listed

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
    """Without a load, which is counted at every look."""
    outline: Outline
    person: bytes
    """The mark of the supporter."""
    avoids: frozenset[bytes]
    """The marks of those whom they avoid."""

    def __repr__(self) -> str:
        return "Kept(...)"


Outlined = tuple[Supporter, Outline, bool]


class Register:
    """What is kept of one programme, with what finds a few in it, so that a look need not go through all of them."""

    __slots__ = ("_avoiding", "_entries", "_of_person", "_places", "kept", "keys", "state")

    def __init__(self, kept: Sequence[Kept] = (), state: str | None = None) -> None:
        """``state`` is what the database said of all rows together, where each of them is kept."""
        self.kept = kept
        self.state = state
        self.keys = listed([each.key_id for each in kept])
        """Their data keys, as the keyring is asked for them."""
        self._entries: list[Outlined] = [(each.supporter, each.outline, False) for each in kept]
        self._places = {each.supporter.id: place for place, each in enumerate(kept)}
        self._of_person: defaultdict[bytes, list[int]] = defaultdict(list)
        self._avoiding: defaultdict[bytes, list[int]] = defaultdict(list)
        for place, each in enumerate(kept):
            self._of_person[each.person].append(place)
            for mark in each.avoids:
                self._avoiding[mark].append(place)

    def entries(self, requester: bytes, apart: Collection[bytes], loads: Mapping[UUID, int]) -> list[Outlined]:
        """Return all of them with their loads; True for these people and for who avoids the requester."""
        found = self._entries.copy()
        for id_, load in loads.items():
            if (place := self._places.get(id_)) is not None:
                supporter, outline, _ = found[place]
                found[place] = (replace(supporter, load=load), outline, False)
        own = [place for mark in apart for place in self._of_person.get(mark, ())]
        for place in (*own, *self._avoiding.get(requester, ())):
            found[place] = (*found[place][:2], True)
        return found


_NOTHING = Register()


class Outlines:
    """Those of every programme's register."""

    def __init__(self, seconds: float = KEPT_SECONDS, most: int = MOST_KEPT) -> None:
        """Holds nothing at first."""
        self._seconds = seconds
        self._most = most
        self._of: dict[str, Register] = {}
        self._end: asyncio.TimerHandle | None = None
        self._key = new_key()
        self.age = 0
        """How often everything was forgotten; what was read before that is not to be kept any more."""

    def mark(self, who: Address) -> bytes:
        """Return what stands for a person here: a hash under a key that never leaves this process."""
        return blake2b(framed(who.team.encode(), who.user.encode()), digest_size=16, key=self._key).digest()

    def of(self, programme: str) -> Register:
        """Return those of a programme."""
        return self._of.get(programme, _NOTHING)

    def keep(self, programme: str, register: Register, age: int) -> None:
        """Keep these of a programme and no others, unless everything was forgotten since they were read."""
        if age != self.age:
            return
        others = sum(len(each.kept) for name, each in self._of.items() if name != programme)
        room = max(0, self._most - others)
        self._of[programme] = register if len(register.kept) <= room else Register(register.kept[:room])
        if self._end is None:
            self._end = asyncio.get_running_loop().call_later(self._seconds, self.forget)

    def forget(self) -> None:
        """Forget everything: the time is up, or somebody was erased."""
        self.age += 1
        self._of.clear()
        if self._end is not None:
            self._end.cancel()
            self._end = None
