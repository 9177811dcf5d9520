"""Somebody who is not on Slack phones: recorded, told and asked by phone, to the end, and written to by nobody."""

from __future__ import annotations

import asyncio
import json

import pytest

from peersupport.audit import ActorKind, Event
from peersupport.requests import State
from simulator.people import Actor
from tests.stories.test_erasure import REACHED
from tests.stories.test_leaving import erased, kept
from tests.stories.test_two_administrators import looks_up
from tests.stories.town import CHANNEL, PROGRAMME, Town, opens_identity, reference_on

NAME, REACH = "Anneliese", "250-555-0163"
HEARD = "I read the notice to them, and they said yes to it"
THEIRS = "It is theirs alone, not a clinic's or a shared line"
WAITS = "There is something for you in the app."


async def records(town: Town, key: str = "farah", *, reach: str = REACH, own: bool = True, **fields: object) -> str:
    """Let an administrator record somebody's request on the phone; returns the reference."""
    who = town.person(key)
    await who.opens_home()
    await who.presses(action_id="by_phone", where="home")
    await who.chooses("notice_heard", [HEARD])
    await who.chooses("role", "Physician in active practice in Vancouver")
    await who.fills("name", NAME)
    await who.chooses("modalities", ["By phone"])
    await who.fills("reach", reach)
    if own:
        await who.chooses("own_line", [THEIRS])
    for field, value in fields.items():
        await who.chooses(field, value)
    await who.submits()
    await who.sees("Please tell them")
    reference = reference_on(who.screen("modal"))
    await who.closes(everything=True)
    return reference


async def gone(town: Town, reference: str) -> None:
    """Wait until nothing that names the person can be read any more."""
    async with asyncio.timeout(20):
        while (await kept(town, reference))[1] is not None:
            town.house.store.queue.stir()
            await asyncio.sleep(0.05)


async def opens_call(town: Town, key: str, reference: str) -> Actor:
    """Let an administrator open what a call would be about, from the card."""
    who = town.person(key)
    await who.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await who.presses(action_id="phone_call", where="modal")
    await who.sees("Be sure that it is them")
    return who


@pytest.mark.req("U41", "G4", "G29")
async def test_a_request_is_recorded_on_the_phone_and_what_is_missing_is_said_at_its_field(town: Town) -> None:
    farah = town.person("farah")
    await farah.opens_home()
    await farah.presses(action_id="by_phone", where="home")
    await farah.sees("9-8-8", "Read the notice below", "Who will see this", "Nobody writes down what you say")
    assert farah.screen("modal").index("9-8-8") < farah.screen("modal").index("Their yes")
    await farah.chooses("role", "Physician in active practice in Vancouver")
    await farah.fills("name", NAME)
    await farah.chooses("modalities", ["By phone"])
    await farah.fills("reach", "ask at the desk")
    await farah.submits()
    await farah.sees("Without it nothing is kept.", NAME, "ask at the desk")
    await farah.chooses("notice_heard", [HEARD])
    await farah.submits()
    await farah.sees("needs a phone number here", NAME, "ask at the desk")
    await farah.chooses("spoken_language", "French")
    await farah.sees("Qui verra ceci", NAME)
    await farah.fills("reach", REACH)
    await farah.submits()
    await farah.sees("Please tell them")
    reference = reference_on(farah.screen("modal"))
    request, needs = await kept(town, reference)
    assert needs is not None
    assert (needs.name, needs.language, needs.requester.on_slack, needs.notify) == (NAME, "fr", False, False)
    assert request.off_slack_at == request.created_at
    async with town.house.store.work() as work:
        [line] = await work.audit.of(request.id, Event.REQUEST_OPENED)
    assert (line.kind, line.reason) == (ActorKind.ADMIN, "by_phone")
    await farah.closes(everything=True)
    await farah.sees(f"Request {reference}", where=CHANNEL)
    await town.at_rest()
    for word in (NAME, REACH):
        assert word not in town.said()


@pytest.mark.req("U41", "G33")
async def test_it_is_offered_accepted_and_talked_like_any_other_and_closes_without_a_word_in_slack(town: Town) -> None:
    await town.register("iris")
    reference = await records(town, choices=["This is urgent; tell the administrators at once"])
    iris = town.person("iris")
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await town.accepts("iris", reference)
    await iris.presses(action_id="show_contact")
    await iris.sees(NAME, REACH)
    await iris.closes()
    await iris.presses(action_id="reached")
    await iris.presses(action_id="finish", confirm="accept")
    await town.person("farah").sees(f"Request {reference}: closed", where=CHANNEL)
    await town.passes(days=31)
    await town.at_rest()
    request, needs = await kept(town, reference)
    assert (request.state, needs) == (State.CLOSED, None)
    assert NAME not in town.said()
    assert (await town.house.store.queue.backlog()).parked == 0


@pytest.mark.req("U12", "U41")
async def test_a_missed_promise_is_a_call_of_the_administrator_until_they_have_told_them(town: Town) -> None:
    reference = await records(town)
    await town.claims("farah", reference)
    farah = town.person("farah")
    await town.at_rest()
    await town.passes(hours=73)
    await town.at_rest()
    await farah.opens_home()
    await farah.sees("To be phoned", where="home")
    await opens_call(town, "farah", reference)
    await farah.sees("We said that you would hear from someone by now", "They can wait")
    farah.sees_nothing_of(NAME, REACH)
    await farah.chooses("said_by_phone", "They can wait")
    await farah.submits()
    await farah.sees("It is put down.")
    farah.sees_nothing_of("Please phone them", where="modal")
    await farah.closes(everything=True)
    await farah.opens_home()
    await farah.sees_no_more("To be phoned", where="home")
    request, _ = await kept(town, reference)
    assert request.waits_at is not None
    async with town.house.store.work() as work:
        [line] = await work.audit.of(request.id, Event.SAID_BY_PHONE)
        member = (await work.members.standing(town.address("farah"))).members[PROGRAMME][0]
    assert (line.kind, line.actor, line.reason) == (ActorKind.ADMIN, member, "wait")
    await town.at_rest()
    assert (await town.house.store.queue.backlog()).parked == 0


@pytest.mark.req("U16", "U41")
async def test_who_could_not_be_reached_can_ask_for_another_try_by_phone(town: Town) -> None:
    await town.register("iris")
    reference = await records(town)
    farah, iris = town.person("farah"), town.person("iris")
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await town.accepts("iris", reference)
    for _ in range(2):
        await iris.presses(action_id="not_reached")
        await town.at_rest()
    await iris.closes(everything=True)
    await farah.sees(WAITS, where="messages")
    await opens_call(town, "farah", reference)
    await farah.sees("Somebody tried to reach you, without success", "Please try again")
    await farah.chooses("said_by_phone", "Please try again")
    await farah.submits()
    await farah.sees("It is put down.")
    request, _ = await kept(town, reference)
    assert (request.attempts, request.unreached_at) == (0, None)


@pytest.mark.req("U41", "V7")
async def test_their_say_about_the_name_and_what_they_change_go_through_the_administrator(town: Town) -> None:
    await town.register("iris", "jonas")
    first = "Ask me before my supporter sees my name"
    farah = town.person("farah")
    reference = await records(town, choices=[first], avoid_people=[town.person("jonas")])
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await town.accepts("iris", reference)
    await farah.sees(WAITS, where="messages")
    await opens_call(town, "farah", reference)
    await farah.chooses("said_by_phone", "Yes, the supporter may see the name now")
    await farah.submits()
    await farah.sees("It is put down.")
    assert (await kept(town, reference))[0].name_agreed_at is not None
    await farah.presses(action_id="phone_change", where="modal")
    await farah.sees(NAME, REACH, "Whoever is kept out stays so")
    farah.sees_nothing_of("Jonas", where="modal")
    await farah.fills("name", "")
    await farah.fills("name", "Anneliese Berg")
    await farah.fills("reach", "250-555-0164")
    await farah.submits()
    await farah.sees("It is put down.")
    request, needs = await kept(town, reference)
    assert needs is not None
    assert (needs.name, needs.avoid_members) == ("Anneliese Berg", (town.address("jonas"),))
    async with town.house.store.work() as work:
        opened = [line.reason for line in await work.audit.of(request.id, Event.IDENTITY_OPENED)]
        contact = await work.requests.contact(request.id)
    assert opened == ["person_asked"]
    assert contact is not None
    assert contact.reach == "250-555-0164"


@pytest.mark.req("U41", "U55", "V17")
async def test_they_stop_by_phone_and_everything_that_names_them_goes(town: Town) -> None:
    reference = await records(town)
    farah = await opens_call(town, "farah", reference)
    await farah.chooses("said_by_phone", "Stop, and erase everything")
    await farah.submits()
    await farah.sees("It is withdrawn")
    await gone(town, reference)
    await farah.closes(everything=True)
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    again = await records(town)
    assert again != reference
    await looks_up(town, "farah", again)
    await farah.presses(action_id="show_held", confirm="accept")
    await farah.sees(NAME, REACH, "From when you are told things by phone")
    farah.sees_nothing_of("tel:", where="modal")
    await farah.closes()
    await farah.presses(action_id="erase_for")
    await farah.chooses("was_reached", [REACHED])
    await farah.submits()
    await gone(town, again)
    await town.at_rest()
    assert NAME not in json.dumps(town.said())


@pytest.mark.req("U41")
@pytest.mark.threat("T20")
async def test_the_same_number_meets_its_open_request_and_that_look_is_recorded(town: Town) -> None:
    reference = await records(town)
    gwen = town.person("gwen")
    await gwen.opens_home()
    await gwen.presses(action_id="by_phone", where="home")
    await gwen.chooses("notice_heard", [HEARD])
    await gwen.chooses("role", "Physician in active practice in Vancouver")
    await gwen.fills("name", NAME)
    await gwen.chooses("modalities", ["By phone"])
    await gwen.fills("reach", "+1 (250) 555-0163")
    await gwen.chooses("own_line", [THEIRS])
    await gwen.submits()
    await gwen.sees(f"has an open request already: {reference}")
    request, _ = await kept(town, reference)
    async with town.house.store.work() as work:
        [line] = await work.audit.of(request.id, Event.IDENTITY_OPENED)
    assert line.reason == "check_duplicate"
    other = await records(town, own=False)
    assert other != reference


@pytest.mark.req("U41", "U43", "G35")
async def test_whose_account_ended_is_spoken_for_in_the_same_way(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah = town.person("farah")
    town.sim.changes_account("ava", deleted=True)
    await farah.sees(WAITS, where="messages")
    await opens_call(town, "farah", reference)
    await farah.chooses("said_by_phone", "Stop, and erase everything")
    await farah.submits()
    await erased(town, reference)


@pytest.mark.req("U41", "G30")
async def test_in_french_from_the_door_to_the_call(town: Town) -> None:
    town.sim.workspace.person("farah").locale = "fr-CA"
    farah = town.person("farah")
    await farah.opens_home()
    await farah.presses(action_id="by_phone", where="home")
    await farah.sees("Lisez l'avis ci-dessous", "Qui verra ceci", "Rien n'est conservé avant")
    await farah.chooses("role", "Médecin en exercice à Vancouver")
    await farah.fills("name", NAME)
    await farah.chooses("modalities", ["Par téléphone"])
    await farah.fills("reach", REACH)
    await farah.submits()
    await farah.sees("Sans cela, rien n'est conservé.")
    await farah.chooses("notice_heard", ["Je lui ai lu l'avis, et elle y a dit oui"])
    await farah.submits()
    await farah.sees("Veuillez lui dire")
    reference = reference_on(farah.screen("modal"))
    await farah.closes(everything=True)
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.sees("Cette personne n'est pas sur Slack")
    await opens_identity(farah, "Pour trouver une personne de soutien")
    await farah.sees(NAME, REACH)
    await farah.closes()
    await farah.presses(action_id="phone_call", where="modal")
    await farah.sees("Assurez-vous que c'est bien la personne", "Personne n'a pris contact")
