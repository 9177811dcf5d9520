"""`peersupport partner`: secrets are shown once and then never, and what is ended opens nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
import yaml

from bot import cli
from bot.installation import master_key, open_places
from bot.machine import SystemClock
from bot.partner_commands import _Desk
from bot.refusals import StartRefused
from peersupport import authenticator
from tests.front.process import PEOPLE, PROGRAMME, ROOT, Install
from tests.front.signed import captured_log
from tests.partner.desk import PROGRAMME as OPEN

pytestmark = pytest.mark.req("I5", "I11")


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.fixture
async def install(tmp_path: Path) -> Install:
    """An installation whose one programme takes partners' notices; there is no Slack."""
    made = Install.make(tmp_path)
    folder = tmp_path / "programmes"
    folder.mkdir()
    (folder / "resources.yml").write_bytes((ROOT / "programmes" / "resources.yml").read_bytes())
    text = (ROOT / "programmes" / "vancouver.yml").read_text("utf-8")
    rules = OPEN.outreach.model_dump(mode="json", include={"partners", "criteria"}, exclude_none=True)
    text = text.replace("\ndoors:\n", "\ndoors:\n  partner_notification: true\n")
    (folder / "vancouver.yml").write_text(f"{text}\npartner_notification: {json.dumps(rules)}\n", "utf-8")
    (tmp_path / "people.yml").write_text(yaml.safe_dump({PROGRAMME: PEOPLE}))
    made.settings["PROGRAMMES_DIR"] = str(folder)
    return made


@pytest.fixture
async def desk(install: Install) -> _Desk:
    """The commands' own deeds, without a process for each."""
    settings = install.read_settings()
    places = open_places(settings, master_key(settings), SystemClock())
    await places.make()
    await places.store.close()
    return _Desk(lambda: settings, cli._store)


@pytest.mark.long
async def test_the_commands_show_a_secret_once(install: Install, desk: _Desk) -> None:
    where = ("--programme", PROGRAMME, "--partner", "coordinators")
    made = await install.command("partner", "add-key", *where)
    assert made.code == 0, made.err
    found = re.match(r"Key:    ([0-9a-f]{32})\nSecret: ([A-Za-z0-9_-]{43})\n", made.out)
    assert found
    enrolled = await install.command("partner", "add-user", *where, "--name", "Robin Moss")
    address = re.search(r"otpauth://\S+", enrolled.out)
    assert address, enrolled.err
    known = pyotp.parse_uri(address.group())
    assert isinstance(known, pyotp.TOTP)
    assert known.secret in enrolled.out.replace(address.group(), ""), "also to be typed by hand"
    listed = await install.command("partner", "list", "--programme", PROGRAMME)
    assert found[1] in listed.out
    assert "Robin Moss  coordinators" in listed.out
    assert found[2] not in listed.out + listed.err
    assert known.secret not in listed.out + listed.err


async def test_a_key_is_ended_for_good(desk: _Desk) -> None:
    key, secret = await desk.add_key(PROGRAMME, "coordinators")
    (line,) = await desk.list_(PROGRAMME)
    assert key.hex in line
    assert secret not in line
    await desk.end_key(key)
    (line,) = await desk.list_(PROGRAMME)
    assert ", ended " in line
    for wrong in (key, UUID(int=0)):
        with pytest.raises(StartRefused, match="ended before"):
            await desk.end_key(wrong)
    with pytest.raises(StartRefused, match="coordinators, dispatch"):
        await desk.add_key(PROGRAMME, "nobody")
    with pytest.raises(StartRefused, match="no such programme"):
        await desk.add_key("elsewhere", "coordinators")


async def test_a_person_is_enrolled_once_and_ended_for_good(desk: _Desk) -> None:
    secret = await desk.add_user(PROGRAMME, "coordinators", " Robin Moss ")
    assert authenticator.fits(secret)
    assert await desk.list_(PROGRAMME) == ["person Robin Moss  coordinators"]
    with pytest.raises(StartRefused, match="already"):
        await desk.add_user(PROGRAMME, "coordinators", "robin  moss")
    with pytest.raises(StartRefused, match='no channel "web"'):
        await desk.add_user(PROGRAMME, "dispatch", "Ada Aspen")
    for name in ("  ", "x" * 81):
        with pytest.raises(StartRefused, match="at most 80"):
            await desk.add_user(PROGRAMME, "coordinators", name)
    await desk.end_user(PROGRAMME, "ROBIN MOSS")
    assert await desk.list_(PROGRAMME) == ["No keys and no people yet."]
    with pytest.raises(StartRefused, match="Nobody"):
        await desk.end_user(PROGRAMME, "Robin Moss")
