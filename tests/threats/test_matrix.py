"""T15: every cell of the authorisation matrix, on the real dispatcher, rules and store."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers import ids
from handlers.table import doors, table
from peersupport.addresses import Address
from tests.threats import matrix_cafe, matrix_informal, matrix_organise, matrix_pages
from tests.threats.matrix import IDENTITIES, LISTENERS, Key, columns, person, rows
from tests.threats.presses import Press, Way
from tests.threats.scenes import PHONE, SECRET, SISTER, Ground, Scene, Told

NAMES = [f"{key[0]} {key[1]} {what}.{way.__qualname__.partition('.')[0]}" for key, what, way in LISTENERS]


@pytest.mark.threat("T15")
def test_every_listener_has_a_row() -> None:
    assert {key for key, _, _ in LISTENERS} == set(table())


@pytest.mark.threat("T15")
def test_every_row_is_used_and_every_cell_has_a_mark() -> None:
    assert {what for _, what, _ in LISTENERS} == set(rows())
    marks = [mark for scenes in rows().values() for row in scenes.values() for mark in row.values()]
    assert set(marks) == set("Yon-x")
    assert len(NAMES) == len(set(NAMES))


BESIDE = {ids.DISCREET, ids.SHOW_HOME, ids.HIDE_HOME, ids.COVER_NOTE, ids.MY_DATA, ids.MY_DATA_ON, ids.MY_DATA_BACK}
BESIDE |= {ids.DELETE_MY_DATA, ids.DELETE_NOW, ids.OPEN_MESSAGE}
"""What every member may do that is no programme's: their own page and their own data."""


@pytest.mark.req("I1", "I17")
@pytest.mark.threat("T15")
def test_what_every_member_may_is_a_door_that_is_shut_to_a_partners_people() -> None:
    assert {key for key, what, _ in LISTENERS if what == "theirs"} == doors()
    assert {key for key, what, _ in LISTENERS if what == "door" and key[1] not in BESIDE} == doors()


def scene_of(ground: Ground, name: str, column: str) -> Scene:
    """Return the request of a cell: the one with somebody kept out is there for them alone."""
    if name == "any":
        return ground.scenes["asked"]
    return (ground.twins if column == "kept" else ground.scenes)[name]


@pytest.mark.req("G1", "G27", "V12")
@pytest.mark.threat("T15", "T16")
@pytest.mark.parametrize(("key", "what", "way"), LISTENERS, ids=NAMES)
async def test_every_cell(prepared: Ground, key: Key, what: str, way: Way) -> None:
    for scene, marks in rows()[what].items():
        await _nobody_else(prepared, key, way, scene, marks)
        for column in columns():
            if marks[column] == "n":
                await _is_told_of_none(prepared, key, way, scene, column)
            if marks[column] in "Yo":
                await _may(prepared, key, way, scene, column, over=marks[column] == "o")


async def _nobody_else(ground: Ground, key: Key, way: Way, scene: str, marks: dict[str, str]) -> None:
    """See that everybody who may not is answered as if there were nothing, that it is written down, and no more."""
    refused = [column for column in columns() if marks[column] == "-"]
    outside = [column for column in columns() if marks[column] == "x"]
    nothing = await press(ground, key, way, scene, "member", unknown=True) if refused else None
    before = ground.refusals()
    for column in refused:
        assert await press(ground, key, way, scene, column) == nothing, (scene, column)
    for column in outside:
        told = await press(ground, key, way, scene, column)
        assert told == await press(ground, key, way, scene, column, unknown=True), (scene, column)
        assert told.seen <= ground.outside, (scene, column)
    if nothing is not None:
        assert nothing.seen
        assert nothing.seen <= ground.refused
        assert ground.refusals() == before + len(refused), scene
    assert ground.unchanged(), scene


async def _may(ground: Ground, key: Key, way: Way, scene: str, column: str, *, over: bool) -> None:
    """See that somebody is shown more than a refusal, or, where it is over, that nothing comes of it."""
    before = ground.refusals()
    told = await press(ground, key, way, scene, column)
    if over:
        assert ground.unchanged(), (scene, column)
    else:
        assert not told.seen & (ground.refused | ground.outside), (scene, column)
    assert ground.refusals() == before, (scene, column)
    if column != "own" and key[1] not in IDENTITIES:
        own = scene_of(ground, scene, column).own.user
        assert not [word for word in (SECRET, PHONE, own) for view in told.seen if word in view], (scene, column)
    ground.put_back()


async def _is_told_of_none(ground: Ground, key: Key, way: Way, scene: str, column: str) -> None:
    """See that what is closed to somebody is answered as what is not there."""
    before = ground.refusals()
    told = await press(ground, key, way, scene, column)
    assert told == await press(ground, key, way, scene, column, unknown=True), (scene, column)
    assert ground.refusals() == before + 2, (scene, column)
    assert ground.unchanged(), (scene, column)


async def press(ground: Ground, key: Key, way: Way, scene: str, column: str, *, unknown: bool = False) -> Told:
    """Let somebody press with handles that were made for them."""
    here = scene_of(ground, scene, column)
    who = person(column, here)
    return await ground.told(way(Press(ground, here, who, who, unknown), key[1]))


def holds(ground: Ground, key: Key, way: Way, here: Scene, who: Address) -> bool:
    """Say whether a press carries a handle that was made for one person."""
    at = Press(ground, here, who, who)
    way(at, key[1])
    return not {ids.CARD, ids.REFERRAL_CARD}.issuperset(at.taken)


def first_place(what: str) -> tuple[str, str]:
    """Return where somebody may, and who."""
    return next((name, who) for name, row in rows()[what].items() for who, mark in row.items() if mark == "Y")


@pytest.mark.threat("T16")
@pytest.mark.parametrize(("key", "what", "way"), LISTENERS, ids=NAMES)
async def test_a_handle_is_worth_nothing_in_other_hands(prepared: Ground, key: Key, what: str, way: Way) -> None:
    """Also among those who may do the same with a handle of their own."""
    scene, entitled = first_place(what)
    here = scene_of(prepared, scene, entitled)
    holder = person(entitled, here)
    if not holds(prepared, key, way, here, holder):
        return
    outside = [column for column in columns() if rows()[what][scene][column] == "x"]
    seen = await press(prepared, key, way, scene, "member", unknown=True)
    before = prepared.refusals()
    tried = 0
    for column in columns():
        who = person(column, here)
        if who != holder and column not in outside:
            assert await prepared.told(way(Press(prepared, here, who, holder), key[1])) == seen, column
            tried += 1
    assert prepared.refusals() == before + tried
    assert prepared.unchanged()


@pytest.mark.threat("T16")
@pytest.mark.parametrize(("key", "what", "way"), LISTENERS, ids=NAMES)
async def test_a_record_is_not_reached_through_another_programme(
    prepared: Ground, key: Key, what: str, way: Way
) -> None:
    """Also by those who have the same role there."""
    scene, entitled = first_place(what)
    here = scene_of(prepared, scene, entitled)
    who = person(entitled, here)
    payload = way(Press(prepared, here, who, who, programme=SISTER.id), key[1])
    # The list of openings is the other programme's own, whoever is chosen in it.
    if holds(prepared, key, way, here, who) and SISTER.id in json.dumps(payload) and key[1] != ids.LEDGER_PERSON:
        told, before = await prepared.told(payload), prepared.refusals()
        assert told == await press(prepared, key, way, scene, "member", unknown=True)
        assert prepared.refusals() == before + 1
    assert prepared.unchanged()


FORGED: dict[str, dict[str, Any]] = {
    "expired": {"days": -0.01},
    "of another purpose": {"purpose": "another"},
}


@pytest.mark.threat("T16")
@pytest.mark.parametrize(("key", "what", "way"), LISTENERS, ids=NAMES)
async def test_no_handle_works_but_the_one_that_was_made_for_this(
    prepared: Ground, key: Key, what: str, way: Way
) -> None:
    """Also in the hands of the right person, and also where the right one stands beside it in a view's other fields."""
    scene, entitled = first_place(what)
    here = scene_of(prepared, scene, entitled)
    who = person(entitled, here)
    at = Press(prepared, here, who, who)
    right = way(at, key[1])
    if not at.taken:
        return
    nothing = await press(prepared, key, way, scene, "member", unknown=True)
    before = prepared.refusals()
    payloads = [way(Press(prepared, here, who, who, **forged), key[1]) for forged in FORGED.values()]
    empty = way(Press(prepared, here, who, who, unknown=True), key[1])
    if "view" in empty:
        beside = {"external_id": right["view"].get("private_metadata", ""), "root_view_id": right["view"]["id"]}
        payloads.append(empty | {"view": empty["view"] | beside})
    for payload in payloads:
        assert await prepared.told(payload) == nothing
    assert prepared.refusals() == before + len(payloads)
    assert prepared.unchanged()


NO_HANDLE = {
    # These name a programme, a page or a reference, concern only the one who presses, or are for everybody.
    ids.COMMAND, ids.SHORTCUT, ids.HOME_OPENED, ids.USER_CHANGED, *ids.OF_NOBODY, ids.LANGUAGE, ids.WHO_SEES,
    ids.HELP_NOW,
    ids.QUESTIONS, ids.QUESTION, ids.ELSEWHERE, ids.LINK, ids.ASK, ids.FORM_ROLE, ids.FORM_MODALITY, ids.FORM_AGAIN,
    ids.VIEW_REQUEST, ids.DISCREET, ids.SHOW_HOME, ids.HIDE_HOME, ids.MY_DATA, ids.MY_PROFILE, ids.VIEW_PROFILE,
    ids.PAUSE, ids.RESUME, ids.SUPPORTERS, ids.SUPPORTERS_PAGE, ids.SUPPORTERS_NEXT, ids.ADD_SUPPORTER, ids.LOOKUP,
    ids.VIEW_LOOKUP, ids.REPORT, ids.REPORT_PERIOD, ids.LEDGER, ids.LEDGER_MONTH, ids.LEDGER_NEWER, ids.LEDGER_OLDER,
    ids.LEDGER_TEXT, ids.LEDGER_LIST, ids.COVER_NOTE, ids.QUEUE, ids.QUEUE_PART, ids.QUEUE_BACK, ids.QUEUE_ON,
    ids.QUEUE_FILTER, ids.QUEUE_OF, ids.BY_PHONE, ids.PHONE_LANGUAGE, ids.PHONE_MODALITY, ids.VIEW_BY_PHONE,
    ids.REFER, ids.ATTEST, ids.VIEW_REFERRAL, ids.NOTIFY, ids.REFERRALS, ids.REFERRALS_FILTER,
    ids.RECORD_NOTICE, ids.KEEP_PARTNERS, ids.VIEW_NOTICE, ids.VIEW_VOICEMAIL, ids.VIEW_PARTNERS,
    *matrix_cafe.NO_HANDLE, *matrix_informal.NO_HANDLE, *matrix_organise.NO_HANDLE, *matrix_pages.NO_HANDLE,
    ids.CAFE, ids.TO_FILE, ids.TO_GOOGLE, ids.TO_OUTLOOK, ids.TO_OUTLOOK_HOME, ids.DEPARTMENT_LINE,
    ids.DEPARTMENT_LINES, ids.KEEP_MEMBERS, ids.ORGANISE, ids.ORGANISE_BACK, ids.NEW_SERIES, ids.VIEW_SERIES,
    ids.REGISTER, ids.VIEW_REGISTER, ids.SESSION, ids.SESSIONS, ids.VIEW_DEPARTMENT_LINE, ids.VIEW_MEMBERS,
    ids.VIEW_TERMS,
}  # fmt: skip


@pytest.mark.threat("T16")
def test_most_deeds_need_a_handle(prepared: Ground) -> None:
    here = prepared.scenes["asked"]
    bare = set()
    for key, _, way in LISTENERS:
        at = Press(prepared, here, here.own, here.own)
        way(at, key[1])
        bare |= set() if at.taken else {key[1]}
    assert bare == NO_HANDLE
