"""Whom a programme prefers comes first: the same profession, rural practice, another community."""

from __future__ import annotations

from typing import Any

import pytest

from peersupport import triage
from peersupport.matching import Candidate, Reason
from peersupport.triage import Suggestions
from tests.rules.test_matching import best, entry
from tests.rules.told import WITH_PARTNER, Told
from tests.rules.world import ADA, START, VANCOUVER, needs, rank

HERE = {each.id: each.label.en for each in VANCOUVER.form.avoid.departments}
EMERGENCY = next(id for id, label in HERE.items() if label == "Emergency medicine")
SAME, RURAL = {"profession": "physician"}, {"rural_practice": "yes"}


@pytest.mark.req("I12")
def test_the_same_profession_comes_first_then_rural_practice_then_what_is_shared() -> None:
    shares_all: dict[str, Any] = {"languages": ("en",), "modalities": ("phone",), "times": ("weekends",), "load": 0}
    register = [
        entry(1, **shares_all),
        entry(2, traits=RURAL, languages=("fr",), modalities=()),
        entry(3, traits=SAME, languages=("fr",), modalities=()),
        entry(4, traits=SAME | RURAL, languages=("fr",), modalities=(), load=1),
        entry(5, traits=SAME | RURAL, languages=("en",), modalities=(), load=1),
        entry(6, traits={"profession": "nurse"} | RURAL, languages=("en",)),
    ]
    asked = needs(times=("weekends",))
    assert best(rank(asked, register, WITH_PARTNER, START)) == [5, 4, 3, 6, 2, 1]
    # Where nothing is preferred, what is shared counts, as ever.
    assert best(rank(asked, register, VANCOUVER, START))[0] == 1


@pytest.mark.req("I12")
def test_whoever_wished_for_a_profession_of_their_own_gets_by_that_wish() -> None:
    register = [entry(1, traits=SAME), entry(2, traits={"profession": "nurse"})]
    assert best(rank(needs(), register, WITH_PARTNER, START)) == [1, 2]
    assert best(rank(needs(wishes={"profession": "nurse"}), register, WITH_PARTNER, START)) == [2, 1]


@pytest.mark.req("I12", "U21")
async def test_an_administrator_reads_why_and_nobody_of_the_same_place_is_shown() -> None:
    world = Told()
    far = world.supporter("U0FAR", profile_has={"traits": SAME | RURAL})
    world.supporter("U0NEAR", profile_has={"traits": SAME | RURAL, "department": EMERGENCY})
    plain = world.supporter("U0PLAIN")
    request = await world.told()
    await world.do(triage.claim, ADA, request.id)
    found = await world.do(triage.suggest, ADA, request.id)
    assert isinstance(found, Suggestions)
    shown: tuple[Candidate, ...] = found.ranking.candidates
    assert [each.supporter.id for each in shown] == [far, plain]
    assert found.ranking.excluded == 1
    why = [each.reason for each in shown[0].why]
    assert why[:2] == [Reason.SAME_PROFESSION, Reason.RURAL_EXPERIENCE]
    assert not {Reason.SAME_PROFESSION, Reason.RURAL_EXPERIENCE} & {each.reason for each in shown[1].why}
