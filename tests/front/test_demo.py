"""The demonstration: one command, no terminal, another port where the usual one is taken, nothing left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from simulator.demo_guide import CHOICES
from tests.front.process import ROOT

J = {"Content-Type": "application/json"}


async def start(folder: Path, port: int, **more: str) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator.demo",
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEMO_DIR": str(folder), "PORT": str(port), **more},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 120)).decode()
    match = re.fullmatch(r"The demo is at (http://127\.0\.0\.1:\d+)/\n", line)
    if match is None:
        process.kill()
        raise AssertionError((line, (await process.communicate())[1]))
    return process, match[1]


async def end(process: asyncio.subprocess.Process) -> str:
    process.send_signal(signal.SIGTERM)
    out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, err) == (0, b"")
    return out.decode()


async def do(session: aiohttp.ClientSession, url: str, person: str, verb: str, *args: object, **kwargs: object) -> str:
    body = {"args": args, "kwargs": {"where": "modal", **kwargs} if verb == "presses" else kwargs}
    async with session.post(f"{url}/control/people/{person}/{verb}", json=body, headers=J) as answer:
        text = await answer.text()
        assert answer.status == 200, text
        return text


async def read(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(url) as page:
        assert page.status == 200
        return await page.text()


NAMES = ("Physician Peer Support Initiative", "IMPACT", "Thriving Project", "Clinical cafe", "Colleague to colleague")
ALONE = ("Ask for support", "Ask for support", "The column", "Open themes", "Find a colleague")
DOORS = ("Ask for support", "Refer a colleague who said yes", "See what is on", "The column", "Open themes",
         "Find a colleague", "After a hard shift", "Check in on a colleague")  # fmt: skip


@pytest.mark.timeout(500)
async def test_it_starts_twice_and_keeps_its_state(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        process, url = await start(tmp_path / "demo", busy)
        assert not url.endswith(f":{busy}")
        async with aiohttp.ClientSession() as session:
            assert "What you can try" in await read(session, url + "/?as=ava&at=C0GENERAL1")
            await do(session, url, "ava", "types", "/peersupport")
            await do(session, url, "ava", "presses", "Ask for support", near="Vancouver")
            await do(
                session, url, "ava", "chooses", "Which fits you best?", "Physician in active practice in Vancouver"
            )
            await do(session, url, "ava", "chooses", "How would you like to talk", "By phone")
            await do(session, url, "ava", "fills", "Your phone number", "604-555-0142")
            seen = await do(session, url, "ava", "submits")
            reference = re.search(r"Your request (\w\d-\w{4})", seen)
            assert reference is not None, seen
            await do(session, url, "farah", "sees", reference[1], where="#peer-support-admin")
            await _the_partner_is_in(session, url)
            await _the_doors_are_there(session, url)
            await _a_date_can_be_signed_up_for(session, url)
            await _the_list_and_the_listing_stand(session, url)
            await _the_guide_tells_in_both_languages(session, url)
        advice = await end(process)
    assert len(advice.splitlines()) == 7
    assert _left_behind(tmp_path) == []

    process, url = await start(tmp_path / "demo", 0)
    async with aiohttp.ClientSession() as session:
        await do(session, url, "ava", "opens_home")
        await do(session, url, "ava", "sees", reference[1])
    await end(process)

    await _each_starts_alone(tmp_path / "demo")


async def _each_starts_alone(folder: Path) -> None:
    """Each programme runs without the others on what is there, and the guide tells of no other."""
    for name, title, door in zip(CHOICES, NAMES, ALONE, strict=True):
        process, url = await start(folder, 0, PROGRAMME=name)
        async with aiohttp.ClientSession() as session:
            await do(session, url, "bruno", "types", "/peersupport")
            seen = await do(session, url, "bruno", "sees", title, door, where="modal")
            assert [other for other in NAMES if f"# {other}\n" in seen] == [title]
            guide = await read(session, url + "/guide")
            assert [other for other in NAMES if other in guide] == [title]
            if name == "impact":
                await do(session, url, "tess", "opens_home")
                seen = await do(session, url, "tess", "sees", "You have sent 1 notice.", where="home")
                assert "Ask for support" not in seen
        await end(process)


async def _the_partner_is_in(session: aiohttp.ClientSession, url: str) -> None:
    """One person of the partner has one door in Slack, another the page, with a code that the guide shows."""
    guide = await read(session, url + "/guide")
    address = re.search(r"http://127\.0\.0\.1:\d+/partner/impact", guide)
    assert address is not None, guide
    assert "Marlow Saxifrage" in guide
    assert re.search(r'class="code">\d{6}<', guide)
    page = await read(session, address[0])
    assert "Ask for outreach to a provider" in page
    assert "Your code of eight digits" in await read(session, address[0].replace("partner/impact", "note/test"))
    await do(session, url, "tess", "types", "/peersupport")
    seen = await do(session, url, "tess", "sees", "Ask for outreach to a provider", where="modal")
    assert "A talk with a rural colleague" not in seen
    await do(session, url, "tess", "presses", "Ask for outreach to a provider")
    await do(session, url, "tess", "fills", "Name of the provider", "Holly Marshelder")
    await do(session, url, "tess", "chooses", "Their profession", "Rural physician")
    await do(session, url, "tess", "chooses", "What kind of incident was it?", ["A difficult transfer"])
    assert "Thank you, we have received it." in await do(session, url, "tess", "submits")
    await do(session, url, "farah", "sees", "A partner's notice", where="#impact-admin")


async def _the_doors_are_there(session: aiohttp.ClientSession, url: str) -> None:
    """All five programmes stand in one menu, each with its doors."""
    await do(session, url, "emil", "types", "/peersupport")
    await do(session, url, "emil", "sees", *NAMES, *DOORS, where="modal")
    await do(session, url, "emil", "closes", everything=True)


async def _a_date_can_be_signed_up_for(session: aiohttp.ClientSession, url: str) -> None:
    """A session, a course and the cafe have a date to come, wherever the day of the test lies."""
    for person, beside, title in (
        ("emil", "Conversations among colleagues and courses", "Providers Thriving Together"),
        ("quinn", "Conversations among colleagues and courses", "Compassion Cultivation Training"),
        ("ava", "Clinical cafe", "Clinical cafe"),
    ):
        await do(session, url, person, "types", "/peersupport")
        await do(session, url, person, "presses", "See what is on", near=beside)
        await do(session, url, person, "presses", "Take a place", near=title)
        if person == "ava":
            await do(session, url, person, "sees", "Nobody records", where="modal")
            await do(session, url, person, "submits")
        if person == "quinn":
            commits = "This course needs the same people each time"
            await do(session, url, person, "chooses", commits, ["I can come to all 8 dates"])
        await do(session, url, person, "submits")
        await do(session, url, person, "sees", "Your place is kept.", where="modal")
        await do(session, url, person, "closes", everything=True)


async def _the_list_and_the_listing_stand(session: aiohttp.ClientSession, url: str) -> None:
    """Somebody is on the cafe's list and somebody not; one colleague is glad to be asked; Vera leads the sessions."""
    await do(session, url, "emil", "types", "/peersupport")
    await do(session, url, "emil", "presses", "Open themes")
    await do(session, url, "emil", "sees", "on the list that the department keeps", where="modal")
    await do(session, url, "emil", "closes", everything=True)
    await do(session, url, "quinn", "types", "/peersupport")
    await do(session, url, "quinn", "presses", "Find a colleague")
    await do(session, url, "quinn", "chooses", "Which fits you?", "Rural physician")
    await do(session, url, "quinn", "submits")
    await do(session, url, "quinn", "presses", "See who is there now")
    await do(session, url, "quinn", "sees", "Iris, Terrace", where="modal")
    await do(session, url, "quinn", "closes", everything=True)
    await do(session, url, "vera", "opens_home")
    await do(session, url, "vera", "sees", "Organise", where="home")


async def _the_guide_tells_in_both_languages(session: aiohttp.ClientSession, url: str) -> None:
    """Each programme has its part, in English and in French, and no word of a link or a name is left unfilled."""
    for language, words in (("en", "What you can try"), ("fr", "Ce que vous pouvez essayer")):
        guide = await read(session, f"{url}/guide?in={language}")
        assert f'lang="{language}"' in guide
        assert words in guide
        assert [name for name in ("#peer-support-admin", "#impact-admin", "#thriving-admin", "#cafe-admin", "Iris")
                if name not in guide] == []  # fmt: skip
        assert re.findall(r"\{\w+\}|\]\(", guide) == []
        for place in set(re.findall(r'href="(\./\?as=[^"]+)"', guide)):
            assert await read(session, f"{url}/{place.replace('&amp;', '&')}")


async def test_a_programme_that_there_is_not_is_refused_in_a_sentence(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator.demo", cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEMO_DIR": str(tmp_path / "demo"), "PROGRAMME": "kelowna"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 50)
    said = b"PROGRAMME must be one of vancouver, impact, thriving, cafe, informal, or several with commas between.\n"
    assert (process.returncode, out, err) == (1, b"", said)


def _left_behind(folder: Path) -> list[Path]:
    """Return the processes that still work in the demo's folder, where the system shows them."""
    return [entry for entry in Path("/proc").glob("[0-9]*/cwd") if _inside(entry, folder)]


def _inside(entry: Path, folder: Path) -> bool:
    try:
        return str(entry.readlink()).startswith(str(folder))
    except OSError:
        return False
