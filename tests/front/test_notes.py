"""The honest notes in Home and what each choice does: one tap, or two where something ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import ids
from peersupport import conversations, triage
from peersupport.requests import Outcome, State, SupportRequest
from tests.front.screen import every_element, words
from tests.front.stage import Person, Stage
from tests.rules.clockwork import Clockwork
from tests.rules.world import ADA, VANCOUVER, address, ask

SUNE = address("U0SUNE")
LANGUAGES = pytest.mark.parametrize("locale", ["en-US", "fr-CA"])


@pytest.fixture
def stage() -> Stage:
    return Stage()


def robin_in(stage: Stage, locale: str = "en-US") -> Person:
    return stage.person("U0ROBIN", locale=locale, tz="America/Vancouver")


def actions(person: Person) -> list[str]:
    return [str(each.get("action_id")) for each in every_element(person.home)]


async def overdue(stage: Stage) -> SupportRequest:
    request = await stage.world.confirmed()
    await Clockwork(stage.world).until(request.due_at)
    return stage.world.request(request.id)


async def quiet(stage: Stage, user: str = "U0SUNE") -> SupportRequest:
    """Somebody talked once, and nothing was heard for two weeks."""
    request = await stage.world.accepted(user)
    await stage.world.do(conversations.contact_made, address(user), request.id)
    await Clockwork(stage.world).until(stage.world.now + timedelta(days=14))
    return stage.world.request(request.id)


async def unreached(stage: Stage) -> SupportRequest:
    request = await stage.world.accepted()
    for number in (1, 2):
        await stage.world.do(conversations.could_not_reach, SUNE, request.id, number)
    return stage.world.request(request.id)


@pytest.mark.req("U12", "G30")
@LANGUAGES
async def test_a_missed_promise_is_said_plainly_with_its_choices(stage: Stage, locale: str) -> None:
    robin = robin_in(stage, locale)
    await overdue(stage)
    await robin.opens_home()
    says = {"en-US": "That is on us.", "fr-CA": "C'est notre faute."}
    assert says[locale] in words(robin.home)
    assert {ids.WAIT, ids.PHYSICIAN_LINE, ids.ELSEWHERE, ids.WITHDRAW} <= set(actions(robin))
    await robin.presses(ids.PHYSICIAN_LINE, on_home=True)
    assert "1-800-663-6729" in robin.sees


@pytest.mark.req("U12", "U6")
@pytest.mark.parametrize("accepted", [True, False])
async def test_the_note_stands_above_everything_else_about_the_request(stage: Stage, *, accepted: bool) -> None:
    robin = robin_in(stage)
    request = await (stage.world.accepted() if accepted else stage.world.confirmed())
    stage.world.now = request.due_at
    await robin.opens_home()
    order = [str(each.get("block_id")) for each in robin.home["blocks"]]
    title = next(place for place, each in enumerate(order) if each.startswith(f"{request.reference}.title"))
    note, choices, *rest = order[title + 1 :]
    assert note.startswith(f"{request.reference}.note")
    assert choices.startswith(f"{request.reference}.choices")
    assert any(each.startswith(f"{request.reference}.next") for each in rest)


@pytest.mark.req("U12")
async def test_waiting_is_one_tap_and_leaves_the_other_choices(stage: Stage) -> None:
    robin = robin_in(stage)
    request = await overdue(stage)
    await robin.opens_home()
    await robin.presses(ids.WAIT, on_home=True)
    assert "We are still looking." in robin.sees
    assert stage.world.request(request.id).waits_at == stage.world.now
    await robin.opens_home()
    assert ids.WAIT not in actions(robin)
    assert {ids.PHYSICIAN_LINE, ids.ELSEWHERE, ids.WITHDRAW} <= set(actions(robin))


@pytest.mark.req("U6")
async def test_the_programme_says_which_choices_there_are() -> None:
    matching = VANCOUVER.match.model_copy(update={"none_available": ("wait",)})
    stage = Stage(programmes={VANCOUVER.id: VANCOUVER.model_copy(update={"matching": matching})})
    robin = robin_in(stage)
    request = await stage.world.opens()
    await Clockwork(stage.world).until(stage.world.now + timedelta(hours=61))
    assert stage.world.request(request.id).none_told_at is not None
    await robin.opens_home()
    assert "we find nobody who could be asked" in words(robin.home)
    assert ids.WAIT in actions(robin)
    assert ids.PHYSICIAN_LINE not in actions(robin)


@pytest.mark.req("U16", "G30")
@LANGUAGES
async def test_who_was_not_reached_can_ask_for_another_try(stage: Stage, locale: str) -> None:
    robin = robin_in(stage, locale)
    request = await unreached(stage)
    await robin.opens_home()
    assert {"en-US": "tried twice to reach you", "fr-CA": "a essayé deux fois"}[locale] in words(robin.home)
    await robin.presses(ids.TRY_AGAIN, on_home=True)
    assert {"en-US": "asked to try again", "fr-CA": "invitée à réessayer"}[locale] in robin.sees
    assert stage.world.request(request.id).attempts == 0


@pytest.mark.req("U10", "G30")
@LANGUAGES
async def test_the_requester_says_that_the_talks_go_on_or_are_done(stage: Stage, locale: str) -> None:
    robin = robin_in(stage, locale)
    request = await quiet(stage)
    await robin.opens_home()
    done = next(each for each in every_element(robin.home) if each.get("action_id") == ids.TALKS_DONE)
    assert "confirm" in done, "what ends something takes two taps"
    await robin.presses(ids.GOING_ON, on_home=True)
    await robin.opens_home()
    assert ids.GOING_ON not in actions(robin)
    stage.world.later(days=14)
    await robin.opens_home()
    await robin.presses(ids.TALKS_DONE, on_home=True)
    closed = stage.world.request(request.id)
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.DONE)
    assert {"en-US": "Your request is closed.", "fr-CA": "Votre demande est fermée."}[locale] in robin.sees


@pytest.mark.req("U10", "U48")
async def test_a_choice_that_came_too_late_changes_nothing(stage: Stage) -> None:
    robin = robin_in(stage)
    request = await quiet(stage)
    await robin.opens_home()
    await stage.world.do(conversations.talked, SUNE, request.id, 1)
    before = stage.world.request(request.id)
    await robin.presses(ids.TALKS_DONE, on_home=True)
    assert "Nothing was changed by your press." in robin.sees
    assert stage.world.request(request.id) == before


@pytest.mark.req("U10", "G30")
@LANGUAGES
async def test_the_supporter_is_asked_where_the_request_is(stage: Stage, locale: str) -> None:
    sune = stage.person("U0SUNE", locale=locale)
    request = await quiet(stage)
    await sune.opens_home()
    await sune.presses(ids.OPEN_MATCH, on_home=True)
    assert {"en-US": "It has been quiet", "fr-CA": "C'est calme"}[locale] in sune.sees
    await sune.presses(ids.STILL_GOING)
    assert stage.world.request(request.id).supporter_going_on_at == stage.world.now
    assert ids.STILL_GOING not in [each.get("action_id") for each in every_element(sune.top.view)]
    assert stage.world.request(request.id).going_on_at is None


@pytest.mark.req("U8")
async def test_who_let_two_offers_lapse_reads_about_a_pause_and_nobody_else_does(stage: Stage) -> None:
    sune, ada = stage.person("U0SUNE"), stage.person("U0ADA")
    supporter = stage.world.supporter("U0SUNE", "Sune Holm")
    for who in map(address, ("U0RIA", "U0ROB")):
        await sune.opens_home()
        assert "ended without an answer" not in words(sune.home)
        request = await stage.world.confirmed(who, ask(requester=who))
        await stage.world.do(triage.offer, ADA, request.id, [supporter], ids=stage.world.ids)
        await Clockwork(stage.world).until(stage.world.now + timedelta(hours=24))
    await sune.opens_home()
    assert "ended without an answer" in words(sune.home)
    assert ids.PAUSE in [each.get("action_id") for each in every_element(sune.home)]
    await ada.opens_home()
    assert "ended without an answer" not in words(ada.home)


@pytest.mark.req("V14", "G30", "U48")
@LANGUAGES
async def test_at_the_promised_time_the_requester_can_also_say_yes(stage: Stage, locale: str) -> None:
    robin, sune = robin_in(stage, locale), stage.person("U0SUNE")
    request = await stage.world.accepted()
    await robin.opens_home()
    assert ids.IN_TOUCH not in actions(robin)
    stage.world.now = request.due_at
    await robin.opens_home()
    assert [each for each in actions(robin) if each in (ids.NOT_YET, ids.IN_TOUCH)] == [ids.NOT_YET, ids.IN_TOUCH]
    before = robin.home
    await robin.presses(ids.IN_TOUCH, on_home=True)
    says = {"en-US": "It is noted that you are in touch.", "fr-CA": "Il est noté que vous êtes en contact."}
    assert says[locale] in robin.sees
    made = stage.world.request(request.id)
    assert (made.state, made.contacted_at) == (State.CONTACTED, stage.world.now)
    robin.home = before
    await robin.presses(ids.IN_TOUCH, on_home=True)
    assert says[locale] in robin.sees
    assert stage.world.request(request.id) == made
    await robin.opens_home()
    assert not {ids.NOT_YET, ids.IN_TOUCH} & set(actions(robin))
    await sune.opens_home()
    await sune.presses(ids.OPEN_MATCH, on_home=True)
    shown = {each.get("action_id") for each in every_element(sune.top.view)}
    assert ids.TALKED in shown
    assert ids.REACHED not in shown
