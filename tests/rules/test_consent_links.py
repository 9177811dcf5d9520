"""A link and a code: opened as often as one likes, spent by the answer, ended by five wrong codes or by its time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from peersupport import consent_links
from peersupport.consent_link import MOST_TRIES, About, Link
from tests.rules.fakes import Ids, Memory
from tests.rules.world import START

SUBJECT = UUID(int=77)
ENDS = START + timedelta(days=7)


async def issued(memory: Memory, ids: Ids) -> Link:
    async with memory() as work:
        return await consent_links.issue(work, ids, SUBJECT, About.REFERRAL, ends=ENDS, now=START)


async def opens(memory: Memory, token: str, code: str, **later: float) -> bool:
    async with memory() as work:
        return await consent_links.open_with(work, token, code, START + timedelta(**later)) is not None


@pytest.mark.req("U3")
async def test_opening_spends_nothing_and_the_answer_does() -> None:
    memory, ids = Memory(), Ids()
    link = await issued(memory, ids)
    assert len(link.token) == 26
    assert link.code.isdigit()
    assert len(link.code) == 8
    assert (link.token not in repr(link), link.code not in repr(link)) == (True, True)
    spaced = f" {link.code[:4]}\u00a0{link.code[4:6]}-{link.code[6:]} "
    for typed in (link.code, spaced, link.code):
        assert await opens(memory, link.token, typed)
    async with memory() as work:
        found = await consent_links.open_with(work, link.token, link.code, START)
        assert found is not None
        assert (found.subject, found.about) == (SUBJECT, About.REFERRAL)
        assert not await consent_links.answered_just_now(work, link.token, link.code, START)
        await consent_links.spend(work, found, START)
    assert not await opens(memory, link.token, link.code)
    async with memory() as work:
        assert await consent_links.answered_just_now(work, link.token, link.code, START)
        assert not await consent_links.answered_just_now(work, link.token, "0" + link.code, START)
        later = START + timedelta(hours=1)
        assert not await consent_links.answered_just_now(work, link.token, link.code, later)


async def test_five_wrong_codes_end_it_for_the_right_one_too() -> None:
    memory, ids = Memory(), Ids()
    link = await issued(memory, ids)
    for number in range(MOST_TRIES - 1):
        assert not await opens(memory, link.token, f"{number}")
    assert await opens(memory, link.token, link.code)
    assert not await opens(memory, link.token, "")
    assert not await opens(memory, link.token, link.code)


async def test_it_ends_with_the_question_and_with_the_next_link() -> None:
    memory, ids = Memory(), Ids()
    first = await issued(memory, ids)
    assert not await opens(memory, first.token, first.code, days=7)
    second = await issued(memory, ids)
    assert (second.token, second.code) != (first.token, first.code)
    assert not await opens(memory, first.token, first.code)
    assert not await opens(memory, second.token, first.code)
    assert await opens(memory, second.token, second.code)
    async with memory() as work:
        await work.consent_links.end(SUBJECT)
    assert not await opens(memory, second.token, second.code)
