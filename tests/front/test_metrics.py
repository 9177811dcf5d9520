"""G13, T23: what is counted for the operator has closed names only, and no small number that tells of somebody."""

from __future__ import annotations

from time import perf_counter

import aiohttp
import pytest

from bot.metrics import STEP, Answer, Delivery, Exporter, Meter, told
from tests.front.process import free_port

pytestmark = [pytest.mark.req("G13"), pytest.mark.threat("T23")]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 0), (4, 0), (5, 5), (9, 5), (10, 10), (1004, 1000)])
def test_small_counts_and_single_steps_are_not_told(count: int, shown: int) -> None:
    assert told(count) == shown


async def _page(meter: Meter) -> list[str]:
    port = free_port()
    exporter = Exporter(meter, lambda: True, port)
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as page:
            return [line for line in (await page.text()).splitlines() if not line.startswith("#")]
    finally:
        exporter.close()


async def test_each_category_waits_for_its_fifth() -> None:
    meter = Meter()
    before = await _page(meter)
    for _ in range(STEP - 1):
        for answer in Answer:
            meter.answered(answer, perf_counter() if answer is Answer.ANSWERED else None)
        for delivery in Delivery:
            meter.delivered(delivery)
    assert await _page(meter) == before
    meter.answered(Answer.ANSWERED, perf_counter())
    after = await _page(meter)
    changed = sorted(line.split()[0] for line in set(after) - set(before))
    assert changed == [
        "peersupport_answer_seconds_count",
        "peersupport_answer_seconds_sum",
        'peersupport_answers_total{outcome="answered"}',
    ]
    assert 'peersupport_answers_total{outcome="answered"} 5.0' in after


async def test_every_name_is_on_a_closed_list() -> None:
    names = {line.split()[0] for line in await _page(Meter())}
    assert names == {
        *(f'peersupport_answers_total{{outcome="{each.value}"}}' for each in Answer),
        *(f'peersupport_deliveries_total{{result="{each.value}"}}' for each in Delivery),
        "peersupport_answer_seconds_count",
        "peersupport_answer_seconds_sum",
        "peersupport_ready",
    }
