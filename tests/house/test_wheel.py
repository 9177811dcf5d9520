"""An installed app has all that a checkout has: texts, programmes, migrations, the simulator's page."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import ROOMS, ROOT, files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(path).namelist())


def test_every_file_of_every_room_is_in_the_wheel(wheel: set[str]) -> None:
    kept = {path.relative_to(ROOT).as_posix() for path in files()}
    in_rooms = {name for name in kept if name.split("/")[0] in ROOMS}
    assert in_rooms - wheel == set()


def test_the_manifest_and_the_programmes_are_in_the_wheel(wheel: set[str]) -> None:
    programmes = {f"bot/installed/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "programmes").glob("*.yml")}
    assert len(programmes) >= 2
    assert programmes | {"bot/installed/manifest.yml"} <= wheel


def test_nothing_else_is_in_the_wheel(wheel: set[str]) -> None:
    assert {Path(name).parts[0] for name in wheel if ".dist-info" not in name} == set(ROOMS)
