"""Erasure as people live it: by reference on the phone, at night, after an outage, and what it leaves: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from bot.upkeep_erasure import EDIT_AGAIN
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notifications import Kind
from peersupport.programme_parts import Retention
from peersupport.upkeep import subject_of
from simulator.people import Actor
from store import ledger_marks
from store.database import Database
from store.self_audit import PATIENCE, Findings
from store.tables import outbox, posts, requests
from tests.stories.test_leaving import erased, kept
from tests.stories.test_two_administrators import closes, looks_up
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Town, press_newest

REACHED = "I reached them by the contact in the request, and they want this"


async def raw(town: Town, statement: object) -> int:
    """Change or count something in the main database, from outside the app."""
    database = Database(town.places.url)
    try:
        async with database.begin() as connection:
            found = await connection.execute(statement)  # type: ignore[call-overload]
            return int(found.scalar_one()) if found.returns_rows else int(found.rowcount)
    finally:
        await database.close()


async def until(what: Callable[[], Awaitable[bool]], town: Town) -> None:
    """Wait for something that the worker does by itself."""
    async with asyncio.timeout(20):
        while not await what():
            town.house.store.queue.stir()
            await asyncio.sleep(0.05)


async def audited(town: Town) -> Findings:
    """Return what the app itself finds left."""
    kept = Retention(contact_days_after_close=0, identity_days_after_close=30)
    return await town.house.store.self_audit({PROGRAMME: kept})


async def posts_left(town: Town) -> int:
    """Count the rows that say where a message stands."""
    return await raw(town, select(func.count()).select_from(posts))


async def a_night(town: Town, days: float = 1) -> None:
    """Move time on and let the daily jobs run."""
    await town.passes(days=days)
    now = town.clock.now()
    statement = (
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.subject == subject_of(PROGRAMME), outbox.c.state == "due", outbox.c.run_at <= now)
    )

    async def done() -> bool:
        return await raw(town, statement) == 0

    await until(done, town)
    await town.at_rest()


async def closed_request(town: Town) -> str:
    """A request that was closed, and will be erased in thirty days."""
    reference = await town.asks("ava")
    await town.person("ava").closes(everything=True)
    await town.claims("farah", reference)
    await closes(town, "farah", reference)
    await town.at_rest()
    return reference


@pytest.mark.req("G16", "G36")
async def test_after_withdrawing_no_row_says_where_a_message_stands(town: Town) -> None:
    await town.register("iris", "jonas")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen", "Jonas Harebell")
    await town.person("iris").sees("There is something for you in the app.", where="messages")
    ava = town.person("ava")
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await erased(town, reference)
    await town.person("farah").sees(f"Request {reference}: closed", where=CHANNEL)
    await town.person("iris").sees("Closed.", where="messages")
    await town.at_rest()

    async def none_left() -> bool:
        return await posts_left(town) == 0

    await until(none_left, town)
    waiting = await raw(
        town, select(func.count()).select_from(outbox).where(outbox.c.state == "due", outbox.c.kind.like("remind%"))
    )
    assert waiting == 0
    assert await audited(town) == Findings()
    request, needs = await kept(town, reference)
    assert request.erased_at is not None
    assert needs is None


@pytest.mark.req("U55")
async def test_somebody_who_phones_is_erased_by_reference(town: Town) -> None:
    reference = await town.matched()
    farah, iris = town.person("farah"), town.person("iris")
    await iris.presses(action_id="show_contact")
    await iris.sees(PHONE)
    await looks_up(town, "farah", reference)
    await farah.presses(action_id="erase_for")
    await farah.sees(f"Erase request {reference}?", "What goes", "What stays", "withdrawn")
    farah.sees_nothing_of(PHONE, "Ava", where="modal")
    await farah.submits()
    assert (await kept(town, reference))[1] is not None
    await farah.chooses("was_reached", [REACHED])
    await farah.submits()
    await farah.sees("It is being erased now.")
    await erased(town, reference)
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    await iris.closes(everything=True)
    await town.at_rest()
    await press_newest(iris)
    await iris.sees("Please delete any contact details you noted")
    await farah.closes(everything=True)
    await looks_up(town, "farah", reference)
    await farah.sees(reference, "Erased")
    farah.sees_nothing_of("Erase for the person", "Show what is held", where="modal")


@pytest.mark.req("U55")
async def test_somebody_who_phones_hears_what_is_held_and_sees_that_it_was_opened(town: Town) -> None:
    reference = await town.asks("ava")
    farah, ava = town.person("farah"), town.person("ava")
    await town.claims("farah", reference)
    await looks_up(town, "farah", reference)
    await farah.presses(action_id="show_held", confirm="accept")
    await farah.sees(PHONE, "you opened this because the person asked")
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.sees("opened", where="home")


@pytest.mark.req("U55", "G30")
async def test_by_phone_in_french(town: Town) -> None:
    reference = await town.asks("ava")
    town.sim.workspace.person("farah").locale = "fr-CA"
    farah = town.person("farah")
    await looks_up(town, "farah", reference)
    await farah.presses(action_id="erase_for")
    await farah.sees(f"Effacer la demande {reference}?", "Ce qui part", "Ce qui reste")


@pytest.mark.req("G19")
@pytest.mark.parametrize("trouble", ["lost", "parked"])
async def test_what_outlived_its_time_is_erased_at_night_though_its_timer_is_gone(town: Town, trouble: str) -> None:
    reference = await closed_request(town)
    timers = outbox.c.kind.in_([Kind.ERASE, Kind.ERASE_CONTACT])
    gone = delete(outbox).where(timers) if trouble == "lost" else update(outbox).where(timers).values(state="parked")
    assert await raw(town, gone) >= 1
    await a_night(town, days=20)
    assert (await kept(town, reference))[0].erased_at is None
    await a_night(town, days=11)
    request, needs = await kept(town, reference)
    assert (request.erased_at is not None, needs) == (True, None)
    assert await posts_left(town) == 0
    assert await audited(town) == Findings()
    assert "self_audit_failed" not in town.house.troubles


@pytest.mark.req("G19")
async def test_what_the_night_can_still_mend_is_no_alarm(town: Town) -> None:
    reference = await closed_request(town)
    kinds = [Kind.ERASE, Kind.ERASE_CONTACT, Kind.RETAIN]
    await raw(town, delete(outbox).where(outbox.c.kind.in_(kinds)))
    await a_night(town, days=31)
    assert (await kept(town, reference))[1] is None
    assert "self_audit_failed" not in town.house.troubles
    store = town.house.store
    noted = await ledger_marks.held(store._connections, store._keyring)
    assert noted.fits > 0
    assert not noted.misfits


@pytest.mark.req("G19")
async def test_two_administrators_keep_a_request_thirty_days_longer_once(town: Town) -> None:
    reference = await closed_request(town)
    farah, gwen = town.person("farah"), town.person("gwen")
    await looks_up(town, "farah", reference)
    farah.sees_nothing_of("Keep 30 days longer", where="modal")
    await farah.presses(action_id="ask_keep")
    await farah.chooses("why", "A complaint about the support")
    await farah.submits()
    await farah.closes(everything=True)
    await gwen.sees("There is something for you in the app.", where="messages")
    await press_newest(gwen)
    await gwen.presses(action_id="agree_approval", confirm="accept")
    await gwen.sees("Two have agreed now.")
    await gwen.closes(everything=True)
    await looks_up(town, "farah", reference)
    await farah.presses(action_id="keep_longer")
    await farah.sees("It is kept 30 days longer, until")
    await farah.closes(everything=True)
    await a_night(town, days=31)
    assert (await kept(town, reference))[1] is not None
    await looks_up(town, "farah", reference)
    farah.sees_nothing_of("Keep 30 days longer", where="modal")
    await a_night(town, days=30)
    assert (await kept(town, reference))[1] is None


@pytest.mark.req("G19")
async def test_something_left_is_an_alarm_until_it_is_gone(town: Town) -> None:
    reference = await town.asks("ava")
    ava, farah, gwen = town.person("ava"), town.person("farah"), town.person("gwen")
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await erased(town, reference)
    await town.at_rest()
    await raw(town, update(requests).values(requester_hash=b"left"))
    await a_night(town)
    assert "self_audit_failed" in town.house.troubles
    for each in (farah, gwen):
        await each.sees("There is something for you in the app.", where="messages")
    await press_newest(farah)
    await farah.sees("Every night the app looks", "Last night something was not as it should be.")
    await raw(town, update(requests).values(requester_hash=None))
    await a_night(town)
    assert "self_audit_failed" not in town.house.troubles


@pytest.mark.req("G36")
@pytest.mark.threat("T45")
async def test_after_hours_without_slack_what_can_be_found_is_edited_down(town: Town) -> None:
    await town.register("iris")
    reference = await town.asks("ava", choices=["Tell me by a short Slack message that there is news, without details"])
    ava, farah, iris = town.person("ava"), town.person("farah"), town.person("iris")
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await iris.sees("There is something for you in the app.", where="messages")
    await town.at_rest()
    await ava.closes(everything=True)
    await ava.opens_home()
    for method in ("chat.update", "chat.postMessage", "views.publish", "conversations.info"):
        town.sim.faults.add(method=method, kind="status", status=503, count=10_000)
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await erased(town, reference)
    await farah.sees(f"Request {reference}", where=CHANNEL)
    await town.passes(hours=3)
    town.sim.faults.clear()
    await town.passes(minutes=20)
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    await iris.sees("Closed.", where="messages")

    async def none_left() -> bool:
        await town.passes(minutes=1)
        return await posts_left(town) == 0

    await until(none_left, town)


@pytest.mark.req("G36")
async def test_a_message_that_was_forgotten_is_edited_down_at_night(town: Town) -> None:
    reference = await town.asks("ava")
    ava = town.person("ava")
    await ava.closes(everything=True)
    await town.passes(hours=24)
    await town.person("farah").sees("There is something for you in the app.", where="messages")
    await town.at_rest()
    await ava.opens_home()
    town.sim.faults.add(method="chat.update", kind="status", status=503, count=10_000)
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await erased(town, reference)
    await raw(town, delete(outbox).where(outbox.c.kind.in_([Kind.CLOSE_MESSAGES, Kind.CARD])))
    town.sim.faults.clear()
    assert await posts_left(town) >= 2
    await a_night(town, days=1.5)
    await town.person("farah").sees("Closed.", where="messages")
    await town.person("farah").sees(f"Request {reference}: closed", where=CHANNEL)
    assert await posts_left(town) == 0


def shown(who: Actor, where: str) -> str:
    """Return what somebody sees, without their name."""
    return who.screen(where).replace(who.profile.real_name.split()[0], "NAME")


@pytest.mark.threat("T30")
async def test_whoever_withdrew_looks_like_whoever_never_asked(town: Town) -> None:
    reference = await town.asks("ava")
    ava, bruno = town.person("ava"), town.person("bruno")
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await erased(town, reference)
    await town.at_rest()
    await ava.closes(everything=True)
    for who in (ava, bruno):
        await who.opens_home()
        await who.sees("Nothing open. The door stays here.", where="home")
    assert shown(ava, "home") == shown(bruno, "home")
    for who in (ava, bruno):
        await who.types("/peersupport")
        await who.sees("Ask for support", where="modal")
    assert shown(ava, "modal") == shown(bruno, "modal")
    for who in (ava, bruno):
        await who.closes(everything=True)
        await who.presses(action_id="my_data", where="home")
        await who.sees("Page 1", where="modal")
    assert shown(ava, "modal") == shown(bruno, "modal")
    async with town.house.store.work() as work:
        for key in ("ava", "bruno"):
            assert await work.requests.of(town.address(key), open_only=False) == []
    again = await town.asks("ava")
    assert again != reference


def test_the_night_waits_longer_than_a_day_for_slack() -> None:
    assert EDIT_AGAIN + timedelta(days=1) <= PATIENCE


@pytest.mark.req("G19", "U19")
async def test_a_supporter_who_deletes_everything_is_gone_within_a_minute(town: Town) -> None:
    reference = await town.matched()
    await town.register("jonas")
    farah, iris = town.person("farah"), town.person("iris")
    await iris.closes(everything=True)
    await iris.opens_home()
    await iris.presses(action_id="my_data", where="home")
    await iris.presses(action_id="delete_my_data")
    await iris.presses(action_id="delete_now", confirm="accept")
    await farah.sees("A supporter is to be found", where=CHANNEL)
    await town.at_rest()
    town.clock.move(minutes=1)
    await town.at_rest()
    async with town.house.store.work() as work:
        register = [profile.name for _, profile in await work.supporters.all(PROGRAMME)]
        assert (await work.members.standing(town.address("iris"))).supporters == {}
    assert register == [town.sim.workspace.person("jonas").real_name]
    request, needs = await kept(town, reference)
    assert (request.supporter, needs is not None) == (None, True)
    await iris.sees_no_more("There is something for you in the app.", where="messages")
    await iris.closes(everything=True)
    await iris.opens_home()
    await iris.sees_no_more("Supporting others", where="home")


@pytest.mark.req("G19")
async def test_the_profile_of_a_supporter_who_left_goes_after_a_year(town: Town) -> None:
    await town.register("iris", "jonas")
    async with town.house.store.work() as work:
        found = await work.supporters.find(PROGRAMME, town.address("iris"))
        assert found is not None
        assert await work.supporters.save(replace(found[0], active=False))
        line = Entry(Event.SUPPORTER_SAVED, town.clock.now(), ActorKind.ADMIN, None, found[0].id)
        await work.audit.write(line)
    await a_night(town, days=300)
    assert await names(town) == {"iris", "jonas"}
    await a_night(town, days=66)
    assert await names(town) == {"jonas"}


async def names(town: Town) -> set[str]:
    """Return who is in the register, also as ended."""
    async with town.house.store.work() as work:
        listed = {profile.address for _, profile in await work.supporters.all(PROGRAMME)}
    return {key for key in ("iris", "jonas") if town.address(key) in listed}
