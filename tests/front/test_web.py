"""The pages over HTTP: their headers, their bounds, their languages, and help lines whatever happens."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from handlers.web.html import Html, joined, tag
from handlers.web.pace import MOST_KEPT, Allowance, Pace
from peersupport.ports import StoreUnavailable, UnitOfWork
from tests.front.signed import captured_log
from tests.front.web_stage import ELSEWHERE, Site, assert_strict, site

LINES = ("9-1-1", "9-8-8", "1-800-663-6729")
SECRET = "kanarienvogel0000000000000"


class OutOfReach(AbstractAsyncContextManager[UnitOfWork]):
    async def __aenter__(self) -> UnitOfWork:
        raise StoreUnavailable("The database cannot be used now.")

    async def __aexit__(self, *_: object) -> None:
        """Nothing was opened."""


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path, OutOfReach, body_seconds=0.5) as up:
        yield up


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


async def test_every_answer_is_strict_and_has_the_help_lines(pages: Site) -> None:
    big = b"code=" + b"1" * 16_384
    answers = {
        200: await pages.get(f"/note/{SECRET}"),
        404: await pages.get("/note/a/b/c/d/e/f"),
        405: await pages.get(f"/note/{SECRET}", "PUT"),
        413: await pages.post(f"/note/{SECRET}", body=big),
        415: await pages.post(f"/note/{SECRET}", body=b"{}", Content_Type="application/json"),
        400: await pages.post(f"/note/{SECRET}", body=b"code=%FF%FE"),
    }
    for status, found in answers.items():
        assert found.status == status
        assert_strict(dict(found.headers))
        for line in LINES:
            assert line in found.words, status
        for forbidden in ("<script", "http://", "https://", "<img", "<link", "javascript:", "onload"):
            assert forbidden not in found.words
    encoded = await pages.post(f"/note/{SECRET}", body=b"x", Content_Encoding="gzip")
    assert encoded.status == 415


async def test_a_slow_body_and_an_endless_one_are_given_up(pages: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", pages.port)
    kind = "application/x-www-form-urlencoded"
    head = [f"POST /note/{SECRET} HTTP/1.1", "Host: x", f"Content-Type: {kind}", "Content-Length: 9", "", ""]
    writer.write("\r\n".join(head).encode() + b"c")
    await writer.drain()
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 20)
    writer.close()
    await writer.wait_closed()
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(400):
            sent += 65_536
            yield b"x" * 65_536

    try:
        async with pages.session.post(
            f"{pages.url}/note/{SECRET}", data=flood(), headers={"Content-Type": kind}
        ) as answer:
            assert answer.status == 413
    except OSError:
        pass  # The server hung up in the middle of the flood.
    assert sent < 20 * 1024 * 1024


async def test_the_language_is_the_addresss_then_the_browsers(pages: Site) -> None:
    english, french = "Your code of eight digits", "Votre code de huit chiffres"
    assert english in (await pages.get("/note/x", Accept_Language="de, en;q=0.5")).words
    assert french in (await pages.get("/note/x", Accept_Language="fr-CA,en;q=0.8")).words
    assert french in (await pages.get("/note/x?l=fr", Accept_Language="en")).words
    assert english in (await pages.get("/note/x?l=en", Accept_Language="fr")).words
    assert english in (await pages.get("/note/x?l=%FF%00<script>", Accept_Language=",;;=")).words
    assert 'lang="fr"' in (await pages.get("/note/x?l=fr")).words


async def test_without_the_database_there_are_still_help_lines(pages: Site) -> None:
    found = await pages.post(f"/note/{SECRET}", {"step": "open", "code": "12345678"})
    assert found.status == 503
    assert "Not just now" in found.words
    assert all(line in found.words for line in LINES)
    assert_strict(dict(found.headers))


async def test_too_many_forms_under_one_token_wait_and_others_go_on(pages: Site) -> None:
    seen = [(await pages.post(f"/note/{SECRET}", {"code": "1"})).status for _ in range(30)]
    assert seen.count(429) >= 5
    assert (await pages.post(f"/note/{SECRET}x", {"code": "1"})).status != 429
    slowed = await pages.post(f"/note/{SECRET}", {"code": "1"})
    if slowed.status == 429:
        assert "Retry-After" in slowed.headers
        assert LINES[0] in slowed.words


@pytest.mark.threat("T10")
async def test_no_address_and_nothing_typed_is_in_the_log(pages: Site, log: io.StringIO) -> None:
    await pages.get(f"/note/{SECRET}?x={SECRET}", Accept_Language=SECRET)
    await pages.post(f"/note/{SECRET}", {"step": "open", "code": SECRET, SECRET: SECRET})
    await pages.post(f"/note/{SECRET}", body=SECRET.encode())
    assert "web.unavailable" in log.getvalue()
    assert SECRET not in log.getvalue()
    assert "/note" not in log.getvalue()


def test_what_is_put_into_a_tag_is_escaped() -> None:
    assert tag("p", "<b>&'\"", title="\"><b>'") == (
        '<p title="&quot;&gt;&lt;b&gt;&#x27;">&lt;b&gt;&amp;&#x27;&quot;</p>'
    )
    assert tag("p", tag("b", "x"), None, class_="y", hidden=True, lang=None) == '<p class="y" hidden><b>x</b></p>'
    assert isinstance(joined("a", Html("<hr>")), Html)
    assert tag("input", value="\N{NULL}<") == '<input value="\x00&lt;">'


def test_the_pace_is_kept_by_token_and_in_total_in_bounded_memory() -> None:
    pace = Pace(Allowance(3, 10.0), Allowance(5, 1.0), Allowance(1000, 1.0))
    assert [pace.takes("a", sends=True, now=0.0) for _ in range(4)] == [True, True, True, False]
    assert [pace.takes("b", sends=True, now=0.0) for _ in range(3)] == [True, True, False]
    assert pace.takes("a", sends=False, now=0.0)
    assert not pace.takes("a", sends=True, now=5.0)
    assert pace.takes("a", sends=True, now=12.0)
    crowd = Pace(Allowance(3, 10.0), Allowance(10**6, 1.0), Allowance(10**6, 1.0))
    for number in range(MOST_KEPT + 500):
        crowd.takes(f"token {number}", sends=True, now=0.0)
    assert len(crowd) == MOST_KEPT
    assert ELSEWHERE.startswith("https://")
