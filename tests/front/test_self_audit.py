"""What is left of what was erased, as a command says it and as whoever watches the process counts it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.erasure_commands import SAID
from bot.metrics import Exporter, Meter
from peersupport import retention
from peersupport.notifications import Due, Kind
from peersupport.requests import Outcome, State
from store.self_audit import Findings
from tests.front.process import PROGRAMME, Install, installed
from tests.ports import free_port
from tests.store.records import open_request


@pytest.fixture
async def install(tmp_path: Path) -> AsyncIterator[Install]:
    """An installation with one request that was erased."""
    async with installed(tmp_path) as (_, made):
        async with made.up() as house:
            await made.until(200)
            now = datetime.now(UTC)
            closed: dict[str, Any] = {"state": State.CLOSED, "outcome": Outcome.WITHDRAWN, "closed_at": now}
            request = await open_request(house.store, programme=PROGRAMME, reference="K7-4Q2M", **closed)
            async with house.store.work() as work:
                await retention.carry_out(work, Due(request.id, Kind.ERASE, request.id, PROGRAMME), now)
        yield made


@pytest.mark.req("G19")
@pytest.mark.long
async def test_the_command_counts_what_is_left_and_says_so_with_its_exit_code(install: Install) -> None:
    result = await install.command("self-audit")
    assert (result.code, result.out.splitlines()[-1]) == (0, "Nothing is left of what was erased.")
    with closing(sqlite3.connect(install.folder / "data" / "peersupport.db")) as database:
        database.execute("UPDATE requests SET requester_hash = x'00', contact = x'00'")
        database.commit()
    result = await install.command("self-audit")
    assert result.code == 1
    assert [line for line in result.out.splitlines() if not line.startswith("     0")] == [
        "     1  erased request(s) with something sealed left",
        "     1  erased request(s) that still lead to whoever asked",
    ]
    assert "K7-4Q2M" not in result.out + result.err


def test_every_count_has_its_words() -> None:
    assert list(SAID) == list(Findings().counts)


@pytest.mark.req("G19")
@pytest.mark.parametrize(("left", "line"), [(None, None), (0, "0.0"), (3, "3.0")])
async def test_the_last_count_is_a_metric_once_there_was_one(left: int | None, line: str | None) -> None:
    meter, port = Meter(), free_port()
    meter.left = left
    exporter = Exporter(meter, lambda: (), port)
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as page:
            told = (await page.text()).splitlines()
    finally:
        exporter.close()
    found = [each.rpartition(" ")[2] for each in told if each.startswith("peersupport_self_audit_findings ")]
    assert found == ([] if line is None else [line])
