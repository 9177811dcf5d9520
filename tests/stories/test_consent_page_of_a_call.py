"""The consent page of a request taken by phone: they say that it is right, or take it back, on both databases."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from handlers import ids
from peersupport.consent_link import Link
from peersupport.requests import State
from tests.stories.consent import PUBLIC
from tests.stories.test_by_phone import NAME, gone, opens_call, records
from tests.stories.test_consent_page import Visitor
from tests.stories.test_leaving import kept
from tests.stories.town import CHANNEL, Places, Town, open_town


@pytest_asyncio.fixture
async def outside(places: Places) -> AsyncIterator[Town]:
    async with open_town(places, PUBLIC_URL=PUBLIC) as opened:
        yield opened


async def linked(town: Town, reference: str) -> Link:
    """Let the administrator make a link and a code, as they are shown once."""
    farah = town.person("farah")
    await farah.presses(action_id=ids.OPEN_SHEET, near=reference, where=CHANNEL)
    await farah.presses(action_id=ids.LINK_FOR_REQUEST, where="modal")
    await farah.sees("A link and a code", f"{PUBLIC}/note/")
    shown = farah.screen("modal")
    token, code = re.search(r"/note/(\w+)", shown), re.search(r"\b(\d{4} ?\d{4})\b", shown)
    assert token
    assert code
    await farah.closes(everything=True)
    return Link(token[1], code[1].replace(" ", ""), town.clock.now())


@pytest.mark.req("U3", "U41", "G4")
async def test_they_say_on_the_page_that_it_is_right_and_nothing_else_changes(outside: Town) -> None:
    reference = await records(outside)
    before = await kept(outside, reference)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        visitor = Visitor(outside, session, await linked(outside, reference))
        door = await visitor.opens()
        assert (NAME in door.words, reference in door.words) == (False, False)
        asked = await visitor.sends("open")
        assert NAME in asked.words
        assert f"Its reference is {reference}. Is that right?" in asked.words
        assert "Ask the programme by phone or e-mail, and you are told by which role and when." in asked.words
        assert "Oui, c'est exact" in (await visitor.sends("open", query="?l=fr")).words.replace("&#x27;", "'")
        assert "goes on as it was taken down" in (await visitor.sends("answer", answer="yes")).words
        assert "Your answer has arrived." in (await visitor.sends("answer", answer="no")).words
    assert await kept(outside, reference) == before


@pytest.mark.req("U3", "U41", "U55")
async def test_they_take_it_back_on_the_page_in_french_and_it_is_erased(outside: Town) -> None:
    reference = await records(outside)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        visitor = Visitor(outside, session, await linked(outside, reference))
        done = await visitor.sends("answer", query="?l=fr", answer="no")
        assert "tout ce qui vous concerne y est effacé" in done.words.replace("&#x27;", "'")
        await gone(outside, reference)
        assert (await visitor.sends("open")).status == 403
    assert (await kept(outside, reference))[0].state is State.CLOSED


@pytest.mark.req("U3", "U41")
@pytest.mark.threat("T16")
async def test_a_page_of_a_call_ends_with_its_week_and_with_its_request(outside: Town) -> None:
    reference, other = await records(outside), await records(outside, reach="250-555-0170")
    links = [await linked(outside, each) for each in (reference, other)]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        late, ended = (Visitor(outside, session, each) for each in links)
        assert "Is that right?" in (await late.sends("answer", answer="never")).words, "that is not one of its answers"
        farah = await opens_call(outside, "farah", other)
        await farah.chooses("said_by_phone", "Stop, and erase everything")
        await farah.submits()
        await gone(outside, other)
        assert (await ended.sends("answer", answer="no")).status == 403
        await outside.passes(days=8)
        assert (await late.sends("answer", answer="no")).status == 403
    assert (await kept(outside, reference))[0].state is not State.CLOSED
