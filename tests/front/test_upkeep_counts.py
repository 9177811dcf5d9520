"""What the daily jobs write into the log: that something was done, and how much of it only in steps of five."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import pytest

from bot import logs, upkeep_cover, upkeep_digest, upkeep_erasure
from peersupport import cover, digest
from peersupport.notifications import Due, Kind
from tests.rules.world import VANCOUVER, World


class Written:
    """The lines that were written."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def note(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))


@pytest.mark.threat("T23")
@pytest.mark.parametrize(("done", "said"), [(0, 0), (1, 0), (4, 0), (7, 5)])
async def test_a_small_count_of_people_is_not_told_by_the_log(
    done: int, said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, world = Written(), World()
    monkeypatch.setattr(logs, "note", written.note)
    for module, name in (
        (upkeep_erasure, "_erase_requests"),
        (upkeep_erasure, "_erase_former"),
        (upkeep_erasure, "_erase_notices"),
        (upkeep_erasure, "_close_concerns"),
        (upkeep_erasure, "_end_referrals"),
        (upkeep_erasure, "_edit_down"),
        (upkeep_erasure, "_erase_shared"),
        (cover, "tidy"),
        (cover, "plan"),
        (digest, "tell"),
    ):
        monkeypatch.setattr(module, name, AsyncMock(return_value=done))
    counted = AsyncMock(return_value=done)
    store = SimpleNamespace(
        work=world.memory,
        leftovers=SimpleNamespace(purge=counted),
        queue=SimpleNamespace(purge=counted),
        purge=counted,
        sweep=counted,
        renew_index=AsyncMock(return_value=SimpleNamespace(value="young")),
        tidy=AsyncMock(return_value=True),
    )
    clock = SimpleNamespace(now=lambda: world.now)
    rooms: Any = SimpleNamespace(store=store, front=SimpleNamespace(clock=clock, programmes={VANCOUVER.id: VANCOUVER}))
    for job, kind in (
        (upkeep_erasure.retain, Kind.RETAIN),
        (upkeep_cover.cover_job, Kind.COVER),
        (upkeep_digest.digest_job, Kind.DIGEST),
    ):
        await job(rooms, Due(UUID(int=1), kind, UUID(int=2), VANCOUVER.id))
    counts = {(event, fields.get("kind")): fields["count"] for event, fields in written.lines if "count" in fields}
    # Three counts of rows are added up in one line.
    steps = 3 * done // 5 * 5
    assert counts.pop(("retain.erased", "rows")) == steps
    assert counts
    assert set(counts.values()) == {said}
    assert done == 0 or {event for event, _ in counts} == {"retain.erased", "cover.done", "digest.told"}
