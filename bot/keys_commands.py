"""`peersupport backup`, `restore`, their two counterparts for the keyring, and `rotate-keys`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated

import typer

from bot import second_yes
from bot.installation import check_master_key, load_files, master_key, open_places
from bot.machine import RandomIds, SystemClock
from bot.refusals import StartRefused
from bot.settings import Settings
from peersupport import keys
from peersupport.approvals import Approval
from peersupport.keys import AwaitsTwo
from store.errors import KeyringSealed, StoreError
from store.keyring import Keyring
from store.master import Masters
from store.rotation import Rotation
from store.store import Store

Command = Callable[..., None]
OpenedStore = AbstractAsyncContextManager[Store]
NewFile = Annotated[Path, typer.Argument(help="A new file; an existing one is never overwritten.")]
Copy = Annotated[Path, typer.Argument(help="The backup to restore.")]

_KEEP_APART = (
    "Keep it where neither the database's copies nor the master key are, for days and not for longer: "
    "what is erased from now on could be read again with it."
)
_NOT_TWICE = (
    "What was due before is not sent again. A request whose card is not in the channel stands in the "
    "administrators' Home. Who lost a role since has it again until you run: peersupport set-people"
)
_SEALED = "Until then the app starts sealed, shows the help lines and reads nothing."
_LOOKED_UP = (
    "A new look-up key is announced. The daily jobs bring it into use within two nights and destroy the one before; "
    "until then backups can still tell who had a request."
)
_PREVIOUS = (
    "The previous master key opens nothing any more. Take MASTER_KEY_PREVIOUS... out of the settings, restart, "
    "and destroy it once the keyring's older backups are gone."
)


def add(
    cli: typer.Typer,
    plainly: Callable[[Command], Command],
    settings: Callable[[], Settings],
    store: Callable[[Settings], OpenedStore],
) -> None:
    """Register the commands."""

    @cli.command()
    @plainly
    def backup(file: NewFile) -> None:
        """Copy the database into a new file.

        The app may run meanwhile; the keyring is left out.
        """
        _say(asyncio.run(_back_up(settings(), file)))

    @cli.command("backup-keyring")
    @plainly
    def backup_keyring(file: NewFile) -> None:
        """Copy the wrapped keyring into a new file elsewhere."""
        _say(asyncio.run(_back_up_keyring(settings(), file)))

    @cli.command()
    @plainly
    def restore(file: Copy) -> None:
        """Put a database back into an empty installation."""
        _say(asyncio.run(_restore(settings(), file)))

    @cli.command("restore-keyring")
    @plainly
    def restore_keyring(file: Copy) -> None:
        """Put a keyring back where there is none."""
        _say(asyncio.run(_restore_keyring(settings(), file)))

    @cli.command("rotate-keys")
    @plainly
    def rotate_keys(
        programme: Annotated[
            str, typer.Option(help="Whose administrators agree; needed where there are several.")
        ] = "",
    ) -> None:
        """Put every key under the present master key.

        From MASTER_KEY_PREVIOUS... to MASTER_KEY..., while the app runs. Safe to repeat.

        It begins once two administrators have agreed; the exit code is 3 until then.
        """
        known = settings()
        found = asyncio.run(_rotate(known, store, _whose(known, programme)))
        if isinstance(found, Approval):
            _say([second_yes.sentence(found)])
            raise typer.Exit(second_yes.AWAITS)
        _say(found)


def _say(sentences: list[str]) -> None:
    for sentence in sentences:
        typer.echo(sentence)


# Backups


async def _back_up(settings: Settings, file: Path) -> list[str]:
    from store.backup import back_up_database
    from store.backup_file import KEYRING

    _stand_apart(file, KEYRING)
    taken = await back_up_database(settings.database_url.get_secret_value(), file, SystemClock())
    return [
        f"{taken.rows} row(s) of the database are in the file. Who and why are sealed in it, and it holds no key.",
        "The keyring is left out. Copy it now too, to another place: peersupport backup-keyring FILE",
    ]


async def _back_up_keyring(settings: Settings, file: Path) -> list[str]:
    from store.backup import back_up_keyring
    from store.backup_file import DATABASE

    _stand_apart(file, DATABASE)
    await back_up_keyring(settings.keyring_url.get_secret_value(), file, SystemClock())
    return [
        "The keyring is in the file, wrapped by the master key, which is not.",
        _KEEP_APART,
    ]


def _stand_apart(file: Path, other: str) -> None:
    """Refuse a folder in which the other backup stands: beside each other they are worth as much as no keyring."""
    from store.backup_file import Backup

    try:
        beside = [path for path in file.parent.iterdir() if path.is_file()]
    except OSError:
        return
    for path in beside:
        try:
            Backup(path, other)
        except StoreError:
            continue
        raise StartRefused(f"A backup of the {other} is in that folder. Keep the two in different places.")


# Restores


async def _restore(settings: Settings, file: Path) -> list[str]:
    from store.restore import restore_database

    masters = master_key(settings)
    places = open_places(settings, masters, SystemClock())
    try:
        keyring = await places.keyring.identity()
        rows = await restore_database(places.database_url, file, keyring, SystemClock())
        said = [
            f"{rows} row(s) are restored.",
            _NOT_TWICE,
        ]
        if keyring is None:
            return [*said, f"There is no keyring yet: peersupport restore-keyring FILE. {_SEALED}"]
        return said + await _together(places.store)
    finally:
        await places.store.close()


async def _restore_keyring(settings: Settings, file: Path) -> list[str]:
    from store.restore_keyring import restore_keyring

    masters = master_key(settings)
    await check_master_key(masters)
    places = open_places(settings, masters, SystemClock())
    url = settings.keyring_url.get_secret_value()
    try:
        count = await restore_keyring(url, file, places.database_url, masters, SystemClock())
        said = [f"The keyring is restored, with {count} data key(s)."]
        if await places.is_empty():
            return [*said, "There is no database yet: peersupport restore FILE."]
        return said + await _together(places.store)
    finally:
        await places.store.close()


async def _together(store: Store) -> list[str]:
    """Open database and keyring together, and say what that came to."""
    end = await store.ledger_end()  # As it was put back: to settle it may add lines.
    try:
        await store.ready()
    except KeyringSealed as error:
        return [f"{error} {_SEALED}"]
    settled = store.settled
    said = ["Database and keyring belong together and open."]
    if settled and (settled.requests or settled.contacts or settled.people):
        said.append(
            f"Without a key, and so erased: {settled.requests} request(s), {settled.contacts} contact(s), "
            f"{settled.people} entry(ies) of people with a role."
        )
    if settled and settled.found_again:
        said.append(
            f"The look-up key has changed since the backup; {settled.found_again} row(s) are under the present one now."
        )
    if count := await store.accept_ledger(beyond=end):
        said.append(f"The ledger is older than {count} mark(s) in the keyring, as the copy is; they are forgotten.")
    broken = await store.verify_audit()
    if broken is not None:
        said.append(broken.sentence)
    return said


# Rotation


def _whose(settings: Settings, programme: str) -> str:
    programmes = tuple(load_files(settings).programmes)
    if programme in programmes:
        return programme
    if not programme and len(programmes) == 1:
        return programmes[0]
    raise StartRefused(f"Say whose administrators agree, with --programme; the ids are {', '.join(programmes)}.")


async def _rotate(settings: Settings, store: Callable[[Settings], OpenedStore], programme: str) -> list[str] | Approval:
    masters = master_key(settings)
    await check_master_key(masters)
    rotation = Rotation(settings.keyring_url.get_secret_value(), masters)
    try:
        try:
            standing = await rotation.standing()
        except KeyringSealed as error:
            raise StartRefused(f"{error} Set that one as MASTER_KEY_PREVIOUS_FILE, and run this again.") from None
        master = await masters.id()
        if not standing.begun:
            async with store(settings) as opened, opened.work() as work:
                may = await keys.begin(work, programme, master, now=SystemClock().now(), ids=RandomIds())
            if isinstance(may, AwaitsTwo):
                return may.approval
        moved = await rotation.complete()
        await _opens_alone(settings, masters)
        async with store(settings) as opened:
            async with opened.work() as work:
                await keys.finish(work, programme, master, moved=moved > 0, now=SystemClock().now())
            await opened.announce_index()
    finally:
        rotation.close()
    return [
        f"Every key is under the present master key; {moved} data key(s) went over in this run.",
        _LOOKED_UP,
        *([_PREVIOUS] if masters.previous else []),
    ]


async def _opens_alone(settings: Settings, masters: Masters) -> None:
    """See that the keyring opens without the previous master key."""
    ring = Keyring(settings.keyring_url.get_secret_value(), Masters(masters.present), SystemClock(), spares=1)
    try:
        await ring.ready()
    finally:
        await ring.close()
