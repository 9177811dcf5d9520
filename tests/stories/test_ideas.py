"""One idea a month for those who lead or teach: asked for in one tap, told of by note, opened from it, and stopped."""

from datetime import timedelta

import pytest

from peersupport import column
from tests.stories.francophone import WAITS, newest, on_sqlite
from tests.stories.test_informal import INFORMAL, hamlet
from tests.stories.town import Town

__all__ = ["hamlet"]


@on_sqlite
@pytest.mark.req("N10")
async def test_the_idea_of_the_month_opens_from_its_note_and_nobody_else_is_told(hamlet: Town) -> None:
    luc, iris = hamlet.person("luc"), hamlet.person("iris")
    programme = hamlet.house._files.programmes[INFORMAL]
    await luc.opens_home()
    await luc.types("/peersupport")
    await luc.presses("Idées pour qui dirige", where="modal")
    await luc.sees(column.idea_of(programme, hamlet.clock.now()).get("fr"), where="modal")
    await luc.presses("Recevoir le mot", where="modal")
    await luc.sees("Ne plus le recevoir", where="modal")
    await luc.closes(everything=True)
    while (local := hamlet.clock.now().astimezone(programme.clock.zone)).day > 7 or local.weekday() != 1:
        hamlet.clock.move(days=1)
    async with hamlet.house.store.work() as work:
        assert await column.plan(work, programme, hamlet.clock.now()) == 1
    await hamlet.at_rest()
    await luc.sees(WAITS, where="messages")
    assert iris.messages() == []
    await newest(luc)
    await luc.sees(column.idea_of(programme, hamlet.clock.now()).get("fr"), "Ne plus le recevoir", where="modal")
    await luc.presses("Ne plus le recevoir", where="modal")
    await luc.sees("Recevoir le mot", where="modal")
    async with hamlet.house.store.work() as work:
        assert await work.readers.all(INFORMAL, column.IDEAS) == []
        later = hamlet.clock.now() + timedelta(days=28)
        assert column.idea_of(programme, hamlet.clock.now()) != column.idea_of(programme, later + timedelta(days=7))
