"""The command for a support bundle: one new file of text, plain sentences, an exit code."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.front.process import Install


@pytest.fixture
async def install(tmp_path: Path) -> Install:
    """An installation with empty tables; there is no Slack."""
    made = Install.make(tmp_path)
    assert (await made.command("migrate")).code == 0
    return made


@pytest.mark.threat("T33")
async def test_it_writes_one_file_of_text_and_says_what_is_in_it(install: Install) -> None:
    file, log = install.folder / "bundle.zip", install.folder / "log.txt"
    line = {"at": "2026-11-22T12:00:00+00:00", "level": "info", "event": "app.started", "mode": "http"}
    log.write_text(f"{json.dumps(line)}\n" * 30)
    ended = await install.command("support-bundle", str(file), "--log", str(log), "--lines", "7")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Written, with 7 files of text")
    assert "Nobody is named in it" in ended.out
    with zipfile.ZipFile(file) as bundle:
        texts = {name: bundle.read(name).decode() for name in bundle.namelist()}
        assert {each.date_time[0] for each in bundle.infolist()} == {1980}
    assert all(name in texts["MANIFEST.txt"] for name in texts if name != "MANIFEST.txt")
    assert "Not in it: anybody's name" in texts["MANIFEST.txt"]
    assert len(texts["log.jsonl"].splitlines()) == 7
    versions = json.loads(texts["versions.json"])
    assert versions["schema_found"] == versions["schema_needed"]
    state = json.loads(texts["state.json"])
    assert (state["store_trouble"], state["ledger_is_whole"], state["supporters"]) == (None, True, 0)
    again = await install.command("support-bundle", str(file))
    assert (again.code, again.out, again.err) == (2, "", "There is a file already; name a new one.\n")


async def test_without_a_database_it_is_written_all_the_same(tmp_path: Path) -> None:
    install = Install.make(tmp_path)
    file = install.folder / "bundle.zip"
    assert (await install.command("support-bundle", str(file))).code == 0
    with zipfile.ZipFile(file) as bundle:
        state = json.loads(bundle.read("state.json"))
        versions = json.loads(bundle.read("versions.json"))
    assert (versions["schema_found"], state["ledger_is_whole"]) == (None, None)
    assert state["store_trouble"] in ("DatabaseMissing", "SchemaMismatch", "KeyringSealed")
    unreadable = await install.command("support-bundle", str(install.folder / "more.zip"), "--log", "nowhere.txt")
    assert (unreadable.code, unreadable.err) == (2, "The log cannot be read; check its path and its rights.\n")
    assert not (install.folder / "more.zip").exists()
