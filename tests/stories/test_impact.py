"""IMPACT as it ships, in both languages: who asked already, is not served, cannot be reached, or is referred."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from bot.report_commands import written
from peersupport.programme import Programme
from peersupport.reports import published
from peersupport.requests import Door, Outcome, State, SupportRequest
from simulator.people import Actor
from tests.stories.francophone import IMPACT, OTHER_TURNS, TURNS, joins, open_ville
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, ZONE, Places, Town, open_town, reference_on

NAME, LINE = "Wren Saltmarsh", "250-555-0187"
WORDS = {
    "en": {
        "questions": "Questions and answers",
        "poster": "Words for a poster or an info sheet",
        "button": "[Open]",
        "partner": "A partner's notice",
        "card_closed": "Request {}: closed",
        "care": "Care to Speak is there for nurses",
        "nothing": "We kept nothing about you.",
        "my_data": "My data",
        "source": "Organisation that let the programme know of you",
        "next": "Next page",
        "door": "Our programme is for others",
        "once": "It is tried once.",
        "passed": "Passed on.",
        "attest": "Yes, that is so",
        "tells": "No, please do not say",
        "note": "Is that right?",
        "consent": "A colleague, with consent",
    },
    "fr": {
        "questions": "Questions et réponses",
        "poster": "Des mots pour une affiche ou un dépliant",
        "button": "[Ouvrir]",
        "partner": "L'avis d'un partenaire",
        "card_closed": "Demande {}\u00a0: fermée",
        "care": "Care to Speak est là pour le personnel infirmier",
        "nothing": "Nous n'avons rien gardé",
        "my_data": "Mes données",
        "source": "Organisme qui a avisé le programme à votre sujet",
        "next": "Page suivante",
        "door": "Notre programme s'adresse à d'autres",
        "once": "On essaie une fois.",
        "passed": "Transmis.",
        "attest": "Oui, c'est bien le cas",
        "tells": "Non, ne le dites pas, s'il vous plaît",
        "note": "Est-ce exact?",
        "consent": "Une ou un collègue, avec consentement",
    },
}


@pytest_asyncio.fixture
async def place(places: Places, language: str) -> AsyncIterator[Town]:
    """Give a town with both programmes, where everything is in the language of the story."""
    async with open_ville(places) if language == "fr" else _open_both(places) as town:
        yield town


@asynccontextmanager
async def _open_both(places: Places) -> AsyncIterator[Town]:
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{IMPACT}") as town:
        for person in town.sim.workspace.people.values():
            person.locale = "en-CA"
        yield town


def programme_of(town: Town) -> Programme:
    return town.house._files.programmes[IMPACT]


async def leaves_word(town: Town, language: str, *, profession: str, reach: str = LINE, member: str = "") -> None:
    """Let an administrator write down a voicemail of two hours ago."""
    programme, farah = programme_of(town), town.person("farah")
    local = (town.clock.now() - timedelta(hours=2)).astimezone(ZoneInfo(ZONE))
    role, criterion = programme.role(profession), programme.outreach.criteria[0]
    assert role is not None
    await farah.opens_home()
    await farah.presses(action_id="record_notice", where="home")
    await farah.fills("left_on", local.date().isoformat())
    await farah.fills("left_at", f"{local:%H:%M}")
    await farah.fills("provider", NAME)
    await farah.chooses("profession", role.label.get(language))
    if reach:
        await farah.fills("provider_reach", reach)
    await farah.chooses("criteria", [criterion.label.get(language)])
    if member:
        await farah.chooses("provider_member", member)
    await farah.submits()
    await farah.sees({"en": "Thank you, we have received it.", "fr": "Merci, nous l'avons bien reçu."}[language])
    await farah.closes(everything=True)
    await town.at_rest()


async def requests(town: Town) -> list[SupportRequest]:
    async with town.house.store.work() as work:
        return list(await work.requests.in_states(IMPACT, frozenset(State), limit=9))


async def exported(town: Town) -> list[list[str]]:
    """Return the table that a sister programme may get of what was over when the year was."""
    programme, january = programme_of(town), datetime(town.clock.now().year + 1, 1, 9, tzinfo=UTC)
    async with town.house.store.work() as work:
        found = await published(work, programme, now=january)
    return [line.split(",") for each in found for line in written(programme, each, as_csv=True).splitlines()]


async def fills_request(who: Actor, town: Town, language: str, profession: str) -> None:
    """Fill the form of IMPACT with a reason of its own."""
    programme = programme_of(town)
    role, form = programme.role(profession), programme.form
    assert role is not None
    await who.chooses("role", role.label.get(language))
    if not role.eligible:
        return
    await who.chooses("modalities", [form.modalities[0].label.get(language)])
    await who.fills("reach", PHONE)
    await who.chooses("reasons", [form.reasons[0].label.get(language)])


async def asks_in_impact(who: Actor) -> None:
    """Open the form from IMPACT's own row of the menu."""
    await who.types("/peersupport")
    await who.presses(action_id="ask", near="IMPACT")


async def reads_the_poster(town: Town, language: str) -> None:
    """Let a guest, who is shown public information only, read the words for a poster with the phone line."""
    otto, line = town.person("otto"), town.house._files.resources["impact_voicemail"].contact
    assert line is not None
    await otto.types("/peersupport")
    await otto.presses(WORDS[language]["questions"], where="modal")
    await otto.sees("IMPACT", WORDS[language]["poster"], line.get(language), "9-8-8", where="modal")
    await otto.closes(everything=True)


@pytest.mark.parametrize(("language", "story_urls"), TURNS, indirect=True)
@pytest.mark.req("I4", "I14", "I15", "I16", "I18", "U35")
async def test_who_asked_already_keeps_their_request_and_reads_who_told_of_them(place: Town, language: str) -> None:
    said, chloe, quinn = WORDS[language], place.person("chloe"), place.person("quinn")
    await reads_the_poster(place, language)
    await asks_in_impact(quinn)
    await fills_request(quinn, place, language, "nurse")
    await quinn.sees(said["care"], "1-866-802-7337", said["nothing"])
    await quinn.closes(everything=True)
    await asks_in_impact(chloe)
    await fills_request(chloe, place, language, "remote_station_nurse")
    await chloe.submits()
    reference = reference_on(chloe.screen("modal"))
    await chloe.closes(everything=True)
    [asked] = await requests(place)
    await leaves_word(place, language, profession="remote_station_nurse", member="chloe")
    [request] = await requests(place)
    assert (request.id, request.door, request.due_at) == (asked.id, Door.SELF, asked.due_at)
    async with place.house.store.work() as work:
        needs, notice = await work.requests.needs(request.id), await work.notices.of_request(request.id)
        assert notice is not None
        assert await work.notices.told(notice.id) is None, "what the partner wrote is not kept beside their own"
    assert needs is not None
    assert (needs.role, needs.reasons) == ("remote_station_nurse", (programme_of(place).form.reasons[0].id,))
    await chloe.opens_home()
    await chloe.presses(said["my_data"], where="home")
    shown = chloe.screen("modal")
    while said["next"] in chloe.screen("modal") and said["source"] not in shown:
        await chloe.presses(said["next"])
        shown += chloe.screen("modal")
    assert said["source"] in shown
    assert programme_of(place).outreach.partners[0].label.get(language) in shown
    assert NAME not in shown
    await chloe.closes(everything=True)
    await chloe.presses(action_id="withdraw", where="home", confirm="accept")
    await place.person("farah").sees(said["card_closed"].format(reference), where=CHANNEL)


@pytest.mark.parametrize(("language", "story_urls"), OTHER_TURNS, indirect=True)
@pytest.mark.req("I4", "I9", "I10", "I12", "I19", "U37", "U38")
async def test_who_is_not_served_is_shown_the_right_door_and_who_cannot_be_reached_is_erased(
    place: Town, language: str
) -> None:
    said, farah, luc = WORDS[language], place.person("farah"), place.person("luc")
    await joins(place, IMPACT, "iris", rural_practice="yes", profession="rural_physician", department="terrace")
    await joins(place, IMPACT, "luc", rural_practice="yes", profession="rural_physician")
    await leaves_word(place, language, profession="nurse")
    [request] = await requests(place)
    await farah.sees(said["partner"], where=CHANNEL)
    await farah.presses(action_id="claim", near=request.reference, where=CHANNEL)
    await place.at_rest()
    await farah.presses(action_id="find", near=request.reference, where=CHANNEL)
    await farah.chooses("first", "Luc Mélilot")
    await farah.submits()
    await farah.closes(everything=True)
    await luc.sees(said["button"], where="messages")
    await luc.presses(said["button"].strip("[]"), where="messages")
    await luc.presses(action_id="accept")
    await luc.sees(said["door"], "Care to Speak", said["once"])
    luc.sees_nothing_of(NAME, LINE)
    await luc.presses(action_id="no_answer")
    await luc.closes(everything=True)
    await place.passes(days=4)
    await farah.sees(said["card_closed"].format(request.reference), where=CHANNEL)

    told = len(farah.messages())
    await leaves_word(place, language, profession="rural_physician", reach="")
    [other] = [each for each in await requests(place) if each.id != request.id]
    await farah.sees(said["button"], where="messages")
    assert len(farah.messages()) == told + 1
    await place.passes(days=11)
    await farah.sees(said["card_closed"].format(other.reference), where=CHANNEL)
    await place.at_rest()
    async with place.house.store.work() as work:
        for each in await requests(place):
            assert (each.state, each.outcome) == (State.CLOSED, Outcome.UNREACHABLE)
            assert [await work.requests.needs(each.id), await work.requests.contact(each.id)] == [None, None]
    assert not [word for word in (NAME, LINE, "Saltmarsh") if word in place.said()]
    table = await exported(place)
    assert {"<5"} < {count for _, line, count in table if line != "line"} <= {"0", "<5", "-"}, "two of anything is <5"


@pytest.mark.parametrize(("language", "story_urls"), TURNS, indirect=True)
@pytest.mark.req("I15", "U21", "V19", "V22", "V23", "G4", "G7", "G30")
async def test_a_colleague_is_referred_in_impact_and_the_request_is_their_own(place: Town, language: str) -> None:
    said, dara, chloe = WORDS[language], place.person("dara"), place.person("chloe")
    for key in ("dara", "luc"):
        await joins(place, IMPACT, key, rural_practice="yes", profession="rural_physician")
    await dara.types("/peersupport")
    await dara.presses(action_id="refer", near="IMPACT")
    await dara.sees("9-8-8")
    await dara.chooses("attest", [said["attest"]])
    await dara.chooses("colleague", "chloe")
    await dara.chooses("tells_who", said["tells"])
    await dara.submits()
    await dara.sees(said["passed"])
    await dara.closes(everything=True)
    await chloe.sees(said["button"], where="messages")
    await chloe.presses(said["button"].strip("[]"), where="messages")
    await chloe.sees("9-8-8", said["note"])
    chloe.sees_nothing_of("Dara")
    await chloe.presses(action_id="referral_yes")
    await fills_request(chloe, place, language, "rural_physician")
    await chloe.submits()
    reference = reference_on(chloe.screen("modal"))
    await chloe.closes(everything=True)
    [request] = await requests(place)
    assert (request.reference, request.door) == (reference, Door.COLLEAGUE)
    farah = place.person("farah")
    await farah.sees(reference, said["consent"], where=CHANNEL)
    await farah.presses(action_id="claim", near=reference, where=CHANNEL)
    await place.at_rest()
    await farah.presses(action_id="find", near=reference, where=CHANNEL)
    await farah.sees("Luc Mélilot")
    farah.sees_nothing_of("Dara", where="modal")
    await dara.opens_home()
    dara.sees_nothing_of(reference)
    assert not [word for word in ("Chloé", "Dara", PHONE) if word in place.said()]
