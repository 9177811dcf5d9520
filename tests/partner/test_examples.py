"""The two examples of docs/partners.md do what they say: they are run here as they stand there."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.partner.desk import SECRET, Desk, notice

PAGE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text("utf-8")
SHELL = shutil.which("sh")


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(params=["sqlite"])
def server(request: pytest.FixtureRequest) -> None:
    """One kind of database is enough for an example."""


@pytest.mark.req("I5")
async def test_the_example_in_python_is_received(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: desk.clock.now().timestamp())
    names: dict[str, Any] = {}
    exec(compile(example("python"), "docs/partners.md", "exec"), names)
    notify: Callable[..., str] = names["notify"]
    assert await asyncio.to_thread(notify, desk.site.url, desk.key.id.hex, SECRET, notice()) == "received"
    assert (await desk.rows())["notices"] == 1


@pytest.mark.req("I5")
async def test_the_example_with_curl_is_signed_as_the_endpoint_asks(desk: Desk) -> None:
    now = str(int(desk.clock.now().timestamp()))
    script = example("sh").replace("$(date +%s)", now).replace("rural_physician", "physician")
    printed = script.replace("\ncurl ", "\nprintf '%s\\n' ").replace('"$ADDRESS/notices"', "")
    given = {"SECRET": SECRET, "KEY": desk.key.id.hex, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    assert SHELL
    ran = await asyncio.to_thread(subprocess.run, [SHELL, "-c", printed], env=given, capture_output=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.decode().splitlines()
    headers = dict(line.split(": ", 1) for line in lines if line.startswith("X-Peersupport-"))
    assert (await desk.posts(lines[-1].encode(), headers)).status == 202
