"""G13, T23: what is counted for the operator has closed names only, and no small number that tells of somebody."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

import aiohttp
import pytest

from bot.health import Reason
from bot.metrics import BUCKETS, STEP, Answer, Delivery, Exporter, Meter, Waiting, told
from handlers.slack_faults import Fault
from peersupport.promises import Promise
from tests.ports import free_port

pytestmark = [pytest.mark.req("G13"), pytest.mark.threat("T23")]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, 0), (4, 0), (5, 5), (9, 5), (10, 10), (1004, 1000)])
def test_small_counts_and_single_steps_are_not_told(count: int, shown: int) -> None:
    assert told(count) == shown


async def _page(meter: Meter) -> list[str]:
    port = free_port()
    exporter = Exporter(meter, lambda: (Reason.PARKED.value,), port)
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
        for fault in Fault:
            meter.refused(fault)
    assert await _page(meter) == before
    meter.answered(Answer.ANSWERED, perf_counter())
    after = await _page(meter)
    changed = sorted(line.split()[0] for line in set(after) - set(before))
    quick = [f'peersupport_answer_seconds_bucket{{le="{each}"}}' for each in ("+Inf", *BUCKETS)]
    assert changed == [
        *quick,
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
        *(f'peersupport_answer_seconds_bucket{{le="{each}"}}' for each in (*BUCKETS, "+Inf")),
        "peersupport_answer_seconds_count",
        "peersupport_answer_seconds_sum",
        *(f'peersupport_slack_refusals_total{{fault="{each.value}"}}' for each in Fault),
        *(f'peersupport_trouble{{reason="{each.value}"}}' for each in Reason),
        "peersupport_ready",
    }


@pytest.mark.req("U46")
@pytest.mark.threat("T43")
async def test_the_operator_sees_what_waits_and_what_is_wrong() -> None:
    meter = Meter()
    meter.outbox = Waiting(due=12, age=90.5, parked=3)
    meter.promises = Counter({Promise.AT_RISK: 6, Promise.MISSED: 4})
    for _ in range(STEP):
        meter.refused(Fault.ALARM)
    page = await _page(meter)
    for line in (
        "peersupport_ready 0.0",
        'peersupport_trouble{reason="outbox_parked"} 1.0',
        'peersupport_trouble{reason="slack_refuses"} 0.0',
        'peersupport_slack_refusals_total{fault="alarm"} 5.0',
        "peersupport_outbox_due 10.0",
        "peersupport_outbox_age_seconds 90.5",
        "peersupport_outbox_parked 0.0",
        'peersupport_promises{state="at_risk"} 5.0',
        'peersupport_promises{state="missed"} 0.0',
        'peersupport_promises{state="late"} 0.0',
    ):
        assert line in page


async def test_a_single_slow_answer_shows_in_no_bucket() -> None:
    meter = Meter()
    for slow in (0.0, 0.0, 0.0, 0.0, 2.7, 9.0):
        meter.answered(Answer.ANSWERED, perf_counter() - slow)
    page = await _page(meter)
    for line in (
        'peersupport_answer_seconds_bucket{le="0.05"} 0.0',
        'peersupport_answer_seconds_bucket{le="2.5"} 0.0',
        'peersupport_answer_seconds_bucket{le="3.0"} 5.0',
        'peersupport_answer_seconds_bucket{le="+Inf"} 5.0',
        "peersupport_answer_seconds_count 5.0",
    ):
        assert line in page
