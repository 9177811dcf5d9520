"""A long day on which everybody uses everything once, so that every payload has been sent for real."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers import ids
from handlers.hear import Kind
from handlers.parsing import read
from simulator.payloads import REMOVAL
from simulator.people import Actor
from simulator.workspace import Workspace
from tests.stories.town import CHANNEL, Town, fill_form, opens_identity, press_newest, reference_on
from tests.threats import canaries
from tests.threats.everything_private import everybody_minds_privacy

Recorded = dict[tuple[Kind, str], dict[str, Any]]
OTHER_ROLE = "Resident"
NEWS = "Tell me by a short Slack message that there is news, without details"


async def everybody_uses_everything(town: Town) -> None:
    """Play the whole day; the canary asks, changes, withdraws and asks again."""
    canaries.settle(town.sim.workspace)
    for key in ("canary", "farah", "gwen", "iris", "jonas", "kaya"):
        town.person(key).patience = 20.0  # of a machine that does much else
    await town.register("iris", "jonas", "kaya")
    canary = town.person("canary")
    await _looks_around(canary)
    town.sim.changes_account("petra", deleted=True)
    for late in REMOVAL:
        town.sim.tells_of_removal(late)
    await _asks(canary)
    reference = await _asks_again(canary)
    await _administrators(town, reference)
    # No offer is open meanwhile, which the worker would let lapse as soon as it looks at the clock.
    await _late(town)
    await _offers(town, reference)
    await _matched(town, reference)
    await _ends(town)
    await _register(town)
    await everybody_minds_privacy(town)


def recorded(workspace: Workspace) -> Recorded:
    """Return one payload of each kind and id that was sent to the app, the latest of each."""
    found: Recorded = {}
    for entry in workspace.log:
        heard = read(entry.request) if entry.way == "to app" else None
        if heard is not None:
            found[heard.kind, heard.id] = copy.deepcopy(entry.request)
    return found


def with_neighbours(found: Mapping[tuple[Kind, str], dict[str, Any]]) -> Recorded:
    """Add what a small town has no button for: the register's second page, the other programme's questions.

    And the honest notes of days on which nothing moved, and the switch of the monthly note, which this programme
    leaves off.
    """
    return alike(found, _NEIGHBOURS)


def alike(found: Mapping[tuple[Kind, str], dict[str, Any]], pairs: Iterable[tuple[str, str]]) -> Recorded:
    """Add the press of each button that is missing, as one like another that was pressed."""
    whole = dict(found)
    for missing, like in pairs:
        payload = copy.deepcopy(whole[Kind.ACTION, like])
        payload["actions"][0] |= {"action_id": missing}
        whole.setdefault((Kind.ACTION, missing), payload)
    return whole


_NEIGHBOURS = (
    (ids.SUPPORTERS_PAGE, ids.ADD_SUPPORTER),
    (ids.SUPPORTERS_NEXT, ids.ADD_SUPPORTER),
    (ids.QUESTION, ids.WHO_SEES),
    (ids.LEDGER_NEWER, ids.LEDGER_TEXT),
    (ids.COVER_NOTE, ids.DISCREET),
    (ids.MY_DATA_ON, ids.MY_DATA),
    (ids.MY_DATA_BACK, ids.MY_DATA),
    (ids.REPORT_PERIOD, ids.REPORT),
    (ids.LEDGER_OLDER, ids.LEDGER_TEXT),
    (ids.IN_TOUCH, ids.WITHDRAW),
    (ids.WAIT, ids.WITHDRAW),
    (ids.PHYSICIAN_LINE, ids.WITHDRAW),
    (ids.TRY_AGAIN, ids.WITHDRAW),
    (ids.GOING_ON, ids.WITHDRAW),
    (ids.TALKS_DONE, ids.WITHDRAW),
    (ids.STILL_GOING, ids.OPEN_MATCH),
    (ids.QUEUE_ON, ids.LEDGER_TEXT),
    (ids.QUEUE_OF, ids.LEDGER_TEXT),
    (ids.QUEUE_BACK, ids.LEDGER_TEXT),
    (ids.RATE_A_LITTLE, ids.RATE_HELPED),
    (ids.RATE_NOT_REALLY, ids.RATE_HELPED),
)


async def _looks_around(who: Actor) -> None:
    await who.uses_shortcut(ids.SHORTCUT)
    for action in (ids.WHO_SEES, ids.HELP_NOW, ids.QUESTIONS):
        await who.presses(action_id=action)
        await who.closes()
    await who.presses(action_id=ids.ELSEWHERE)
    await who.presses("Open the website", near="Resident Wellness")
    await who.closes()
    await who.chooses(ids.LANGUAGE, "Français")
    await who.sees("Demander du soutien")
    await who.chooses(ids.LANGUAGE, "English")
    await who.sees("Ask for support")
    await who.closes(everything=True)


async def _asks(who: Actor) -> None:
    await who.types("/peersupport")
    await who.presses(action_id=ids.ASK)
    await who.chooses(ids.IN_ROLE, OTHER_ROLE)
    await who.presses(action_id=ids.FORM_AGAIN)
    await fill_canary(who)
    await who.submits()
    await who.closes(everything=True)


async def fill_canary(who: Actor) -> None:
    """Fill the form with everything that may never be seen outside."""
    await fill_form(
        who,
        modality=["By phone", "By Zoom"],
        contact=f"{canaries.PHONE} {canaries.EMAIL}",
        choices=[
            "Ask me before my supporter sees my name",
            "Tell me by a short Slack message that there is news, without details",
        ],
        avoid_people=["luc"],
    )
    await who.fills(ids.IN_NAME, canaries.NAME)
    await who.fills(ids.IN_NAMES, canaries.AVOID)


async def _asks_again(who: Actor) -> str:
    """Look at the request, change it, then begin afresh."""
    await who.types("/peersupport")
    await who.presses(action_id=ids.MINE)
    await who.presses(action_id=ids.CHANGE)
    await who.submits()
    await who.closes(everything=True)
    await who.types("/peersupport")
    await who.presses(action_id=ids.ASK)
    await who.presses(action_id=ids.RESTART, confirm="accept")
    await fill_canary(who)
    await who.submits()
    reference = reference_on(who.screen("modal"))
    await who.closes(everything=True)
    return reference


async def _administrators(town: Town, reference: str) -> None:
    farah, gwen = town.person("farah"), town.person("gwen")
    await town.claims("farah", reference)
    await gwen.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await gwen.presses(action_id=ids.TAKE_OVER)
    await gwen.chooses(ids.HAND_OVER, "Farah Meadowrue")
    await gwen.closes(everything=True)
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await opens_identity(farah)
    await farah.sees(canaries.NAME, canaries.PHONE)
    await farah.closes(everything=True)
    await _reads_the_openings(gwen)


async def _reads_the_openings(who: Actor) -> None:
    await who.opens_home()
    await who.presses(action_id=ids.LEDGER, where="home")
    await who.chooses(ids.LEDGER_PERSON, "Farah Meadowrue")
    await who.presses(action_id=ids.LEDGER_TEXT)
    await who.presses(action_id=ids.LEDGER_LIST)
    await who.chooses(ids.LEDGER_MONTH, f"{datetime.now(UTC).year - 1}-12")
    await who.closes(everything=True)


async def _offers(town: Town, reference: str) -> None:
    farah, jonas, kaya = (town.person(key) for key in ("farah", "jonas", "kaya"))
    await town.offers("farah", reference, "Iris Wintergreen", "Jonas Harebell", "Kaya Bunchberry")
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.presses(action_id=ids.WITHDRAW_OFFER, near="Iris", confirm="accept")
    await farah.presses(action_id=ids.SEND_NEXT)
    await farah.closes(everything=True)
    await press_newest(jonas)
    await jonas.presses(action_id=ids.DECLINE)
    await jonas.closes(everything=True)
    await press_newest(kaya)
    await kaya.presses(action_id=ids.NOT_ME)
    await kaya.closes(everything=True)
    await town.offers("farah", reference, "Iris Wintergreen")


async def _late(town: Town) -> None:
    """Let half of the promise go by, where the app's clock is ours to move."""
    if town.house.ready:
        canary = town.person("canary")
        await town.at_rest()
        await town.passes(hours=37)
        await canary.opens_home()
        await canary.presses(action_id=ids.NOT_YET, where="home")
        await canary.closes(everything=True)


async def _matched(town: Town, reference: str) -> None:
    canary, farah, iris = (town.person(key) for key in ("canary", "farah", "iris"))
    await iris.opens_home()
    await iris.presses(action_id=ids.OPEN_OFFER, where="home")
    await iris.presses(action_id=ids.ACCEPT)
    await iris.closes(everything=True)
    await canary.opens_home()
    await canary.presses(action_id=ids.AGREE_NAME, where="home")
    await canary.closes(everything=True)
    await iris.opens_home()
    await iris.presses(action_id=ids.OPEN_MATCH, where="home")
    await iris.presses(action_id=ids.SHOW_CONTACT)
    await iris.sees(canaries.NAME, canaries.PHONE)
    await iris.closes()
    await iris.presses(action_id=ids.NOT_REACHED)
    await iris.presses(action_id=ids.REACHED)
    for _ in range(3):
        await iris.presses(action_id=ids.TALKED)
    await _safety(town, reference)
    await iris.presses(action_id=ids.ASK_FOURTH)
    await iris.presses(action_id=ids.OFFER_RESOURCES)
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.presses(action_id=ids.AGREE_FOURTH)
    await farah.closes(everything=True)
    await iris.presses(action_id=ids.FINISH, confirm="accept")
    await iris.closes(everything=True)
    await canary.opens_home()
    await canary.presses(action_id=ids.SHOW_RESOURCES, where="home")
    await canary.closes(everything=True)
    await canary.presses(action_id=ids.RATE_HELPED, where="home")
    await canary.closes(everything=True)


async def _safety(town: Town, reference: str) -> None:
    """Let the supporter raise a concern, and the lead take it, open who it is about, and close it."""
    iris, nora = town.person("iris"), town.person("nora")
    nora.patience = 20.0
    await iris.presses(action_id=ids.SAFETY_CONCERN)
    await iris.chooses(ids.IN_TOLD, "Yes")
    await iris.chooses(ids.IN_PLAN, "Yes, we agreed on what comes next")
    await iris.chooses(ids.IN_ROUTE, "The programme's safety lead")
    await iris.submits()
    await iris.sees("We are still trying to reach somebody")
    await iris.closes()
    await nora.sees("There is something for you in the app.", where="messages")
    await nora.opens_home()
    await nora.presses(action_id=ids.OPEN_CONCERN, near=reference, where="home")
    await nora.presses(action_id=ids.TAKE_CONCERN)
    await nora.presses(action_id=ids.SHOW_CONCERNED)
    await nora.sees(canaries.NAME, canaries.PHONE)
    await nora.closes()
    await nora.presses(action_id=ids.CLOSE_CONCERN)
    await nora.chooses(ids.IN_ENDING, "The person is safe now, with a plan")
    await nora.submits()
    await nora.sees("The concern is closed.")
    await nora.closes(everything=True)


async def _again(town: Town) -> str:
    """Bring the canary and a supporter together once more."""
    canary = town.person("canary")
    await canary.types("/peersupport")
    await canary.presses(action_id=ids.ASK)
    await fill_canary(canary)
    await canary.submits()
    reference = reference_on(canary.screen("modal"))
    await canary.closes(everything=True)
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await accepts(town.person("iris"), reference)
    return reference


async def accepts(who: Actor, reference: str) -> None:
    """Accept from Home, where the right one of several can be told."""
    await who.opens_home()
    await who.presses(action_id=ids.OPEN_OFFER, near=reference, where="home")
    await who.presses(action_id=ids.ACCEPT)
    await who.sees("It is with you now.")


async def _ends(town: Town) -> None:
    """Every other way in which a request leaves its supporter, and in which it closes."""
    canary, farah, iris, jonas = (town.person(key) for key in ("canary", "farah", "iris", "jonas"))
    reference = await _again(town)
    await iris.presses(action_id=ids.HAND_BACK, confirm="accept")
    await iris.presses(action_id=ids.DELETED)
    await iris.closes(everything=True)
    await town.offers("farah", reference, "Jonas Harebell")
    await accepts(jonas, reference)
    await jonas.presses(action_id=ids.NOT_ME_AFTER, confirm="accept")
    await jonas.closes(everything=True)
    await town.offers("farah", reference, "Kaya Bunchberry")
    await accepts(town.person("kaya"), reference)
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.presses(action_id=ids.REASSIGN, confirm="accept")
    await farah.sees("The supporter no longer has access.")
    await farah.presses(action_id=ids.CLOSE)
    await farah.chooses("outcome", "Handed over to another service, with their consent")
    await farah.submits()
    await farah.closes(everything=True)
    reference = await _again(town)
    await iris.closes(everything=True)
    await canary.opens_home()
    await canary.presses(action_id=ids.SOMEONE_ELSE, where="home")
    await canary.closes(everything=True)
    await canary.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")


async def _register(town: Town) -> None:
    farah, iris = town.person("farah"), town.person("iris")
    await farah.opens_home()
    await farah.presses(action_id=ids.SUPPORTERS, where="home")
    await farah.presses(action_id=ids.ADD_SUPPORTER)
    await farah.chooses("member", "luc")
    await farah.fills("name", "Luc Mélilot")
    await farah.chooses("modalities", ["By phone"])
    await farah.submits()
    await farah.presses(action_id=ids.EDIT_SUPPORTER, near="Luc")
    await farah.submits()
    await farah.closes(everything=True)
    await iris.opens_home()
    await iris.presses(action_id=ids.MY_PROFILE, where="home")
    await iris.submits()
    await iris.closes(everything=True)
    await iris.presses(action_id=ids.PAUSE, where="home")
    await iris.presses(action_id=ids.RESUME, where="home")
    # A supporter who asks for support may pause their offers meanwhile.
    await town.asks("iris")
    await iris.closes(everything=True)
    await iris.opens_home()
    await iris.presses(action_id=ids.PAUSE_MY_OFFERS, where="home")
    await iris.closes(everything=True)
