"""G29: a command that only asks makes nothing, and says plainly where there is nothing to ask."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli, doctor
from bot.installation import NO_DATABASE, check_master_key, fit_schema, master_key, open_places
from bot.machine import SystemClock
from bot.refusals import StartRefused
from simulator.demo import USUAL_PORT, DemoFailed, wanted_port
from tests.front.process import Install

pytestmark = pytest.mark.req("G29")


async def test_without_a_database_nothing_is_made_and_the_two_ways_out_are_named(tmp_path: Path) -> None:
    settings = Install.make(tmp_path).read_settings()
    with pytest.raises(StartRefused) as refusal:
        async with cli._store(settings):
            raise AssertionError("there is nothing to open")
    assert refusal.value.sentences == (NO_DATABASE,)
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "keyring").exists()


async def test_what_was_made_before_is_opened(tmp_path: Path) -> None:
    settings = Install.make(tmp_path).read_settings()
    places = open_places(settings, master_key(settings), SystemClock())
    try:
        await check_master_key(master_key(settings))
        await fit_schema(places, migrate=False)
    finally:
        await places.store.close()
    async with cli._store(settings) as store:
        assert await store.verify_audit() is None


def test_the_help_of_every_command_fits_on_its_line_and_the_version_is_told() -> None:
    for arguments in ([], ["audit"], ["outbox"]):
        shown = CliRunner().invoke(cli.cli, [*arguments, "--help"], terminal_width=80)
        assert shown.exit_code == 0
        assert "Commands:" in shown.output
        assert not [line for line in shown.output.split("Commands:")[1].splitlines() if line.endswith("...")]
    told = CliRunner().invoke(cli.cli, ["--version"])
    assert (told.exit_code, told.output) == (0, f"peersupport {version('peersupport')}\n")


async def test_the_check_reads_the_master_key_as_the_start_does(tmp_path: Path) -> None:
    install = Install.make(tmp_path)
    key = tmp_path / "secrets" / "master.key"
    for spoil, words in ((lambda: key.write_text("rubbish"), "master key"), (key.unlink, "cannot be read")):
        spoil()
        ended = await install.command("check")
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
        assert "Traceback" not in ended.err


async def test_the_check_refuses_one_port_for_both(tmp_path: Path) -> None:
    install = Install.make(tmp_path)
    ended = await install.command("check", METRICS_PORT=install.settings["PORT"])
    assert (ended.code, ended.err) == (2, "METRICS_PORT and PORT are the same; give each a port of its own.\n")
    assert (await install.command("check")).code == 0


def test_a_master_key_that_others_may_read_is_to_be_mended(tmp_path: Path) -> None:
    settings = Install.make(tmp_path).read_settings()
    assert doctor.key_file(settings) is None
    (tmp_path / "secrets" / "master.key").chmod(0o644)
    found = doctor.key_file(settings)
    assert found is not None
    assert (found.verdict, "chmod 600" in found.sentence) == (doctor.Verdict.MEND, True)


def test_the_demo_says_what_a_port_is() -> None:
    assert (wanted_port(""), wanted_port("0"), wanted_port("3100")) == (USUAL_PORT, 0, 3100)
    for wrong in ("abc", "99999999", "65536", "-1"):
        with pytest.raises(DemoFailed, match=r"^PORT must be a number from 0 to 65535\.$"):
            wanted_port(wrong)
