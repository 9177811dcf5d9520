"""T07, T11 over the wire: signed bytes of every sort are answered below 500, and others are served meanwhile."""

from __future__ import annotations

import copy
import json
import random
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.threats.day import Day
from tests.threats.test_mutations import ODD, change, paths

ROUNDS = 250
SEED = 20261122


def encoded(payload: object) -> tuple[bytes, str]:
    """Write a payload as Slack would send it; half a surrogate pair goes as its escape."""
    form = "application/x-www-form-urlencoded"
    if isinstance(payload, dict) and payload.get("type") == "event_callback":
        return json.dumps(payload).encode(), "application/json"
    if isinstance(payload, dict) and "command" in payload:
        flat = {key: value if isinstance(value, str) else json.dumps(value) for key, value in payload.items()}
        return urlencode(flat, errors="replace").encode(), form
    return urlencode({"payload": json.dumps(payload)}).encode(), form


@pytest.mark.threat("T07", "T11")
async def test_no_signed_payload_makes_a_server_error(day: Day) -> None:
    # The same changes at every run, but others than those of the listeners' own test.
    chance = random.Random(SEED)
    sim = day.town.sim
    async with aiohttp.ClientSession() as session:
        for _ in range(ROUNDS):
            payload = copy.deepcopy(day.payloads[chance.choice(day.keys)])
            where = list(paths(payload))
            for _ in range(chance.randint(1, 4)):
                how = chance.choice(["without", "instead", "twice", "longer", "more"])
                change(payload, chance.choice(where), how, chance.choice(ODD))
            body, kind = encoded(payload)
            headers = {"Content-Type": kind, **sim.dispatcher.sign(body)}
            async with session.post(sim.request_url, data=body, headers=headers) as answer:
                words = await answer.read()
                assert answer.status in (200, 400), payload
                assert answer.status == 200 or words == b""
                if words:
                    assert isinstance(json.loads(words), dict)
    await day.assert_sound()


@pytest.mark.threat("T07")
async def test_half_of_a_surrogate_pair_comes_back_as_it_went(day: Day) -> None:
    payload = copy.deepcopy(next(day.payloads[key] for key in day.keys if key[1] == "request_form"))
    payload["view"]["blocks"] = [{"type": "input", "block_id": "name\ud800"}]
    payload["view"]["id"] = "VNEWFORM01"
    payload["view"]["state"]["values"] = {}
    answer = await day.town.sim.dispatcher.send("interactive", payload, "by hand")
    assert answer.status == 200
    assert answer.body["response_action"] == "errors"
