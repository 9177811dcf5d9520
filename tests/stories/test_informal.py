"""Colleagues among themselves: listed by their own hand, two yeses and a day, "not now" that nobody can tell."""

from collections.abc import AsyncIterator
from unittest.mock import AsyncMock

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, select

from peersupport import outlived
from peersupport.notifications import Kind
from simulator.people import Actor
from store.tables import outbox
from store.tables_informal import introductions
from tests.stories.francophone import on_sqlite
from tests.stories.test_erasure import a_night, raw
from tests.stories.town import PROGRAMME, Places, Town, open_town

INFORMAL = "informal-rural"
WAY_TO_EMIL, WAY_TO_QUINN = "CANARY-250-555-0187", "CANARY-604-555-0133"


@pytest_asyncio.fixture
async def hamlet(places: Places) -> AsyncIterator[Town]:
    """Give a town with Vancouver and the programme of colleagues among themselves."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{INFORMAL}") as town:
        yield town


async def goes_in(who: Actor, role: str = "Rural physician") -> None:
    """Go through the door."""
    await who.types("/peersupport")
    await who.presses("Find a colleague", where="modal")
    await who.chooses("Which fits you?", role)
    await who.submits()


async def lists(who: Actor, name: str, reach: str) -> None:
    """List oneself."""
    await goes_in(who)
    await who.presses("List myself", where="modal")
    await who.fills("The name that colleagues see", name)
    await who.fills("How to reach you", reach)
    await who.fills("Your community, if you like", "Terrace")
    await who.chooses("What you have been through, if you like to say", ["Being on call alone"])
    await who.chooses("How often in a week you can be asked", "Once")
    await who.submits()
    await who.sees("Your listing stands.", where="modal")
    await who.closes(everything=True)


@pytest.mark.req("N1", "N3", "N5", "N9", "N13", "U57")
async def test_two_yeses_show_the_ways_for_a_day_and_then_nothing(hamlet: Town) -> None:
    emil, quinn = hamlet.person("emil"), hamlet.person("quinn")
    await lists(emil, "Emil of Terrace", WAY_TO_EMIL)
    await goes_in(quinn)
    await quinn.presses("See who is there now", where="modal")
    await quinn.sees("Emil of Terrace, Terrace", "Has been through: Being on call alone", where="modal")
    await quinn.sees("Ask for support", where="modal")
    quinn.sees_nothing_of(WAY_TO_EMIL)
    await quinn.presses("Ask for ten minutes", where="modal")
    await quinn.sees("Could we talk for ten minutes?", where="modal")
    await quinn.fills("What they may call you", "Quinn")
    await quinn.fills("How they could reach you", WAY_TO_QUINN)
    await quinn.submits()
    await quinn.sees("Your question is with them.", where="modal")
    await quinn.closes(everything=True)
    await hamlet.at_rest()
    await emil.presses("Open", where="messages")
    await emil.sees("Quinn asks you:", "Could we talk for ten minutes?", where="modal")
    emil.sees_nothing_of(WAY_TO_QUINN)
    await emil.presses("I am worried about somebody", where="modal")
    await emil.sees("ring the safety lead", "9-1-1", where="modal")
    await emil.closes()
    await emil.presses("Yes, glad to", where="modal")
    await emil.sees(WAY_TO_QUINN, where="modal")
    await emil.closes(everything=True)
    await hamlet.at_rest()
    await quinn.presses("Open", where="messages")
    await quinn.sees(WAY_TO_EMIL, where="modal")
    await quinn.closes(everything=True)
    await hamlet.passes(hours=25)
    await hamlet.at_rest()
    await quinn.presses("Open", where="messages")
    await quinn.sees("There is nothing open here any more.", where="modal")
    assert not [word for word in (WAY_TO_EMIL, WAY_TO_QUINN, "Terrace", "Quinn") if word in hamlet.said()]


async def asked(town: Town) -> None:
    """Let one ask the other, and lose the timer that would end it."""
    emil, quinn = town.person("emil"), town.person("quinn")
    await goes_in(quinn)
    await quinn.presses("See who is there now", where="modal")
    await quinn.presses("Ask for ten minutes", where="modal")
    await quinn.fills("What they may call you", "Quinn")
    await quinn.fills("How they could reach you", WAY_TO_QUINN)
    await quinn.submits()
    await quinn.closes(everything=True)
    await emil.sees("There is something for you in the app.", where="messages")
    await town.at_rest()
    assert await raw(town, delete(outbox).where(outbox.c.kind == Kind.END_INTRODUCTION)) == 1


@on_sqlite
@pytest.mark.req("N5", "G19")
async def test_what_would_link_two_is_erased_at_night_or_is_an_alarm(
    hamlet: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lists(hamlet.person("emil"), "Emil of Terrace", WAY_TO_EMIL)
    left = select(func.count()).select_from(introductions)
    await asked(hamlet)
    await a_night(hamlet, days=2)
    assert (await raw(hamlet, left), "self_audit_failed" in hamlet.house.troubles) == (0, False)
    await hamlet.passes(days=7)
    await asked(hamlet)
    with monkeypatch.context() as patch:
        patch.setattr(outlived, "erase", AsyncMock(return_value=0))
        await a_night(hamlet, days=2)
        assert (await raw(hamlet, left), "self_audit_failed" in hamlet.house.troubles) == (1, True)
        await hamlet.person("farah").sees("There is something for you in the app.", where="messages")
    await a_night(hamlet)
    assert (await raw(hamlet, left), "self_audit_failed" in hamlet.house.troubles) == (0, False)
