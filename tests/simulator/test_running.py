"""As a process of its own: it prints where it is, obeys the control endpoint, keeps its state, ends on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from simulator import Simulator
from simulator.stack import open_root, publish
from tests.simulator.bolt_app import ADMIN_CHANNEL, MANIFEST, button, modal

Json = dict[str, Any]


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[Json, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline()), process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


def private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "manifest.yml"
    path.write_text(yaml.safe_dump(MANIFEST), "utf-8")
    return str(path)


async def test_a_process_that_is_stopped_and_started_again(manifest: str, tmp_path: Path) -> None:
    state = tmp_path / "state" / "slack.json"
    arguments = ("--manifest", manifest, "--request-url", "http://127.0.0.1:9/none", "--state", str(state))
    async with running(*arguments) as (first, _), aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {first['bot_token']}"}
        body = {"channel": ADMIN_CHANNEL, "text": "Still here tomorrow"}
        await session.post(f"{first['api_url']}chat.postMessage", json=body, headers=bearer)
    assert private(state)
    async with running(*arguments) as (second, _), aiohttp.ClientSession() as session:
        async with session.get(f"{second['url']}/control/people/gwen") as response:
            assert "Still here tomorrow" in await response.text()
        async with session.get(f"{second['url']}/control/people/ava") as response:
            assert "Still here tomorrow" not in await response.text()
    assert second["bot_token"] == first["bot_token"]


async def test_the_control_endpoint(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:

        async def post(path: str, body: Any) -> tuple[int, str]:
            async with session.post(f"{sim.url}/control/{path}", json=body) as response:
                return response.status, await response.text()

        assert (await post("faults", {"method": "chat.postMessage", "kind": "empty", "count": 2}))[0] == 200
        assert sim.faults.waiting[0].count == 2
        assert (await post("faults", {"method": "x", "kind": "gremlins"}))[0] == 400
        await session.delete(f"{sim.url}/control/faults")
        assert sim.faults.waiting == []
        await post("settings", {"deadline": 0.5, "retry_delays": [0, 1]})
        assert (sim.dispatcher.deadline, sim.dispatcher.retry_delays) == (0.5, [0, 1])

        status, words = await post("people/ava/types", {"args": ["/parrot"]})
        assert (status, 'failed with the error "dispatch_failed"' in words) == (200, True)
        open_root(sim.workspace, sim.person("ava").id, modal("Hello", []))
        assert (await post("people/ava/closes", {}))[0] == 200
        sim.person("ava").patience = 0
        assert (await post("people/ava/presses", {"args": ["Nothing"]}))[0] == 409
        assert (await post("people/ava/explodes", {}))[0] == 404
        assert (await post("people/nobody/types", {"args": ["x"]}))[0] == 404
        async with session.get(f"{sim.url}/control/log", params={"since": "0"}) as response:
            assert [row["title"] for row in await response.json()] == ["/parrot"]
        async with session.post(f"{sim.url}/control/settings", data="{}") as response:
            assert response.status == 415


async def test_only_names_of_this_machine_are_served(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sim.url}/control/app", headers={"Host": "evil.example"}) as response:
            assert response.status == 403
        async with session.get(f"{sim.url}/control/app") as response:
            assert (await response.json())["name"] == "Parrot"


async def test_what_survives_a_restart_and_what_does_not(tmp_path: Path) -> None:
    state = tmp_path / "slack.json"
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button("Door", "door")]}]}
    async with await Simulator.start(manifest=MANIFEST, state=state) as before:
        ava = before.person("ava")
        publish(before.workspace, ava.id, home)
        open_root(before.workspace, ava.id, modal("A modal", []))
        url = before.responder.new_url(ava.id, "C0GENERAL1")
        async with aiohttp.ClientSession() as session:
            await session.post(url, json={"text": "gone on reload"})
        await ava.types("an ordinary message", channel="#general")
        home_id = ava.home.id if ava.home else ""
    async with await Simulator.start(manifest=MANIFEST, state=state) as after:
        ava = after.person("ava")
        assert ava.home is not None
        assert ava.home.id == home_id
        assert ava.modal is None
        assert "an ordinary message" in ava.screen("#general")
        ava.sees_nothing_of("gone on reload", "A modal")


async def test_a_port_in_use_is_said_in_a_sentence(sim: Simulator, manifest: str) -> None:
    port = sim.url.rpartition(":")[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--manifest", manifest, "--socket", "--port", port,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, complaint = await process.communicate()
    assert process.returncode == 1
    assert complaint.decode().startswith("The simulator cannot start:")
    assert "Traceback" not in complaint.decode()
