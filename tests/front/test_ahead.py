"""An answer drawn ahead: of the very thing, once, and no worse than drawn late."""

import asyncio

import pytest

from handlers.ahead import Ahead


async def test_it_is_drawn_while_something_is_waited_for() -> None:
    drawn: list[str] = []
    thing = "a request"

    def draw(of: str) -> int:
        drawn.append(of)
        return 7

    ahead = Ahead(draw)
    ahead.begin(thing)
    assert drawn == []
    await asyncio.sleep(0)
    assert drawn == [thing]
    assert (ahead.of(thing), drawn) == (7, [thing]), "and not again"


async def test_another_thing_is_drawn_anew() -> None:
    ahead = Ahead[list[str], str](lambda of: of[0])
    ahead.begin(["what did not come to be"])
    await asyncio.sleep(0)
    assert ahead.of(["what is"]) == "what is"


async def test_what_fails_ahead_fails_where_it_is_asked_for() -> None:
    def fails(_: str) -> int:
        raise LookupError

    ahead, thing = Ahead(fails), "a request"
    ahead.begin(thing)
    await asyncio.sleep(0)
    with pytest.raises(LookupError):
        ahead.of(thing)


async def test_it_is_there_also_where_nothing_was_begun() -> None:
    assert Ahead[str, str](str.upper).of("late") == "LATE"
