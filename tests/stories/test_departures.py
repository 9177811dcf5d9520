"""Slack accounts end: offers, matches, roles and requests are seen to, at once or by the nightly look."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from peersupport.audit import Event
from peersupport.notifications import Kind
from peersupport.requests import State
from tests.stories.test_clocks import rows
from tests.stories.test_leaving import accepted, erased, kept, offered
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Town


async def night(town: Town) -> None:
    """Let the night pass, and everybody's account be looked at."""
    await town.at_rest()
    before = await rows(town, Kind.RECONCILE)
    await town.passes(hours=24)
    async with asyncio.timeout(30):
        # The next night's row is put down when this night's look is over.
        while await rows(town, Kind.RECONCILE) == before:  # noqa: ASYNC110 - the worker is not ours to wait for
            await asyncio.sleep(0.05)
    await town.at_rest()


@pytest.mark.req("G35")
async def test_a_supporters_account_ends_while_they_are_asked(town: Town) -> None:
    await town.register("jonas")
    reference = await offered(town)
    town.sim.changes_account("iris", deleted=True)
    await town.person("farah").sees("A supporter is to be found", where=CHANNEL)
    await town.person("farah").sees("There is something for you in the app.", where="messages")
    async with town.house.store.work() as work:
        found = await work.supporters.find(PROGRAMME, town.address("iris"))
        assert found is not None
        assert not found[0].active
        assert [each.event for each in await work.audit.of(found[0].id)] == [Event.ACCOUNT_ENDED]
    request, _ = await kept(town, reference)
    assert request.state is State.MATCHING
    await town.at_rest()
    assert (await town.house.store.queue.backlog()).parked == 0


@pytest.mark.req("G35")
@pytest.mark.threat("T19", "T17")
async def test_a_lost_event_is_made_up_for_at_night(town: Town) -> None:
    reference = await accepted(town)
    town.sim.changes_account("iris", told=False, deleted=True)
    await town.at_rest()
    assert (await kept(town, reference))[0].state is State.ACCEPTED
    await night(town)
    request, _ = await kept(town, reference)
    assert (request.state, request.supporter) == (State.MATCHING, None)
    await town.person("farah").sees("A supporter is to be found", where=CHANNEL)
    town.sim.changes_account("iris", deleted=False)
    await town.passes(minutes=6)
    await town.person("iris").opens_home()
    await town.person("iris").sees("Nothing open. The door stays here.", where="home")
    town.person("iris").sees_nothing_of(reference, where="home")


@pytest.mark.threat("T19")
async def test_meanwhile_the_live_look_denies(town: Town) -> None:
    reference = await accepted(town)
    iris = town.person("iris")
    town.sim.changes_account("iris", told=False, is_restricted=True)
    await iris.presses(action_id="show_contact")
    await town.sim.settled()
    iris.sees_nothing_of(PHONE)
    async with town.house.store.work() as work:
        assert await work.audit.of((await kept(town, reference))[0].id, Event.IDENTITY_OPENED) == []


@pytest.mark.req("G35")
@pytest.mark.threat("T17")
async def test_an_administrators_account_ends_and_the_claim_is_free(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    gwen = town.person("gwen")
    await gwen.sees("Farah Meadowrue", where=CHANNEL)
    town.sim.changes_account("farah", deleted=True)
    await gwen.sees("Nobody yet", where=CHANNEL)
    await gwen.sees("There is something for you in the app.", where="messages")
    await gwen.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await gwen.presses("Take over")
    await gwen.sees("Gwen Sorrelwood", where=CHANNEL)
    async with town.house.store.work() as work:
        assert town.address("farah") not in {each.address for each in await work.members.all(PROGRAMME)}
    await town.at_rest()
    assert (await town.house.store.queue.backlog()).parked == 0


@pytest.mark.req("U43")
async def test_a_requesters_account_ends_and_the_request_goes_on_by_phone(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah = town.person("farah")
    before = json.dumps(town.sim.calls("chat.postMessage")[-1].request)
    town.sim.changes_account("ava", deleted=True)
    await farah.sees("There is something for you in the app.", where="messages")
    assert json.dumps(town.sim.calls("chat.postMessage")[-1].request) != before
    request, needs = await kept(town, reference)
    assert request.state is State.CONFIRMED
    assert needs is not None
    farah.sees_nothing_of("account", where=CHANNEL)
    await farah.presses("Open", where="messages")
    await farah.sees(reference, "Their account has ended")
    farah.sees_nothing_of("Ava")
    await town.at_rest()
    assert re.search(r"\bAva\b|Larkspur", town.said()) is None


@pytest.mark.req("U43")
async def test_without_a_way_to_reach_them_it_closes_and_is_erased(town: Town) -> None:
    reference = await town.asks("ava")
    request, needs = await kept(town, reference)
    assert needs is not None
    async with town.house.store.work() as work:
        contact = await work.requests.contact(request.id)
        assert contact is not None
        await work.requests.reseal(request.id, needs, type(contact)("only in Slack"))
    town.sim.changes_account("ava", told=False, deleted=True)
    await night(town)
    await erased(town, reference)
    assert (await kept(town, reference))[0].state is State.CLOSED
    await town.person("farah").sees(f"Request {reference}: closed", where=CHANNEL)


@pytest.mark.req("G35")
async def test_a_look_that_slack_slows_down_goes_on_where_it_stopped(town: Town) -> None:
    await town.register("iris", "jonas", "kaya")
    town.sim.changes_account("kaya", told=False, deleted=True)
    await town.at_rest()
    looked = len(town.sim.calls("users.info"))
    town.sim.faults.add("users.info", "error", count=1, error="internal_error")
    before = await rows(town, Kind.RECONCILE)
    await town.passes(hours=24)
    async with asyncio.timeout(30):
        while await rows(town, Kind.RECONCILE) == before:
            town.clock.move(seconds=20)
            town.house.store.queue.stir()
            await asyncio.sleep(0.1)
    async with town.house.store.work() as work:
        found = await work.supporters.find(PROGRAMME, town.address("kaya"))
    assert found is not None
    assert not found[0].active
    assert len(town.sim.calls("users.info")) > looked


@pytest.mark.req("G35")
async def test_a_workspace_in_which_nobody_is_found_ends_nothing(town: Town) -> None:
    await town.register("iris")
    await town.at_rest()
    town.sim.faults.add("users.info", "error", count=200, error="user_not_found")
    await town.passes(hours=24)
    async with asyncio.timeout(30):
        while not (await town.house.store.queue.backlog()).parked:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    town.sim.faults.clear()
    async with town.house.store.work() as work:
        found = await work.supporters.find(PROGRAMME, town.address("iris"))
        assert found is not None
        assert found[0].active
        assert len(await work.members.all(PROGRAMME)) == 5


@pytest.mark.req("G35")
async def test_the_last_one_for_safety_never_goes_silently(town: Town) -> None:
    await town.person("ava").opens_home()
    town.sim.changes_account("nora", deleted=True)
    async with asyncio.timeout(20):
        while True:
            async with town.house.store.work() as work:
                left = {each.address for each in await work.members.all(PROGRAMME)}
            if town.address("nora") not in left:
                break
            await asyncio.sleep(0.05)
    await town.house._look_at_channels()
    assert town.house.troubles == ("people_missing",)
