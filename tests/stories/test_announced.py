"""A date announced in public channels: it stands there as it is now, told once, and goes when the date is over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from simulator.people import Actor
from tests.stories.francophone import on_postgresql
from tests.stories.test_organising import made, next_weekday, open_series
from tests.stories.test_pages import THRIVING, desk, joins
from tests.stories.town import PROGRAMME, ZONE, Places, Town, open_town

TITLE, TITRE, NAME = "Evenings by the fire", "Soirées au coin du feu", "CANARY-Larkspur of the coast"
ON_GENERAL, ON_RANDOM = "#general", "#random"


@pytest_asyncio.fixture
async def both(places: Places) -> AsyncIterator[Town]:
    """Give a town with both programmes; the app is in two of its public channels."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}") as town:
        joins(town, "general")
        joins(town, "random")
        yield town


def stands(town: Town, who: Actor, channel: str) -> list[str]:
    """Return what the app has posted in a channel."""
    bot = town.sim.workspace.app.bot_user_id
    return [str(each.blocks) for each in who.messages(channel) if each.user == bot]


async def describes(who: Actor, near: str, *, topic: str = "", presenter: str | None = None) -> None:
    """Say what a date is about and who has said yes to presenting it; no name takes the name away."""
    await open_series(who, TITLE)
    await who.presses(action_id="organise_day", near=near, where="modal")
    await who.presses(action_id="organise_describe", where="modal")
    if topic:
        await who.fills("Topic in English", topic)
    if presenter:
        await who.fills("presenter", presenter)
        await who.chooses("presenter_ok", ["They have said yes to this date and to their name being shown"])
    else:
        await who.clears("presenter")
    await who.submits()
    await who.sees("It is kept.", where="modal")
    await who.closes(everything=True)


@pytest.mark.req("G34", "T9", "U30")
async def test_an_announced_date_stands_as_it_is_told_once_and_goes_when_it_is_over(both: Town) -> None:
    farah, iris = both.person("farah"), both.person("iris")
    first = next_weekday(both, 3)
    day = f"{first:%A} {first.day} "
    await made(both, TITLE, first, title_fr=TITRE, repeats="FREQ=WEEKLY;BYDAY=TH;COUNT=2")
    await desk(farah)
    await farah.chooses("announce_date", f"{day}{first:%B}, 19:15 Vancouver time · {TITLE}")
    await farah.sees("This will stand there", TITLE, TITRE, where="modal")
    await farah.chooses("Channels", ["general", "random"])
    await farah.submits()
    await farah.sees("On its way to 2 channels.", where="modal")
    await farah.closes(everything=True)
    await both.at_rest()
    await iris.sees(TITLE, TITRE, f"{day}{first:%B}", "19:15", "Sign up privately", where=ON_GENERAL)
    (said,) = stands(both, iris, ON_GENERAL)
    assert (said.count(TITLE), said.count(TITRE)) == (1, 1)
    before = len(iris.notifications)
    # Its topic, and a name that was agreed to; both follow, and so does the name when it is taken back.
    await describes(farah, day, topic="Rest after a night", presenter=NAME)
    await both.at_rest()
    await iris.sees("Rest after a night", f"With {NAME}", where=ON_RANDOM)
    await describes(farah, day)
    await both.at_rest()
    await iris.sees("Rest after a night", where=ON_RANDOM)
    iris.sees_nothing_of(NAME, where=ON_GENERAL)
    iris.sees_nothing_of(NAME, where=ON_RANDOM)
    # Somebody deletes it in one channel: it is not posted there again, whatever changes.
    place = both.sim.workspace
    here = next(each for each in place.channels.values() if each.name == "random")
    here.messages[:] = [each for each in here.messages if each.user != place.app.bot_user_id]
    place.touch()
    later = first + timedelta(days=1)
    await open_series(farah, TITLE)
    await farah.presses(action_id="organise_day", near=day, where="modal")
    await farah.presses(action_id="organise_move", where="modal")
    await farah.fills("Day", later.date().isoformat())
    await farah.submits()
    await farah.submits()
    await farah.sees("The date is moved.", where="modal")
    await farah.closes(everything=True)
    await both.at_rest()
    await iris.sees(f"{later:%A} {later.day} {later:%B}", where=ON_GENERAL)
    iris.sees_nothing_of(f"{day}{first:%B}", where=ON_GENERAL)
    assert stands(both, iris, ON_RANDOM) == []
    await desk(farah)
    await farah.sees("#general: stands there", where="modal")
    farah.sees_nothing_of("#random", where="modal")
    await farah.closes(everything=True)
    # Called off, it says so and cannot be pressed; all of it in the one message, of which nobody was notified twice.
    await open_series(farah, TITLE)
    await farah.presses(action_id="organise_day", near="Moved; it was", where="modal")
    await farah.presses(action_id="organise_cancel", where="modal")
    await farah.submits()
    await farah.closes(everything=True)
    await both.at_rest()
    await iris.sees("this date does not take place", "cette date n'a pas lieu", where=ON_GENERAL)
    iris.sees_nothing_of("Sign up privately", where=ON_GENERAL)
    (said,) = stands(both, iris, ON_GENERAL)
    assert (said.count(TITLE), said.count(TITRE), len(iris.notifications)) == (1, 1, before)


@on_postgresql
@pytest.mark.req("G34", "T8")
async def test_an_archived_channel_is_told_to_the_desk_and_nobody_is_named_after_the_date(both: Town) -> None:
    farah, iris = both.person("farah"), both.person("iris")
    first = next_weekday(both, 3)
    day = f"{first:%A} {first.day} "
    series = await made(both, TITLE, first, title_fr=TITRE, repeats="FREQ=WEEKLY;BYDAY=TH;COUNT=2")
    await describes(farah, day, topic="Rest after a night", presenter=NAME)
    await desk(farah)
    await farah.chooses("announce_date", f"{day}{first:%B}, 19:15 Vancouver time · {TITLE}")
    await farah.chooses("Channels", ["general", "random"])
    await farah.submits()
    await farah.closes(everything=True)
    await both.at_rest()
    await iris.sees(f"With {NAME}", where=ON_GENERAL)
    place = both.sim.workspace
    next(each for each in place.channels.values() if each.name == "random").archived = True
    place.touch()
    await describes(farah, day, topic="Sleep after a night", presenter=NAME)
    await both.at_rest()
    await iris.sees("Sleep after a night", where=ON_GENERAL)
    await desk(farah)
    await farah.sees("#general: stands there", "#random: the app cannot write there", where="modal")
    await farah.closes(everything=True)
    over = first.replace(tzinfo=ZoneInfo(ZONE)) + timedelta(days=1)
    await both.passes(seconds=(over - both.clock.now()).total_seconds())
    await both.at_rest()
    await iris.sees("This announcement was taken down.", where=ON_GENERAL)
    # In the archived channel it waits to be taken down, and is once the channel is back.
    await iris.sees(NAME, where=ON_RANDOM)
    next(each for each in place.channels.values() if each.name == "random").archived = False
    await both.passes(hours=1, minutes=1)
    await both.at_rest()
    iris.sees_nothing_of(NAME, where=ON_RANDOM)
    iris.sees_nothing_of(NAME, where=ON_GENERAL)
    async with both.house.store.work() as work:
        rows = await work.meeting_dates.of_series(series.id)
        assert await work.announcements.all(THRIVING) == []
    assert [(each.topic_en, each.presenter) for each in rows if each.topic_en] == [("Sleep after a night", "")]
