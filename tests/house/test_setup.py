"""Setting up says plainly what is missing, and leaves nothing half made."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT

NEEDED = ("dirname", "rm", "tail", "cat", "sh")


def set_up(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up in an empty checkout, on a machine that has only these programs (name -> shell script)."""
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools/setup.sh", folder / "tools")
    tools = folder / "bin"
    tools.mkdir()
    for name in NEEDED:
        (tools / name).symlink_to(str(shutil.which(name)))
    for name, script in programs.items():
        (tools / name).write_text("#!/bin/sh\n" + script)
        (tools / name).chmod(stat.S_IRWXU)
    return subprocess.run(
        ["/bin/sh", "tools/setup.sh", "dev"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(tools)},
    )


def test_without_python_it_says_what_to_install(tmp_path: Path) -> None:
    result = set_up(tmp_path, python3="exit 1")
    assert result.returncode == 2
    assert "Python 3.11 or newer is needed" in result.stderr


def test_without_the_venv_package_it_names_it_and_leaves_nothing(tmp_path: Path) -> None:
    half_made = f'case "$2" in venv) mkdir -p .venv/bin; exit 1;; esac; exec {sys.executable} "$@"'
    found = f'case "$*" in *sys.executable*) echo {tmp_path}/bin/python3; exit;; esac\n'
    result = set_up(tmp_path, python3=found + half_made, mkdir=f'exec {shutil.which("mkdir")} "$@"')
    assert result.returncode == 2, result.stderr
    assert "apt-get install python3-venv" in result.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_locks_name_no_host_and_hash_everything() -> None:
    for name in ("runtime", "dev"):
        lock = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        assert re.findall("https?://", lock) == []
        entries = re.split(r"\n(?=\S)", lock.strip())
        assert len(entries) > 40
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_agree() -> None:
    runtime, dev = ((ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8") for name in ("runtime", "dev"))
    pinned = re.compile(r"^([\w.-]+==\S+)", re.MULTILINE)
    assert set(pinned.findall(runtime)) <= set(pinned.findall(dev))


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
