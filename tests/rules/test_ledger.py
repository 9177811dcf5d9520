"""Who opened which reference: for administrators, without what they are kept out of; for the operator, by account."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from peersupport import conversations, ledger, reveals, triage
from peersupport.audit import ActorKind, Entry, Event
from peersupport.ledger import Log, Month, Opening
from peersupport.outcomes import Refused
from peersupport.people import Address
from peersupport.requests import Outcome, SupportRequest
from peersupport.reveals import Identity, Reason
from peersupport.upkeep import subject_of
from tests.rules.world import ADA, BEN, CLEO, LENA, ROBIN, STRANGER, VANCOUVER, World, address, ask

SUNE = address("U0SUNE")
NOVEMBER = Month(2026, 11)
ZONE = ZoneInfo("America/Vancouver")


async def opens(world: World, who: Address, request: SupportRequest, reason: Reason = Reason.SAFETY) -> None:
    assert isinstance(await world.do(reveals.open_identity, who, request.id, reason), Identity)


async def log(world: World, who: Address = ADA, month: Month = NOVEMBER, opener: UUID | None = None) -> Log:
    found = await world.do(ledger.openings, who, month, opener)
    assert isinstance(found, Log)
    return found


def test_a_month_begins_and_ends_by_the_programmes_clock() -> None:
    assert Month.of(datetime(2026, 12, 1, 6, 59, tzinfo=UTC), ZONE) == NOVEMBER
    assert Month.of(datetime(2026, 12, 1, 7, 1, tzinfo=UTC), ZONE) == Month(2026, 12)
    assert NOVEMBER.starts(ZONE) == datetime(2026, 11, 1, 0, 0, tzinfo=ZONE)
    assert (Month(2026, 12).after, Month(2026, 1).before, str(Month(2026, 3))) == (
        Month(2027, 1),
        Month(2025, 12),
        "2026-03",
    )
    shown = ledger.months(datetime(2026, 2, 3, tzinfo=UTC), ZONE, 4)
    assert [str(each) for each in shown] == ["2026-02", "2026-01", "2025-12", "2025-11"]


@pytest.mark.req("G11", "G41")
@pytest.mark.threat("T15")
async def test_administrators_read_who_opened_what_and_why_the_latest_first() -> None:
    world = World()
    world.supporter("U0SUNE", "Sune Aas")
    request = await world.accepted()
    await opens(world, ADA, request, Reason.FIND_SUPPORTER)
    world.later(hours=1)
    await world.do(conversations.open_person, SUNE, request.id)
    found = await log(world, BEN)
    at = world.now
    assert found.openings == (
        Opening(request.reference, at, ActorKind.SUPPORTER, request.supporter, Reason.MAKE_CONTACT),
        Opening(request.reference, at - timedelta(hours=1), ActorKind.ADMIN, world.member(ADA), Reason.FIND_SUPPORTER),
    )
    assert [(each.name, each.address) for each in found.openers] == [("Sune Aas", None), ("", ADA)]
    assert found.by_others == 1
    assert (await log(world, ADA)).by_others == 0
    assert "Robin" not in repr(found)
    assert "U0ADA" not in repr(found)
    for who in (LENA, SUNE, ROBIN, STRANGER):
        assert await world.do(ledger.openings, who, NOVEMBER) == Refused()


async def test_one_person_and_one_month_at_a_time() -> None:
    world = World()
    request = await world.confirmed()
    await opens(world, ADA, request)
    await opens(world, CLEO, request)
    assert [each.actor for each in (await log(world, BEN, opener=world.member(CLEO))).openings] == [world.member(CLEO)]
    assert {each.id for each in (await log(world, BEN, opener=world.member(CLEO))).openers} == {
        world.member(ADA),
        world.member(CLEO),
    }
    assert (await log(world, BEN)).by_others == 2
    assert (await log(world, month=Month(2026, 10))).openings == ()
    world.later(days=20)
    await opens(world, ADA, request)
    assert len((await log(world, month=Month(2026, 12))).openings) == 1
    assert len((await log(world)).openings) == 2


@pytest.mark.req("G27", "U19")
@pytest.mark.threat("T21")
async def test_what_an_administrator_is_kept_out_of_is_neither_shown_nor_counted() -> None:
    world = World()
    known = await world.confirmed(STRANGER)
    avoided = await world.confirmed(ROBIN, ask(avoid_members=(BEN,)))
    own = await world.opens(BEN, ask(requester=BEN))
    for request in (known, avoided, own):
        await opens(world, ADA, request)
    seen = await log(world, BEN)
    assert ([each.reference for each in seen.openings], seen.by_others) == ([known.reference], 1)
    assert len((await log(world, CLEO)).openings) == 3
    await world.do(triage.close_request, ADA, own.id, Outcome.UNREACHABLE)
    async with world.memory() as work:
        await work.requests.erase(own.id)
    # Erased, nothing says any more whose it was: so nobody is shown it, whoever it was.
    assert [each.reference for each in (await log(world, BEN)).openings] == [known.reference]
    assert len((await log(world, CLEO)).openings) == 2


@pytest.mark.req("G1")
async def test_another_programmes_openings_are_not_in_it() -> None:
    world = World()
    request = await world.confirmed()
    foreign = SupportRequest(**{name: getattr(request, name) for name in request.__slots__} | {"programme": "other"})
    world.memory.tables.requests[request.id] = foreign
    world.memory.tables.audit.append(
        Entry(Event.IDENTITY_OPENED, world.now, ActorKind.ADMIN, world.member(ADA), request.id, "safety")
    )
    assert (await log(world)).openings == ()


@pytest.mark.req("G11")
async def test_looking_is_written_down() -> None:
    world = World()
    await log(world)
    line = world.memory.tables.audit[-1]
    assert (line.event, line.kind, line.actor, line.subject) == (
        Event.OPENINGS_SEEN,
        ActorKind.ADMIN,
        world.member(ADA),
        subject_of(VANCOUVER.id),
    )


async def test_a_long_month_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "AT_ONCE", 3)
    world = World()
    request = await world.confirmed()
    for _ in range(7):
        await opens(world, ADA, request)
        world.later(minutes=10)
    found = await log(world)
    assert len(found.openings) == 7
    assert [each.at for each in found.openings] == sorted((each.at for each in found.openings), reverse=True)


@pytest.mark.req("G39", "G11")
async def test_the_operator_is_told_who_opened_a_reference() -> None:
    world = World()
    request = await world.accepted()
    await opens(world, ADA, request)
    await world.do(conversations.open_person, SUNE, request.id)
    async with world.memory() as work:
        assert await ledger.who_opened(work, VANCOUVER.id, "Q9-0000", now=world.now) is None
        found = await ledger.who_opened(work, VANCOUVER.id, request.reference, now=world.now)
    assert found is not None
    assert [(each.kind, each.actor, each.reason) for each in found] == [
        (ActorKind.ADMIN, world.member(ADA), Reason.SAFETY),
        (ActorKind.SUPPORTER, request.supporter, Reason.MAKE_CONTACT),
    ]
    assert world.memory.deeds(request.id)[-1] is Event.OPENINGS_SEEN


@pytest.mark.req("G39")
async def test_the_operator_is_told_what_an_account_opened_in_a_period_also_a_removed_one() -> None:
    world = World()
    request = await world.accepted()
    start = world.now
    await opens(world, ADA, request)
    world.later(days=2)
    await opens(world, ADA, request)
    await world.do(conversations.open_person, SUNE, request.id)
    member = world.memory.tables.members.pop(world.member(ADA))
    world.memory.tables.former[member.id] = member

    async def by(user: str, since: datetime, until: datetime) -> ledger.Account:
        async with world.memory() as work:
            return await ledger.opened_by(work, user, since, until, now=world.now)

    all_of_it = (start, world.now + timedelta(days=1))
    assert [each.reference for each in (await by("U0ADA", *all_of_it)).openings] == [request.reference] * 2
    assert [each.actor for each in (await by("U0SUNE", *all_of_it)).openings] == [request.supporter]
    assert len((await by("U0ADA", start + timedelta(days=1), all_of_it[1])).openings) == 1
    assert (await by("U0BEN", *all_of_it)).openings == ()
    async with world.memory() as work:
        assert request.supporter is not None
        await work.supporters.erase(request.supporter)
    erased = await by("U0SUNE", *all_of_it)
    assert (erased.openings, erased.untold) == ((), 1)
