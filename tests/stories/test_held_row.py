"""Somebody else holds the row of a session: whoever presses meanwhile is told no untruth, and loses nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peersupport.series import RegistrationState
from store.database import Database
from store.tables import metadata
from tests.stories.test_sessions import both as both
from tests.stories.test_sessions import series_of
from tests.stories.town import Town

SLUG = "providers-thriving-together"
TITLE = "Providers Thriving Together"


@pytest.mark.long
@pytest.mark.req("T13", "U28")
@pytest.mark.threat("T52")
@pytest.mark.parametrize("story_urls", ["postgresql"], indirect=True)
async def test_a_press_while_the_row_is_held_is_no_no_and_the_same_form_gives_the_place(both: Town) -> None:
    quinn = both.person("quinn")
    series, table = await series_of(both, SLUG), metadata.tables["series"]
    await quinn.types("/peersupport")
    await quinn.presses(action_id="sessions", near="and courses", where="modal")
    await quinn.presses("Take a place", near=TITLE, where="modal")
    await quinn.fills("The name to call you by", "Cedar")
    database = Database(both.places.url)
    async with database.begin() as connection:
        await connection.execute(select(table.c.id).where(table.c.id == series.id).with_for_update())
        await quinn.submits()
        await quinn.sees("Your form was not sent", "still here", where="modal")
        await quinn.sees_no_more("Nothing was kept", where="modal")
    await database.close()
    async with both.house.store.work() as work:
        assert await work.registrations.of(both.address("quinn")) == []
    await quinn.submits()
    await quinn.sees("Your place is kept.", where="modal")
    async with both.house.store.work() as work:
        [mine] = await work.registrations.of(both.address("quinn"))
        registrant = await work.registrations.registrant(mine.id)
    assert mine.state is RegistrationState.IN
    assert registrant is not None
    assert registrant.alias == "Cedar", "what was typed is kept"
