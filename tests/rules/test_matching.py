"""Who could be offered a request: exclusions hold, wishes only rank, and nobody learns of anybody."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peersupport.matching import WEIGHTS, Ranking, Reason, Why, order, reasons, same_name
from peersupport.supporters import Profile, Supporter, outline_of
from tests.rules.world import ROBIN, START, VANCOUVER, address, needs, profile, rank, supporter, vancouver

WISHES = {wish.id: wish.options[0].id for wish in VANCOUVER.form.wishes}
WISH = next(iter(WISHES))
DEPARTMENT, OTHER_DEPARTMENT = (each.id for each in VANCOUVER.form.avoid.departments[:2])


def entry(number: int, **changes: Any) -> tuple[Supporter, Profile]:
    """An entry whose changes go to the part that has them."""
    one, other = supporter(UUID(int=number)), profile(f"U0SUP{number}", f"Supporter {number}")
    return (
        replace(one, **{key: value for key, value in changes.items() if hasattr(one, key)}),
        replace(other, **{key: value for key, value in changes.items() if hasattr(other, key)}),
    )


def best(ranking: Ranking) -> list[int]:
    return [candidate.supporter.id.int for candidate in ranking.candidates]


@pytest.mark.req("G28", "V9")
@pytest.mark.parametrize(
    ("changes", "away"),
    [
        ({}, False),
        ({"trained_on": None}, True),
        ({"agreement_on": None}, True),
        ({"paused_until": START + timedelta(minutes=1)}, True),
        ({"paused_until": START}, False),
        ({"load": 1}, False),
        ({"load": 2}, True),
        ({"load": 1, "limit": 1}, True),
        ({"load": 2, "limit": 9}, True),
    ],
)
def test_only_trained_bound_present_and_free_supporters_are_candidates(changes: dict[str, Any], away: bool) -> None:
    ranking = rank(needs(), [entry(1, **changes)], VANCOUVER, START)
    assert (best(ranking), ranking.away, ranking.excluded) == (([], 1, 0) if away else ([1], 0, 0))


@pytest.mark.req("G28")
def test_what_a_programme_requires_is_what_counts() -> None:
    lenient = vancouver(matching=VANCOUVER.match.model_dump() | {"requires": ["agreement_signed"]})
    assert best(rank(needs(), [entry(1, trained_on=None), entry(2, agreement_on=None)], lenient, START)) == [1]
    rural = vancouver(matching=VANCOUVER.match.model_dump() | {"requires": ["rural_practice"]})
    register = [entry(1), entry(2, traits={"rural_practice": "yes"})]
    assert best(rank(needs(), register, rural, START)) == [2]


def test_an_ended_entry_is_not_even_counted() -> None:
    assert rank(needs(), [entry(1, active=False)], VANCOUVER, START) == Ranking((), 0, 0)


@pytest.mark.req("V5", "U20")
@pytest.mark.threat("T21")
@pytest.mark.parametrize(
    ("wants", "has"),
    [
        ({"avoid_members": (address("U0SUP1"),)}, {}),
        ({"avoid_names": ("supporter 1",)}, {}),
        ({"avoid_names": ("AMELIE",)}, {"name": "Amélie Tremblay"}),
        ({"not_my_department": True, "department": DEPARTMENT}, {"department": DEPARTMENT}),
        ({}, {"address": ROBIN}),
        ({}, {"avoid_members": (ROBIN,)}),
    ],
)
def test_people_kept_out_are_absent_and_only_counted(wants: dict[str, Any], has: dict[str, Any]) -> None:
    ranking = rank(needs(**wants), [entry(1, **has), entry(2)], VANCOUVER, START)
    assert (best(ranking), ranking.excluded, ranking.away) == ([2], 1, 0)


@pytest.mark.req("U7")
def test_those_who_said_no_to_this_request_are_not_asked_again() -> None:
    ranking = rank(needs(), [entry(1), entry(2)], VANCOUVER, START, said_no={UUID(int=1)})
    assert (best(ranking), ranking.excluded) == ([2], 1)


@pytest.mark.req("V5")
@pytest.mark.parametrize(
    ("wants", "department"),
    [
        ({"department": DEPARTMENT}, DEPARTMENT),
        ({"department": DEPARTMENT, "not_my_department": True}, OTHER_DEPARTMENT),
        ({"not_my_department": True}, ""),
    ],
)
def test_a_department_only_counts_when_asked_and_known(wants: dict[str, Any], department: str) -> None:
    assert best(rank(needs(**wants), [entry(1, department=department)], VANCOUVER, START)) == [1]


@pytest.mark.req("V5")
@pytest.mark.parametrize(
    ("typed", "name", "same"),
    [
        ("Amélie Tremblay", "amelie tremblay", True),
        ("Tremblay, Amélie", "Dre Amelie Tremblay", True),
        ("Dr. Tremblay", "Amélie Tremblay", True),
        ("A. Tremblay", "Amélie Tremblay", True),
        ("B. Tremblay", "Amélie Tremblay", False),
        ("Bob Tremblay", "Amélie Tremblay", False),
        ("Sam Osei", "Sam", True),
        ("Jean-Luc Côté", "Jean Luc Cote", True),
        ("Søren Ostergaard", "Soren Østergaard", True),
        ("Sinéad O’Neill", "Sinead O'Neill", True),
        ("Straße", "STRASSE", True),
        ("", "Amélie Tremblay", False),
        ("Dr", "Dr Tremblay", False),
        ("A", "Amélie Tremblay", False),
        ("---", "Amélie Tremblay", False),
        ("李 明", "李明", False),
        ("李明", "李明", True),
        ("Anne", "Anneliese Berg", False),
    ],
)
def test_typed_names_find_people_whatever_the_accents_and_case(typed: str, name: str, same: bool) -> None:
    assert same_name(typed, name) is same


@pytest.mark.req("V6", "V9")
def test_a_wish_ranks_and_never_blocks() -> None:
    wanted = needs(wishes={WISH: WISHES[WISH]})
    register = [entry(1), entry(2, traits={WISH: WISHES[WISH]})]
    ranking = rank(wanted, register, VANCOUVER, START)
    assert best(ranking) == [2, 1]
    assert Why(Reason.WISH_MET, (WISH, WISHES[WISH])) in ranking.candidates[0].why
    assert not any(why.reason is Reason.WISH_MET for why in ranking.candidates[1].why)


@pytest.mark.req("V9")
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"languages": ("fr",)}, {"languages": ("en",)}),
        ({"modalities": ("phone", "in_person")}, {"modalities": ("in_person",)}),
        ({"times": ("evenings",)}, {"times": ("mornings",)}),
        ({"load": 0}, {"load": 1}),
        ({"load": 1, "limit": 2}, {"load": 0, "languages": ("en",)}),
    ],
)
def test_what_is_shared_comes_first_then_the_lighter_load(better: dict[str, Any], worse: dict[str, Any]) -> None:
    wanted = needs(language="fr", times=("evenings",))
    same: dict[str, Any] = {"languages": ("fr",), "modalities": ("phone",), "times": ("evenings",)}
    register = [entry(1, **(same | worse)), entry(2, **(same | better))]
    assert best(rank(wanted, register, VANCOUVER, START)) == [2, 1]


@pytest.mark.req("V9")
def test_reasons_are_codes_with_ids_and_say_what_speaks_against() -> None:
    wanted = needs(language="fr", modalities=("phone", "zoom"), times=("evenings",))
    has = {"languages": ("en", "fr"), "modalities": ("zoom",), "times": ("mornings",), "load": 1}
    (candidate,) = rank(wanted, [entry(1, **has)], VANCOUVER, START).candidates
    assert candidate.why == (
        Why(Reason.SHARED_LANGUAGE, ("fr",)),
        Why(Reason.SHARED_MODALITY, ("zoom",)),
        Why(Reason.FREE, ("1", "2")),
        Why(Reason.NO_SHARED_TIME),
    )
    assert [why.against for why in candidate.why] == [False, False, False, True]
    assert "Supporter" not in repr(candidate)


def test_the_order_does_not_depend_on_the_order_of_the_register() -> None:
    register = [entry(number) for number in range(1, 6)]
    assert best(rank(needs(), register, VANCOUVER, START)) == best(rank(needs(), register[::-1], VANCOUVER, START))


def some(*ids: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(ids), unique=True).map(tuple)


WISHED = st.dictionaries(st.sampled_from(["stage", "gender"]), st.sampled_from(["", "a", "b"]))


@pytest.mark.req("V9")
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_order_is_that_of_the_reasons_that_are_shown(data: st.DataObject) -> None:
    wanted = needs(
        language=data.draw(st.sampled_from(["en", "fr"])),
        modalities=data.draw(some("phone", "zoom", "in_person")),
        times=data.draw(some("mornings", "evenings")),
        wishes=data.draw(WISHED),
    )
    register = [
        entry(
            number,
            languages=data.draw(some("en", "fr")),
            modalities=data.draw(some("phone", "zoom")),
            times=data.draw(some("mornings", "evenings", "weekends")),
            traits=data.draw(WISHED),
            load=data.draw(st.integers(0, 1)),
        )
        for number in (1, 2, 3)
    ]

    def place(one: tuple[Supporter, Profile]) -> tuple[float, ...]:
        why = reasons(wanted, *one, VANCOUVER)
        return -sum(WEIGHTS.get(each.reason, 0) for each in why), one[0].load, one[0].id.int

    found = order(wanted, [(one, outline_of(other), False) for one, other in register], VANCOUVER, START)
    assert [each.id for each in found.best] == [one.id for one, _ in sorted(register, key=place)]
