"""A start that cannot go well ends at once: plain sentences on standard error, exit code 2, no traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.simulator import Simulator
from tests.faults import process
from tests.faults.ground import Ground
from tests.front import programme_folder
from tests.postgres import Server
from tests.stories.town import ROOT, Places, settings_for

Break = Callable[[dict[str, str], Places], None]


def without(name: str) -> Break:
    return lambda settings, places: settings.__delitem__(name)


def changed(**to: str) -> Break:
    return lambda settings, places: settings.update(to)


def broken_programme(settings: dict[str, str], places: Places) -> None:
    folder = places.folder / "programmes"
    folder.mkdir()
    text = programme_folder.whole()
    programme_folder.folder(
        folder, programme_folder.replaced(text, "contact_within_hours: 72", "contact_within_hours: soon")
    )
    settings.pop("PEOPLE_FILE")
    settings["PROGRAMMES_DIR"] = str(folder)


def no_help_line(settings: dict[str, str], places: Places) -> None:
    folder = places.folder / "programmes"
    folder.mkdir()
    programme_folder.folder(folder, programme_folder.whole(), resources="resources: []\n")
    settings.pop("PEOPLE_FILE")
    settings["PROGRAMMES_DIR"] = str(folder)


def no_programmes(settings: dict[str, str], places: Places) -> None:
    settings["PROGRAMMES_DIR"] = str(places.folder / "nowhere")


def newer_schema(settings: dict[str, str], places: Places) -> None:
    with sqlite3.connect(places.folder / "main.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()


def changed_master_key(settings: dict[str, str], places: Places) -> None:
    places.master.write_text("not a key")


MENDED: dict[str, tuple[Break, str]] = {
    "no bot token": (without("SLACK_BOT_TOKEN"), "SLACK_BOT_TOKEN is missing"),
    "no signing secret": (without("SLACK_SIGNING_SECRET"), "SLACK_SIGNING_SECRET is missing"),
    "no app token": (changed(SLACK_MODE="socket"), "SLACK_APP_TOKEN is missing"),
    "a misspelt setting": (changed(SLACK_MODES="http"), "did you mean SLACK_MODE"),
    "an unknown mode": (changed(SLACK_MODE="pigeon"), "SLACK_MODE must be socket or http"),
    "a port that is none": (changed(PORT="many"), "PORT must be a number"),
    "a token of another kind": (changed(SLACK_BOT_TOKEN="xoxp-CANARY-1"), "SLACK_BOT_TOKEN must start with xoxb-"),
    "a token that slack refuses": (changed(SLACK_BOT_TOKEN="xoxb-CANARY-1"), "Slack does not accept SLACK_BOT_TOKEN"),
    "no programmes": (no_programmes, "PROGRAMMES_DIR"),
    "a broken programme": (broken_programme, "vancouver.yml, line "),
    "no help line": (no_help_line, "resources.yml"),
    "no people file": (changed(PEOPLE_FILE="missing.yml"), "missing.yml"),
    "a programme that is not there": (changed(PROGRAMMES="CANARY-1"), "PROGRAMMES names CANARY-1"),
    "a newer schema": (newer_schema, "The database is newer than this program."),
    "no master key": (without("MASTER_KEY_FILE"), "MASTER_KEY_FILE"),
    "a master key that is none": (changed_master_key, "master key"),
    "an address that is none": (changed(DATABASE_URL="mysql://x"), "DATABASE_URL must start with"),
    "one address twice": (changed(KEYRING_URL="sqlite:///a.db", DATABASE_URL="sqlite:///a.db"), "are the same"),
}
OFTEN = ("a token that slack refuses", "a broken programme")
"""The cases of every test run; the others belong to the slow ones."""
CASES = [
    pytest.param(name, *case, id=name.replace(" ", "-"), marks=() if name in OFTEN else pytest.mark.faults)
    for name, case in MENDED.items()
]


@pytest.mark.req("G29")
@pytest.mark.parametrize(("name", "break_", "words"), CASES)
async def test_what_must_be_mended_is_said_plainly(
    sqlite_ground: Ground, tmp_path: Path, name: str, break_: Break, words: str
) -> None:
    places = await sqlite_ground.places(tmp_path)
    async with await Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0) as sim:
        settings = settings_for(sim, places, 0)
        break_(settings, places)
        code, output, errors = await process.command(settings, tmp_path, "run")
    assert words in errors
    assert (code, output) == (2, "")
    assert_plain(errors)
    assert "CANARY" not in errors or name == "a programme that is not there"


@pytest.mark.faults
@pytest.mark.req("G29")
async def test_an_older_schema_stops_the_start(sqlite_ground: Ground, tmp_path: Path) -> None:
    places = await sqlite_ground.places(tmp_path)
    # This program, with one more revision than the database has.
    newer = "import store.schema as s; s.REVISIONS += ('9998',); from bot.cli import main; main()"
    async with await Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0) as sim:
        code, output, errors = await process.command(settings_for(sim, places, 0), tmp_path, "run", entry=("-c", newer))
    assert errors == "The database is older than this program. Run: peersupport migrate\n"
    assert (code, output) == (2, "")


@pytest.mark.faults
@pytest.mark.req("G29")
async def test_an_empty_database_server_stops_the_start(
    postgres: Server, sqlite_ground: Ground, tmp_path: Path
) -> None:
    places = await sqlite_ground.places(tmp_path)
    url = await postgres.create_database("never_migrated")
    async with await Simulator.start(manifest=ROOT / "manifest.yml", rate_scale=0) as sim:
        settings = settings_for(sim, places, 0) | {"DATABASE_URL": url}
        code, output, errors = await process.command(settings, tmp_path, "run")
    await postgres.drop_database("never_migrated")
    assert "The database has no tables yet. Run: peersupport migrate" in errors
    assert (code, output) == (2, "")
    assert_plain(errors)


def assert_plain(errors: str) -> None:
    """See that these are whole sentences, beside lines of the log."""
    assert "Traceback" not in errors
    for line in errors.splitlines():
        assert line.startswith("{") or line.endswith((".", "?", "peersupport migrate")), errors
