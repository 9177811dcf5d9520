"""Withdrawing at every state, changing, and what is left behind: nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from peersupport.requests import Needs, State, SupportRequest
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Town, press_newest


async def kept(town: Town, reference: str) -> tuple[SupportRequest, Needs | None]:
    """Return what the store still has of a request."""
    async with town.house.store.work() as work:
        everything = await work.requests.in_states(PROGRAMME, frozenset(State), limit=50)
        found = next(each for each in everything if each.reference == reference)
        return found, await work.requests.needs(found.id)


Reach = Callable[[Town], Coroutine[Any, Any, str]]


async def received(town: Town) -> str:
    reference = await town.asks("ava")
    await town.person("ava").closes(everything=True)
    await town.person("farah").sees(reference, where=CHANNEL)
    return reference


async def confirmed(town: Town) -> str:
    reference = await received(town)
    await town.claims("farah", reference)
    return reference


async def offered(town: Town) -> str:
    await town.register("iris")
    reference = await confirmed(town)
    await town.offers("farah", reference, "Iris Wintergreen")
    await town.person("iris").sees("There is something for you", where="messages")
    return reference


async def accepted(town: Town) -> str:
    return await town.matched()


async def contacted(town: Town) -> str:
    reference = await town.matched()
    await town.person("iris").presses(action_id="reached")
    await town.person("iris").sees("The clock has stopped.")
    return reference


async def talking(town: Town) -> str:
    reference = await contacted(town)
    await town.person("iris").presses(action_id="talked")
    await town.person("iris").sees("Only the number is kept.")
    return reference


async def erased(town: Town, reference: str) -> None:
    """Wait until nothing of a request can be read any more: first its keys go, then the rows are blanked."""
    request, _ = await kept(town, reference)
    async with asyncio.timeout(20):
        while await _is_asker(town, request):  # noqa: ASYNC110 - the worker that erases is not ours to wait for
            await asyncio.sleep(0.05)
    async with town.house.store.work() as work:
        assert await work.requests.needs(request.id) is None
        assert await work.requests.contact(request.id) is None


async def _is_asker(town: Town, request: SupportRequest) -> bool:
    async with town.house.store.work() as work:
        return await work.requests.is_requester(request.id, town.address("ava"))


@pytest.mark.req("U14")
@pytest.mark.parametrize("reach", [received, confirmed, offered, accepted, contacted, talking])
async def test_withdrawing_takes_two_taps_and_leaves_nothing(town: Town, reach: Reach) -> None:
    reference = await reach(town)
    ava, farah, iris = town.person("ava"), town.person("farah"), town.person("iris")
    await ava.opens_home()
    await ava.sees(reference, where="home")
    before = ava.taps
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    assert ava.taps - before <= 2
    await ava.sees("Nothing open. The door stays here.", where="home")
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    await erased(town, reference)
    if reach in (accepted, contacted, talking):
        await iris.presses(action_id="show_contact")
        await iris.sees("This is no longer needed.")
        iris.sees_nothing_of("Ava", PHONE)
    if reach is offered:
        await iris.sees("Closed.", where="messages")


@pytest.mark.req("U15")
async def test_a_supporter_who_knew_the_name_is_asked_to_delete_what_they_noted(town: Town) -> None:
    reference = await accepted(town)
    ava, iris = town.person("ava"), town.person("iris")
    await iris.presses(action_id="show_contact")
    await iris.closes(everything=True)
    await ava.opens_home()
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await erased(town, reference)
    await iris.sees("Closed.", "There is something for you in the app.", where="messages")
    await press_newest(iris)
    await iris.sees("Please delete any contact details you noted")
    await iris.presses(action_id="contact_deleted")
    await iris.sees("Thank you. That is all.")


@pytest.mark.req("V4", "V6")
async def test_a_request_can_be_changed_and_the_supporter_sees_the_new_contact(town: Town) -> None:
    await accepted(town)
    ava, iris = town.person("ava"), town.person("iris")
    await ava.opens_home()
    await ava.presses(action_id="change", where="home")
    await ava.sees(PHONE)
    await ava.fills("reach", "604-555-0199")
    await ava.submits()
    await ava.sees("Your changes are saved.")
    await iris.presses(action_id="show_contact")
    await iris.sees("604-555-0199")


@pytest.mark.req("U48", "G26")
async def test_old_and_double_presses_answer_kindly_and_change_nothing(town: Town) -> None:
    await town.register("iris")
    reference = await confirmed(town)
    farah, gwen, iris = town.person("farah"), town.person("gwen"), town.person("iris")
    await town.offers("farah", reference, "Iris Wintergreen")
    await press_newest(iris)
    await gwen.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await gwen.sees("Farah Meadowrue")
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.presses(action_id="withdraw_offer", near="Iris", confirm="accept")
    await farah.sees("The offer is taken back.")
    await iris.presses(action_id="accept")
    await iris.sees("This has been answered or is no longer needed; nothing was changed.")
    request, _ = await kept(town, reference)
    assert request.supporter is None
    await gwen.presses(action_id="withdraw_offer", near="Iris", confirm="accept")
    await gwen.sees("That was done before. Nothing was changed.")


@pytest.mark.req("V5", "U20")
async def test_people_kept_out_are_absent_and_a_supporter_who_asks_is_no_candidate(town: Town) -> None:
    await town.register("iris", "jonas", "kaya")
    farah = town.person("farah")
    reference = await town.asks("iris", avoid_people=["jonas"])
    await town.claims("farah", reference)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Kaya Bunchberry", "2 people are kept out")
    farah.sees_nothing_of("Iris Wintergreen", "Jonas Harebell", where="modal")


@pytest.mark.req("G28")
async def test_supporters_are_kept_in_a_modal_and_keep_themselves(town: Town) -> None:
    farah, kaya = town.person("farah"), town.person("kaya")
    await farah.opens_home()
    await farah.presses(action_id="open_supporters", where="home")
    await farah.presses(action_id="add_supporter")
    await farah.chooses("member", "kaya")
    await farah.fills("name", "Kaya Bunchberry")
    await farah.chooses("modalities", ["By phone"])
    await farah.submits()
    await farah.sees("Kaya Bunchberry", "training not recorded")
    await farah.closes(everything=True)
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Nobody can be asked now")
    await farah.closes(everything=True)

    await farah.presses(action_id="open_supporters", where="home")
    await farah.presses(action_id="edit_supporter")
    await farah.chooses("trained_on", "2026-03-01")
    await farah.chooses("agreement_on", "2026-03-02")
    await farah.submits()
    await farah.closes(everything=True)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Kaya Bunchberry")
    await farah.closes(everything=True)

    await kaya.opens_home()
    await kaya.sees("Nobody is waiting for you", where="home")
    await kaya.presses(action_id="my_profile", where="home")
    await kaya.fills("name", "Kaya B.")
    await kaya.submits()
    await kaya.sees("Saved. Thank you.")
    await kaya.closes(everything=True)
    await kaya.presses(action_id="pause", where="home")
    await kaya.sees("You are paused", where="home")
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Nobody can be asked now")
    await kaya.presses(action_id="resume", where="home")
    await kaya.sees_no_more("You are paused", where="home")


@pytest.mark.req("G1")
async def test_nobody_else_finds_an_administrators_page(town: Town) -> None:
    bruno = town.person("bruno")
    await bruno.opens_home()
    bruno.sees_nothing_of("Administration", "Supporters", where="home")


@pytest.mark.req("V14")
async def test_two_attempts_without_an_answer_reach_the_administrator(town: Town) -> None:
    await accepted(town)
    farah, iris = town.person("farah"), town.person("iris")
    await iris.presses(action_id="not_reached")
    await iris.sees("Try once more")
    await iris.presses(action_id="not_reached")
    await iris.sees("The administrator knows")
    await farah.sees("Not reached yet, 2 attempts", where=CHANNEL)
    await farah.sees("There is something for you in the app.", where="messages")
