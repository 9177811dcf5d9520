"""G29, T26: what stops the start and how it says so, what does not, and how the process ends."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from simulator import Simulator
from tests.front.process import PEOPLE, PROGRAMME, Ended, Install, ended, installed

pytestmark = pytest.mark.req("G29")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[tuple[Simulator, Install]]:
    async with installed(tmp_path) as both:
        yield both


def refused(result: Ended, words: str) -> None:
    """A plain sentence, exit code 2, no traceback."""
    assert result.code == 2, result.err
    assert words in result.err
    assert "Traceback" not in result.err + result.out
    assert all(line[0] != "{" or '"level": "error"' not in line for line in result.err.splitlines())


async def test_missing_settings_stop_the_start(world: tuple[Simulator, Install]) -> None:
    result = await world[1].command("run", SLACK_BOT_TOKEN_FILE="")
    refused(result, "SLACK_BOT_TOKEN is missing")


async def test_a_token_that_slack_refuses_stops_the_start(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    (install.folder / "secrets" / "bot_token").write_text("xoxb-CANARY")
    result = await install.command("run")
    refused(result, "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)")
    assert "CANARY" not in result.err


async def test_a_programme_file_with_a_fault_stops_the_start(world: tuple[Simulator, Install]) -> None:
    install = world[1]
    (install.folder / "people.yml").write_text(yaml.safe_dump({PROGRAMME: {**PEOPLE, "admins": ["U0FARAHME1"]}}))
    refused(await install.command("run"), "people.yml, line ")


async def test_an_unknown_programme_stops_the_start(world: tuple[Simulator, Install]) -> None:
    refused(await world[1].command("run", PROGRAMMES="elsewhere"), "PROGRAMMES names elsewhere, which no file has")


async def test_a_missing_master_key_stops_the_start(world: tuple[Simulator, Install]) -> None:
    result = await world[1].command("run", MASTER_KEY_FILE="nowhere.key")
    refused(result, "The master key file cannot be read.")
    assert "peersupport new-master-key" in result.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE alembic_version SET version_num = 'later'", "The database is newer than this program."),
        ("DELETE FROM alembic_version", "Was it made by another program, or is a migration unfinished?"),
    ],
)
async def test_another_schema_stops_the_start(world: tuple[Simulator, Install], change: str, words: str) -> None:
    install = world[1]
    assert (await install.command("migrate")).code == 0
    with closing(sqlite3.connect(install.folder / "data" / "peersupport.db", isolation_level=None)) as database:
        database.execute(change)
    refused(await install.command("run"), words)


async def test_a_port_in_use_stops_the_start(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    port = slack.url.rpartition(":")[2]
    refused(await install.command("run", PORT=port), f"Port {port} of 127.0.0.1 cannot be used")


async def test_it_starts_serves_and_ends_with_code_0(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    process = await install.start("run")
    await install.until(200)
    await slack.connected()
    await slack.person("ava").types("/peersupport")
    await slack.person("ava").sees("9-1-1")
    process.send_signal(signal.SIGTERM)
    result = await asyncio.wait_for(ended(process), 10)
    assert result.code == 0
    assert "Traceback" not in result.err


@pytest.mark.threat("T51", "T60")
@pytest.mark.req("G32")
async def test_without_its_database_it_shows_help_lines_and_recovers(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    await install.start("run")
    await install.until(200)
    ava = slack.person("ava")
    for file, reason in (("data", "database_out_of_reach"), ("keyring", "keyring_")):
        (install.folder / file).rename(install.folder / "away")
        await install.until(503)
        await ava.types("/peersupport")
        await ava.sees("9-1-1", "1-800-663-6729")
        await ava.closes(everything=True)
        await ava.opens_home()
        await ava.sees("9-1-1")
        (install.folder / "away").rename(install.folder / file)
        await install.until(200)
        assert reason in "database_out_of_reach keyring_out_of_reach"
    await ava.types("/peersupport")
    await ava.presses("Ask for support")
    await ava.sees("Which fits you best?")


@pytest.mark.threat("T60")
async def test_with_another_master_key_it_starts_sealed(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    assert (await install.command("migrate")).code == 0
    other = install.folder / "other.key"
    assert (await install.command("new-master-key", str(other))).code == 0
    await install.start("run", MASTER_KEY_FILE=str(other))
    await install.until(503, "keyring_does_not_open")
    await slack.connected()
    await slack.person("ava").types("/peersupport")
    await slack.person("ava").sees("9-1-1")


async def test_a_public_channel_is_told_and_stops_only_the_posting(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    slack.workspace.channels["C0PSADMIN1"].kind = "public"
    await install.start("run")
    await install.until(503, "admin_channel_not_private")
    await slack.person("ava").types("/peersupport")
    await slack.person("ava").sees("Ask for support")


async def test_slack_out_of_reach_at_the_start_passes(tmp_path: Path) -> None:
    async with installed(tmp_path) as (slack, install):
        for _ in range(2):
            slack.faults.add(method="auth.test", kind="status", status=503)
        await install.start("run")
        await install.until(503, "slack_out_of_reach")
        await install.until(200)


@pytest.mark.threat("T26")
async def test_no_secret_shows_from_outside(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    process = await install.start("run")
    await install.until(200)
    proc = Path("/proc") / str(process.pid)
    if not proc.exists():
        pytest.skip("there is no /proc on this system")
    secrets = [path.read_text().strip() for path in (install.folder / "secrets").iterdir()]
    shown = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
    assert not [secret for secret in secrets if secret.encode() in shown]
    limits = (proc / "limits").read_text()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]


async def test_worker_and_front_may_be_two_processes(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    await install.start("run", "--no-worker")
    await install.until(200)
    await slack.connected()
    ava = slack.person("ava")
    await ava.types("/peersupport")
    await ava.presses("Ask for support")
    await ava.chooses("Which fits you best?", "Physician in active practice in Vancouver")
    await ava.chooses("How would you like to talk", "By phone")
    await ava.fills("Your phone number", "604-555-0142")
    await ava.submits()
    await ava.sees("Your request")
    assert slack.calls("chat.postMessage") == []
    await install.start("worker")
    await slack.person("farah").eventually_sees("Received, waiting to be claimed")
