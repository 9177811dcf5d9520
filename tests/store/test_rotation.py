"""Every key goes over to a new master key while the app runs; interrupted anywhere, it is simply run again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from store import rotation
from store.errors import KeyringSealed
from store.keyring import Keyring
from store.master import FileMasterKey, Masters
from store.rotation import Rotation, Standing
from store.store import Store
from tests.store.conftest import Places
from tests.store.records import AVERY, MovableClock, a_contact, open_request, some_needs

KEYS = 7


@dataclass
class Change:
    """A keyring under one master key, with some data keys, and another master key that it is to go over to."""

    places: Places
    clock: MovableClock
    old: Path
    new: Path
    keys: dict[UUID, bytes]

    def ring(self, *masters: Path, spares: int = 2) -> Keyring:
        """Return a keyring opened with these master keys, the present one first."""
        return Keyring(self.places.keyring_url, _masters(*masters), self.clock, spares=spares)

    async def holds(self, *masters: Path) -> None:
        """See that each key opens with these master keys, and is still the same."""
        ring = self.ring(*masters)
        await ring.ready()
        assert await ring.get_many(self.keys) == self.keys
        await ring.close()

    async def is_shut(self, *masters: Path) -> None:
        """See that nothing at all opens with these master keys."""
        ring = self.ring(*masters)
        with pytest.raises(KeyringSealed):
            await ring.ready()
        for key_id in self.keys:
            with pytest.raises(KeyringSealed):
                await ring.get(key_id)
        await ring.close()

    def rotation(self) -> Rotation:
        return Rotation(self.places.keyring_url, _masters(self.new, self.old))


def _masters(present: Path, previous: Path | None = None) -> Masters:
    return Masters(FileMasterKey(present), FileMasterKey(previous) if previous else None)


@pytest_asyncio.fixture
async def change(
    database: Places, keyring: Keyring, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Change]:
    monkeypatch.setattr(rotation, "BATCH", 3)
    new = tmp_path / "new.key"
    FileMasterKey.create(new)
    made = Change(database, clock, database.master, new, dict([await keyring.take() for _ in range(KEYS)]))
    yield made
    # The keyring of the PostgreSQL tests is shared, and the named keys of the next test are under the old master key.
    back = Rotation(database.keyring_url, _masters(made.old, made.new))
    await back.complete()
    back.close()


@pytest.mark.threat("T61")
async def test_afterwards_the_new_master_key_opens_everything_and_the_old_one_nothing(change: Change) -> None:
    await change.is_shut(change.new)
    await change.holds(change.new, change.old)
    turning = change.rotation()
    assert (await turning.standing()).begun is False
    assert await turning.complete() >= KEYS
    assert await turning.standing() == Standing(begun=True, left=0)
    assert await turning.complete() == 0
    turning.close()
    await change.holds(change.new)
    await change.holds(change.new, change.old)
    await change.is_shut(change.old)


@pytest.mark.threat("T61")
@pytest.mark.parametrize("steps", range(5))
async def test_half_way_both_are_read_and_what_is_left_goes_over_later(change: Change, steps: int) -> None:
    turning = change.rotation()
    if steps:
        await turning.begin()
    for _ in range(steps - 1):
        await turning.carry_on()
    turning.close()
    # The process was ended here; others go on with both keys, in whichever order they are set.
    await change.holds(change.new, change.old)
    await change.holds(change.old, change.new)
    again = change.rotation()
    assert (await again.standing()).begun is (steps > 0)
    await again.complete()
    again.close()
    await change.holds(change.new)
    await change.is_shut(change.old)


@pytest.mark.threat("T61")
async def test_nothing_is_minted_under_the_old_master_key_once_it_has_begun(change: Change, keyring: Keyring) -> None:
    both, before = change.ring(change.new, change.old), change.ring(change.new, change.old)
    change.keys |= dict([await before.take() for _ in range(3)])
    assert await keyring.get_many(change.keys) == change.keys, "before it has begun, those with the old key read all"
    turning = change.rotation()
    await turning.begin()
    while keyring._spares:
        await keyring.take()
    with pytest.raises(KeyringSealed):
        await keyring.take()
    change.keys |= dict([await both.take() for _ in range(5)])
    await turning.complete()
    turning.close()
    await change.holds(change.new)
    for ring in (both, before):
        await ring.close()


@pytest.mark.threat("T61")
async def test_under_load_no_key_is_lost_and_none_comes_back(change: Change) -> None:
    rings = [change.ring(change.new, change.old, spares=4) for _ in range(3)]
    destroyed: set[UUID] = set()
    stop = asyncio.Event()

    async def live(ring: Keyring) -> None:
        while not stop.is_set():
            key_id, key = await ring.take()
            gone, _ = await ring.take()
            assert await ring.get(key_id) == key
            await ring.destroy(gone)
            change.keys[key_id] = key
            destroyed.add(gone)
            await asyncio.sleep(0)

    living = [asyncio.create_task(live(ring)) for ring in rings]
    turning = change.rotation()
    await turning.complete()
    stop.set()
    await asyncio.gather(*living)
    assert await turning.standing() == Standing(begun=True, left=0)
    turning.close()
    for ring in rings:
        await ring.close()
    await change.holds(change.new)
    ring = change.ring(change.new)
    assert await ring.get_many(destroyed) == {}
    await ring.close()


@pytest.mark.threat("T61")
async def test_a_running_app_reads_and_writes_before_and_after(
    change: Change, database: Places, clock: MovableClock
) -> None:
    running = Store(database.url, change.ring(change.new, change.old), clock)
    before = await open_request(running)
    turning = change.rotation()
    await turning.complete()
    turning.close()
    after = await open_request(running, who=AVERY, programme="another", reference="R2-222A")
    await running.close()
    later = Store(database.url, change.ring(change.new), clock)
    async with later.work() as work:
        for request in (before, after):
            assert await work.requests.needs(request.id) == some_needs()
            assert await work.requests.contact(request.id) == a_contact()
            assert await work.requests.is_requester(request.id, AVERY)
    await later.close()


async def test_a_keyring_of_a_third_master_key_is_left_alone(change: Change, tmp_path: Path) -> None:
    third = tmp_path / "third.key"
    FileMasterKey.create(third)
    turning = Rotation(change.places.keyring_url, _masters(third, change.new))
    for deed in (turning.standing, turning.begin, turning.carry_on):
        with pytest.raises(KeyringSealed, match="another master key"):
            await deed()
    turning.close()
    await change.holds(change.old)


async def test_a_previous_master_key_that_is_gone_is_missed_only_where_it_is_needed(change: Change) -> None:
    turning = change.rotation()
    await turning.complete()
    turning.close()
    await change.holds(change.new, change.new.with_name("nowhere.key"))
    await change.is_shut(change.old, change.new.with_name("nowhere.key"))
