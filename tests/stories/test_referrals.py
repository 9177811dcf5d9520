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
