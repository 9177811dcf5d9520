"""What comes by itself: a reminder, then the backups, and the question at the promised time."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select

from peersupport.notifications import Kind
from simulator.people import Actor
from store.database import Database
from store.tables import outbox
from tests.stories.town import CHANNEL, Town

CONSTANT = ("There is something for you in the app.", "Il y a quelque chose pour vous dans l'appli.")
TICKED = ["Tell me by a short Slack message that there is news, without details"]
ASKS = "Has anyone reached you?"
KNOWN = "The administrators know that nobody has contacted you yet."


async def rows(town: Town, *kinds: Kind, waiting: bool = False, since: datetime | None = None) -> int:
    """Count the outbox rows of these kinds, from outside the app; where asked, those that wait, or the new ones."""
    statement = select(func.count()).where(outbox.c.kind.in_(kinds))
    if waiting:
        statement = statement.where(outbox.c.state == "due")
    if since is not None:
        statement = statement.where(outbox.c.created_at >= since)
    database = Database(town.places.url)
    try:
        async with database.begin() as connection:
            found = await connection.execute(statement)
            return int(found.scalar_one())
    finally:
        await database.close()


async def has_fired(town: Town, *kinds: Kind) -> None:
    """Wait until the worker has carried out every row of these kinds."""
    async with asyncio.timeout(20):
        while await rows(town, *kinds, waiting=True):  # noqa: ASYNC110 - the worker is not ours to wait for
            await asyncio.sleep(0.1)


def told(who: Actor) -> int:
    """Count how often somebody has had the constant message, in either language."""
    return sum(map(who.notifications.count, CONSTANT))


async def is_told(town: Town, key: str, times: int) -> None:
    """Wait until somebody has had the constant message so many times."""
    who = town.person(key)
    async with asyncio.timeout(20):
        while told(who) < times:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    assert told(who) == times


@pytest.mark.req("V8")
async def test_an_unclaimed_request_reminds_the_administrators_and_then_brings_in_the_backups(town: Town) -> None:
    reference = await town.asks("ava")
    farah, hugo = town.person("farah"), town.person("hugo")
    await farah.sees(reference, where=CHANNEL)
    assert told(farah) == 0
    town.clock.move(hours=12)
    for key in ("farah", "gwen"):
        await is_told(town, key, 1)
    assert told(hugo) == 0
    town.clock.move(hours=12)
    for key, times in (("hugo", 1), ("farah", 2), ("gwen", 2)):
        await is_told(town, key, times)
    await hugo.presses("Ouvrir", where="messages")
    await hugo.sees(reference)
    await hugo.presses(action_id="claim")
    await town.person("ava").closes(everything=True)
    await town.person("ava").opens_home()
    await town.person("ava").sees("Confirmed", where="home")


@pytest.mark.req("V8")
async def test_nobody_is_reminded_of_a_claimed_request(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    assert await rows(town, Kind.REMIND_ADMINS, Kind.REMIND_BACKUPS, waiting=True) == 2
    town.clock.move(hours=24)
    await has_fired(town, Kind.REMIND_ADMINS, Kind.REMIND_BACKUPS)
    assert await rows(town, Kind.TELL_MEMBER) == 0


@pytest.mark.req("V14")
async def test_at_the_promised_time_the_requester_is_asked_and_not_yet_stands_on_the_card(town: Town) -> None:
    ava, farah = town.person("ava"), town.person("farah")
    reference = await town.matched(choices=TICKED)
    await ava.opens_home()
    assert ASKS not in ava.screen("home")
    await has_fired(town, Kind.TELL_REQUESTER)
    before = told(ava)
    town.clock.move(hours=72)
    await is_told(town, "ava", before + 1)
    await ava.sees(ASKS, "Nobody has contacted me yet", where="home")
    heard = told(farah)
    await ava.presses(action_id="not_yet", where="home")
    await ava.sees("The administrators know now that nobody has contacted you yet.", where="modal")
    await farah.sees("The requester says that nobody has contacted them yet", where=CHANNEL)
    await is_told(town, "farah", heard + 1)
    await ava.closes(everything=True)
    await ava.sees(KNOWN, where="home")
    assert ASKS not in ava.screen("home")
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.sees("The requester says that nobody has contacted them yet", where="modal")


@pytest.mark.req("V14")
async def test_whoever_was_reached_is_not_asked(town: Town) -> None:
    await town.matched()
    await town.person("iris").presses(action_id="reached")
    await town.person("iris").sees("The clock has stopped.")
    assert await rows(town, Kind.ASK_REQUESTER, waiting=True) == 1
    town.clock.move(hours=72)
    due = town.clock.now()
    await has_fired(town, Kind.ASK_REQUESTER)
    assert await rows(town, Kind.TELL_REQUESTER, Kind.HOME_REQUESTER, since=due) == 0


@pytest.mark.req("U22")
async def test_urgent_said_later_is_shown_and_told_and_can_be_taken_back(town: Town) -> None:
    ava, farah = town.person("ava"), town.person("farah")
    reference = await town.asks("ava")
    await farah.sees(f"Request {reference}", where=CHANNEL)
    await ava.closes(everything=True)
    await ava.opens_home()
    await ava.presses(action_id="change", where="home")
    await ava.chooses("choices", ["This is urgent; tell the administrators at once"])
    await ava.submits()
    await farah.sees(f"Urgent request {reference}", where=CHANNEL)
    for key in ("farah", "gwen"):
        await is_told(town, key, 1)
    await ava.closes(everything=True)
    await ava.presses(action_id="change", where="home")
    await ava.chooses("choices", [])
    await ava.submits()
    await farah.sees(f"Request {reference}", where=CHANNEL)
    assert told(farah) == 1
