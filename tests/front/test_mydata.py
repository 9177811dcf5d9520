"""My data: pages of all that is held, turned, corrected, deleted, and nobody else's."""

from __future__ import annotations

import pytest

from handlers import ids
from handlers.views.mydata import PAGE
from peersupport.audit import ActorKind, Entry, Event
from peersupport.people import Address
from peersupport.requests import State
from peersupport.supporters import Profile
from tests.front.screen import TEAM, every_element
from tests.front.stage import Person, Stage
from tests.rules.world import ADA, BEN, ROBIN, ask


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def my_data(stage: Stage, user: str = "U0ROBIN", language: str = "en") -> Person:
    """Somebody who has opened their pages from Home."""
    person = stage.person(user)
    await person.opens_home()
    if language != "en":
        await person.chooses("links.en", language, on_home=True)
    await person.presses(ids.MY_DATA, on_home=True)
    return person


async def everything(person: Person) -> str:
    """All pages, one after the other."""
    found = [person.sees]
    while ids.MY_DATA_ON in {each["action_id"] for each in every_element(person.top.view)}:
        await person.presses(ids.MY_DATA_ON)
        found.append(person.sees)
    return "\n".join(found)


@pytest.mark.req("G17")
@pytest.mark.threat("T64")
async def test_everything_told_stands_on_the_pages_in_plain_words(stage: Stage) -> None:
    stage.person("U0KAI", profile={"real_name": "Kai Storm"})
    kai = Address(TEAM, "U0KAI")
    await stage.world.opens(
        asked=ask(name="Robin Roy", reach="604-555-0142", avoid_members=(kai,), avoid_names=("Vane",))
    )
    robin = await my_data(stage)
    shown = await everything(robin)
    for words in ("Name: Robin Roy", "604-555-0142", "Kai Storm", "Vane", "Ways to talk: By phone", "2026-11"):
        assert words in shown
    assert "the programme's administrators except those you want to avoid" in shown
    assert "Nothing. You are not in the register of supporters." in shown
    assert "30 days after the request closes" in shown


@pytest.mark.req("G17")
async def test_the_pages_speak_french(stage: Stage) -> None:
    await stage.world.opens(asked=ask(name="Robin Roy"))
    robin = await my_data(stage, language="fr")
    shown = await everything(robin)
    assert "Nom\u00a0: Robin Roy" in shown
    assert "30 jours après la fermeture de la demande" in shown
    assert "QUI PEUT LE LIRE, ET QUI L'A LU" in shown
    assert "Aucune demande de vous" not in shown


@pytest.mark.req("G17")
async def test_that_somebody_looked_is_written_down_once_and_names_nobody(stage: Stage) -> None:
    robin = await my_data(stage)
    await everything(robin)
    entries = [each for each in stage.world.memory.tables.audit if each.event is Event.OWN_DATA_SEEN]
    assert entries == [Entry(Event.OWN_DATA_SEEN, stage.world.now, ActorKind.REQUESTER)]


@pytest.mark.threat("T64")
async def test_nobody_sees_of_anothers_request(stage: Stage) -> None:
    request = await stage.world.accepted("U0SUNE", asked=ask(name="Robin Roy", avoid_members=(BEN,)))
    for user in ("U0SUNE", ADA.user, BEN.user, "U0STRANGER"):
        shown = await everything(await my_data(stage, user))
        assert "Robin Roy" not in shown
        assert ROBIN.user not in shown
    assert request.reference in await everything(await my_data(stage, "U0SUNE"))


@pytest.mark.req("G17")
async def test_long_entries_fill_several_pages_that_are_gathered_anew(stage: Stage) -> None:
    names = tuple(f"Person{number}" + "x" * 90 for number in range(60))
    request = await stage.world.opens(asked=ask(avoid_names=names[:9]))
    stage.world.memory.tables.needs[request.id] = ask(avoid_names=names).needs
    robin = await my_data(stage)
    assert len(robin.sees) < 3 * PAGE
    before = await everything(robin)
    assert all(name in before for name in names)
    stage.world.memory.tables.needs[request.id] = ask(name="Another Name", avoid_names=names).needs
    while ids.MY_DATA_BACK in {each["action_id"] for each in every_element(robin.top.view)}:
        await robin.presses(ids.MY_DATA_BACK)
    assert "Another Name" in robin.sees


@pytest.mark.req("G12")
@pytest.mark.threat("T16")
async def test_a_page_of_another_or_an_old_one_opens_nothing(stage: Stage) -> None:
    names = tuple(f"Person{number}" + "x" * 90 for number in range(60))
    request = await stage.world.opens()
    stage.world.memory.tables.needs[request.id] = ask(avoid_names=names).needs
    robin = await my_data(stage)
    token = next(each["value"] for each in every_element(robin.top.view) if each["action_id"] == ids.MY_DATA_ON)
    other = await my_data(stage, "U0ALEX")
    await other.presses(ids.DELETE_MY_DATA, value=token)
    assert "There is nothing here for you" in other.sees
    stage.world.later(days=2)
    await robin.presses(ids.MY_DATA_ON)
    assert "There is nothing here for you" in robin.sees


@pytest.mark.req("G17")
async def test_the_request_and_the_profile_can_be_corrected_from_there(stage: Stage) -> None:
    stage.world.supporter("U0ROBIN", "Robin Roy")
    await stage.world.opens()
    robin = await my_data(stage)
    await robin.presses(ids.CHANGE)
    assert robin.top.view["callback_id"] == ids.VIEW_CHANGE
    robin.fills(ids.IN_REACH, "604-555-0199")
    await robin.submits()
    robin.modals = robin.modals[:1]
    await robin.presses(ids.MY_PROFILE)
    assert robin.top.view["callback_id"] == ids.VIEW_PROFILE
    assert "604-555-0199" in await everything(await my_data(stage))


@pytest.mark.req("G17")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_deleting_says_first_what_goes_and_what_stays(stage: Stage, language: str) -> None:
    stage.world.supporter("U0ROBIN", "Robin Roy")
    request = await stage.world.opens(asked=ask(name="Robin Roy"))
    robin = await my_data(stage, language=language)
    await robin.presses(ids.DELETE_MY_DATA)
    t = stage.front.texts.in_language(language)
    assert t("mydata.goes") in robin.sees
    assert t("mydata.stays") in robin.sees
    assert t("mydata.stays_role") not in robin.sees
    button = next(each for each in every_element(robin.top.view) if each["action_id"] == ids.DELETE_NOW)
    assert (button["style"], button["confirm"]["style"]) == ("danger", "danger")
    assert stage.world.request(request.id).state is State.RECEIVED
    await robin.presses(ids.DELETE_NOW)
    assert t("mydata.deleted") in robin.sees
    assert t.count("mydata.deleted_requests", 1) in robin.sees
    assert robin.top.view["clear_on_close"]
    assert stage.world.request(request.id).state is State.CLOSED
    assert request.reference not in str(robin.home)
    deleted = [each for each in stage.world.memory.tables.audit if each.event is Event.OWN_DATA_DELETED]
    assert Entry(Event.OWN_DATA_DELETED, stage.world.now, ActorKind.REQUESTER) in deleted


async def test_who_has_a_role_reads_that_it_stays(stage: Stage) -> None:
    ada = await my_data(stage, ADA.user)
    await ada.presses(ids.DELETE_MY_DATA)
    t = stage.front.texts.in_language("en")
    assert t("mydata.stays_role") in ada.sees
    await ada.presses(ids.DELETE_NOW)
    assert "Your role in Physician Peer Support Initiative stays" in ada.sees


@pytest.mark.req("G17")
async def test_the_first_button_alone_deletes_nothing(stage: Stage) -> None:
    request = await stage.world.opens()
    robin = await my_data(stage)
    first = next(each["value"] for each in every_element(robin.top.view) if each["action_id"] == ids.DELETE_MY_DATA)
    await robin.presses(ids.DELETE_MY_DATA)
    await robin.presses(ids.DELETE_NOW, value=first)
    assert stage.world.request(request.id).state is State.RECEIVED


@pytest.mark.req("U51")
async def test_a_guest_has_no_pages(stage: Stage) -> None:
    robin = await my_data(stage)
    stage.person("U0ROBIN", is_restricted=True)
    stage.world.later(minutes=6)
    await robin.presses(ids.DELETE_MY_DATA)
    assert "Full members of this workspace" in robin.sees or "full members" in robin.sees.lower()
    assert not [each for each in stage.world.memory.tables.audit if each.event is Event.OWN_DATA_DELETED]


@pytest.mark.req("U52")
async def test_a_closed_page_leaves_nothing_and_opens_anew(stage: Stage) -> None:
    request = await stage.world.opens(asked=ask(name="Robin Roy"))
    robin = await my_data(stage)
    robin.modals = []
    assert "Robin Roy" not in str(robin.home)
    stage.world.memory.tables.needs[request.id] = ask(name="Another Name").needs
    await robin.presses(ids.MY_DATA, on_home=True)
    assert "Another Name" in robin.sees
    assert "Robin Roy" not in robin.sees


async def test_where_slack_is_slow_or_silent_people_stand_by_their_ids(stage: Stage) -> None:
    robin = stage.person("U0ROBIN")
    await robin.opens_home()
    stage.world.supporter("U0ROBIN", "Robin Roy", profile_has={"avoid_members": (Address(TEAM, "U0KAI"),)})
    stage.client.refuses["users.info"] = "ratelimited"
    await robin.presses(ids.MY_DATA, on_home=True)
    assert "U0KAI" in await everything(robin)
    assert isinstance(next(iter(stage.world.memory.tables.supporters.values()))[1], Profile)
