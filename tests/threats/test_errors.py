"""T23, G13: whatever goes wrong, and whatever the exception holds, no word of anybody is said anywhere."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import logs
from bot.tasks import Tasks
from handlers.hear import Hear, Kind
from handlers.middleware import Dispatcher, as_response
from handlers.table import public
from peersupport.notifications import Kind as Errand
from peersupport.notifications import Message
from tests.faults import process
from tests.front.signed import EVERY_KIND, captured_log, running
from tests.stories.town import PROGRAMME
from tests.threats.bombs import CHARGES, WORDS, go_off
from tests.threats.canaries import found_in
from tests.threats.day import Day

pytestmark = [pytest.mark.threat("T23"), pytest.mark.req("G13")]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log("debug") as stream:
        yield stream


def silent(*said: object) -> None:
    """See that nothing of what was planted is in any of this."""
    for each in said:
        data = each if isinstance(each, bytes) else each.encode() if isinstance(each, str) else repr(each).encode()
        assert found_in(data, **WORDS) == []


def thrown(log: io.StringIO) -> list[str]:
    """Return what the log says was thrown, line by line."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line["thrown"] for line in lines if "thrown" in line]


def test_what_is_planted_would_be_found() -> None:
    for charge in CHARGES:
        with pytest.raises(Exception) as caught:
            go_off(charge)
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert found_in("".join(told.format()).encode(), **WORDS), charge


@pytest.mark.parametrize("charge", CHARGES)
async def test_a_listener_that_crashes_says_its_class_and_place(
    day: Day, log: io.StringIO, capfd: pytest.CaptureFixture[str], charge: str
) -> None:
    async def bomb(hear: Hear) -> None:
        go_off(charge)

    # Every listener once; the other kinds of exception at some of them.
    keys = day.keys if charge == "says_everything" else day.keys[len(charge) % 9 :: 9]
    payloads = {key: day.payloads[key] for key in keys}
    before = len(day.town.sim.workspace.log)
    for key, payload in payloads.items():
        answer = await Dispatcher(day.front, {key: bomb}, public()).answer(payload)
        silent(as_response(answer).body or "")
    await day.town.sim.settled()
    silent(log.getvalue(), *capfd.readouterr())
    silent(*[(entry.request, entry.response) for entry in day.town.sim.workspace.log[before:]])
    assert len(thrown(log)) >= len(payloads) - 5  # of a few it is a refusal that is written down
    assert all(words.split(" at ")[1].split(":")[0].endswith((".py", "unknown")) for words in thrown(log))


async def test_a_crash_on_the_side_and_in_the_views_says_no_more(
    day: Day, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    async def bomb(hear: Hear) -> None:
        async def later() -> None:
            go_off("says_everything")

        hear.front.spawn(later())

    tasks = Tasks()
    front = replace(day.front, spawn=tasks.spawn)
    for key in day.keys[::6]:
        await Dispatcher(front, {key: bomb}, public()).answer(day.payloads[key])
    await tasks.finish(5)
    silent(log.getvalue(), *capfd.readouterr())
    assert {words.split(" at ")[0] for words in thrown(log)} == {"SaysEverything"}


@pytest.mark.parametrize("charge", CHARGES)
async def test_a_message_whose_delivery_crashes_says_no_more(
    day: Day, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], charge: str
) -> None:
    notifier = day.town.house._notifier
    assert notifier is not None
    gone_off = asyncio.Event()

    async def deliver(due: object) -> None:
        gone_off.set()
        go_off(charge)

    monkeypatch.setattr(notifier, "deliver", deliver)
    async with day.town.house.store.work() as work:
        await work.outbox.put(Message(Errand.HOME_MEMBER, day.town.house.ids.new(), f"planted:{charge}", PROGRAMME))
    day.town.house.store.queue.stir()
    async with asyncio.timeout(20):
        await gone_off.wait()
        while not thrown(log):  # noqa: ASYNC110 - the worker writes it by itself
            await asyncio.sleep(0.02)
    monkeypatch.undo()
    silent(log.getvalue(), *capfd.readouterr())
    await day.town.at_rest()


@pytest.mark.parametrize("kind", EVERY_KIND)
async def test_a_crash_below_the_listeners_says_no_more_over_http(
    log: io.StringIO, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async with running() as server:

        async def crash(*, req: AsyncBoltRequest, resp: BoltResponse, next: Any) -> BoltResponse:  # noqa: A002
            go_off("slack")

        monkeypatch.setattr(server.front, "async_process", crash)
        url = f"http://127.0.0.1:{server.port}"
        status, body = await server.deliver(EVERY_KIND[kind])
        async with aiohttp.ClientSession() as session:
            for path in ("/healthz", "/readyz", "/metrics", f"/{WORDS['text']}"):
                async with session.get(url + path) as page:
                    silent(await page.text(), dict(page.headers))
    silent(body, log.getvalue(), *capfd.readouterr())
    assert status in (200, 500)
    assert "SlackApiError" in log.getvalue()


def test_a_task_that_nobody_waits_for_says_its_class_and_place(
    log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    async def forgotten() -> None:
        go_off("sql")

    async def forget() -> None:
        task = asyncio.get_running_loop().create_task(forgotten(), name=WORDS["text"])
        await asyncio.wait([task])

    loop = asyncio.new_event_loop()
    logs.watch_loop(loop)
    loop.run_until_complete(forget())
    gc.collect()
    loop.call_soon(go_off, "pydantic")
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.set_debug(True)  # says more of slow steps, and of what was never awaited
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    silent(log.getvalue(), *capfd.readouterr())
    assert [words.split(" at ")[0] for words in thrown(log)] == ["IntegrityError", "ValidationError"]


# Whole processes, in which nobody catches anything

START = f"""
import asyncio, gc, logging, sys, threading, warnings
from bot import logs
logs.set_up_logs("debug")
WORDS = {WORDS!r}
ALL = " ".join(WORDS.values())
class Silent(Exception):
    def __str__(self): raise ValueError(ALL)
    __repr__ = __str__
KINDS = dict(text=ValueError(ALL), silent=Silent(ALL), group=ExceptionGroup(ALL, [OSError(5, ALL, ALL)]))
def go_off(kind="text"):
    name, held = WORDS["local"], dict(reach=WORDS["number"])
    try:
        raise KeyError(WORDS["cause"], name, held)
    except KeyError as error:
        raise KINDS[kind] from error
"""
ENDINGS = {
    "uncaught": "go_off()",
    "in a thread": "thread = threading.Thread(target=go_off, name=WORDS['text'])\nthread.start(); thread.join()",
    "while being thrown away": "class Held:\n    def __del__(self): go_off()\nHeld()",
    "unprintable": "go_off('silent')",
    "a group": "go_off('group')",
    "a loop that ends with it": "async def main(): go_off()\nasyncio.run(main())",
    "a task that nobody waits for": "async def main():\n"
    "    logs.watch_loop(asyncio.get_running_loop())\n"
    "    async def lost(): go_off()\n"
    "    task = asyncio.create_task(lost(), name=WORDS['text'])\n"
    "    await asyncio.wait([task]); del task; gc.collect()\n"
    "asyncio.run(main())",
    "a warning": "warnings.simplefilter('always'); warnings.warn(WORDS['text'] + WORDS['number'])",
    "a log line that does not fit": "logging.getLogger('aiohttp').error('%d %s', WORDS['text'])",
    "every library's logger": "for name in (*logs.LIBRARIES, 'slack_sdk.web', 'sqlalchemy.engine.Engine', 'else'):\n"
    "    try: go_off()\n"
    "    except Exception as error:\n"
    "        for level in (10, 20, 30, 40, 50):\n"
    "            logging.getLogger(name).log(level, str(WORDS), WORDS, exc_info=True, stack_info=True,\n"
    "                                        extra={'body': WORDS})",
    "our own, used wrongly": "try: go_off()\n"
    "except Exception as error:\n"
    "    logs.trouble(WORDS['text'], error, code=WORDS['text'], user=WORDS['slack id'], kind=WORDS['slack id'])",
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_process_says_no_more_however_it_ends(ending: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(START + ENDINGS[ending])
    running_one = await asyncio.create_subprocess_exec(
        sys.executable, program, cwd=tmp_path, env=process.surroundings({}),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await running_one.communicate()
    silent(out, err)
    lines = [json.loads(line) for line in err.decode().splitlines()]
    assert lines, "it says that something happened"
    assert all("Traceback" not in line for line in err.decode().splitlines())
    if "warning" not in ending and "fit" not in ending:
        assert any("thrown" in line for line in lines)


def test_every_kind_of_word_from_slack_is_tried() -> None:
    assert {"command", "shortcut", "action", "submission", "close", "event"} == set(EVERY_KIND)
    assert len(Kind) == len(EVERY_KIND)
