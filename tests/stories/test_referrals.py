"""A colleague's referral, from the statement to what becomes of it; and nobody learns what the colleague decided."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from simulator.people import Actor
from store.tables_beside import referrals
from tests.stories.test_erasure import raw
from tests.stories.town import CHANNEL, PHONE, Town, fill_form, press_newest, reference_on

CONSTANT = "There is something for you in the app."
CONSTANT_FR = "Il y a quelque chose pour vous dans l'appli."


async def begins(who: Actor) -> None:
    """Open the form from the menu, and tick the statement."""
    await who.types("/peersupport")
    await who.presses(action_id="refer")
    await who.chooses("attest", who_ticks(who))


def who_ticks(who: Actor) -> list[str]:
    """Return the words of the tick in the language of the screen."""
    return ["Oui, c'est bien le cas" if "J'ai parlé" in who.screen("modal") else "Yes, that is so"]


async def refers(town: Town, referrer: str, colleague: str, *, tells: bool = True) -> None:
    """Let one person pass another on; they see the one answer there is."""
    who = town.person(referrer)
    await begins(who)
    await who.chooses("colleague", colleague)
    await who.chooses("tells_who", "Yes, you may say that it was me" if tells else "No, please do not say")
    await who.submits()
    await who.sees("Passed on. Your colleague is asked in private, and decides.")
    await who.closes(everything=True)


async def left(town: Town) -> int:
    """Count the referrals of which anything about the colleague is left."""
    found = await raw(town, select(func.count()).select_from(referrals).where(referrals.c.colleague.is_not(None)))
    return int(found)


@pytest.mark.req("V19", "V20", "V21", "V22", "V23", "V24", "U21", "G4", "G7")
async def test_a_colleague_says_yes_and_the_request_is_their_own(town: Town) -> None:
    await town.register("iris", "dara")
    dara, ava = town.person("dara"), town.person("ava")
    await dara.types("/peersupport")
    await dara.presses(action_id="refer")
    await dara.sees("Nobody watches this app around the clock", "Talk with your colleague first.")
    assert "Their name" not in dara.screen("modal")
    await dara.submits()
    await dara.sees("Not asked yet?", "I thought of you.", "Nothing was kept.")
    await dara.closes()
    await dara.chooses("attest", ["Yes, that is so"])
    await dara.sees("Their name")
    await dara.fills("colleague_reach", PHONE)
    await dara.chooses("tells_who", "Yes, you may say that it was me")
    await dara.chooses("colleague", "dara")
    await dara.submits()
    await dara.sees("That is you.", PHONE)
    await dara.chooses("colleague", "otto")
    await dara.submits()
    await dara.sees("apps and guests cannot be asked here", PHONE)
    await dara.chooses("colleague", "ava")
    await dara.submits()
    await dara.sees("Passed on. Your colleague is asked in private", "How are you doing yourself?")
    await dara.closes(everything=True)

    await ava.sees(CONSTANT, where="messages")
    await press_newest(ava)
    await ava.sees("Nobody watches this app", "Dara", "told us that you agreed", "Never ask me again")
    await ava.presses(action_id="referral_yes")
    await ava.sees("Ask for support", "Send my request")
    await fill_form(ava)
    await ava.submits()
    reference = reference_on(ava.screen("modal"))
    await ava.sees("Withdraw")
    await ava.closes(everything=True)
    assert await left(town) == 0

    farah = town.person("farah")
    await farah.sees(reference, "A colleague, with consent", where=CHANNEL)
    await town.claims("farah", reference)
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Iris")
    assert "Dara" not in farah.screen("modal")
    await farah.closes(everything=True)
    await dara.opens_home()
    await dara.sees("What you passed on", "passed on", where="home")
    assert reference not in dara.screen("home")
    assert "Dara" not in town.said()
    assert "Ava" not in town.said()


@pytest.mark.req("V23", "V25", "U1", "U48", "G7")
async def test_a_no_and_a_never_leave_nothing_and_the_referrers_see_no_difference(town: Town) -> None:
    dara, chloe, farah = town.person("dara"), town.person("chloe"), town.person("farah")
    await refers(town, "dara", "chloe", tells=False)
    await chloe.sees(CONSTANT_FR, where="messages")
    await chloe.opens_home()
    await chloe.sees("Vous avez une note privée.", where="home")
    await chloe.presses("Ouvrir", where="messages")
    await chloe.sees("Une ou un collègue nous a dit que vous acceptiez", "9-8-8")
    chloe.sees_nothing_of("Dara")
    await dara.opens_home()
    before = dara.screen("home")
    await chloe.presses(action_id="referral_no", confirm="accept")
    await chloe.sees("C'est entendu. Vos coordonnées sont effacées")
    assert await left(town) == 0
    await chloe.closes(everything=True)
    await farah.sees("closed", where=CHANNEL)
    await town.at_rest()
    await dara.opens_home()
    assert dara.screen("home") == before

    await refers(town, "dara", "chloe", tells=False)
    await chloe.presses("Ouvrir", where="messages")
    await chloe.presses(action_id="referral_never", confirm="accept")
    await chloe.sees("personne ne pourra plus vous proposer ici")
    await chloe.closes(everything=True)
    await town.at_rest()
    told = len(chloe.messages())
    await refers(town, "emil", "chloe")
    await town.at_rest()
    assert await left(town) == 0
    assert len(chloe.messages()) == told
    await chloe.opens_home()
    chloe.sees_nothing_of("Vous avez une note privée.")

    await refers(town, "dara", "bruno")
    await begins(dara)
    await dara.chooses("colleague", "ava")
    await dara.chooses("tells_who", "No, please do not say")
    await dara.submits()
    await dara.sees("three colleagues within 30 days")
    await dara.closes()
    await dara.sees("Their name")
    assert "Chloe" not in town.said()


@pytest.mark.req("V22", "U2", "U48", "G7")
async def test_silence_is_reminded_of_once_and_then_erases(town: Town) -> None:
    ava, dara, farah = town.person("ava"), town.person("dara"), town.person("farah")
    await refers(town, "dara", "ava", tells=False)
    await ava.sees(CONSTANT, where="messages")
    await press_newest(ava)
    await ava.presses(action_id="referral_later")
    await ava.sees("The note stays in Home")
    await ava.closes(everything=True)
    await town.at_rest()
    assert len(ava.messages()) == 1
    await town.passes(days=3, hours=1)
    await town.at_rest()
    assert len(ava.messages()) == 2
    await ava.opens_home()
    await town.passes(days=2)
    await town.at_rest()
    assert len(ava.messages()) == 2
    await town.passes(days=2)
    await town.at_rest()
    assert await left(town) == 0
    await farah.sees("closed", where=CHANNEL)
    assert "Open" not in ava.screen("messages")
    await ava.presses(action_id="open_referral", where="home")
    await ava.sees("There is nothing here for you now.")
    await dara.opens_home()
    await dara.sees("passed on", where="home")


@pytest.mark.req("U4", "U5", "V25", "U48")
async def test_who_never_agreed_is_erased_and_the_next_referral_waits_for_an_administrator(town: Town) -> None:
    ava, bruno, farah = (town.person(key) for key in ("ava", "bruno", "farah"))
    await refers(town, "dara", "ava")
    await ava.sees(CONSTANT, where="messages")
    await press_newest(ava)
    await ava.presses(action_id="referral_mistake", confirm="accept")
    await ava.sees("Thank you for telling us. Your details are erased")
    assert await left(town) == 0
    await ava.closes(everything=True)
    await refers(town, "dara", "bruno")
    await farah.sees("Waits for an administrator", where=CHANNEL)
    await bruno.opens_home()
    bruno.sees_nothing_of("You have a private note.", CONSTANT)
    await farah.opens_home()
    await farah.sees("Waiting for an administrator: 1", "Waits for an administrator", where="home")
    farah.sees_nothing_of("Dara", "Bruno", where="home")
    await farah.presses(action_id="referrals", where="home")
    await farah.sees("For an administrator to decide (1)", "In silence it ends at")
    farah.sees_nothing_of("Dara", "Bruno", where="modal")
    await farah.presses(action_id="open_listed_referral", where="modal")
    await farah.sees("Dara", "this referral waits for you")
    await farah.closes(everything=True)
    await farah.presses(action_id="open_listed_referral", where="home")
    await farah.sees("Dara", "this referral waits for you")
    assert "Bruno" not in farah.screen("modal")
    await farah.presses(action_id="release_referral", confirm="accept")
    await farah.sees("The colleague is asked now.")
    await farah.closes(everything=True)
    await bruno.sees(CONSTANT, where="messages")
    await press_newest(bruno)
    await bruno.presses(action_id="referral_never_from", confirm="accept")
    await bruno.sees("this person cannot refer you here again")
    await bruno.closes(everything=True)
    async with town.house.store.work() as work:
        assert not await work.referrals.in_programme("vancouver-peer-support")
    assert "Bruno" not in town.said()
