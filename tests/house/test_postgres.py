"""The PostgreSQL of the tests is a real one, and ends with whoever started it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests import postgres as launcher
from tests.house.source import ROOT


async def run(url: str, statement: str) -> object:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        result = await connection.execute(text(statement))
        answer = result.scalar() if result.returns_rows else None
    await engine.dispose()
    return answer


async def test_a_database_is_copied_from_its_template(postgres: launcher.Server) -> None:
    template = await postgres.create_database("house_template")
    await run(template, "CREATE TABLE kept AS SELECT 7 AS seven")
    copy = await postgres.create_database("house_copy", template="house_template")
    assert copy == postgres.url("house_copy")
    assert await run(copy, "SELECT seven FROM kept") == 7
    await run(copy, "UPDATE kept SET seven = 8")
    assert await run(template, "SELECT seven FROM kept") == 7
    await postgres.drop_database("house_copy")
    await postgres.drop_database("house_template")


@pytest.mark.usefixtures("postgres")
async def test_it_listens_on_loopback_and_takes_settings_when_asked() -> None:
    async with launcher.start(tcp=True, settings={"log_statement": "all"}) as server:
        url = await server.create_database("reached")
        assert urlsplit(url).hostname == "127.0.0.1"
        assert await run(url, "SELECT inet_server_addr() IS NOT NULL") is True
        assert server.folder is not None
        assert "inet_server_addr" in (server.folder / "server.log").read_text(encoding="utf-8")


@pytest.mark.usefixtures("postgres")
async def test_a_given_one_is_used_and_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    async with launcher.start(settings={"max_connections": "20"}) as given:
        monkeypatch.setenv("TEST_DATABASE_URL", given.base.replace("+asyncpg", ""))
        async with launcher.start() as server:
            assert server.process is None
            assert await run(await server.create_database("mine"), "SHOW max_connections") == "20"
        assert await run(given.base, "SELECT count(*) FROM pg_database WHERE NOT datistemplate") == 1


def test_it_ends_when_its_starter_is_killed(postgres: launcher.Server, tmp_path: Path) -> None:
    told = tmp_path / "url"
    surroundings = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    command = [
        sys.executable,
        "-m",
        "tests.postgres",
        "--",
        "sh",
        "-c",
        f'echo "$DATABASE_URL" > {told}; exec sleep 60',
    ]
    starter = subprocess.Popen(command, cwd=ROOT, env=surroundings, start_new_session=True)
    try:
        wait_until(lambda: told.exists() and told.read_text().endswith("\n"), starter)
        folder = Path(parse_qs(urlsplit(told.read_text().strip()).query)["host"][0])
        server = int((folder / "data/postmaster.pid").read_text().split()[0])
        assert alive(server)
    finally:
        os.killpg(starter.pid, signal.SIGKILL)
        starter.wait()
    wait_until(lambda: not alive(server) and not folder.exists())


def test_without_any_it_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setenv("PGBIN", str(tmp_path))
    with pytest.raises(launcher.Unavailable, match="no PostgreSQL found"):
        launcher.start()


def alive(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def wait_until(happened: Callable[[], bool], starter: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in 30 s"
        assert starter is None or starter.poll() is None, "the starter ended too early"
        time.sleep(0.02)
