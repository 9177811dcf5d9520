"""The commands. Each prints plain sentences; what must be mended ends with exit code 2 and never with a traceback."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from bot import app as composition
from bot import (
    audit_commands,
    erasure_commands,
    identity,
    keys_commands,
    logs,
    manifest,
    outbox_commands,
    partner_commands,
    report_commands,
    second_yes,
    support_commands,
)
from bot import doctor as examination
from bot.installation import Files, check_master_key, fit_schema, load_files, master_key, open_places
from bot.machine import RandomIds, SystemClock
from bot.memory import no_core_dumps
from bot.people import follow_files
from bot.refusals import EXIT_CODE, StartRefused
from bot.settings import Settings, forget_secrets, load_settings
from bot.slack import make_client, make_session
from bot.supporters_file import import_file
from bot.web_client import Client
from bot.zones import use_packaged_zones
from peersupport.membership import AwaitsTwo
from peersupport.ports import Kept, StoreUnavailable
from store.errors import KeyringSealed, StoreError
from store.master import FileMasterKey
from store.store import Store

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
P = ParamSpec("P")


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a refusal into sentences on standard error and exit code 2."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except StartRefused as refusal:
            for sentence in refusal.sentences:
                print(sentence, file=sys.stderr)
            raise typer.Exit(EXIT_CODE) from None
        except (StoreUnavailable, StoreError) as error:
            print(str(error), file=sys.stderr)
            raise typer.Exit(EXIT_CODE) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return run


def _tell_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        found = version("peersupport")
    except PackageNotFoundError:
        found = "that was not installed, but runs from its source"
    typer.echo(f"peersupport {found}")
    raise typer.Exit


@cli.callback()
def _every(
    tell: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Confidential, non-clinical peer support for clinicians, in Slack."""


def _settings() -> Settings:
    no_core_dumps()
    settings = load_settings()
    logs.set_up_logs(settings.log_level)
    forget_secrets()
    return settings


@cli.command("run")
@_plainly
def run_(
    worker: Annotated[bool, typer.Option(help="Also deliver messages in this process.")] = True,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to this version first.")] = False,
) -> None:
    """Run the app until it is stopped."""
    composition.run(_settings(), work=worker, migrate=migrate)


@cli.command()
@_plainly
def worker() -> None:
    """Only deliver messages; use beside `run --no-worker`."""
    composition.run(_settings(), serve=False)


@cli.command()
@_plainly
def check() -> None:
    """Check settings, programme files and master key.

    Neither the network nor the database is needed.
    """
    settings = _settings()
    use_packaged_zones()
    files = load_files(settings)
    if settings.metrics_port and settings.metrics_port == settings.port:
        raise StartRefused("METRICS_PORT and PORT are the same; give each a port of its own.")
    asyncio.run(check_master_key(master_key(settings)))
    print(f"The settings and {len(files.programmes)} programme(s) are well: {', '.join(files.programmes)}.")


@cli.command()
@_plainly
def doctor() -> None:
    """Check all a live workspace needs; code 0 when well."""
    settings = _settings()

    async def look() -> int:
        faults = 0
        async for finding in examination.examine(settings):
            print(f"{finding.verdict.value:5}{finding.sentence}", flush=True)
            faults += finding.verdict is examination.Verdict.MEND
        return faults

    faults = asyncio.run(look())
    print("All is well." if not faults else f"{faults} thing(s) to mend.")
    raise typer.Exit(1 if faults else 0)


@cli.command()
@_plainly
def migrate() -> None:
    """Make or update the database and the keyring."""
    settings = _settings()

    async def make() -> None:
        master = master_key(settings)
        await check_master_key(master)
        places = open_places(settings, master, SystemClock())
        try:
            await fit_schema(places, migrate=True)
        finally:
            await places.store.close()

    asyncio.run(make())
    print("The database and the keyring are up to date.")


@cli.command("manifest")
@_plainly
def manifest_(
    url: Annotated[str, typer.Option(help="The https:// address at which Slack reaches the app (HTTP mode).")] = "",
) -> None:
    """Print the manifest for Slack; with --url for HTTP."""
    found = manifest.load_manifest()
    print(manifest.as_yaml(manifest.for_http(found, url) if url else found), end="")


@cli.command("new-master-key")
@_plainly
def new_master_key(file: Annotated[Path, typer.Argument(help="A new file, outside of backups.")]) -> None:
    """Write a new random master key to a new file.

    An existing file is never overwritten.
    """
    try:
        FileMasterKey.create(file)
    except KeyringSealed as error:
        raise StartRefused(str(error)) from None
    except OSError:
        raise StartRefused("The file cannot be written there; check the folder and its rights.") from None
    print("The master key is written. Keep a copy in a safe place: without it nothing sealed can be read.")


@cli.command("import-supporters")
@_plainly
def import_supporters(
    file: Annotated[Path, typer.Argument(help="A CSV file; its first line names the columns.")],
    programme: Annotated[str, typer.Option(help="The programme's id.")],
) -> None:
    """Put a file's supporters into the register.

    Every row of the file, or none and what is wrong by line.
    """
    settings = _settings()
    use_packaged_zones()
    files = load_files(settings)
    _known(files, programme)

    async def put() -> int:
        async with _live(settings) as (client, team, store):
            chosen = files.programmes[programme]
            return await import_file(file, chosen, team, client, store.work, SystemClock(), RandomIds())

    print(f"{asyncio.run(put())} supporter(s) imported.")


@cli.command("set-people")
@_plainly
def set_people(
    programme: Annotated[str, typer.Option(help="The programme's id.")],
) -> None:
    """Give people of the files, and nobody else, their roles.

    Administrators, backups and safety leads of the database become those of the files.

    Who would gain a role waits until two administrators have agreed; the exit code is 3 until then.
    """
    settings = _settings()
    use_packaged_zones()
    files = load_files(settings)
    _known(files, programme)

    async def put() -> Kept | AwaitsTwo:
        async with _live(settings) as (_, team, store):
            return await follow_files(files, programme, team, store.work, SystemClock(), RandomIds())

    found = asyncio.run(put())
    kept = found.kept if isinstance(found, AwaitsTwo) else found
    print(f"{len(kept.added)} added, {len(kept.changed)} changed, {len(kept.removed)} removed.")
    if isinstance(found, AwaitsTwo):
        print(second_yes.sentence(found.approval))
        raise typer.Exit(second_yes.AWAITS)


@cli.command()
@_plainly
def revive() -> None:
    """Let messages and timers given up go again."""
    settings = _settings()

    async def put() -> int:
        async with _store(settings) as store:
            return await store.queue.revive_all()

    print(f"{asyncio.run(put())} message(s) and timer(s) go again.")


def _known(files: Files, programme: str) -> None:
    if programme not in files.programmes:
        raise StartRefused(f"There is no such programme; the ids are {', '.join(files.programmes)}.")


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    places = open_places(settings, master_key(settings), SystemClock())
    try:
        await fit_schema(places, migrate=False, may_make=False)
        yield places.store
    finally:
        await places.store.close()


@asynccontextmanager
async def _live(settings: Settings) -> AsyncIterator[tuple[Client, str, Store]]:
    """Give Slack's client, the workspace's id and the store."""
    async with make_session() as session:
        client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        known = await identity.ask_plainly(client, settings)
        async with _store(settings) as store:
            yield client, known.team, store


report_commands.add(cli, _plainly, _settings, _store)
audit_commands.add(cli, _plainly, _settings, _store)
erasure_commands.add(cli, _plainly, _settings, _store)
keys_commands.add(cli, _plainly, _settings, _store)
outbox_commands.add(cli, _plainly, _settings, _store)
partner_commands.add(cli, _plainly, _settings, _store)
support_commands.add(cli, _plainly, _settings)


def main() -> None:
    """Run the command line."""
    logs.set_up_logs()
    cli(prog_name="peersupport")
