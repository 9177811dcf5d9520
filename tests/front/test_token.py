"""U61: Slack takes the bot token back. Nothing is asked with it again, people get help lines, a new one is taken up."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from pathlib import Path

import aiohttp
import pytest

from bot.closed import Closed
from bot.door import Door
from bot.health import Health
from bot.help_page import HEADERS
from bot.slack import make_client, make_session
from bot.socket import MOST_DENIALS, Socket
from bot.token_source import TokenSource
from simulator import Simulator
from simulator.workspace import LogEntry
from tests.front.process import ROOT, Install, installed
from tests.front.stage import library, texts
from tests.rules.world import VANCOUVER

REFUSED = "slack_token_refused"


def asked(slack: Simulator) -> list[LogEntry]:
    """Return every call that the app made so far."""
    return [entry for entry in slack.workspace.log if entry.way == "from app" and entry.kind == "api"]


async def calm(slack: Simulator) -> int:
    """Wait until the app makes no more calls, and return how many it made."""
    async with asyncio.timeout(20):
        while True:
            before = len(asked(slack))
            await slack.settled(quiet=1.5)
            if len(asked(slack)) == before:
                return before


def replace_token(install: Install, token: str) -> None:
    """Put a new token in place, as an operator does."""
    Path(install.settings["SLACK_BOT_TOKEN_FILE"]).write_text(token)


async def page(install: Install) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(install.url + "/help") as answer:
        return answer.status, await answer.text(), dict(answer.headers)


@pytest.mark.req("U61")
@pytest.mark.threat("T50")
async def test_a_revoked_token_is_left_alone_and_a_new_one_is_taken_up(tmp_path: Path) -> None:
    async with installed(tmp_path, mode="http") as (slack, install):
        running = await install.start("run", "--migrate")
        await install.until(200)
        slack.workspace.app.token_revoked = True
        ava = slack.person("ava")
        await ava.opens_home()
        await install.until(503, REFUSED)
        made = await calm(slack)
        assert {entry.response["error"] for entry in asked(slack)[-2:]} == {"token_revoked"}
        await ava.types("/peersupport")
        await ava.opens_home()
        await slack.settled(quiet=1.0)
        assert len(asked(slack)) == made
        assert "9-8-8" in ava.screen()
        status, text, _ = await page(install)
        assert (status, "9-8-8" in text) == (200, True)

        slack.workspace.app.token_revoked = False
        slack.workspace.app.bot_token = "xoxb-2000000002-2000000002-anothertokenaltogether"
        await slack.settled(quiet=1.0)
        assert len(asked(slack)) == made
        replace_token(install, slack.workspace.app.bot_token)
        await install.until(200)
        await ava.types("/peersupport")
        await ava.sees("Ask for support")
        running.terminate()
        _, err = await asyncio.wait_for(running.communicate(), 20)
        assert b"xoxb-" not in err


@pytest.mark.req("U61")
async def test_a_form_that_cannot_be_taken_keeps_what_was_typed(tmp_path: Path) -> None:
    async with installed(tmp_path, mode="http") as (slack, install):
        await install.start("run", "--migrate")
        await install.until(200)
        ava = slack.person("ava")
        await ava.types("/peersupport")
        await ava.presses(action_id="ask")
        await ava.fills("reach", "604-555-0142")
        await ava.chooses("role", "Physician in active practice in Vancouver")
        await ava.chooses("modalities", ["By phone"])
        slack.workspace.app.token_revoked = True
        await slack.person("bruno").opens_home()
        await install.until(503, REFUSED)
        await ava.submits()
        await ava.sees("Your form was not sent", "604-555-0142")


@pytest.mark.req("U61")
async def test_a_token_from_the_environment_asks_for_a_restart_in_the_log(tmp_path: Path) -> None:
    async with installed(tmp_path, mode="http") as (slack, install):
        changes = {"SLACK_BOT_TOKEN_FILE": "", "SLACK_BOT_TOKEN": slack.credentials["bot_token"]}
        running = await install.start("run", "--migrate", **changes)
        await install.until(200)
        slack.workspace.app.bot_token = "xoxb-3000000003-3000000003-rotated"
        await slack.person("ava").opens_home()
        await install.until(503, REFUSED)
        running.terminate()
        out, err = await asyncio.wait_for(running.communicate(), 20)
        said = out + err
        assert b"slack.token_needs_restart" in said
        assert b"xoxb-" not in said


@pytest.mark.req("U61")
async def test_one_refused_call_is_not_yet_a_refused_token() -> None:
    starting = Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0)
    async with await starting as slack, make_session() as session:
        told: list[str] = []
        client = make_client(slack.workspace.app.bot_token, slack.api_url, session)
        client.tell_when_refused(lambda: told.append(client.refused))
        slack.faults.add("users.info", "error", error="invalid_auth")
        with pytest.raises(Exception, match="invalid_auth"):
            await client.users_info(user=slack.workspace.person("ava").id)
        assert (told, client.refused) == ([], "")
        assert (await client.users_info(user=slack.workspace.person("ava").id))["ok"]
        slack.workspace.app.token_revoked = True
        with pytest.raises(Exception, match="token_revoked"):
            await client.users_info(user=slack.workspace.person("ava").id)
        assert told == ["token_revoked"]
        made = len(asked(slack))
        with pytest.raises(Exception, match="token_revoked"):
            await client.chat_postMessage(channel="C0PSADMIN1", text="constant")
        assert len(asked(slack)) == made


@pytest.mark.req("U61")
@pytest.mark.threat("T10")
async def test_the_page_says_help_lines_in_both_languages_and_nothing_else(tmp_path: Path) -> None:
    async with installed(tmp_path) as (_, install), install.up():
        await install.until(200)
        status, text, headers = await page(install)
        assert status == 200
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert "Server" not in headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert not re.search(r"<(script|img|iframe|form|link|object)|\son\w+=|javascript:|https?://", text)
        text = unescape(text)
        for language in ("en", "fr"):
            assert f'<section lang="{language}">' in text
            assert texts().in_language(language)("help.title") in text
            for line in VANCOUVER.help_lines(library()):
                assert line.line(language).split("(")[0].split(":")[0].strip() in text
        async with aiohttp.ClientSession() as session:
            async with session.head(install.url + "/help") as answer:
                assert answer.status == 404
            async with session.post(install.url + "/help", data=b"x") as answer:
                assert answer.status == 404


def test_a_form_without_inputs_is_put_away() -> None:
    class Files:
        programmes = {VANCOUVER.id: VANCOUVER}  # noqa: RUF012
        resources = library()

    closed = Closed(Files(), texts())  # type: ignore[arg-type]
    assert json.loads(closed.answer({"type": "view_submission", "view": {"blocks": []}})) == {
        "response_action": "clear"
    }
    assert closed.answer({"type": "block_actions"}) == ""
    assert json.loads(closed.answer({"command": "/peersupport"}))["response_type"] == "ephemeral"


def test_a_token_is_read_again_where_it_can_change(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-file\n")
    assert TokenSource("SLACK_BOT_TOKEN", {"SLACK_BOT_TOKEN_FILE": str(file)}, tmp_path).read() == "xoxb-file"
    assert TokenSource("SLACK_BOT_TOKEN", {}, tmp_path).read() is None
    assert not TokenSource("SLACK_BOT_TOKEN", {"SLACK_BOT_TOKEN": "xoxb-mine"}, tmp_path).can_change
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-written\n")
    assert TokenSource("SLACK_BOT_TOKEN", {}, tmp_path).read() == "xoxb-written"
    assert TokenSource("SLACK_BOT_TOKEN", {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "none")}, tmp_path).read() is None


@pytest.mark.req("U61")
async def test_an_app_level_token_that_is_refused_is_left_alone_until_there_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.socket.TOKEN_SECONDS", 0.05)
    async with await Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0) as slack, make_session() as session:
        file = tmp_path / "app_token"
        file.write_text(slack.workspace.app.app_token)
        source = TokenSource("SLACK_APP_TOKEN", {"SLACK_APP_TOKEN_FILE": str(file)}, tmp_path)
        client = make_client(slack.workspace.app.bot_token, slack.api_url, session)
        slack.workspace.app.app_token = "xapp-1-A0PEERSUP1-2-anotheronealtogether"
        socket = Socket(Door(), Health(), file.read_text(), client, source)
        keeping = asyncio.create_task(socket.keep())
        async with asyncio.timeout(20):
            while len(asked(slack)) < MOST_DENIALS:
                await slack.workspace.wait_for_change(slack.workspace.version, 0.1)
        await slack.settled(quiet=3.0)
        assert len(asked(slack)) == MOST_DENIALS
        file.write_text(slack.workspace.app.app_token)
        await slack.connected()
        await socket.close(0.1)
        keeping.cancel()
