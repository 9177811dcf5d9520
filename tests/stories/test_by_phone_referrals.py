"""A colleague who is not on Slack is asked by an administrator: yes, no, later, never again, and silence."""

from __future__ import annotations

import pytest

from peersupport.audit import Event
from peersupport.referral import ReferralState, Scope
from peersupport.requests import Door
from simulator.people import Actor
from tests.stories.test_by_phone import HEARD, NAME, REACH
from tests.stories.test_leaving import kept
from tests.stories.test_referrals import begins, left
from tests.stories.town import CHANNEL, PROGRAMME, Town, reference_on

CONSTANT = "There is something for you in the app."


async def refers_outside(town: Town, referrer: str = "dara", *, tells: bool = False) -> None:
    """Let one person pass on somebody who is not on Slack."""
    who = town.person(referrer)
    await begins(who)
    await who.fills("colleague_name", NAME)
    await who.fills("colleague_reach", REACH)
    await who.chooses("tells_who", "Yes, you may say that it was me" if tells else "No, please do not say")
    await who.submits()
    await who.sees("Passed on.")
    await who.closes(everything=True)


async def calls(town: Town, key: str = "farah") -> Actor:
    """Let an administrator open the call sheet from the card."""
    who = town.person(key)
    await who.presses(action_id="open_referral_card", where=CHANNEL)
    await who.sees("The colleague is not on Slack")
    who.sees_nothing_of(NAME, REACH)
    await who.presses(action_id="call_sheet", where="modal")
    await who.chooses("opening_why", "To arrange the contact")
    await who.submits()
    await who.sees(NAME, REACH, "Words to read to them")
    return who


async def stands(town: Town) -> ReferralState | None:
    """Say where the one open referral stands."""
    async with town.house.store.work() as work:
        found = await work.referrals.in_programme(PROGRAMME, limit=9)
    return found[0].state if found else None


@pytest.mark.req("U3", "U21", "G4")
async def test_yes_on_the_phone_leads_into_the_form_and_the_request_is_theirs(town: Town) -> None:
    await town.register("iris", "dara")
    farah = town.person("farah")
    await refers_outside(town, tells=True)
    await farah.sees(CONSTANT, where="messages")
    await town.at_rest()
    assert NAME not in town.said()
    await calls(town)
    await farah.sees("Dara", "Never again from this colleague")
    await farah.chooses("call_answer", "Yes: go on to the questions")
    await farah.submits()
    await farah.sees("Read the notice below", NAME, REACH)
    await farah.chooses("role", "Physician in active practice in Vancouver")
    await farah.chooses("modalities", ["By phone"])
    await farah.submits()
    await farah.sees("Without it nothing is kept.", NAME, REACH)
    await farah.chooses("notice_heard", [HEARD])
    await farah.chooses("spoken_language", "French")
    await farah.sees("Qui verra ceci", NAME)
    await farah.submits()
    await farah.sees("Please tell them")
    reference = reference_on(farah.screen("modal"))
    await farah.closes(everything=True)
    request, needs = await kept(town, reference)
    assert needs is not None
    assert (request.door, needs.opened_by) == (Door.COLLEAGUE, town.address("dara"))
    assert request.off_slack_at is not None
    assert (needs.name, needs.language, needs.requester.on_slack) == (NAME, "fr", False)
    assert await left(town) == 0
    await town.claims("farah", reference)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Iris Wintergreen")
    farah.sees_nothing_of("Dara", where="modal")
    await farah.closes(everything=True)
    await town.at_rest()
    assert NAME not in town.said()
    assert (await town.house.store.queue.backlog()).parked == 0


@pytest.mark.req("U3", "V23")
@pytest.mark.parametrize("said", ["No: erase it", "Never again, from anybody", "They never agreed to this"])
async def test_every_no_erases_at_once_and_the_opening_stays_in_the_ledger(town: Town, said: str) -> None:
    await refers_outside(town)
    farah, dara = await calls(town), town.person("dara")
    farah.sees_nothing_of("Never again from this colleague", "Dara")
    async with town.house.store.work() as work:
        [referral] = await work.referrals.in_programme(PROGRAMME, limit=9)
        [opened] = await work.audit.of(referral.id, Event.IDENTITY_OPENED)
        colleague = await work.referrals.colleague(referral.id)
    assert opened.reason == "arrange_contact"
    assert colleague is not None
    await farah.chooses("call_answer", said)
    await farah.submits()
    await farah.sees("everything about them is erased")
    await farah.closes(everything=True)
    assert (await left(town), await stands(town)) == (0, None)
    async with town.house.store.work() as work:
        never = await work.silences.has(PROGRAMME, Scope.REFERRALS, colleague.address)
        distrust = await work.silences.has(PROGRAMME, Scope.DISTRUST, town.address("dara"))
    assert (never, distrust) == ("Never" in said, "never agreed" in said)
    await dara.opens_home()
    await dara.sees("passed on", where="home")
    await town.at_rest()
    assert NAME not in town.said()


@pytest.mark.req("U3", "U16")
async def test_later_keeps_the_question_and_silence_ends_it(town: Town) -> None:
    await refers_outside(town)
    farah = await calls(town)
    await farah.chooses("call_answer", "Later: ask again")
    await farah.submits()
    await farah.sees("The question stays open until")
    await farah.closes(everything=True)
    assert await left(town) == 1
    await calls(town)
    await farah.closes(everything=True)
    await town.passes(days=8)
    await town.at_rest()
    assert (await left(town), await stands(town)) == (0, None)
    await farah.sees("closed", where=CHANNEL)


@pytest.mark.req("U3", "G30")
async def test_the_call_in_french(town: Town) -> None:
    await refers_outside(town)
    town.sim.workspace.person("farah").locale = "fr-CA"
    farah = town.person("farah")
    await farah.sees("Il y a quelque chose pour vous dans l'appli.", where="messages")
    await farah.presses("Ouvrir", where="messages")
    await farah.sees("La personne n'est pas sur Slack")
    await farah.presses(action_id="call_sheet", where="modal")
    await farah.chooses("opening_why", "Pour organiser la prise de contact")
    await farah.submits()
    await farah.sees(NAME, REACH, "Les mots à lui lire", "Personne n'apprend votre choix")
    await farah.chooses("call_answer", "Non\u00a0: effacer")
    await farah.submits()
    await farah.sees("C'est noté")
    assert await left(town) == 0
