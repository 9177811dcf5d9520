"""G29, T26: what stops the start and how it says so, what does not, and how the process ends."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
import yaml

from bot.health import Reason
from bot.metrics import BUCKETS, Answer, Delivery
from handlers.slack_faults import Fault
from peersupport.promises import Promise
from simulator import Simulator
from store.master import FileMasterKey
from tests.front.process import PEOPLE, PROGRAMME, Ended, Install, ended, installed
from tests.front.signed import captured_log
from tests.ports import free_port

pytestmark = pytest.mark.req("G29")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[tuple[Simulator, Install]]:
    async with installed(tmp_path) as both:
        yield both


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


def refused(result: Ended, words: str) -> None:
    """A plain sentence, exit code 2, no traceback."""
    assert result.code == 2, result.err
    assert words in result.err
    assert "Traceback" not in result.err + result.out
    assert all(line[0] != "{" or '"level": "error"' not in line for line in result.err.splitlines())


async def test_missing_settings_end_the_process_with_code_2(world: tuple[Simulator, Install]) -> None:
    refused(await world[1].command("run", SLACK_BOT_TOKEN_FILE=""), "SLACK_BOT_TOKEN is missing")


async def test_a_token_that_slack_refuses_ends_the_process_with_code_2(world: tuple[Simulator, Install]) -> None:
    install = world[1]
    (install.folder / "secrets" / "bot_token").write_text("xoxb-CANARY")
    result = await install.command("run")
    refused(result, "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)")
    assert "CANARY" not in result.err


async def test_an_app_level_token_that_slack_refuses_at_first_ends_the_process_too(
    world: tuple[Simulator, Install],
) -> None:
    install = world[1]
    (install.folder / "secrets" / "app_token").write_text("xapp-1-CANARY")
    result = await install.command("run")
    refused(result, "Slack does not accept SLACK_APP_TOKEN (invalid_auth)")
    assert "CANARY" not in result.err


async def test_a_programme_file_with_a_fault_stops_the_start(world: tuple[Simulator, Install]) -> None:
    install = world[1]
    (install.folder / "people.yml").write_text(yaml.safe_dump({PROGRAMME: {**PEOPLE, "admins": ["U0FARAHME1"]}}))
    assert "people.yml, line " in await install.refused()


async def test_an_unknown_programme_stops_the_start(world: tuple[Simulator, Install]) -> None:
    assert "PROGRAMMES names elsewhere, which no file has" in await world[1].refused(PROGRAMMES="elsewhere")


async def test_a_missing_master_key_stops_the_start(world: tuple[Simulator, Install]) -> None:
    words = await world[1].refused(MASTER_KEY_FILE="nowhere.key")
    assert "The master key file cannot be read." in words
    assert "peersupport new-master-key" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE alembic_version SET version_num = 'later'", "The database is newer than this program."),
        ("DELETE FROM alembic_version", "Was it made by another program, or is a migration unfinished?"),
    ],
)
async def test_another_schema_stops_the_start(world: tuple[Simulator, Install], change: str, words: str) -> None:
    install = world[1]
    async with install.up():
        await install.until(200)
    with closing(sqlite3.connect(install.folder / "data" / "peersupport.db", isolation_level=None)) as database:
        database.execute(change)
    assert words in await install.refused()


async def test_a_port_in_use_stops_the_start(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    port = slack.url.rpartition(":")[2]
    assert f"Port {port} of 127.0.0.1 cannot be used" in await install.refused(PORT=port)


@pytest.mark.threat("T26")
async def test_it_starts_serves_hides_its_secrets_and_ends_with_code_0(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    process = await install.start("run")
    await install.until(200)
    await slack.connected()
    await slack.person("ava").types("/peersupport")
    await slack.person("ava").sees("9-1-1")
    _no_secret_shows(process.pid, install.folder / "secrets")
    process.send_signal(signal.SIGTERM)
    result = await asyncio.wait_for(ended(process), 10)
    assert result.code == 0
    assert "Traceback" not in result.err


@pytest.mark.threat("T55")
async def test_told_to_end_it_says_so_first_and_still_answers(tmp_path: Path) -> None:
    async with installed(tmp_path, mode="http") as (slack, install):
        process = await install.start("run", DRAIN_SECONDS="5")
        await install.until(200)
        process.send_signal(signal.SIGTERM)
        assert await install.until(503, "stopping") == ["stopping"]
        await slack.person("ava").types("/peersupport")
        await slack.person("ava").sees("9-1-1")
        assert (await asyncio.wait_for(ended(process), 30)).code == 0


def _no_secret_shows(pid: int, folder: Path) -> None:
    proc = Path("/proc") / str(pid)
    if not proc.exists():
        return  # Only Linux shows so much of a process.
    shown = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
    assert not [path.name for path in folder.iterdir() if path.read_bytes().strip() in shown]
    core = next(line for line in (proc / "limits").read_text().splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]


@pytest.mark.threat("T51", "T60")
@pytest.mark.req("G32")
@pytest.mark.parametrize(("place", "reason"), [("data", "database_"), ("keyring", "keyring_")])
async def test_without_its_data_it_shows_help_lines_and_recovers(
    world: tuple[Simulator, Install], place: str, reason: str
) -> None:
    slack, install = world
    ava = slack.person("ava")
    async with install.up():
        await install.until(200)
        await slack.connected()
        (install.folder / place).rename(install.folder / "away")
        assert reason in (await install.until(503))[0]
        await ava.types("/peersupport")
        await ava.sees("9-1-1", "1-800-663-6729")
        await ava.closes(everything=True)
        await ava.opens_home()
        await ava.sees("9-1-1")
        (install.folder / "away").rename(install.folder / place)
        await install.until(200)
        await ava.types("/peersupport")
        await ava.presses("Ask for support")
        await ava.sees("Which fits you best?")


@pytest.mark.threat("T60")
async def test_with_another_master_key_it_starts_sealed(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    async with install.up():
        await install.until(200)
    other = install.folder / "other.key"
    FileMasterKey.create(other)
    async with install.up(MASTER_KEY_FILE=str(other)):
        assert await install.until(503, "keyring_does_not_open")
        await slack.connected()
        await slack.person("ava").types("/peersupport")
        await slack.person("ava").sees("9-1-1")


@pytest.mark.req("G10")
async def test_a_public_channel_is_told_and_stops_only_the_posting(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    slack.workspace.channels["C0PSADMIN1"].kind = "public"
    async with install.up():
        await install.until(503, "admin_channel_not_private")
        await slack.connected()
        await slack.person("ava").types("/peersupport")
        await slack.person("ava").sees("Ask for support")


async def test_slack_out_of_reach_at_the_start_passes(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    for _ in range(2):
        slack.faults.add(method="auth.test", kind="status", status=503)
    async with install.up():
        await install.until(503, "slack_out_of_reach")
        await install.until(200)


@pytest.mark.req("G32")
async def test_with_slack_out_of_reach_a_command_is_answered_with_help_lines(tmp_path: Path) -> None:
    async with installed(tmp_path, mode="http") as (slack, install):
        slack.faults.add(method="auth.test", kind="status", status=503, count=100)
        async with install.up():
            await install.until(503, "slack_out_of_reach")
            await slack.person("ava").types("/peersupport")
            await slack.person("ava").sees("9-1-1", "1-800-663-6729")


async def test_worker_and_front_may_be_two_processes(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    ava = slack.person("ava")
    async with install.up(work=False):
        await install.until(200)
        await slack.connected()
        await ava.types("/peersupport")
        await ava.presses("Ask for support")
        await ava.chooses("Which fits you best?", "Physician in active practice in Vancouver")
        await ava.chooses("How would you like to talk", "By phone")
        await ava.fills("Your phone number", "604-555-0142")
        await ava.submits()
        await ava.sees("Your request")
        assert slack.calls("chat.postMessage") == []
        async with install.up(serve=False):
            await slack.person("farah").eventually_sees("Received, waiting to be claimed")


async def test_over_http_signed_requests_are_answered(tmp_path: Path) -> None:
    async with installed(tmp_path, mode="http") as (slack, install), install.up():
        await install.until(200)
        await slack.person("luc").types("/peersupport aide")
        await slack.person("luc").sees("9-1-1")


async def test_counts_are_served_on_this_machine_only_and_name_nobody(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    port = free_port()
    async with install.up(METRICS_PORT=str(port)), aiohttp.ClientSession() as session:
        await install.until(200)
        await slack.connected()
        await slack.person("ava").types("/peersupport CANARY")
        await slack.settled()
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            told = await answer.text()
    assert 'peersupport_answers_total{outcome="answered"} 0.0' in told  # fewer than five are not told
    assert "peersupport_ready 1.0" in told
    labels = set(re.findall(r'="([^"]*)"', told))
    closed = {each.value for closed in (Answer, Delivery, Fault, Promise, Reason) for each in closed}
    assert labels == closed | {str(each) for each in BUCKETS} | {"+Inf"}
    assert f"METRICS_PORT {slack.url.rpartition(':')[2]} cannot be used" in await install.refused(
        METRICS_PORT=slack.url.rpartition(":")[2]
    )
