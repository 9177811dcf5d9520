"""T23: whichever of its documented errors Slack gives to whichever call, nothing is said that nobody may hear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from handlers import ids
from peersupport import messages
from peersupport.requests import SupportRequest
from simulator.faults import Fault
from tests.faults.ground import Ground
from tests.front.signed import captured_log
from tests.stories.town import CHANNEL
from tests.threats.canaries import found_in
from tests.threats.rough import BRIEF, LONG, Rough, asks, rough_town
from tests.threats.test_canaries import said

pytestmark = [pytest.mark.threat("T23"), pytest.mark.req("G13")]

LIST = Path(__file__).parent / "slack_errors.txt"
MANY = 10_000
PATIENCE = (1.0, 4.0, 10.0)
"""Seconds that a gesture may take where it was not answered at once."""
RARE = {"conversations.members", "auth.test", "apps.connections.open"}
"""Asked of Slack at the start and now and then."""
LASTING = ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")
"""After these nothing is answered any more until there is another token."""


def documented() -> Iterator[tuple[str, str]]:
    """Give each method with each of its errors; the errors of all methods once, at any call."""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "@")):
            method, *codes = line.split()
            yield from ((method, code) for code in codes if code not in LASTING)


async def _gestures(rough: Rough, request: SupportRequest, member: UUID, number: int) -> None:
    """Make the app call every method that it uses."""
    town = rough.town
    canary, farah = town.person("canary"), town.person("farah")
    town.clock.move(hours=1)  # over what the last refusal made wait
    now = town.clock.now()
    async with town.house.store.work() as work:
        again = replace(messages.card(request), dedupe=f"card:{number}", run_at=now)
        told = replace(messages.tell_member(request, member), dedupe=f"told:{number}", run_at=now)
        await work.outbox.put(again, told)
    town.house.store.queue.stir()
    town.house._notifier._front.directory.forget(town.address("farah"))  # type: ignore[union-attr]
    for gesture in (
        canary.opens_home(),
        canary.presses(action_id=ids.OWN, where="home"),
        canary.types("/peersupport"),
        canary.presses(action_id=ids.WHO_SEES),
        farah.presses(action_id=ids.OPEN_SHEET, near=request.reference, where=CHANNEL),
        farah.presses(action_id=ids.SHOW_IDENTITY),
    ):
        try:
            await gesture
        except AssertionError:
            continue
    for who in (canary, farah):
        if who.modal is not None:
            await who.closes(everything=True)


async def _felt(fault: Fault, patience: float) -> None:
    """Wait until a call has met the fault: the worker calls in its own time."""
    for _ in range(round(patience / 0.02)):
        if fault.count < MANY:
            return
        await asyncio.sleep(0.02)


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_no_documented_refusal_lets_a_word_out(
    sqlite_ground: Ground, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Those of all methods last: some make messages wait for long.
    every = sorted(documented(), key=lambda pair: pair[0] == "*")
    assert len(every) > 100
    met: set[str] = set()
    with captured_log("debug") as log:
        async with rough_town(sqlite_ground, tmp_path) as rough:
            await asks(rough)
            await rough.town.person("canary").closes(everything=True)
            request = await rough.request()
            assert request is not None
            await rough.town.person("farah").sees(request.reference, where=CHANNEL)
            async with rough.town.house.store.work() as work:
                members = await work.members.all(request.programme)
            for round_, patience in enumerate((BRIEF / 2, *PATIENCE)):
                for number, (method, code) in enumerate(every):
                    # Every pair at once; then, on a machine that is too busy for that, each method not met yet.
                    if round_ and method in met | RARE:
                        continue
                    rough.patience = patience
                    fault = rough.town.sim.faults.add(method=method, kind="error", error=code, count=MANY)
                    await _gestures(rough, request, members[0].id, round_ * len(every) + number)
                    await _felt(fault, patience if round_ else 0)
                    rough.town.sim.faults.clear()
                    if fault.count < MANY:
                        met.add(method)
            rough.patience = LONG
            await rough.mended()
            await rough.town.at_rest()
            calls = rough.town.sim.workspace.log
            messages_sent = [json.dumps(each, ensure_ascii=False).encode() for each in said(calls)]
        told = log.getvalue()
    assert found_in(told.encode()) == []
    assert found_in("".join(capfd.readouterr()).encode()) == []
    assert [each for each in messages_sent if found_in(each)] == []
    assert met >= {method for method, _ in every} - RARE, "every method met some"
