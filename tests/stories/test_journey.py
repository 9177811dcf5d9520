"""The whole first journey, from the door to the last conversation, as the people in it see it."""

import pytest

from simulator.people import Actor
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, Town, fill_form, press_newest, reference_on


@pytest.mark.req("G8", "G9", "G11", "G15", "G41", "V8", "V9", "V10", "V12", "V14", "V16", "V17", "V18")
async def test_from_the_door_to_the_last_conversation(town: Town) -> None:
    ava, farah, gwen, iris = (town.person(key) for key in ("ava", "farah", "gwen", "iris"))
    await town.register("iris", "jonas")
    reference = await town.asks("ava")
    await ava.closes(everything=True)

    await town.claims("farah", reference)
    await gwen.sees("Farah Meadowrue", where=CHANNEL)
    await ava.opens_home()
    await ava.sees(reference, "Confirmed", where="home")

    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.sees("Request details", reference)
    farah.sees_nothing_of("Ava", PHONE)
    await farah.presses(action_id="show_identity")
    await farah.sees("Why do you open name and contact?", reference)
    farah.sees_nothing_of("Ava", PHONE)
    await farah.chooses("opening_why", "To find a supporter")
    await farah.submits()
    await farah.sees("Ava Larkspur", PHONE, "recorded")
    await farah.closes(everything=True)
    await ava.sees("by an administrator", "(to find a supporter)", where="home")

    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Iris Wintergreen", "Jonas Harebell", "What the supporter will read")
    farah.sees_nothing_of("Ava", PHONE)
    await farah.chooses("first", "Iris Wintergreen")
    await farah.submits()
    await farah.sees("without a name")
    await farah.closes(everything=True)

    await iris.sees("There is something for you in the app.", where="messages")
    assert iris.notifications == ["There is something for you in the app."]
    await press_newest(iris)
    await iris.sees(reference, "By phone", "15 to 45 minutes", "1 to 3 conversations")
    iris.sees_nothing_of("Ava", "Larkspur", PHONE)
    await iris.presses(action_id="accept")
    await iris.sees("It is with you now.")
    iris.sees_nothing_of("Ava", "Larkspur", PHONE)
    await iris.presses(action_id="show_contact")
    await iris.sees("Ava Larkspur", PHONE)
    await iris.closes()
    await ava.sees("A supporter has said yes", "Iris Wintergreen", "(to make contact with you)", where="home")

    await iris.presses(action_id="reached")
    await iris.sees("The clock has stopped.")
    await ava.sees("You are in contact", where="home")
    await farah.sees("First contact made", where=CHANNEL)

    for number in (1, 2, 3):
        await iris.presses(action_id="talked")
        await farah.sees(f"{number} conversation", where=CHANNEL)
    await iris.sees("That was the last of the usual number")
    await iris.presses(action_id="offer_resources")
    await iris.sees("They find the list in their Home")
    await iris.presses(action_id="finish", confirm="accept")
    await iris.sees("Name and contact are closed to you now")
    await iris.presses(action_id="rate_helped")
    await iris.sees("One was added to a total")
    await iris.presses(action_id="contact_deleted")
    await iris.sees("Thank you. That is all.")
    await iris.closes(everything=True)
    await _worries_afterwards(iris, reference)
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    await ava.sees(f"Your request {reference} is finished.", where="home")
    await ava.presses(action_id="show_resources", where="home")
    await ava.sees("604-398-4300")
    await ava.closes()
    await _rates_twice(town, ava)
    async with town.house.store.work() as work:
        counts = await work.tallies.read(PROGRAMME)
    assert {what: n for (_, what), n in counts.items() if what.startswith("rated")} == {
        "rated_by_supporter.helped": 1,
        "rated_by_requester.a_little": 1,
    }

    said = town.said()
    for secret in ("Larkspur", PHONE, town.address("ava").user):
        assert secret not in said


async def _worries_afterwards(iris: Actor, reference: str) -> None:
    """Find the way to a safety concern in Home, also once everything is over."""
    await iris.opens_home()
    await iris.sees(f"{reference}, finished", where="home")
    await iris.presses(action_id="safety_concern", where="home")
    await iris.sees("Danger right now: 9-1-1", "Safety lead: 604-555-0100")
    await iris.closes()


async def _rates_twice(town: Town, who: Actor) -> None:
    """Press an answer twice before Home has gone on."""
    await town.at_rest()
    await who.presses(action_id="rate_a_little", where="home")
    await who.closes()
    await who.presses(action_id="rate_a_little", where="home")
    await who.sees("You have told us before")


@pytest.mark.req("V16", "U60")
async def test_a_fourth_conversation_needs_an_administrators_yes(town: Town) -> None:
    reference = await town.matched()
    farah, iris = town.person("farah"), town.person("iris")
    await iris.presses(action_id="reached")
    for number in (1, 2, 3):
        await iris.presses(action_id="talked")
        await farah.sees(f"{number} conversation", where=CHANNEL)
    await iris.presses(action_id="ask_fourth")
    await iris.sees("The administrator is asked, by reference only.")
    await press_newest(farah)
    await farah.presses(action_id="agree_fourth")
    await farah.sees("One more conversation is fine now.")
    await farah.closes(everything=True)
    await iris.closes(everything=True)
    await iris.opens_home()
    await iris.presses(action_id="open_match", near=reference, where="home")
    await iris.presses(action_id="talked")
    await farah.sees("4 conversations", where=CHANNEL)


@pytest.mark.req("V11")
async def test_an_ordered_list_goes_on_by_itself_and_by_hand(town: Town) -> None:
    await town.register("iris", "jonas", "kaya")
    farah, iris, jonas, kaya = (town.person(key) for key in ("farah", "iris", "jonas", "kaya"))
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen", "Jonas Harebell", "Kaya Bunchberry")
    await press_newest(iris)
    assert "There is something for you" not in jonas.screen("messages")
    await iris.presses(action_id="decline")
    await iris.sees("Someone else will be asked.")
    await jonas.sees("There is something for you", where="messages")

    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.presses(action_id="withdraw_offer", near="Jonas", confirm="accept")
    await farah.sees("The offer is taken back.")
    await jonas.sees("Closed.", where="messages")
    await farah.presses(action_id="send_next")
    await farah.sees("The offer is on its way")
    await kaya.sees("There is something for you", where="messages")
    await press_newest(kaya)
    await kaya.presses(action_id="not_me")
    await farah.sees("A supporter is to be found", where=CHANNEL)


@pytest.mark.req("U7")
async def test_when_everyone_has_said_no_the_card_says_so(town: Town) -> None:
    await town.register("iris")
    farah, iris = town.person("farah"), town.person("iris")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await press_newest(iris)
    await iris.presses(action_id="decline")
    await farah.sees("Nobody left to ask", where=CHANNEL)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Nobody can be asked now", "1 person is kept out")


@pytest.mark.req("V12")
async def test_a_requester_who_wants_a_say_keeps_the_name_closed(town: Town) -> None:
    ava, iris = town.person("ava"), town.person("iris")
    await town.register("iris")
    await ava.types("/peersupport")
    await ava.presses(action_id="ask")
    await fill_form(ava)
    await ava.chooses("choices", ["Ask me before my supporter sees my name"])
    await ava.submits()
    reference = reference_on(ava.screen("modal"))
    await ava.closes(everything=True)
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await press_newest(iris)
    await iris.presses(action_id="accept")
    await iris.sees("They asked to know first who accepted.")
    assert "Show name and contact" not in iris.screen("modal")
    await iris.closes(everything=True)

    await ava.opens_home()
    await ava.presses(action_id="agree_name", where="home")
    await iris.opens_home()
    await iris.presses(action_id="open_match", near=reference, where="home")
    await iris.presses(action_id="show_contact")
    await iris.sees("Ava Larkspur", PHONE)


@pytest.mark.req("V12")
async def test_silence_counts_as_a_yes_after_the_wait(town: Town) -> None:
    ava, iris = town.person("ava"), town.person("iris")
    reference = await town.matched(choices=["Ask me before my supporter sees my name"])
    assert "Show name and contact" not in iris.screen("modal")
    await iris.closes(everything=True)
    await town.passes(hours=12, minutes=1)
    await iris.opens_home()
    await iris.presses(action_id="open_match", near=reference, where="home")
    await iris.presses(action_id="show_contact")
    await iris.sees("Ava Larkspur", PHONE)
    await ava.opens_home()
    await ava.sees("(to make contact with you)", where="home")


@pytest.mark.req("V13", "U18")
async def test_the_requester_asks_for_someone_else(town: Town) -> None:
    reference = await town.matched()
    ava, farah, iris = town.person("ava"), town.person("farah"), town.person("iris")
    await ava.opens_home()
    await ava.sees("Iris Wintergreen", where="home")
    await ava.presses(action_id="someone_else", where="home")
    await ava.sees("Being matched", where="home")
    await iris.presses(action_id="show_contact")
    await iris.sees("no longer needed")
    iris.sees_nothing_of("Ava", PHONE)
    await farah.sees("A supporter is to be found", where=CHANNEL)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    farah.sees_nothing_of("Iris Wintergreen", where="modal")


@pytest.mark.req("U17")
async def test_not_me_after_the_name_ends_access_without_a_reason(town: Town) -> None:
    await town.matched()
    ava, farah, iris = town.person("ava"), town.person("farah"), town.person("iris")
    await iris.presses(action_id="show_contact")
    await iris.sees("Ava Larkspur")
    await iris.closes()
    await iris.presses(action_id="not_me_after", confirm="accept")
    await iris.sees("Someone else will be asked.")
    await iris.presses(action_id="contact_deleted")
    await iris.sees("Thank you. That is all.")
    await farah.sees("A supporter is to be found", where=CHANNEL)
    await ava.opens_home()
    await ava.sees("Being matched", "Someone else will contact you.", where="home")
    ava.sees_nothing_of("Iris Wintergreen", where="home")


async def test_an_administrator_takes_a_request_from_its_supporter(town: Town) -> None:
    reference = await town.matched()
    farah, iris = town.person("farah"), town.person("iris")
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.presses(action_id="reassign", confirm="accept")
    await farah.sees("The supporter no longer has access.")
    await iris.presses(action_id="show_contact")
    await iris.sees("no longer needed")
