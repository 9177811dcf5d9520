"""The page's server: each person sees only their own, nothing comes from or goes elsewhere, other sites are refused."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.web import STATIC, add_routes
from tests.simulator_web import screens
from tests.simulator_web.fake_app import Simulation

Json = dict[str, Any]
AVA, FARAH = "U0AVALARK1", "U0FARAHME1"


async def get(simulation: Simulation, path: str, **headers: str) -> tuple[int, str, Json]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(simulation.simulator.url + path, headers=headers) as response,
    ):
        return response.status, await response.text(), dict(response.headers)


async def do(simulation: Simulation, verb: str, body: Json, **headers: str) -> tuple[int, Json]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{simulation.simulator.url}/do/{verb}", json=body, headers=headers) as response,
    ):
        return response.status, await response.json() if response.status == 200 else {}


async def test_the_address_alone_leads_to_somebody(simulation: Simulation) -> None:
    status, html, _ = await get(simulation, "/")
    assert status == 200
    assert "Acting as " in html
    assert "This is a local stand-in for Slack. Nothing leaves this machine." in html


async def test_nothing_inline_and_nothing_from_elsewhere(simulation: Simulation) -> None:
    await simulation.post("C0PSADMIN1", "New", screens.card())
    _, html, headers = await get(simulation, "/?as=farah&at=C0PSADMIN1")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)", html)
    assert not re.search(r"<[^>]+ (style|on\w+)=", html)
    for address in re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', html):
        assert address.startswith("static/")


async def test_the_pages_own_files_ask_nobody_else() -> None:
    for path in STATIC.iterdir():
        text = path.read_text("utf-8")
        addresses = [found for found in re.findall(r"https?://[^\s\"')]+", text) if "w3.org" not in found]
        assert addresses == [], path.name
        assert "url(" not in text
        assert len(text.splitlines()) < 300, path.name


@pytest.mark.parametrize("name", ["..%2fpage.py", "nothing.js"])
async def test_only_the_pages_own_files_are_served(simulation: Simulation, name: str) -> None:
    status, _, _ = await get(simulation, f"/static/{name}")
    assert status == 404


async def test_a_private_channel_is_not_shown_to_others(simulation: Simulation) -> None:
    await simulation.post("C0PSADMIN1", "New request K7-42")
    _, seen, _ = await get(simulation, "/?as=farah&at=C0PSADMIN1")
    _, hidden, _ = await get(simulation, "/?as=ava&at=C0PSADMIN1")
    assert "K7-42" in seen
    assert "K7-42" not in hidden
    assert "peer-support-admin" not in hidden
    assert "they cannot see this conversation" in hidden


async def test_an_ephemeral_message_is_shown_to_one_person(simulation: Simulation) -> None:
    simulation.workspace.channel("general").members.append(simulation.workspace.app.bot_user_id)
    await simulation.app.call("chat.postEphemeral", channel="C0GENERAL1", user=AVA, text="For Ava alone")
    _, hers, _ = await get(simulation, "/?as=ava&at=C0GENERAL1")
    _, his, _ = await get(simulation, "/?as=bruno&at=C0GENERAL1")
    assert "For Ava alone" in hers
    assert "Only visible to you" in hers
    assert "For Ava alone" not in his


async def test_a_deactivated_person_cannot_be_acted_as(simulation: Simulation) -> None:
    status, html, _ = await get(simulation, "/?as=petra&at=C0GENERAL1")
    assert status == 200
    assert 'data-as="petra"' not in html
    assert (await do(simulation, "say", {"as": "petra", "channel": "C0GENERAL1", "text": "hello"}))[0] == 404


async def test_what_is_posted_is_escaped_everywhere(simulation: Simulation) -> None:
    nasty = "<script>alert(1)</script>"
    await do(simulation, "say", {"as": "ava", "channel": "C0GENERAL1", "text": nasty})
    await simulation.post("C0PSADMIN1", f"<@{FARAH}> {nasty}")
    for path in ("/?as=bruno&at=C0GENERAL1", "/?as=farah&at=C0PSADMIN1", "/payload/1"):
        _, html, _ = await get(simulation, path)
        assert "<script>alert" not in html


async def test_the_lock_screen_shows_a_messages_text_and_none_of_its_blocks(simulation: Simulation) -> None:
    channel = simulation.workspace.dm(AVA)
    assert channel is not None
    await simulation.post(
        channel.id, "There is an update.", [{"type": "section", "text": screens.mark("Secret words")}]
    )
    _, html, _ = await get(simulation, "/?as=ava&at=C0GENERAL1")
    assert "There is an update." in html
    assert "Secret words" not in html


async def test_the_pages_of_two_people_wait_for_news_of_their_own(simulation: Simulation) -> None:
    version = simulation.workspace.version
    waiting = asyncio.create_task(get(simulation, f"/live?as=bruno&at=C0GENERAL1&since={version}"))
    await asyncio.sleep(0)
    await do(simulation, "say", {"as": "ava", "channel": "C0GENERAL1", "text": "Good morning"})
    status, text, _ = await asyncio.wait_for(waiting, 10)
    assert status == 200
    assert "Good morning" in text


async def test_a_waiting_page_does_not_hold_up_the_end(simulation: Simulation) -> None:
    arrived = asyncio.Event()

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        arrived.set()
        return await handler(request)

    application = web.Application(middlewares=[note])
    add_routes(application, simulation.simulator)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=30.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = (
        f"http://127.0.0.1:{runner.addresses[0][1]}/live?as=ava&at=C0GENERAL1&since={simulation.workspace.version}"
    )
    async with aiohttp.ClientSession() as session:
        waiting = asyncio.create_task(session.get(address))
        await arrived.wait()
        await asyncio.wait_for(runner.cleanup(), 10)
        assert (await waiting).status == 200


async def test_a_page_of_an_earlier_run_is_told_so_at_once(simulation: Simulation) -> None:
    _, html, _ = await get(simulation, "/?as=ava&at=C0GENERAL1")
    _, text, _ = await asyncio.wait_for(get(simulation, "/live?as=ava&at=C0GENERAL1&since=1000000&run=earlier"), 10)
    assert f'data-run="{json.loads(text)["run"]}"' in html


async def test_another_sites_page_is_refused(simulation: Simulation) -> None:
    words = {"as": "ava", "channel": "C0GENERAL1", "text": "hello"}
    assert (await do(simulation, "say", words, Origin="https://elsewhere.example"))[0] == 403
    assert (await get(simulation, "/?as=ava", Host="elsewhere.example"))[0] == 403
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{simulation.simulator.url}/do/say", data="as=ava") as response,
    ):
        assert response.status == 415


@pytest.mark.parametrize(
    ("verb", "body", "words"),
    [
        ("submit", {"view": "V1"}, "That modal is not on top."),
        ("act", {"view": "V1", "block": "b", "action": "a"}, "That modal is not on top."),
        ("act", {"channel": "C0PSADMIN1", "ts": "1.2", "block": "b", "action": "a"}, "Slack does not show you this."),
        ("shortcut", {"callback": "nothing"}, "There is no shortcut 'nothing'."),
    ],
)
async def test_what_slack_would_not_offer_is_refused_in_words(
    simulation: Simulation, verb: str, body: Json, words: str
) -> None:
    assert await do(simulation, verb, {"as": "ava", **body}) == (200, {"ok": False, "trouble": words})


async def test_an_unknown_deed_is_not_found(simulation: Simulation) -> None:
    assert (await do(simulation, "erase", {"as": "ava"}))[0] == 404


async def test_nobody_fills_in_another_persons_view(simulation: Simulation) -> None:
    await do(simulation, "say", {"as": "ava", "channel": "C0GENERAL1", "text": "/peersupport"})
    view = simulation.workspace.desk(AVA).modal
    assert view is not None
    before = {block: dict(actions) for block, actions in view.values.items()}
    await do(simulation, "fill", {"as": "bruno", "view": view.id, "values": {"name": {"name": "x"}}})
    assert view.values == before
    answer = await do(simulation, "close", {"as": "bruno", "view": view.id, "all": True})
    assert answer[1]["ok"] is False
    assert simulation.workspace.desk(AVA).modal is view
