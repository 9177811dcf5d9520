"""Asking for oneself: the redirect keeps nothing, one submission opens one request, and a private one stays private."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peersupport import intake, own
from peersupport.audit import ActorKind, Event
from peersupport.intake import (
    AlreadyOpen,
    Ask,
    Eligible,
    Fault,
    Invalid,
    Opened,
    Part,
    Redirected,
    Repeated,
    check,
    choose_role,
    open_request,
    reach_fault,
)
from peersupport.notifications import Kind
from peersupport.outcomes import NoOtherAdministrator, Refused
from peersupport.requests import State
from tests.rules.fakes import Ids, Tables
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, START, VANCOUVER, World, address, ask, vancouver


async def submit(world: World, asked: Ask | None = None, *, key: str = "view-1", ids: Ids | None = None) -> Any:
    return await world.do(open_request, ROBIN, asked or ask(), key=key, ids=ids or world.ids)


def kept(tables: Tables) -> tuple[int, ...]:
    """How much is kept of what somebody submitted."""
    parts = (tables.requests, tables.needs, tables.contacts, tables.outbox, tables.receipts, tables.audit)
    return tuple(len(part) for part in parts)


@pytest.mark.req("V1", "U26")
@pytest.mark.parametrize("role", VANCOUVER.eligibility.roles, ids=lambda role: str(role.id))
async def test_a_role_is_served_or_led_elsewhere_and_only_counted(role: Any) -> None:
    world = World()
    async with world.memory() as work:
        answer = await choose_role(work, world.programme, role.id, world.now)
    assert answer == (Eligible() if role.eligible else Redirected(role.id, role.to))
    assert kept(world.memory.tables) == (0,) * 6
    assert dict(world.memory.tables.tallies) == ({} if role.eligible else {(VANCOUVER.id, "2026-11", "redirected"): 1})


@pytest.mark.req("V1", "U26")
async def test_a_submission_for_another_role_is_redirected_and_kept_nowhere() -> None:
    world = World()
    assert await submit(world, ask(role="resident")) == Redirected("resident", ("ubc_residents", "php_bc"))
    assert kept(world.memory.tables) == (0,) * 6


async def test_an_unknown_role_or_a_closed_door_is_refused() -> None:
    world = World()
    async with world.memory() as work:
        assert await choose_role(work, world.programme, "forged", world.now) == Refused()
    assert await submit(world, ask(role="forged")) == Invalid(((Part.ROLE, Fault.UNKNOWN),))
    world.programme = vancouver(doors={})
    assert await submit(world) == Refused()
    assert [each.event for each in world.memory.tables.audit] == [Event.REFUSED, Event.REFUSED]


@pytest.mark.req("V7", "G18", "U50")
async def test_a_request_stands_with_its_promise_its_notice_and_its_messages() -> None:
    world = World(now=datetime(2026, 12, 24, 23, 30, tzinfo=UTC))
    outcome = await submit(world)
    assert isinstance(outcome, Opened)
    request = outcome.request
    assert (request.state, request.version, request.claimed_by) == (State.RECEIVED, 1, None)
    assert request.due_at == datetime(2026, 12, 27, 23, 30, tzinfo=UTC)
    assert request.notice_version == VANCOUVER.consent.notice_version
    assert {each.kind for each in world.memory.tables.outbox.values()} == {
        Kind.CARD,
        Kind.TELL_REQUESTER,
        Kind.HOME_REQUESTER,
        Kind.REMIND_ADMINS,
        Kind.REMIND_BACKUPS,
        Kind.ALERT_RISK,
        Kind.ASK_REQUESTER,
    }
    (line,) = world.memory.tables.audit
    assert (line.event, line.kind, line.actor, line.subject) == (
        Event.REQUEST_OPENED,
        ActorKind.REQUESTER,
        None,
        request.id,
    )


async def test_the_requester_is_who_submits_whatever_the_form_says() -> None:
    world = World()
    await submit(world, ask(requester=BEN))
    assert list(world.memory.tables.requesters.values()) == [ROBIN]
    assert [each.requester for each in world.memory.tables.needs.values()] == [ROBIN]


@pytest.mark.req("G26")
@pytest.mark.threat("T03", "T35")
async def test_the_same_submission_twice_opens_one_request() -> None:
    world = World()
    first = await submit(world)
    before = kept(world.memory.tables)
    assert await submit(world) == Repeated(first.request)
    assert kept(world.memory.tables) == before


@pytest.mark.threat("T35")
async def test_a_repeat_that_lost_the_race_finds_the_first() -> None:
    world = World()
    first = await submit(world)

    async with world.memory() as work:
        work.requests.of = _nobody  # type: ignore[method-assign]
        outcome = await open_request(work, world.programme, ROBIN, ask(), key="view-1", now=world.now, ids=world.ids)
    assert outcome == Repeated(first.request)
    assert len(world.memory.tables.requests) == 1


async def _nobody(*_: object, **__: object) -> list[Any]:
    return []


@pytest.mark.req("U49")
async def test_a_second_request_shows_the_open_one_and_may_restart() -> None:
    world = World()
    first = (await submit(world)).request
    assert await submit(world, key="view-2") == AlreadyOpen(first)
    assert len(world.memory.tables.requests) == 1
    assert await world.read(lambda work: intake.open_one_of(work, world.programme, ROBIN)) == first
    await world.do(own.withdraw, ROBIN, first.id)
    assert isinstance(await submit(world, key="view-3"), Opened)


@pytest.mark.req("G1")
async def test_an_open_request_elsewhere_does_not_stand_in_the_way() -> None:
    world = World()
    first = await world.opens()
    world.memory.tables.requests[first.id] = replace(first, programme="elsewhere")
    assert isinstance(await submit(world), Opened)


async def test_a_reference_in_use_is_replaced_by_another() -> None:
    world = World()
    await world.do(open_request, BEN, ask(requester=BEN), key="view-0", ids=Ids(["K7-4Q2M"]))
    ids = Ids(["K7-4Q2M", "K7-4Q2M", "M3-8TZX"])
    ids._count = 500
    assert (await submit(world, ids=ids)).request.reference == "M3-8TZX"


@pytest.mark.req("G37", "V3")
@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, {}),
        ({"name": "", "reasons": (), "times": ()}, {}),
        ({"modalities": ()}, {Part.MODALITIES: Fault.MISSING}),
        ({"modalities": ("telepathy",)}, {Part.MODALITIES: Fault.UNKNOWN}),
        ({"reach": "  "}, {Part.REACH: Fault.MISSING}),
        ({"reach": "ring me"}, {Part.REACH: Fault.NEEDS_PHONE}),
        ({"reach": "robin@example.org"}, {Part.REACH: Fault.NEEDS_PHONE}),
        ({"reach": "6" * 301}, {Part.REACH: Fault.TOO_LONG}),
        ({"role": "", "reach": ""}, {Part.ROLE: Fault.MISSING, Part.REACH: Fault.MISSING}),
        ({"reasons": ("burnout",)}, {Part.REASONS: Fault.UNKNOWN}),
        ({"times": ("never",)}, {Part.TIMES: Fault.UNKNOWN}),
        ({"wishes": {"height": "tall"}}, {Part.WISHES: Fault.UNKNOWN}),
        ({"department": "forged"}, {Part.DEPARTMENT: Fault.UNKNOWN}),
        ({"name": "R" * 301}, {Part.NAME: Fault.TOO_LONG}),
        ({"avoid_names": ("R" * 3001,)}, {Part.AVOID_NAMES: Fault.TOO_LONG}),
    ],
)
async def test_a_form_is_checked_part_by_part(changes: dict[str, Any], faults: dict[Part, Fault]) -> None:
    asked = ask(**changes)
    assert dict(check(VANCOUVER, asked)) == faults
    world = World()
    outcome = await submit(world, asked)
    assert isinstance(outcome, Invalid) == bool(faults)
    assert (len(world.memory.tables.requests) == 0) == bool(faults)


@pytest.mark.req("V3")
@pytest.mark.parametrize(
    ("modalities", "reach", "fault"),
    [
        (("phone",), "604 555-0142", None),
        (("phone",), "+1 (604) 555.0142, evenings", None),
        (("phone",), "604\u2011555\u20110142 ou robin@example.org", None),
        (("phone",), "robin6045550142@example.org", Fault.NEEDS_PHONE),
        (("phone",), "ext 12", Fault.NEEDS_PHONE),
        (("in_person",), "robin@example.org", None),
        (("in_person",), "by the fish pond", Fault.NEEDS_PHONE_OR_EMAIL),
        (("zoom",), "robin@example.org", None),
        (("phone", "in_person"), "robin@example.org", Fault.NEEDS_PHONE),
    ],
)
def test_the_contact_must_serve_every_chosen_way_to_talk(
    modalities: tuple[str, ...], reach: str, fault: Fault | None
) -> None:
    assert reach_fault(VANCOUVER, modalities, reach) is fault


@pytest.mark.req("G27", "U19")
@pytest.mark.parametrize(
    ("who", "avoid", "told"),
    [
        (ADA, (), {BEN}),
        (CLEO, (), {ADA, BEN}),
        (LENA, (), {ADA, BEN}),
        (ROBIN, (BEN,), {ADA}),
        (ROBIN, (LENA,), {ADA, BEN}),
        (ADA, (BEN,), {CLEO}),
    ],
)
@pytest.mark.threat("T21")
async def test_a_request_that_concerns_a_member_goes_to_the_others_one_by_one(
    who: Any, avoid: tuple[Any, ...], told: set[Any]
) -> None:
    world = World()
    request = await world.opens(who, ask(requester=who, avoid_members=avoid))
    assert request.private_card
    audiences = {each.audience for each in world.memory.told(Kind.TELL_MEMBER, request.id)}
    assert audiences == {world.member(each) for each in told}


@pytest.mark.req("U19")
async def test_a_request_that_concerns_no_member_has_a_card_in_the_channel() -> None:
    world = World()
    request = await world.opens(asked=ask(avoid_members=(address("U0PEER"),)))
    assert not request.private_card
    assert world.memory.told(Kind.TELL_MEMBER) == []


@pytest.mark.req("G27")
async def test_with_nobody_left_to_look_after_it_nothing_is_kept() -> None:
    world = World()
    assert await submit(world, ask(avoid_members=(ADA, BEN, CLEO))) == NoOtherAdministrator()
    assert kept(world.memory.tables) == (0,) * 6


@pytest.mark.req("U22")
async def test_with_the_persons_yes_the_administrators_learn_that_it_is_urgent() -> None:
    world = World()
    request = await world.opens(asked=ask(urgent=True))
    assert request.urgent
    assert {each.audience for each in world.memory.told(Kind.TELL_MEMBER)} == {world.member(ADA), world.member(BEN)}


@pytest.mark.req("G42")
def test_nothing_that_was_typed_shows_in_a_repr() -> None:
    shown = repr(ask(name="Quillfeather", reach="quill@example.org"))
    assert shown == "Ask(...)"


async def test_an_opened_request_is_due_after_the_promised_hours() -> None:
    assert (await World().opens()).due_at - START == timedelta(hours=72)
