"""The consent page: a colleague who is not in Slack answers on a page, over real HTTP, on both databases."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest
import pytest_asyncio

from peersupport.addresses import Address, own_reach
from peersupport.consent_link import MOST_TRIES, Link
from peersupport.referral import ReferralState, Scope
from peersupport.requests import Door
from tests.front.web_stage import Answered, Site
from tests.stories.consent import NAME, PUBLIC, REACH, linked, referred
from tests.stories.town import Places, Town, open_town

HEADERS = ("Content-Security-Policy", "Referrer-Policy", "X-Frame-Options", "X-Content-Type-Options", "Cache-Control")


@pytest_asyncio.fixture
async def outside(places: Places) -> AsyncIterator[Town]:
    async with open_town(places, PUBLIC_URL=PUBLIC) as opened:
        yield opened


class Visitor:
    """Somebody with a link at a browser that keeps nothing."""

    def __init__(self, town: Town, session: aiohttp.ClientSession, link: Link) -> None:
        self.site = Site(int(town.settings["PORT"]), None, session)  # type: ignore[arg-type] # only its client is used
        self.link = link

    async def opens(self, query: str = "") -> Answered:
        return await self.site.get(f"/note/{self.link.token}{query}")

    async def sends(self, step: str, code: str | None = None, query: str = "", **fields: Any) -> Answered:
        form = {"step": step, "code": self.link.code if code is None else code, **fields}
        found = await self.site.post(f"/note/{self.link.token}{query}", form)
        for name in HEADERS:
            assert name in found.headers
        assert "Set-Cookie" not in found.headers
        assert "9-8-8" in found.words
        return found


async def state(town: Town, subject: UUID) -> tuple[ReferralState, bool]:
    """Return how a referral stands, and whether its colleague can still be read."""
    async with town.house.store.work() as work:
        found = await work.referrals.get(subject)
        assert found is not None
        return found.state, await work.referrals.colleague(subject) is not None


def the_reach(reach: str) -> Address:
    found = own_reach(reach)
    assert found is not None
    return found


@pytest.mark.req("U3", "V22", "G4", "G7")
async def test_yes_opens_the_colleagues_own_request(outside: Town) -> None:
    town = outside
    subject = await referred(town, tells_who=True)
    link = await linked(town, subject)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        visitor = Visitor(town, session, link)
        for _ in range(3):
            door = await visitor.opens()
            assert door.status == 200
            assert NAME not in door.words
            assert "<title>A private page</title>" in door.words
        asked = await visitor.sends("open")
        assert NAME in asked.words
        assert "Ava Larkspur told us you agreed to hear from the peer-support programme." in asked.words
        assert "Oui, allez-y" in (await visitor.sends("open", query="?l=fr")).words
        form = await visitor.sends("answer", answer="yes")
        assert f'value="{REACH}"' in form.words
        assert await state(town, subject) == (ReferralState.ASKED, True)
        wrong = await visitor.sends("send", name=NAME, reach="nowhere", modalities="phone")
        assert wrong.status == 422
        assert 'aria-invalid="true"' in wrong.words
        assert "Please choose what fits you best." in wrong.words
        role = re.findall(r'name="role" value="(\w+)"', form.words)[0]
        filled = {"name": NAME, "reach": REACH, "role": role, "modalities": ["phone"], "notes": "voicemail"}
        sent = await visitor.sends("send", **filled)
        assert "Your request is with the programme administrators." in sent.words
        assert NAME not in sent.words
        again = await visitor.sends("send", **filled)
        assert "Your answer has arrived." in again.words
        assert (await visitor.sends("open")).status == 403
    assert await state(town, subject) == (ReferralState.CLOSED, False)
    async with town.house.store.work() as work:
        [request] = await work.requests.of(the_reach(REACH))
        needs, contact = await work.requests.needs(request.id), await work.requests.contact(request.id)
    assert needs is not None
    assert contact is not None
    assert (request.door, needs.name, contact.reach, contact.voicemail) == (Door.COLLEAGUE, NAME, REACH, True)
    assert needs.opened_by == town.address("ava")
    assert not needs.requester.on_slack


@pytest.mark.req("U1", "U4", "U5", "V25")
async def test_every_no_erases_at_once(outside: Town) -> None:
    town = outside
    wanted = {"no": None, "never": Scope.REFERRALS, "never_from": Scope.REFERRALS_FROM}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        for number, (answer, scope) in enumerate(wanted.items()):
            reach = f"604-555-018{number}"
            subject = await referred(town, reach=reach)
            visitor = Visitor(town, session, await linked(town, subject))
            assert "A colleague told us" in (await visitor.sends("open")).words
            done = await visitor.sends("answer", answer=answer)
            assert "Your details are erased" in done.words
            assert await state(town, subject) == (ReferralState.CLOSED, False)
            assert "Your answer has arrived." in (await visitor.sends("answer", answer="no")).words
            assert (await visitor.sends("open")).status == 403
            async with town.house.store.work() as work:
                kept = {each.scope for each in await work.silences.of(the_reach(reach))}
            assert kept == ({scope} if scope else set())


@pytest.mark.threat("T16")
async def test_forged_spent_ended_and_guessed_links_are_answered_alike(outside: Town) -> None:
    town = outside
    subject = await referred(town)
    link = await linked(town, subject)
    guessed = await linked(town, subject)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        never = Visitor(town, session, Link("a" * 26, "12345678", link.expires_at))
        replaced, visitor = Visitor(town, session, link), Visitor(town, session, guessed)
        odd = Visitor(town, session, Link("%F0%9F%98%80'--", link.code, link.expires_at))
        failed = (await never.sends("open")).words.replace(never.link.token, "")
        doors = {(await each.opens()).words for each in (never, replaced, visitor, odd)}
        assert len(doors) == 1
        for each in (replaced, odd):
            found = await each.sends("open")
            assert (found.status, found.words) == (403, failed)
        for step in ("answer", "send", "open", "x"):
            assert (await never.sends(step, answer="no")).words == failed
        wrong = f"{(int(guessed.code) + 1) % 10**8:08}"
        for _ in range(MOST_TRIES):
            assert (await visitor.sends("answer", code=wrong, answer="no")).words == failed
        assert (await visitor.sends("open")).words == failed
        assert await state(town, subject) == (ReferralState.ASKED, True)
        late = Visitor(town, session, await linked(town, subject))
        assert (await late.sends("open")).status == 200
        await town.passes(days=8)
        assert (await late.sends("open")).words == failed
