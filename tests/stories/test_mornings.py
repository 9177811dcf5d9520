"""On a weekday's morning administrators hear that there is something to do, and find it behind the one button."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from peersupport.notifications import Kind
from tests.stories.test_clocks import rows
from tests.stories.town import Places, Town, open_town, press_newest

SATURDAY = 5


async def next_morning(town: Town, *, weekday: bool) -> None:
    """Move to the next minute after the digest's time, on a weekday or at a weekend."""
    await town.at_rest()
    town.clock.move_to(hour=8)
    while (town.clock.now().astimezone(ZoneInfo("America/Vancouver")).weekday() < SATURDAY) is not weekday:
        town.clock.move(days=1)
    town.clock.move(minutes=31)
    town.house.store.queue.stir()


@pytest.mark.req("U11")
async def test_who_has_something_to_do_hears_it_once_and_others_nothing(places: Places) -> None:
    async with open_town(places, mornings=True) as town:
        farah, hugo = town.person("farah"), town.person("hugo")
        await next_morning(town, weekday=True)
        await town.at_rest()
        assert await rows(town, Kind.TELL_DIGEST) == 0, "nothing to say"
        reference = await town.asks("ava")
        await next_morning(town, weekday=False)
        await town.at_rest()
        assert await rows(town, Kind.TELL_DIGEST) == 0, "nobody is asked to work at a weekend"
        await next_morning(town, weekday=True)
        await farah.sees("There is something for you in the app.", where="messages")
        await town.at_rest()
        assert await rows(town, Kind.TELL_DIGEST) == 2, "the two administrators, and no backup"
        await press_newest(farah)
        await farah.sees("Today. not claimed: 1", reference, "Open details")
        farah.sees_nothing_of("Ava", "Larkspur")
        await farah.closes(everything=True)
        await hugo.opens_home()
        await hugo.sees(reference, "À traiter maintenant\u00a0: 1", where="home")
        await hugo.presses("Toutes les demandes", where="home")
        await hugo.chooses("queue_part", "Terminées")
        await hugo.sees("Rien ne s'est terminé depuis 7 jours.")
