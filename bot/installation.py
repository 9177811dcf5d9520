"""What the files and settings of one installation come to: programmes, help lines, members, and where its data is."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.programmes import RESOURCES_NAME, ProgrammeError, load_programmes, load_resources
from bot.refusals import StartRefused
from bot.settings import Settings
from bot.strict_yaml import YamlError, read
from peersupport.addresses import Address
from peersupport.people import Role
from peersupport.ports import Clock, Ids, Member
from peersupport.programme import Programme
from peersupport.resources import Resource
from store.engine import sqlite_file
from store.errors import DatabaseMissing, KeyringSealed, SchemaMismatch, StoreError, StoreUnavailable
from store.keyring import Keyring
from store.master import CommandMasterKey, EnvironmentMasterKey, FileMasterKey, MasterKey, Masters
from store.store import Store

NO_DATABASE = (
    "There is no database at the place that DATABASE_URL names yet. If there should be one, correct DATABASE_URL; "
    "otherwise make it: peersupport migrate"
)


@dataclass(frozen=True, slots=True)
class Files:
    """The programmes by id, and the library of outside help."""

    programmes: Mapping[str, Programme]
    resources: Mapping[str, Resource]


def load_files(settings: Settings) -> Files:
    """Read the programme files; raises StartRefused with one sentence for each mend."""
    folder = settings.programmes_dir
    if not folder.is_dir():
        raise StartRefused("The folder that PROGRAMMES_DIR names does not exist; create it or name another one.")
    wanted = _wanted(folder, settings.programme_ids)
    try:
        programmes = load_programmes(wanted, folder / RESOURCES_NAME, people_file=settings.people_file)
        return Files(programmes, load_resources(folder / RESOURCES_NAME))
    except ProgrammeError as error:
        raise StartRefused(*error.problems) from None


def _wanted(folder: Path, ids: frozenset[str]) -> Path | list[Path]:
    """Return the files of these programmes; the whole folder where none are named."""
    if not ids:
        return folder
    found = {_id_of(path): path for path in sorted(folder.glob("*.y*ml")) if path.name != RESOURCES_NAME}
    missing = sorted(ids - found.keys())
    if missing:
        there = ", ".join(sorted(name for name in found if name)) or "none"
        raise StartRefused(f"PROGRAMMES names {', '.join(missing)}, which no file has; the ids found are {there}.")
    return [found[id_] for id_ in sorted(ids)]


def _id_of(path: Path) -> str:
    try:
        content = read(path.read_bytes()).content
    except (YamlError, OSError):
        return ""
    return str(content.get("id", "")) if isinstance(content, dict) else ""


def members_of(programme: Programme, team: str, ids: Ids) -> list[Member]:
    """Return the people whom a programme file gives a role, one entry a person."""
    roles: dict[str, set[Role]] = {}
    phones: dict[str, str] = {}
    for user in programme.people.admins:
        roles.setdefault(user, set()).add(Role.ADMIN)
    for user in programme.people.backup_admins:
        roles.setdefault(user, set()).add(Role.BACKUP_ADMIN)
    for lead in programme.people.safety_leads:
        roles.setdefault(lead.id, set()).add(Role.SAFETY_LEAD)
        phones[lead.id] = lead.phone
    for user in programme.people.facilitators:
        roles.setdefault(user, set()).add(Role.FACILITATOR)
    if programme.column is not None and programme.column.editor is not None:
        roles.setdefault(programme.column.editor, set()).add(Role.EDITOR)
    return [
        Member(ids.new(), programme.id, frozenset(held), Address(team, user), phones.get(user, ""))
        for user, held in roles.items()
    ]


def master_key(settings: Settings) -> Masters:
    """Return the master key that the settings name, and the previous one while there is one."""
    present = _master_key("MASTER_KEY", settings.master_key, settings.master_key_file, settings.master_key_command)
    previous = _master_key(
        "MASTER_KEY_PREVIOUS",
        settings.master_key_previous,
        settings.master_key_previous_file,
        settings.master_key_previous_command,
    )
    if present is None:  # Settings without one are refused before.
        raise StartRefused("No master key is set.")
    return Masters(present, previous)


def _master_key(name: str, value: SecretStr | None, file: Path | None, command: str) -> MasterKey | None:
    if file is not None:
        return FileMasterKey(file)
    if value is not None:
        return EnvironmentMasterKey(name, {name: value.get_secret_value()})
    return CommandMasterKey(shlex.split(command)) if command else None


async def check_master_key(master: Masters) -> None:
    """Refuse a master key that cannot be read or is none; the previous one is missed only where it is needed."""
    try:
        await master.id()
    except KeyringSealed as error:
        raise StartRefused(
            f'{error} "peersupport new-master-key FILE" makes one; then set MASTER_KEY_FILE=FILE.'
        ) from None


@dataclass(frozen=True, slots=True)
class Places:
    """The main database and the keyring of an installation."""

    database_url: str
    keyring: Keyring
    store: Store

    async def make(self) -> None:
        """Make keyring and tables where they are missing, and bring the tables up to date. Safe to repeat."""
        # Loaded here: it takes a third of a second and is seldom needed.
        from store.migrations import upgrade

        # The keyring first: tables without one would be taken for an installation that lost its keyring.
        if await self.is_empty():
            await self.keyring.create()
        await upgrade(self.database_url)

    async def is_empty(self) -> bool:
        """Say whether nothing was ever put in the main database; raises StoreUnavailable where that cannot be known."""
        file = sqlite_file(self.database_url)
        if file is not None and not file.exists():
            return True
        from store.migrations import current

        return await current(self.database_url) is None

    @property
    def is_embedded(self) -> bool:
        """Say whether the main database is a file of our own."""
        return sqlite_file(self.database_url) is not None


def open_places(settings: Settings, master: Masters, clock: Clock) -> Places:
    """Put database and keyring together; nothing connects before first use."""
    try:
        keyring = Keyring(settings.keyring_url.get_secret_value(), master, clock)
        url = settings.database_url.get_secret_value()
        life = timedelta(days=settings.lookup_key_days)
        return Places(url, keyring, Store(url, keyring, clock, index_life=life))
    except StoreError as error:
        raise StartRefused(str(error)) from None


async def fit_schema(places: Places, *, migrate: bool, may_make: bool = True) -> None:
    """Make or update the tables where that is wanted, and refuse a schema that does not fit.

    An empty database of the embedded kind is made without being asked, unless its keyring is there already: then the
    file is only out of reach. Without `may_make` it is refused, for what only asks or mends must not begin another
    installation beside the one that was meant. An outage raises StoreUnavailable or KeyringSealed.
    """
    if migrate:
        await _plainly(places.make())
    try:
        await places.store.ready()
    except SchemaMismatch as error:
        if migrate or not places.is_embedded or not await places.is_empty():
            raise StartRefused(str(error)) from None
        if isinstance(error, DatabaseMissing) and await places.keyring.exists():
            raise
        if not may_make:
            raise StartRefused(NO_DATABASE) from None
        await _plainly(places.make())
        await places.store.ready()


async def _plainly(deed: Awaitable[None]) -> None:
    """Await something of the store's and turn what no waiting mends into a refusal."""
    try:
        await deed
    except (SchemaMismatch, KeyringSealed) as error:
        raise StartRefused(str(error)) from None
    except StoreUnavailable:
        raise
    except StoreError as error:
        raise StartRefused(f"{error} Was it made by another program, or is a migration unfinished?") from None
