"""Somebody of whom a partner told is invited: yes, "I'm fine", never again, and nobody there; each to its end."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from peersupport import notices
from peersupport.notice import Noticed
from peersupport.notices import Received
from peersupport.requests import Outcome, State, SupportRequest
from simulator.people import Actor
from tests.stories.town import CHANNEL, PROGRAMME, ROOT, Places, Town, open_town, opens_identity, press_newest

NAME, LINE = "Wren Saltmarsh", "604-555-0187"
ORGANISATION = "The dispatch"
PARTNER = {
    "partners": [{"id": "birch", "label": {"en": ORGANISATION, "fr": "La répartition"}, "channels": ["voicemail"]}],
    "criteria": [{"id": "hard_transfer", "label": {"en": "A hard transfer", "fr": "Un transfert difficile"}}],
}


@pytest_asyncio.fixture
async def told(places: Places, tmp_path: Path) -> AsyncIterator[Town]:
    """Give a town whose programme takes a partner's notices."""
    folder = tmp_path / "programmes"
    shutil.copytree(ROOT / "programmes", folder)
    file = folder / "vancouver.yml"
    words = file.read_text(encoding="utf-8").replace("\ndoors:\n", "\ndoors:\n  partner_notification: true\n")
    file.write_text(f"{words}\npartner_notification: {json.dumps(PARTNER)}\n", encoding="utf-8")
    async with open_town(places, PROGRAMMES_DIR=str(folder), PROGRAMMES=PROGRAMME) as town:
        yield town


async def notice(town: Town, **changes: Any) -> None:
    """Let an administrator write down what was left on the voicemail."""
    form = Noticed(NAME, "physician", reach=LINE, reach_is_own=True, criteria=("hard_transfer",))
    form = Noticed(**{name: getattr(form, name) for name in Noticed.__slots__} | changes)
    async with town.house.store.work() as work:
        programme = town.house._files.programmes[PROGRAMME]
        receipt = await notices.by_voicemail(
            work,
            programme,
            town.address("farah"),
            "birch",
            form,
            key=form.name,
            now=town.clock.now(),
            ids=town.house.ids,
        )
    assert isinstance(receipt, Received)
    town.house.store.queue.stir()


async def request_of(town: Town, reference: str) -> SupportRequest:
    async with town.house.store.work() as work:
        found = await work.requests.by_reference(PROGRAMME, reference)
    assert found is not None
    return found


async def invited(town: Town, **changes: Any) -> tuple[str, Actor, Actor]:
    """Go from a notice to a supporter who has it open: the reference, the administrator, the supporter."""
    await town.register("iris")
    farah, iris = town.person("farah"), town.person("iris")
    await notice(town, **changes)
    await farah.sees("A partner's notice", where=CHANNEL)
    async with town.house.store.work() as work:
        (request,) = await work.requests.in_states(PROGRAMME, frozenset(State), limit=2)
    reference = request.reference
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    await town.accepts("iris", reference)
    await iris.sees("This person did not ask.", "Some days at work stay with people.", ORGANISATION)
    await iris.sees("Not a word about an event")
    iris.sees_nothing_of(NAME, LINE, "hard transfer")
    return reference, farah, iris


async def is_gone(town: Town, reference: str) -> SupportRequest:
    """See that nothing that names them is left, and that no message ever named them."""
    request = await request_of(town, reference)
    async with town.house.store.work() as work:
        kept: list[object] = [await work.requests.needs(request.id), await work.requests.contact(request.id)]
        beside = await work.notices.of_request(request.id)
        kept += [await work.notices.told(beside.id)] if beside else []
    assert (request.state, kept, request.erased_at is not None) == (State.CLOSED, [None] * len(kept), True)
    said = town.said()
    for secret in (NAME, "Saltmarsh", LINE, ORGANISATION, "hard transfer"):
        assert secret not in said
    return request


@pytest.mark.req("I7", "I10", "I13", "I16", "V16")
async def test_yes_please_and_then_as_after_any_request(told: Town) -> None:
    reference, farah, iris = await invited(told, member=told.address("ava"))
    ava = told.person("ava")
    await ava.opens_home()
    await ava.sees("Ask for support", where="home")
    assert reference not in ava.screen("home")
    await iris.presses(action_id="show_contact")
    await iris.sees(NAME, LINE)
    await iris.closes()
    await iris.presses(action_id="no_answer")
    await iris.sees("the clock has stopped", "The second and last attempt is not before")
    await farah.sees("Invited once, no answer yet", where=CHANNEL)
    await iris.presses(action_id="said_yes")
    await iris.sees("Noted. Agree on a time with them", "First contact made")
    await farah.sees("First contact made", where=CHANNEL)
    await ava.opens_home()
    await ava.sees(reference, "You are in contact", where="home")
    await iris.presses(action_id="talked")
    await farah.sees("In contact, 1 conversation", where=CHANNEL)
    await iris.presses(action_id="finish", confirm="accept")
    await iris.sees("Name and contact are closed to you now")
    assert (await request_of(told, reference)).outcome is Outcome.DONE


@pytest.mark.req("I7", "U33")
async def test_i_am_fine_is_an_answer_and_ends_it(told: Town) -> None:
    reference, farah, iris = await invited(told)
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.sees("A partner's notice")
    await opens_identity(farah)
    await farah.sees(NAME, LINE)
    await farah.closes(everything=True)
    await iris.presses(action_id="said_fine", confirm="accept")
    await iris.sees("That is a full answer", "delete what you noted")
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    assert (await is_gone(told, reference)).outcome is Outcome.ANSWERED
    await iris.presses(action_id="contact_deleted")
    await iris.sees("Thank you. That is all.")


@pytest.mark.req("I8", "U33", "U34")
async def test_never_again_is_kept_without_a_name(told: Town) -> None:
    reference, farah, iris = await invited(told)
    await iris.presses(action_id="said_never")
    await iris.sees("Did they say that the phone or e-mail is their own")
    await iris.presses(action_id="said_never_theirs")
    await iris.sees("a mark that names nobody keeps partners' notices from them")
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    await is_gone(told, reference)
    cards = len(told.sim.calls("chat.postMessage"))
    await notice(told, name="Wren S. Saltmarsh")
    await told.at_rest()
    async with told.house.store.work() as work:
        left = await work.requests.in_states(PROGRAMME, frozenset(State) - {State.CLOSED}, limit=2)
    assert (left, len(told.sim.calls("chat.postMessage"))) == ([], cards)


@pytest.mark.req("I9", "I10")
async def test_nobody_there_twice_and_it_is_erased(told: Town) -> None:
    reference, farah, iris = await invited(told)
    await iris.presses(action_id="no_answer")
    await iris.sees("You are reminded of the second attempt")
    await iris.closes(everything=True)
    await told.passes(days=3)
    await iris.sees("There is something for you in the app.", "[Open]", where="messages")
    await press_newest(iris)
    await iris.sees("You can try a second time now; it is the last.")
    await iris.presses(action_id="no_answer")
    await iris.sees("that was the last attempt", "without one everything is erased on")
    await farah.sees("Invited 2 times, no answer yet", where=CHANNEL)
    await iris.closes(everything=True)
    await told.passes(days=3)
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    await told.at_rest()
    assert (await is_gone(told, reference)).outcome is Outcome.UNREACHABLE
