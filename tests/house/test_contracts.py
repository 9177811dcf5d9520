"""The rooms import each other only as the contracts in pyproject.toml say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOMS, ROOT

LINTER = [
    sys.executable,
    "-c",
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))",
]

# One forbidden import for each contract, planted in an otherwise empty house.
PLANTED = {
    "bot/app.py": "import handlers.notifier, simulator",
    "bot/sql.py": "import sqlalchemy",
    "handlers/__init__.py": "",
    "handlers/home.py": "import handlers.notifier, store",
    "handlers/notifier.py": "import slack_sdk",
    "handlers/views/__init__.py": "import handlers.home",
    "handlers/again.py": "import handlers.views",
    "peersupport/offers.py": "import slack_sdk, aiohttp, store.tables",
    "simulator/workspace.py": "import peersupport.offers",
    "store/tables.py": "import sqlalchemy, slack_bolt",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINTER, cwd=folder, check=False, capture_output=True, text=True)


def plant(folder: Path, planted: dict[str, str]) -> Path:
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in ROOMS:
        (folder / room).mkdir()
        (folder / room / "__init__.py").touch()
    for name, line in planted.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(line + "\n")
    return folder


def test_the_house_keeps_its_contracts() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_planted_import_breaks_every_contract_it_should(tmp_path: Path) -> None:
    result = lint(plant(tmp_path, PLANTED | {"handlers/views/__init__.py": "import handlers.again"}))
    kept = re.findall(r"^(.+?) KEPT", result.stdout, re.MULTILINE)
    assert result.returncode != 0
    assert [name for name in kept if "cycles" not in name] == [], result.stdout


def test_what_the_contracts_allow_passes(tmp_path: Path) -> None:
    allowed = {
        "bot/app.py": "import handlers.notifier, handlers.home, store.tables, slack_bolt",
        "handlers/home.py": "import peersupport.offers, slackblocks",
        "handlers/notifier.py": "import slack_sdk",
        "peersupport/offers.py": "import dataclasses",
        "simulator/workspace.py": "import aiohttp",
        "store/tables.py": "import sqlalchemy, peersupport.offers",
    }
    result = lint(plant(tmp_path, allowed))
    assert result.returncode == 0, result.stdout + result.stderr
