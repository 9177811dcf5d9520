"""A safety concern as people live it: the numbers first, the leads in turn, and an erasure that waits for them."""

from __future__ import annotations

import pytest

from peersupport.audit import ActorKind, Event
from peersupport.concerns import Concern, Ending
from peersupport.notifications import Kind
from simulator.people import Actor
from tests.stories.test_clocks import rows
from tests.stories.test_leaving import kept
from tests.stories.test_own_data import speaks
from tests.stories.town import PHONE, PROGRAMME, Town, press_newest

LEAD_PHONE = "604-555-0100"
NEWS = "There is something for you in the app."


async def raises(who: Actor, told: str, plan: str, route: str) -> None:
    """Fill the three choices and send them."""
    await who.chooses("safety_told", told)
    await who.chooses("safety_plan", plan)
    await who.chooses("safety_route", route)
    await who.submits()


async def passes(town: Town, **time: float) -> None:
    """Move time on and let what is due be done."""
    await town.at_rest()
    await town.passes(**time)
    await town.at_rest()


async def concern_of(town: Town, reference: str) -> Concern:
    """Return what is stored of the one concern about a request."""
    request, _ = await kept(town, reference)
    async with town.house.store.work() as work:
        [found] = await work.concerns.of_request(request.id)
    return found


def pages(who: Actor) -> int:
    """Count the messages that somebody was sent."""
    return len(who.messages())


@pytest.mark.req("V29", "V30", "U24", "U25", "G16", "G8", "G11", "G14")
async def test_a_concern_goes_from_lead_to_everybody_and_holds_the_erasure_until_it_is_closed(town: Town) -> None:
    reference = await town.matched("ava", "iris")
    ava, farah, iris, nora = (town.person(key) for key in ("ava", "farah", "iris", "nora"))
    await iris.presses(action_id="safety_concern", where="modal")
    # Before anything is asked: whom to phone, and the four steps.
    await iris.sees("Danger right now: 9-1-1", f"Safety lead: {LEAD_PHONE}", "Decide together who to involve")
    screen = iris.screen("modal")
    assert screen.index("9-1-1") < screen.index(LEAD_PHONE) < screen.index("Did you tell your colleague first?")
    await iris.submits()
    await iris.sees("Please complete this required field.")
    await raises(iris, "No: help had to come first", "No, or not yet", "Emergency services")
    await iris.sees("We are still trying to reach somebody", LEAD_PHONE, "9-1-1")
    await iris.closes(everything=True)
    await nora.sees(NEWS, where="messages")
    before = pages(farah)

    # Nobody answers for a quarter of an hour: everybody is written to, and reads the reference only.
    await passes(town, minutes=16)
    assert (pages(nora), pages(farah)) == (2, before + 1)
    await iris.opens_home()
    await iris.sees("We are still trying to reach somebody", LEAD_PHONE, where="home")
    await press_newest(farah)
    await farah.sees(f"Safety concern about {reference}", "Please phone one of them", LEAD_PHONE)
    farah.sees_nothing_of("No: help had to come first", "Iris", "Ava", PHONE)
    await farah.closes(everything=True)

    # Withdrawing does not stop it, and says honestly what waits and why.
    await ava.opens_home()
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await ava.sees("A safety concern about this request is open", "at the latest")
    await ava.closes(everything=True)
    await passes(town, minutes=16)
    assert pages(nora) == 3
    assert (await kept(town, reference))[1] is not None
    await ava.opens_home()
    await ava.sees("Your details are erased when it is closed, at the latest", where="home")

    # One has it; the others read so, kindly.
    await press_newest(nora)
    await nora.sees("No: help had to come first", "Emergency services", "Iris Wintergreen", "No, or not yet")
    nora.sees_nothing_of("Ava", PHONE)
    await nora.presses(action_id="take_concern")
    await nora.sees("You have it; nobody else is alerted any more.")
    await press_newest(farah)
    await farah.sees("A safety lead has it, since")
    await farah.closes(everything=True)
    taken = await rows(town, Kind.TELL_SAFETY)
    await passes(town, minutes=40)
    assert await rows(town, Kind.TELL_SAFETY) == taken

    await _closes(town, reference)
    await nora.opens_home()
    await nora.sees_no_more(reference, where="home")
    for word in ("Ava", PHONE, "afety", "Iris", reference):
        assert word not in "\n".join(message.text for who in (nora, farah, iris) for message in who.messages())


async def _closes(town: Town, reference: str) -> None:
    """Let the lead open who it is about, on record, and close it: the erasure goes on."""
    ava, nora = town.person("ava"), town.person("nora")
    await nora.presses(action_id="show_concerned")
    await nora.sees("Ava", PHONE)
    await nora.closes()
    await ava.opens_home()
    await ava.presses(action_id="my_data", where="home")
    await ava.sees("Opened by a safety lead on", "Erasure held back by an open safety concern")
    await ava.closes(everything=True)
    await nora.presses(action_id="close_concern")
    await nora.chooses("safety_ending", "Emergency services have taken over")
    await nora.submits()
    await nora.sees("The concern is closed.")
    await nora.closes(everything=True)
    await town.at_rest()
    request, needs = await kept(town, reference)
    assert needs is None
    assert request.erased_at is not None
    concern = await concern_of(town, reference)
    assert concern.ending is Ending.EMERGENCY
    async with town.house.store.work() as work:
        deeds = [(each.event, each.kind) for each in await work.audit.of(concern.id)]
        opened = [each for each in await work.audit.of(request.id) if each.event is Event.IDENTITY_OPENED]
        counted = await work.tallies.read(PROGRAMME)
    assert deeds == [
        (Event.SAFETY_RAISED, ActorKind.SUPPORTER),
        (Event.SAFETY_TAKEN, ActorKind.LEAD),
        (Event.SAFETY_CLOSED, ActorKind.LEAD),
    ]
    assert [(each.kind, each.reason) for each in opened] == [(ActorKind.LEAD, "safety")]
    assert [count for (_, what), count in counted.items() if what == "safety_raised"] == [1]


@pytest.mark.req("V29", "U24", "U25", "G16", "G30")
async def test_in_french_nobody_answers_and_the_erasure_waits_no_longer_than_was_said(town: Town) -> None:
    reference = await town.matched("ava", "iris")
    ava, iris, nora = (town.person(key) for key in ("ava", "iris", "nora"))
    await iris.closes(everything=True)
    for key in ("ava", "iris", "nora"):
        await speaks(town, key, "fr")
    await iris.presses("Signaler une préoccupation de sécurité", where="home")
    await iris.sees("Danger immédiat\u00a0: 9-1-1", f"Responsable de la sécurité\u00a0: {LEAD_PHONE}")
    await raises(iris, "Oui", "Oui, nous avons convenu de la suite", "Le programme de santé des médecins")
    await iris.sees("Nous essayons encore de joindre quelqu'un", LEAD_PHONE)
    # Told first, so it stands in their own data at once.
    await ava.presses("Mes données", where="home")
    await ava.sees("Préoccupation de sécurité signalée le", "Prévenue d'abord\u00a0: oui")
    await ava.presses(action_id="delete_my_data")
    await ava.presses(action_id="delete_now", confirm="accept")
    await ava.sees("Une préoccupation de sécurité au sujet d'une demande est ouverte.")
    await ava.closes(everything=True)
    await passes(town, hours=71)
    assert (await kept(town, reference))[1] is not None
    assert pages(nora) == 2
    await passes(town, hours=1, minutes=5)
    assert (await kept(town, reference))[1] is None
    concern = await concern_of(town, reference)
    assert concern.ending is Ending.LAPSED
    await passes(town, hours=1)
    assert await rows(town, Kind.PAGE_SAFETY, waiting=True) == 0
    assert not [each for each in nora.messages() if "Ouvrir" in str(each.blocks)]
    await nora.opens_home()
    await nora.sees_no_more(reference, where="home")
