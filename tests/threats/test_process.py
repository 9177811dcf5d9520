"""What the system shows and keeps of the running process holds no secret and nothing that anybody told it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import process
from tests.faults.ground import Ground, outskirts
from tests.stories.town import CHANNEL, PHONE
from tests.threats.canaries import found_in

SECRETS = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
"""What is given in files, or in the environment."""
LIMIT = "Max core file size"


def _as_files(settings: dict[str, str], folder: Path) -> dict[str, str]:
    """Give each secret as the path of a file."""
    changed = dict(settings)
    for name in SECRETS:
        (folder / name).write_text(changed.pop(name))
        changed[f"{name}_FILE"] = str(folder / name)
    return changed


def _from_a_file(settings: dict[str, str], folder: Path, master: str) -> dict[str, str]:
    return _as_files(settings, folder)


def _from_a_command(settings: dict[str, str], folder: Path, master: str) -> dict[str, str]:
    """Let a command print the master key, as one that asks a vault does."""
    (folder / "vault").write_text(master)
    changed = _as_files(settings, folder) | {"MASTER_KEY_FILE": ""}
    return changed | {"MASTER_KEY_COMMAND": shlex.join([sys.executable, "-c", _PRINT, str(folder / "vault")])}


def _from_the_environment(settings: dict[str, str], folder: Path, master: str) -> dict[str, str]:
    return settings | {"MASTER_KEY_FILE": "", "MASTER_KEY": master}


WIPED = """
import os, sys
from pathlib import Path
from bot.memory import wipe_environment
shown = Path("/proc/self/environ")
print(os.environ["MASTER_KEY"].encode() in shown.read_bytes())
wipe_environment(["MASTER_KEY"])
print(sys.argv[1].encode() in shown.read_bytes(), b"PATH=/" in shown.read_bytes())
"""
_PRINT = "import sys; print(open(sys.argv[1]).read())"


def _shown(pid: int) -> dict[str, bytes]:
    """Return what the system shows of a process and of those it started."""
    proc = Path("/proc") / str(pid)
    if not proc.exists():
        return {}  # Only Linux shows so much of a process.
    shown = {name: (proc / name).read_bytes() for name in ("cmdline", "environ")}
    for task in (proc / "task").iterdir():
        for child in (task / "children").read_text().split():
            shown |= {f"{child} {name}": words for name, words in _shown(int(child)).items()}
    return shown


def _leaves_no_core(pid: int) -> None:
    proc = Path("/proc") / str(pid)
    if proc.exists():
        limit = next(line for line in (proc / "limits").read_text().splitlines() if line.startswith(LIMIT))
        assert limit.split()[4:6] == ["0", "0"]
        assert int((proc / "coredump_filter").read_text(), 16) == 0


def _kept(*folders: Path) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                yield path.name, path.read_bytes()


@pytest.mark.threat("T26")
@pytest.mark.parametrize("given", [_from_a_file, _from_a_command, _from_the_environment])
async def test_no_secret_shows_and_no_word_is_left_behind(sqlite_ground: Ground, tmp_path: Path, given: object) -> None:
    places = await sqlite_ground.places(tmp_path)
    secrets, scratch, home = (_new(tmp_path / name) for name in ("secrets", "scratch", "home"))
    master = places.master.read_text().strip()
    async with outskirts(places) as town:
        words = {name: town.settings[name] for name in SECRETS} | {"MASTER_KEY": master}
        assert callable(given)
        settings = given(town.settings, secrets, master)
        settings |= {"TMPDIR": str(scratch), "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        async with process.running(settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            reference = await town.asks("ava")
            await town.person("farah").sees(reference, where=CHANNEL)
            ava = town.sim.workspace.person("ava")
            told = {"phone": PHONE, "name": ava.real_name, "user": ava.id}
            shown = _shown(bot.process.pid)
            assert [(name, found) for name, each in shown.items() if (found := found_in(each, **words, **told))] == []
            _leaves_no_core(bot.process.pid)
            assert await bot.stop() == 0
        left = [(name, found) for name, each in _kept(scratch, home) if (found := found_in(each, **words, **told))]
        assert left == []
        assert found_in(bot.said.encode(), **words, **told) == []


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.threat("T26")
async def test_the_search_would_find_a_secret(sqlite_ground: Ground, tmp_path: Path) -> None:
    """A process that was started with a secret in its environment shows it until it is wiped out."""
    places = await sqlite_ground.places(tmp_path)
    master = places.master.read_text().strip()
    if sys.platform != "linux":
        return  # Nothing shows the environment there.
    code, output, errors = await process.command({"MASTER_KEY": master}, tmp_path, master, entry=("-c", WIPED))
    assert (code, errors) == (0, "")
    assert output.split() == ["True", "False", "True"]
