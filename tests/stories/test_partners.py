"""IMPACT beside Vancouver: an administrator's voicemail, a partner's one door, and what nobody learns."""

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from simulator.people import Actor
from tests.stories.town import CHANNEL, PROGRAMME, Places, Town, fill_form, open_town, reference_on

IMPACT = "impact"
NAME, LINE = "Rowan Alder", "250-555-0187"


@pytest_asyncio.fixture
async def both(places: Places) -> AsyncIterator[Town]:
    """Give a town with both programmes, where Quinn may notify for the partner."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{IMPACT}") as town:
        yield town


async def lets_in(town: Town, *names: str) -> None:
    """Let an administrator put members on the partner's list."""
    gwen = town.person("gwen")
    await gwen.opens_home()
    await gwen.presses(action_id="keep_partners", where="home")
    await gwen.chooses("Patient Transfer Coordinators", list(names))
    await gwen.submits()
    await gwen.sees("may notify", where="modal")
    await gwen.closes(everything=True)


async def fills_in(who: Actor, *, own: bool = True, name: str = NAME, reach: str = LINE, tick: bool = True) -> None:
    """Fill the provider's part of the form."""
    await who.fills("Name of the provider", name)
    await who.chooses("Their profession", "Rural physician")
    await who.fills("Their community", "Terrace")
    await who.fills("Work phone number or e-mail", reach)
    if own:
        await who.chooses(
            "Whose number or mailbox is it?", ["It is their own number or mailbox; nobody else answers it"]
        )
    if tick:
        await who.chooses("What kind of incident was it?", ["A child was involved", "A difficult transfer"])


@pytest.mark.req("I4", "I10", "G1", "G8", "G9")
async def test_a_voicemail_becomes_a_card_whose_clock_began_when_it_was_left(both: Town) -> None:
    farah, gwen = both.person("farah"), both.person("gwen")
    left = both.clock.now() - timedelta(hours=5)
    local = left.astimezone(ZoneInfo("America/Vancouver"))
    await farah.opens_home()
    await farah.presses(action_id="record_notice", where="home")
    await farah.fills("Left on", local.date().isoformat())
    await farah.fills("At, by Vancouver time", f"{local:%H:%M}")
    await fills_in(farah)
    await farah.submits()
    await farah.sees("Thank you, we have received it.", where="modal")
    await farah.closes(everything=True)
    await gwen.sees("A partner's notice", where=CHANNEL)
    reference = reference_on(gwen.screen(CHANNEL))
    async with both.house.store.work() as work:
        request = await work.requests.by_reference(IMPACT, reference)
    assert request is not None
    assert timedelta(0) <= left - request.created_at < timedelta(minutes=1)
    assert request.due_at - request.created_at == timedelta(hours=72)
    assert not [word for word in (NAME, LINE, "Terrace") if word in both.said()]


@pytest.mark.req("I1", "I2", "I6", "I11", "I17")
async def test_a_partners_member_sees_one_door_and_never_what_came_of_it(both: Town) -> None:
    quinn, emil, gwen = both.person("quinn"), both.person("emil"), both.person("gwen")
    await lets_in(both, "quinn", "emil")
    for who in (quinn, emil):
        await who.types("/peersupport")
        await who.sees("Ask for outreach to a provider", "You have sent 0 notices.", where="modal")
        await who.sees_no_more("A talk with a rural colleague", where="modal")
        await who.presses("Ask for outreach to a provider", where="modal")
        await fills_in(who)
        await who.submits()
        await who.sees("Thank you, we have received it.", "You have sent 1 notice.", where="modal")
        await who.closes(everything=True)
        await both.at_rest()
    await quinn.opens_home()
    await quinn.sees("Ask for outreach to a provider", "You have sent 1 notice.", where="home")
    quinn.sees_nothing_of("Terrace", NAME, "K7-", "×2")
    await gwen.sees("×2", where=CHANNEL)
    async with both.house.store.work() as work:
        assert len(await work.notices.reaches(IMPACT)) == 1


@pytest.mark.req("I3", "U36")
async def test_no_tick_ends_politely_and_detail_of_a_patient_is_refused(both: Town) -> None:
    quinn = both.person("quinn")
    await lets_in(both, "quinn")
    await quinn.types("/peersupport")
    await quinn.presses("Ask for outreach to a provider", where="modal")
    await fills_in(quinn, tick=False)
    await quinn.submits()
    await quinn.sees("nothing was kept", where="modal")
    await quinn.closes()
    await fills_in(quinn, name="CANARY-Rowan, patient 9698 658 215")
    await quinn.submits()
    await quinn.sees("This may point to a patient. Nothing was kept.", where="modal")
    await both.at_rest()
    async with both.house.store.work() as work:
        assert await work.notices.reaches(IMPACT) == []
        (person,) = await work.partner_people.of(both.address("quinn"))
    assert person.sent == 0


@pytest.mark.req("I1")
async def test_whoever_is_taken_off_the_list_has_no_door_any_more(both: Town) -> None:
    quinn, gwen = both.person("quinn"), both.person("gwen")
    await lets_in(both, "quinn")
    await quinn.types("/peersupport")
    await quinn.presses("Ask for outreach to a provider", where="modal")
    await gwen.opens_home()
    await gwen.presses(action_id="keep_partners", where="home")
    await gwen.clears("Patient Transfer Coordinators")
    await gwen.submits()
    await fills_in(quinn)
    await quinn.submits()
    await quinn.sees("There is nothing here for you now", where="modal")
    await quinn.closes(everything=True)
    await quinn.types("/peersupport")
    await quinn.sees("A talk with a rural colleague", where="modal")


@pytest.mark.req("I1", "I17")
async def test_every_other_door_is_shut_to_a_partners_member_whatever_still_stands_open(both: Town) -> None:
    quinn = both.person("quinn")
    shut = "There is nothing here for you now"
    await quinn.opens_home()
    await quinn.presses(action_id="ask", near="IMPACT", where="home")
    await fill_form(quinn, role="Rural physician")
    await lets_in(both, "quinn")
    await quinn.submits()
    await quinn.sees(shut, where="modal")
    await quinn.closes(everything=True)
    # Home still stands open as it was before.
    for door in ("ask", "refer"):
        await quinn.presses(action_id=door, near="IMPACT", where="home")
        await quinn.sees(shut, where="modal")
        await quinn.closes(everything=True)
    await both.at_rest()
    async with both.house.store.work() as work:
        assert await work.requests.of(both.address("quinn")) == []
    await quinn.presses(action_id="ask", near="Vancouver", where="home")
    await quinn.sees("Physician in active practice in Vancouver", where="modal")


@pytest.mark.req("I1")
async def test_the_menu_of_a_partners_member_opens_with_one_door_once_they_were_met(both: Town) -> None:
    quinn = both.person("quinn")
    await lets_in(both, "quinn")
    for _ in range(2):
        await quinn.types("/peersupport")
        await quinn.sees("Ask for outreach to a provider", where="modal")
        await quinn.closes(everything=True)
    opened = [str(call.request) for call in both.sim.calls("views.open")]
    assert "talk with a rural colleague" not in opened[-1], "before the database has answered"
