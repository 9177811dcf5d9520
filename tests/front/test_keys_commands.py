"""The commands for backups, restores and a new master key: plain sentences, an exit code, and nothing half done."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot import doctor
from bot.installation import master_key, open_places
from bot.machine import SystemClock
from bot.refusals import StartRefused
from peersupport.audit import ActorKind, Entry, Event
from store.master import FileMasterKey
from store.rotation import Rotation
from tests.front.process import Install
from tests.front.signed import captured_log


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.fixture
async def install(tmp_path: Path) -> Install:
    """An installation with empty tables; there is no Slack."""
    made = Install.make(tmp_path)
    assert (await made.command("migrate")).code == 0
    return made


def _other_key(install: Install) -> dict[str, str]:
    """Return the settings under which a new master key takes over."""
    path = install.folder / "secrets" / "other.key"
    FileMasterKey.create(path)
    return {"MASTER_KEY_FILE": str(path), "MASTER_KEY_PREVIOUS_FILE": install.settings["MASTER_KEY_FILE"]}


async def _notes(install: Install, **changes: str) -> list[str]:
    found = [finding async for finding in doctor.examine(install.read_settings(**changes))]
    return [each.sentence for each in found if each.verdict is doctor.Verdict.NOTE and "previous" in each.sentence]


@pytest.mark.threat("T61")
async def test_the_doctor_says_how_far_the_keys_are(install: Install) -> None:
    assert await _notes(install) == []
    both = _other_key(install)
    assert await _notes(install, **both) == [
        'Keys are under the previous master key; "peersupport rotate-keys" puts them over.'
    ]
    settings = install.read_settings(**both)
    rotation = Rotation(settings.keyring_url.get_secret_value(), master_key(settings))
    await rotation.complete()
    rotation.close()
    assert await _notes(install, **both) == [
        "The previous master key is not needed any more; take it out of the settings."
    ]


@pytest.mark.threat("T61")
async def test_without_the_previous_master_key_nothing_goes_over(install: Install) -> None:
    other = _other_key(install)["MASTER_KEY_FILE"]
    ended = await install.command("rotate-keys", MASTER_KEY_FILE=other)
    assert (ended.code, ended.out) == (2, "")
    assert "Set that one as MASTER_KEY_PREVIOUS_FILE, and run this again." in ended.err
    assert "Traceback" not in ended.err


async def test_whose_administrators_agree_is_named(install: Install) -> None:
    ended = await install.command("rotate-keys", "--programme", "elsewhere")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Say whose administrators agree, with --programme; the ids are vancouver-peer-support.\n"


async def test_keys_that_are_all_there_already_need_nobody(install: Install) -> None:
    ended = await install.command("rotate-keys")
    assert (ended.code, ended.err) == (0, "")
    assert "0 data key(s) went over in this run." in ended.out
    assert "previous master key" not in ended.out, "there is none to destroy"


async def test_one_previous_master_key_at_most(install: Install) -> None:
    with pytest.raises(StartRefused, match="Set at most one of MASTER_KEY_PREVIOUS_FILE"):
        install.read_settings(MASTER_KEY_PREVIOUS_FILE="a", MASTER_KEY_PREVIOUS_COMMAND="cat a")
    with pytest.raises(StartRefused, match="did you mean MASTER_KEY_PREVIOUS"):
        install.read_settings(MASTER_KEY_PREVIUOS="a")


async def test_a_backup_says_where_the_keyring_belongs_and_never_overwrites(install: Install) -> None:
    file = install.folder / "main.backup"
    ended = await install.command("backup", str(file))
    assert (ended.code, ended.err) == (0, "")
    assert "it holds no key" in ended.out
    assert "The keyring is left out." in ended.out
    before = file.read_bytes()
    again = await install.command("backup", str(file))
    assert (again.code, again.out) == (2, "")
    assert again.err == "There is such a file already; a backup never overwrites one.\n"
    assert file.read_bytes() == before
    nowhere = await install.command("backup", str(install.folder / "nowhere" / "main.backup"))
    assert (nowhere.code, nowhere.err) == (2, "The file cannot be written there; check the folder and its rights.\n")


@pytest.mark.parametrize("command", ["restore", "restore-keyring"])
async def test_what_is_no_backup_is_refused(install: Install, command: str) -> None:
    ended = await install.command(command, str(install.folder / "people.yml"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "The file is not a backup of this program.\n"
    missing = await install.command(command, "missing.backup")
    assert (missing.code, missing.err) == (2, "The file cannot be read; check its path and its rights.\n")


async def _deeds(install: Install, count: int) -> None:
    """Write lines into the ledger and have the keyring note its end, as the nightly job does."""
    settings = install.read_settings()
    store = open_places(settings, master_key(settings), SystemClock()).store
    async with store.work() as work:
        await work.audit.write(*[Entry(Event.REFUSED, SystemClock().now(), ActorKind.UNKNOWN)] * count)
    assert await store.note_ledger()
    await store.close()


@pytest.mark.threat("T63")
async def test_a_copy_put_back_is_told_from_a_ledger_cut_off(install: Install) -> None:
    await _deeds(install, 3)
    copy = install.folder / "main.backup"
    assert (await install.command("backup", str(copy))).code == 0
    await _deeds(install, 2)
    whole = await install.command("audit", "verify")
    assert (whole.code, whole.out.startswith("The ledger is whole")) == (0, True)
    file = Path(install.read_settings().database_url.get_secret_value().removeprefix("sqlite:///"))
    for each in file.parent.glob(f"{file.name}*"):
        each.rename(install.folder / f"away-{each.name}")
    restored = await install.command("restore", str(copy))
    assert "The ledger is older than 1 mark(s) in the keyring, as the copy is; they are forgotten." in restored.out
    assert (await install.command("audit", "verify")).code == 0
    await _deeds(install, 2)
    with closing(sqlite3.connect(file)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("DELETE FROM audit WHERE seq > 4")
        database.execute("UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)")
        database.commit()
    cut = await install.command("audit", "verify")
    assert cut.code == 1
    assert cut.out.startswith("From line 5 on the ledger cannot be relied on: the ledger is older than its mark of")
    sentences = [finding.sentence async for finding in doctor.examine(install.read_settings())]
    assert any(sentence.startswith("From line 5 on the ledger") for sentence in sentences)
    accepted = await install.command("audit", "accept")
    assert accepted.out == "1 mark(s) forgotten, which the ledger says from now on.\n"
    assert (await install.command("audit", "verify")).code == 0
