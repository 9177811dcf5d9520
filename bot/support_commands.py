"""`peersupport support-bundle`: one file for whoever helps the operator, in which nobody is named."""

from __future__ import annotations

import asyncio
import os
import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from pydantic import SecretStr

from bot import support_bundle
from bot.installation import load_files, master_key, open_places
from bot.logs import names_somebody
from bot.machine import SystemClock
from bot.refusals import StartRefused
from bot.settings import Settings
from bot.slack import make_session
from bot.support_bundle import Gathered
from bot.zones import use_packaged_zones
from peersupport.ports import StoreUnavailable
from peersupport.programme_parts import Retention
from store import figures
from store.errors import StoreError

Command = Callable[..., None]
_LOOPBACK = "127.0.0.1"
_SECONDS = 2.0
_SHORTEST = 6
"""Characters of a setting's value that is looked for in the finished texts."""
_FIXED = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the bundle: when it was made is nobody's business."""


def add(cli: typer.Typer, plainly: Callable[[Command], Command], settings: Callable[[], Settings]) -> None:
    """Register the command."""

    @cli.command("support-bundle")
    @plainly
    def support_bundle_(
        file: Annotated[Path, typer.Argument(help="A new ZIP file.")],
        log: Annotated[
            Path | None, typer.Option(help="A file with lines of the log, such as journalctl writes.")
        ] = None,
        lines: Annotated[int, typer.Option(min=1, max=20000, help="How many of its last lines to take.")] = 500,
    ) -> None:
        """Write a file for whoever helps; nobody is named in it.

        It holds versions, states and rounded counts.
        """
        known = settings()
        if file.exists():
            raise StartRefused("There is a file already; name a new one.")
        texts = support_bundle.texts(asyncio.run(gather(known, _last(log, lines) if log else ())))
        look_through(texts, known)
        write(file, texts)
        typer.echo(
            f"Written, with {len(texts)} files of text: versions, which settings are set, states, rounded counts."
        )
        typer.echo(
            "Nobody is named in it, and no reference, token, key or address is in it. Look through it, then send it."
        )


def _last(log: Path, lines: int) -> Iterable[str]:
    try:
        with log.open(encoding="utf-8", errors="replace") as opened:
            return deque(opened, maxlen=lines)
    except OSError:
        raise StartRefused("The log cannot be read; check its path and its rights.") from None


async def gather(settings: Settings, log: Iterable[str] = ()) -> Gathered:
    """Find out what can be found out; whatever is out of reach is left empty."""
    found = Gathered(settings, SystemClock().now(), log=log)
    kept: dict[str, Retention] = {}
    try:
        use_packaged_zones()
        programmes = load_files(settings).programmes
        kept = {programme.id: programme.retention for programme in programmes.values()}
        found = replace(found, programmes={each.id: each.languages.all for each in programmes.values()})
    except StartRefused:
        found = replace(found, store_trouble="files_to_mend")
    try:
        found = replace(found, figures=await figures.look(settings.database_url.get_secret_value()))
        found = await _audited(found, kept)
    except (StoreError, StoreUnavailable, StartRefused) as error:
        found = replace(found, store_trouble=type(error).__name__)
    async with make_session() as session:
        return await _of_running(found, session)


async def _audited(found: Gathered, kept: dict[str, Retention]) -> Gathered:
    master = master_key(found.settings)
    await master.id()
    store = open_places(found.settings, master, SystemClock()).store
    try:
        await store.ready()
        found = replace(found, is_ledger_whole=await store.verify_audit() is None)
        return replace(found, self_audit=(await store.self_audit(kept)).counts) if kept else found
    finally:
        await store.close()


async def _of_running(found: Gathered, session: aiohttp.ClientSession) -> Gathered:
    """Ask the running process, on this machine only, what is out of reach and what it counted."""
    host = found.settings.host if found.settings.host not in ("", "0.0.0.0", "::") else _LOOPBACK  # noqa: S104
    ready = await _asked(session, host, found.settings.port, "readyz")
    if ready is not None:
        found = replace(found, reasons=tuple(re.findall(r"[a-z_]+", ready)))
    if found.settings.metrics_port:
        exported = await _asked(session, _LOOPBACK, found.settings.metrics_port, "metrics")
        found = replace(found, metrics=exported or "")
    return found


async def _asked(session: aiohttp.ClientSession, host: str, port: int, path: str) -> str | None:
    try:
        async with asyncio.timeout(_SECONDS), session.get(f"http://{host}:{port}/{path}") as answer:
            return await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


def look_through(texts: dict[str, str], settings: Settings) -> None:
    """Refuse to write what holds an address, something like a Slack id or token, or the value of a setting."""
    values = {str(_plain(getattr(settings, name))) for name in settings.model_fields_set - set(support_bundle.SHOWN)}
    looked_for = {value for value in values if len(value) >= _SHORTEST} | {"://", str(Path.home()), str(Path.cwd())}
    for name, text in texts.items():
        if names_somebody(text) or any(value in text for value in looked_for if value != "/"):
            raise StartRefused(f"Something that may not leave this machine stood in {name}; nothing was written.")


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def write(file: Path, texts: dict[str, str]) -> None:
    """Write the bundle into a new file that only its owner may read."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise StartRefused("There is a file already; name a new one.") from None
    except OSError:
        raise StartRefused("The file cannot be written there; check the folder and its rights.") from None
    with os.fdopen(number, "wb") as opened, zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in texts.items():
            bundle.writestr(zipfile.ZipInfo(name, _FIXED), text, zipfile.ZIP_DEFLATED)
