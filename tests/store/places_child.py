"""A process of its own in which people register: a line of its input is one round, one of its output how that went."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from tests.store.gathering_town import Hall
from tests.store.records import MovableClock


async def main(url: str, keyring_url: str, master: str) -> None:
    """Let the people of each round ask at once, and say what each was told."""
    clock = MovableClock()
    store = Store(url, Keyring(keyring_url, FileMasterKey(Path(master)), clock, spares=16), clock)
    await store.ready()
    hall = Hall(store, clock)
    _say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        people: list[int] = asked["people"]
        async with store.work() as work:
            series = await work.series.get(UUID(asked["series"]))
        assert series is not None
        found = await asyncio.gather(*(hall.registers(series, who) for who in people))
        _say(json.dumps([[who, type(each).__name__] for who, each in zip(people, found, strict=True)]))
    await store.close()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
