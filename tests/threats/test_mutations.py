"""T11: whatever is done to a valid payload, every listener answers, and nothing is left in a wrong place."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.i18n import LANGUAGES
from handlers.table import table
from simulator.block_kit import check_view
from tests.stories.francophone import english_words
from tests.threats.day import Day, DoorsDay
from tests.threats.scenes import Ground
from tests.threats.shared import Shared

Path = tuple[str | int, ...]
ODD: list[Any] = [
    None, True, False, 0, -1, 10**30, 1.5, float("nan"), "", " ", "x" * 4000, "\0", "\ud800", "\u202e\u2066x", "é漢🙂",
    "<!channel> <@U1> <https://x|y> & < >", "{}", "[]", [], {}, [None], [[]], {"a": None}, {"id": None}, [{}],
    ["x"] * 120, {"value": []}, {"selected_option": 5}, {"selected_options": [5]}, {"selected_users": [5, None, "U1"]},
]  # fmt: skip
SOME, MANY = 300, 6000 if os.environ.get("FULL") else 2000
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

IN_BOTH: frozenset[str] = frozenset(
    {"announce_door", "organise_skip", "organise_cancel", "announce_date", "organise_cancel_all"}
)
"""These show what is announced in every language."""


def paths(part: Any, above: Path = ()) -> Iterator[Path]:
    """Give the way to every part of a payload, the inner ones too."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from paths(value, (*above, key))


def change(payload: Any, path: Path, how: str, value: Any) -> None:
    """Change one part in place; where it is gone by now, nothing happens."""
    for step in path[:-1]:
        try:
            payload = payload[step]
        except (KeyError, IndexError, TypeError):
            return
    key: Any = path[-1]
    try:
        held = payload[key]
        if how == "without":
            del payload[key]
        elif how == "instead":
            payload[key] = copy.deepcopy(value)
        elif how == "twice":
            payload[key] = [held, copy.deepcopy(held)]
        elif how == "longer" and isinstance(held, str):
            payload[key] = held + str(value)
        elif how == "more" and isinstance(held, dict):
            held[str(value)] = copy.deepcopy(value)
    except (KeyError, IndexError, TypeError):
        return


@st.composite
def changes(draw: st.DrawFn, payload: Any) -> Any:
    """Return the payload with one to four of its parts changed."""
    changed = copy.deepcopy(payload)
    everywhere = list(paths(payload))
    # What the app itself has shown comes back in every payload and is read least: nine tries in ten go elsewhere.
    read = [path for path in everywhere if not {"blocks", "authorizations"} & set(path)]
    for _ in range(draw(st.integers(1, 4))):
        how = draw(st.sampled_from(["without", "instead", "instead", "twice", "longer", "more"]))
        where = everywhere if draw(st.integers(0, 9)) == 0 else read
        change(changed, draw(st.sampled_from(where)), how, draw(st.sampled_from(ODD)))
    return changed


async def _answered(data: st.DataObject, *days: Day | Shared) -> None:
    # What several towns have heard is sent to the first of them.
    known = {key: day for day in reversed(days) for key in day.keys}
    key = data.draw(st.sampled_from(sorted(known)))
    await known[key].answer(data.draw(changes(known[key].payloads[key])))


@pytest.fixture(scope="session")
def shared(prepared_once: Ground) -> Shared:
    """Give payloads of what people share with others."""
    return Shared(prepared_once)


def test_every_listener_has_a_payload(day: Day, doors_day: DoorsDay, shared: Shared) -> None:
    assert set(day.payloads) | set(doors_day.payloads) | set(shared.payloads) == set(table())


async def test_the_payloads_of_what_is_shared_are_answered_by_more_than_a_refusal(shared: Shared) -> None:
    for key in shared.keys:
        told = await shared.ground.told(shared.payloads[key])
        shared.ground.put_back()
        assert not told.seen & (shared.ground.refused | shared.ground.outside), key


@pytest.mark.threat("T11")
@pytest.mark.req("G30")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_what_is_shared_is_one_that_slack_takes_in_its_language(
    shared: Shared, language: str
) -> None:
    foreign, shown = english_words() if language == "fr" else [], 0
    for key in shared.keys:
        for view in await shared.pages(shared.payloads[key], language):
            shown += 1
            assert check_view(view, view["type"]) == [], key
            assert json.loads(view["private_metadata"])["l"] == language, key
            sent = json.dumps(view, ensure_ascii=False)
            if key[1] not in IN_BOTH:
                assert [words for words in foreign if words in sent] == [], key
    assert shown > len(shared.keys) // 2


@pytest.mark.threat("T07", "T11")
@settings(max_examples=SOME, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET)
@given(data=st.data())
async def test_no_change_of_a_payload_crashes_a_listener(
    day: Day, doors_day: DoorsDay, shared: Shared, data: st.DataObject
) -> None:
    await _answered(data, day, doors_day, shared)


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.threat("T11")
@settings(max_examples=MANY, deadline=None, database=None, suppress_health_check=QUIET)
@given(data=st.data())
async def test_no_change_at_all_crashes_a_listener(
    day: Day, doors_day: DoorsDay, shared: Shared, data: st.DataObject
) -> None:
    await _answered(data, day, doors_day, shared)


@pytest.mark.threat("T11")
async def test_the_house_is_in_order_afterwards(day: Day, doors_day: DoorsDay) -> None:
    await day.assert_sound()
    await doors_day.assert_sound()
