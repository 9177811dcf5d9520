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
CLOSED_MESSAGE = "Closed."
SUPPORTERS = ("iris", "jonas")
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


async def passes(town: Town, *, hours: float) -> None:
    """Let time pass once nothing is on its way: what is on its way when a clock jumps would be taken for lost."""
    await town.at_rest()
    await town.passes(hours=hours)


async def is_told(town: Town, key: str, times: int) -> None:
    """Wait until somebody has had the constant message so many times."""
    who = town.person(key)
    async with asyncio.timeout(20):
        while told(who) < times:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    assert told(who) == times


@pytest.mark.req("V8")
async def test_an_unclaimed_request_reminds_the_administrators_and_then_brings_in_the_backups(town: Town) -> None:
    town.clock.move_to(hour=7)
    reference = await town.asks("ava")
    farah, hugo = town.person("farah"), town.person("hugo")
    await farah.sees(reference, where=CHANNEL)
    assert told(farah) == 0
    await passes(town, hours=12)
    for key in ("farah", "gwen"):
        await is_told(town, key, 1)
    assert told(hugo) == 0
    await passes(town, hours=12)
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
    await passes(town, hours=24)
    await has_fired(town, Kind.REMIND_ADMINS, Kind.REMIND_BACKUPS)
    assert await rows(town, Kind.TELL_MEMBER) == 0


@pytest.mark.req("V14", "U9", "U11", "U12")
async def test_the_supporter_is_nudged_the_administrators_hear_and_at_the_promised_time_home_asks(town: Town) -> None:
    ava, farah, iris = (town.person(key) for key in ("ava", "farah", "iris"))
    town.clock.move_to(hour=10)
    reference = await town.matched(choices=TICKED)
    await ava.opens_home()
    assert ASKS not in ava.screen("home")
    await has_fired(town, Kind.TELL_REQUESTER)
    before, nudged = told(ava), told(iris)
    await passes(town, hours=24)
    await is_told(town, "iris", nudged + 1)
    await passes(town, hours=36)
    await is_told(town, "hugo", 1)
    assert told(ava) == before
    await passes(town, hours=12)
    await is_told(town, "ava", before + 1)
    await is_told(town, "hugo", 2)
    await ava.sees(ASKS, "Nobody has contacted me yet", "I can wait", "Physician Health Program (BC)", where="home")
    await ava.presses(action_id="physician_line", where="home")
    await ava.sees("1-800-663-6729", "We pass nothing on", where="modal")
    await ava.closes(everything=True)
    heard = told(farah)
    await ava.presses(action_id="not_yet", where="home")
    await ava.sees("The administrators know now that nobody has contacted you yet.", where="modal")
    await farah.sees("The requester says that nobody has contacted them yet", where=CHANNEL)
    await is_told(town, "farah", heard + 1)
    await ava.closes(everything=True)
    await ava.sees(KNOWN, "you have not. That is on us", where="home")
    assert ASKS not in ava.screen("home")
    await ava.presses(action_id="wait_on", where="home")
    await ava.sees("Thank you for waiting.", "You chose to wait.", where="modal")
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.sees("The requester says that nobody has contacted them yet", where="modal")
    await iris.presses(action_id="reached")
    await ava.closes(everything=True)
    await ava.sees("You are in contact", where="home")
    assert "You chose to wait" not in ava.screen("home")


@pytest.mark.req("V11", "U8", "U12")
async def test_an_unanswered_offer_passes_to_the_next_and_a_missed_promise_is_said_plainly(town: Town) -> None:
    ava, farah, iris, jonas = (town.person(key) for key in ("ava", "farah", *SUPPORTERS))
    town.clock.move_to(hour=9)
    await town.register(*SUPPORTERS)
    reference = await town.asks("ava", choices=TICKED)
    await town.claims("farah", reference)
    await town.offers("farah", reference, *(town.sim.workspace.person(key).real_name for key in SUPPORTERS))
    await is_told(town, "iris", 1)
    assert told(jonas) == 0
    await passes(town, hours=12)
    await is_told(town, "jonas", 1)
    await iris.sees(CLOSED_MESSAGE, where="messages")
    heard = told(farah)
    await passes(town, hours=24)
    await is_told(town, "farah", heard + 1)
    await ava.closes(everything=True)
    await ava.opens_home()
    await passes(town, hours=36)
    await ava.sees("We said that you would hear from someone by now, and you have not.", where="home")
    for key in ("farah", "gwen", "hugo"):
        await is_told(town, key, heard + 2 if key == "farah" else 1)
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await ava.sees("Withdrawn.")
    await town.at_rest()


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
