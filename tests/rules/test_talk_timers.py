"""After the first contact: silence asked about, each side by itself; and a requester whom nobody can reach."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from peersupport import choices, conversations, own
from peersupport.clocks import given_up_at
from peersupport.notes import Note, note_of, supporter_is_asked
from peersupport.notifications import Kind
from peersupport.outcomes import Already, Done, Over, Refused, Stale
from peersupport.requests import Outcome, State, SupportRequest
from tests.rules.clockwork import Clockwork, carry_out, rows_of, said
from tests.rules.world import ADA, ROBIN, STRANGER, World, address, ask

SUNE = address("U0SUNE")
MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)
TICKED: dict[str, Any] = {"notify": True, "zone": "America/Vancouver"}


def note(world: World, request: SupportRequest) -> Note | None:
    return note_of(world.request(request.id), world.programme, world.now)


def asked(world: World) -> tuple[int, int]:
    """Count how often requester and supporter were written to about silence."""
    requester = [each for each in rows_of(world, Kind.TELL_REQUESTER) if ":idle:" in each.dedupe]
    return len(requester), len([e for e in rows_of(world, Kind.TELL_SUPPORTER) if f":{Kind.ASK_GOING_ON}:" in e.dedupe])


async def talking() -> tuple[World, Clockwork, SupportRequest]:
    world = World(now=NOON)
    request = await world.accepted(asked=ask(**TICKED))
    await world.do(conversations.contact_made, SUNE, request.id)
    await world.do(conversations.talked, SUNE, request.id, 1)
    return world, Clockwork(world), world.request(request.id)


@pytest.mark.req("U10")
async def test_after_two_weeks_of_silence_each_side_is_asked_once() -> None:
    world, clockwork, request = await talking()
    await clockwork.until(NOON + TWO_WEEKS - MINUTE)
    assert (note(world, request), asked(world)) == (None, (0, 0))
    await clockwork.until(NOON + TWO_WEEKS)
    assert (note(world, request), asked(world)) == (Note.IDLE, (1, 1))
    assert supporter_is_asked(world.request(request.id), world.programme, world.now)
    await clockwork.until(NOON + 3 * TWO_WEEKS)
    for row in list(world.memory.tables.outbox.values()):
        if row.dedupe in clockwork.done:
            await carry_out(world, row)
    assert asked(world) == (1, 1)


@pytest.mark.req("U10")
async def test_a_talk_starts_the_silence_anew() -> None:
    world, clockwork, request = await talking()
    world.later(days=10)
    await world.do(conversations.talked, SUNE, request.id, 2)
    await clockwork.until(NOON + TWO_WEEKS)
    assert (note(world, request), asked(world)) == (None, (0, 0))
    await clockwork.until(NOON + timedelta(days=24))
    assert (note(world, request), asked(world)) == (Note.IDLE, (1, 1))


@pytest.mark.req("U10")
async def test_each_side_answers_for_itself() -> None:
    world, clockwork, request = await talking()
    await clockwork.until(NOON + TWO_WEEKS)
    before = len(rows_of(world, Kind.TELL_SUPPORTER))
    assert isinstance(await world.do(choices.going_on, ROBIN, request.id), Done)
    assert isinstance(await world.do(choices.going_on, ROBIN, request.id), Stale)
    assert note(world, request) is None
    assert supporter_is_asked(world.request(request.id), world.programme, world.now), "the other side still is"
    assert isinstance(await world.do(choices.supporter_going_on, SUNE, request.id), Done)
    assert isinstance(await world.do(choices.supporter_going_on, SUNE, request.id), Already)
    assert len(rows_of(world, Kind.TELL_SUPPORTER)) == before, "nobody hears what the other said"
    await clockwork.until(NOON + 2 * TWO_WEEKS)
    assert (note(world, request), asked(world)) == (Note.IDLE, (2, 2))


@pytest.mark.req("U10")
async def test_done_from_the_requester_closes_and_the_supporter_is_asked_to_delete() -> None:
    world, clockwork, request = await talking()
    assert isinstance(await world.do(choices.done, ROBIN, request.id), Stale), "nobody has asked yet"
    await clockwork.until(NOON + TWO_WEEKS)
    told = len(rows_of(world, Kind.TELL_SUPPORTER))
    assert isinstance(await world.do(choices.done, ROBIN, request.id), Done)
    closed = world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.DONE)
    assert len(rows_of(world, Kind.TELL_SUPPORTER)) == told + 1
    assert isinstance(await world.do(choices.supporter_going_on, SUNE, request.id), Over)


@pytest.mark.req("U10", "U12", "U16")
@pytest.mark.parametrize("choice", [choices.wait, choices.try_again, choices.going_on, choices.done])
@pytest.mark.parametrize("who", [STRANGER, SUNE, ADA])
async def test_only_the_requester_chooses(choice: Any, who: Any) -> None:
    world, clockwork, request = await talking()
    await clockwork.until(NOON + TWO_WEEKS)
    assert await world.do(choice, who, request.id) == Refused()
    assert await world.do(choices.supporter_going_on, ROBIN, request.id) == Refused()


async def unreached() -> tuple[World, Clockwork, SupportRequest]:
    world = World(now=NOON)
    request = await world.accepted(asked=ask(**TICKED))
    for number in (1, 2):
        await world.do(conversations.could_not_reach, SUNE, request.id, number)
    return world, Clockwork(world), world.request(request.id)


@pytest.mark.req("U16")
async def test_after_two_attempts_a_note_stands_for_seven_days_and_then_all_is_erased() -> None:
    world, clockwork, request = await unreached()
    await clockwork.run()
    assert note(world, request) is Note.UNREACHED
    assert [each for each in said(world, Kind.TELL_REQUESTER, "") if ":unreached:" in each.dedupe]
    closes = NOON + timedelta(days=7)
    assert given_up_at(world.programme, request) == closes
    await clockwork.until(closes - MINUTE)
    assert world.request(request.id).state is State.ACCEPTED
    assert world.request(request.id).missed_at is None, "they were tried in time"
    await clockwork.until(closes)
    closed = world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.UNREACHABLE)
    assert [each.run_at for each in rows_of(world, Kind.ERASE)] == [closes]


@pytest.mark.req("U16")
async def test_who_asks_for_another_try_gets_a_new_promise_and_the_old_end_does_not_come() -> None:
    world, clockwork, request = await unreached()
    await clockwork.until(NOON + timedelta(days=6))
    assert isinstance(await world.do(choices.try_again, ROBIN, request.id), Done)
    assert isinstance(await world.do(choices.try_again, ROBIN, request.id), Stale)
    renewed = world.request(request.id)
    assert (renewed.attempts, renewed.due_at) == (0, world.now + timedelta(hours=72))
    assert note(world, request) is None
    await clockwork.until(NOON + timedelta(days=8))
    assert world.request(request.id).state is State.ACCEPTED
    await world.do(conversations.contact_made, SUNE, request.id)
    await clockwork.until(NOON + timedelta(days=12))
    assert world.request(request.id).state is State.CONTACTED
    assert world.request(request.id).missed_at is None


@pytest.mark.req("U16", "U42")
async def test_contact_made_or_another_supporter_ends_the_days_that_were_left() -> None:
    for deed, who in ((conversations.contact_made, SUNE), (own.someone_else, ROBIN), (conversations.hand_back, SUNE)):
        world, clockwork, request = await unreached()
        assert isinstance(await world.do(deed, who, request.id), Done)
        await clockwork.until(NOON + timedelta(days=9))
        assert world.request(request.id).state is not State.CLOSED
        assert note(world, request) is not Note.UNREACHED
