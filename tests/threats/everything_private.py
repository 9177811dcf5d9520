"""The end of the long day: everybody minds what is held, opened, kept, agreed on and deleted."""

from __future__ import annotations

from handlers import ids
from simulator.people import Actor
from tests.stories.town import CHANNEL, Town, fill_form, press_newest, reference_on
from tests.threats import canaries


async def everybody_minds_privacy(town: Town) -> None:
    """Play it; the canary is somebody with an open request, then with none, then nobody."""
    for key in ("canary", "farah", "gwen"):
        town.person(key).patience = 20.0
    canary = town.person("canary")
    reference = await _asks_in_danger(canary)
    await _reads_what_is_held(town, canary)
    await town.claims("farah", reference)
    await _reads_the_queue(town, reference)
    await _by_phone(town, reference)
    await _closes(town, reference)
    await _agrees_to_open_again(town, reference)
    await _agrees_to_keep(town, reference)
    await _declines(town, reference)
    await _reads_the_report(town, town.person("gwen"))
    await _erases_by_phone(town, reference)
    town.sim.changes_account("emil", is_admin=False)
    await _deletes(town, canary)
    await town.at_rest()


async def opens_home(town: Town, who: Actor) -> None:
    """Open Home, and wait until it is as new as can be."""
    await who.opens_home()
    await town.sim.settled()


async def _asks_in_danger(canary: Actor) -> str:
    if canary.modal is not None:
        await canary.closes(everything=True)  # what was said when they withdrew
    await canary.types("/peersupport")
    await canary.presses(action_id=ids.ASK, where="modal")
    await fill_form(canary, contact=f"{canaries.PHONE} {canaries.EMAIL} I want to die {canaries.DANGER}")
    await canary.fills(ids.IN_NAME, canaries.NAME)
    await canary.fills(ids.IN_NAMES, canaries.AVOID)
    await canary.submits()
    await canary.sees("nobody was alerted")
    reference = reference_on(canary.screen("modal"))
    await canary.presses(action_id=ids.HEAR_TODAY)
    await canary.sees("The administrator is told")
    await canary.closes(everything=True)
    return reference


async def _reads_what_is_held(town: Town, canary: Actor) -> None:
    await opens_home(town, canary)
    await canary.presses(action_id=ids.DISCREET, where="home")
    await canary.sees("Discreet mode is on", where="home")
    await opens_home(town, canary)
    await canary.sees("1 item", where="home")
    await canary.presses(action_id=ids.SHOW_HOME, where="home")
    await canary.presses(action_id=ids.HIDE_HOME, where="home")
    await canary.sees("1 item", where="home")
    await canary.presses(action_id=ids.SHOW_HOME, where="home")
    await canary.presses(action_id=ids.DISCREET, where="home")
    await canary.presses(action_id=ids.MY_DATA, where="home")
    await canary.sees(canaries.NAME, canaries.PHONE, where="modal")
    await canary.closes(everything=True)


async def looks_up(town: Town, who: Actor, reference: str) -> None:
    """Look a request up from Home."""
    await opens_home(town, who)
    await who.presses(action_id=ids.LOOKUP, where="home")
    await who.fills(ids.IN_REFERENCE, reference)
    await who.submits()


async def _reads_the_queue(town: Town, reference: str) -> None:
    farah = town.person("farah")
    await opens_home(town, farah)
    await farah.presses(action_id=ids.QUEUE, where="home")
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference)
    await farah.chooses(ids.PUT_OFF, "hours")
    await farah.sees("Every clock of this request goes on")
    await farah.chooses(ids.PUT_OFF, "Not any more")
    await farah.sees("It stands in the queue again.")
    await farah.closes()
    await farah.chooses(ids.QUEUE_PART, "In contact (0)")
    await farah.chooses(ids.QUEUE_FILTER, "Not claimed")
    await farah.closes(everything=True)


async def _by_phone(town: Town, reference: str) -> None:
    farah = town.person("farah")
    await looks_up(town, farah, reference)
    await farah.presses(action_id=ids.SHOW_HELD, confirm="accept")
    await farah.sees(canaries.NAME, canaries.PHONE)
    await farah.closes(everything=True)


async def _erases_by_phone(town: Town, reference: str) -> None:
    farah = town.person("farah")
    await looks_up(town, farah, reference)
    await farah.presses(action_id=ids.ERASE_FOR)
    await farah.chooses(ids.IN_REACHED, ["I reached them by the contact in the request, and they want this"])
    await farah.submits()
    await farah.sees("It is being erased now.")
    await farah.closes(everything=True)


async def _closes(town: Town, reference: str) -> None:
    farah = town.person("farah")
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.presses(action_id=ids.CLOSE)
    await farah.chooses("outcome", "No supporter was available; they were told")
    await farah.submits()
    await farah.closes(everything=True)


async def _asks(town: Town, reference: str, action_id: str) -> None:
    farah = town.person("farah")
    await looks_up(town, farah, reference)
    await farah.presses(action_id=action_id)
    await farah.chooses(ids.IN_WHY, "A complaint about the support")
    await farah.submits()
    await farah.sees("It is asked.")
    await farah.closes(everything=True)


async def _answers(town: Town, action_id: str, then: str) -> None:
    gwen = town.person("gwen")
    await town.at_rest()
    await opens_home(town, gwen)
    await gwen.presses(action_id=ids.OPEN_APPROVAL, where="home")
    await gwen.presses(action_id=action_id, confirm="accept")
    await gwen.sees(then)
    await gwen.closes(everything=True)


async def _agrees_to_open_again(town: Town, reference: str) -> None:
    farah = town.person("farah")
    await _asks(town, reference, ids.ASK_REOPEN)
    await _answers(town, ids.AGREE_APPROVAL, "Two have agreed now.")
    await town.at_rest()
    await press_newest(farah)
    await farah.presses(action_id=ids.SHOW_FOUND)
    await farah.presses(action_id=ids.REOPEN_IDENTITY)
    await farah.sees(canaries.NAME)
    await farah.closes(everything=True)


async def _agrees_to_keep(town: Town, reference: str) -> None:
    farah = town.person("farah")
    await _asks(town, reference, ids.ASK_KEEP)
    await _answers(town, ids.AGREE_APPROVAL, "Two have agreed now.")
    await looks_up(town, farah, reference)
    await farah.presses(action_id=ids.KEEP_LONGER)
    await farah.sees("It is kept 30 days longer, until")
    await farah.closes(everything=True)


async def _declines(town: Town, reference: str) -> None:
    await _asks(town, reference, ids.ASK_REOPEN)
    await _answers(town, ids.DECLINE_APPROVAL, "It is ended.")


async def _reads_the_report(town: Town, who: Actor) -> None:
    await opens_home(town, who)
    await who.presses(action_id=ids.REPORT, where="home")
    await who.sees("There is no report yet.")
    await who.closes(everything=True)


async def _deletes(town: Town, canary: Actor) -> None:
    await opens_home(town, canary)
    await canary.presses(action_id=ids.MY_DATA, where="home")
    if "Next page" in canary.screen("modal"):
        await canary.presses(action_id=ids.MY_DATA_ON)
    await canary.presses(action_id=ids.DELETE_MY_DATA)
    await canary.presses(action_id=ids.DELETE_NOW, confirm="accept")
    await canary.sees("It is being deleted.")
    await canary.closes(everything=True)
