"""R26: what an operator sends to whoever helps names nobody, after a day on which everybody used everything."""

from __future__ import annotations

import base64
import io
import json
import socket
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import support_bundle
from bot.health import Reason
from bot.refusals import StartRefused
from bot.settings import Settings, load_settings
from bot.support_bundle import Gathered, told
from bot.support_commands import gather, look_through, write
from peersupport.requests import State
from simulator.workspace import Workspace
from store.figures import Figures, Waiting
from tests.stories.town import PROGRAMME, Town
from tests.threats import canaries
from tests.threats.canaries import CANARIES, found_in
from tests.threats.day import Day

PASSWORD, MACHINE = "Kanarienpasswort77", "kanarienmaschine77"
SECRETS = {
    "SLACK_APP_TOKEN": "xapp-1-A0KANARY77-7-kanarientoken77",
    "SLACK_SIGNING_SECRET_PREVIOUS": "c0ffee77c0ffee77c0ffee77c0ffee77",
    "MASTER_KEY_PREVIOUS": base64.b64encode(b"kanarienschluessel-von-32-bytes!").decode(),
    "PUBLIC_URL": "https://kanarienadresse77.example.org",
    "METRICS_PORT": "1",
}


def slack_ids(workspace: Workspace) -> dict[str, str]:
    """Return everything in the workspace that has an id of Slack's."""
    people = {f"person {each.key}": each.id for each in workspace.people.values()}
    return people | {f"channel {each.name or each.id}": each.id for each in workspace.channels.values()}


async def forbidden(town: Town) -> dict[str, str]:
    """Return every word that may not be in a bundle."""
    async with town.house.store.work() as work:
        requests = await work.requests.in_states(PROGRAMME, frozenset(State), limit=1000)
    return {
        **CANARIES,
        **slack_ids(town.sim.workspace),
        **{f"reference {each.reference}": each.reference for each in requests},
        **{f"id of {each.reference}": str(each.id) for each in requests},
        **{name: value for name, value in SECRETS.items() if len(value) > 4},
        "team": town.address("farah").team,
        "bot token": town.settings["SLACK_BOT_TOKEN"],
        "signing secret": town.settings["SLACK_SIGNING_SECRET"],
        "master key": town.places.master.read_text("ascii").strip(),
        "folder": str(town.places.folder),
        "home": str(Path.home() / "x")[:-2] if len(str(Path.home())) > 5 else str(town.places.folder),
        "password": PASSWORD,
        "machine": MACHINE,
        "programme": PROGRAMME,
        "office": "604-555-0101",
    }


def log_of(town: Town) -> list[str]:
    """Return lines of a log as they should be, and such as should never have been written, all with canaries."""
    good = {"at": "2026-11-22T12:34:56.789+00:00", "level": "error", "event": "outbox.parked", "kind": "card"}
    lines: list[dict[str, Any]] = [
        good | {"code": "message_refused", "programme": PROGRAMME, "count": 3},
        good | {"thrown": "KeyError at notifier.py:12", "error": "StoreUnavailable", "file": "queue.py", "line": 7},
    ]
    for word in (*CANARIES.values(), *slack_ids(town.sim.workspace).values(), PASSWORD, str(town.places.folder)):
        lines += [good | {name: word} for name in ("reason", "kind", "code", "state", "error", "file", "method")]
        lines += [good | {"event": f"{word} asked"}, good | {"name": word}, good | {"thrown": f"{word} at x.py:1"}]
        lines += [good | {"programme": word, "mode": f"http {word}"}, good | {"level": word}, {**good, "at": word}]
    written = [f"Nov 22 12:34:56 {MACHINE} peersupport[7]: {json.dumps(each)}" for each in lines]
    return [
        *written,
        f"Traceback: {canaries.NAME}",
        "{" * 5000,
        json.dumps([canaries.NAME]),
        json.dumps(canaries.PHONE),
    ]


def bundled(folder: Path, texts: dict[str, str]) -> bytes:
    """Write a bundle and return its bytes."""
    file = folder / f"bundle-{len(list(folder.iterdir()))}.zip"
    write(file, texts)
    assert file.stat().st_mode & 0o777 == 0o600
    return file.read_bytes()


def members(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        return {each.filename: opened.read(each) for each in opened.infolist()}


@pytest.fixture
def settings(day: Day) -> Settings:
    """Give the settings of the day, with canaries for every secret."""
    return load_settings(day.town.settings | SECRETS, day.town.places.folder)


@pytest.mark.threat("T22", "T33")
async def test_nothing_of_the_day_is_in_the_bundle(day: Day, settings: Settings, tmp_path: Path) -> None:
    town, words = day.town, await forbidden(day.town)
    texts = support_bundle.texts(await gather(settings, log_of(town)))
    look_through(texts, settings)
    bundle = bundled(tmp_path, texts)
    assert found_in(bundle, **words) == []
    inside = members(bundle)
    assert set(inside) == {*texts, "MANIFEST.txt"}
    for name, content in inside.items():
        assert found_in(name.encode() + b"\n" + content, **words) == [], name
    assert socket.gethostname().encode() not in b"".join(inside.values()) or len(socket.gethostname()) < 6

    state = json.loads(inside["state.json"])
    assert set(state["running_process"]) <= set(Reason)
    assert state["ledger_is_whole"] is True
    assert set(state["self_audit"].values()) == {0}
    assert state["requests"]["closed"] in ("<5", 5)
    assert {"kind", "state", "ended_with", "rows", "oldest"} == set(state["outbox"][0])
    stated = json.loads(inside["settings.json"])
    assert (stated["SLACK_MODE"], stated["DATABASE_URL IS"]) == ("http", "sqlite")
    assert {stated[name] for name in SECRETS} == {"set"}
    assert (stated["PEOPLE_FILE"], stated["MASTER_KEY_COMMAND"]) == ("set", "not set")
    lines = [json.loads(line) for line in inside["log.jsonl"].splitlines()]
    head = {"at": "2026-11-22T12", "level": "error", "event": "outbox.parked"}
    assert lines[0] == head | {"kind": "card", "code": "message_refused", "programme": 1, "count": "<5"}
    assert lines[1]["thrown"] == "KeyError at notifier.py:12"
    assert lines[1]["file"] == "queue.py"


@pytest.mark.threat("T22", "T33")
@pytest.mark.parametrize("how", ["as it is", "base64", "utf-16", "in the name of a file"])
async def test_what_is_planted_in_a_bundle_is_found(day: Day, settings: Settings, tmp_path: Path, how: str) -> None:
    words = await forbidden(day.town)
    texts = support_bundle.texts(await gather(settings))
    spelt: dict[str, Callable[[str], str]] = {
        "as it is": lambda word: word,
        "base64": lambda word: base64.b64encode(f"xy{word}z".encode()).decode(),
        "utf-16": lambda word: word.encode("utf-16-le").hex(),
    }
    for name, word in words.items():
        if how == "in the name of a file":
            bundle = bundled(tmp_path, texts | {f"{word.replace('/', '_')}.txt": ""})
            missed = "/" not in word and not found_in(bundle, **{name: word})
        else:
            bundle = bundled(tmp_path, texts | {"more.txt": "a word before " + spelt[how](word)})
            missed = not found_in(bundle, **{name: word})
        assert not missed, name


@pytest.mark.threat("T33")
async def test_the_command_itself_refuses_to_write_such_things(day: Day, settings: Settings) -> None:
    texts = support_bundle.texts(await gather(settings))
    look_through(texts, settings)
    values = [SECRETS["PUBLIC_URL"], SECRETS["MASTER_KEY_PREVIOUS"], day.town.settings["SLACK_SIGNING_SECRET"]]
    for word in (*slack_ids(day.town.sim.workspace).values(), "xoxb-1", "https://any.example", *values):
        with pytest.raises(StartRefused, match=r"may not leave this machine stood in log\.jsonl") as refused:
            look_through(texts | {"log.jsonl": f"before {word} after"}, settings)
        assert word not in str(refused.value)


@pytest.mark.threat("T23")
async def test_out_of_reach_it_says_so_and_not_where(day: Day, settings: Settings, tmp_path: Path) -> None:
    url = f"postgresql://kanarienbenutzer:{PASSWORD}@127.0.0.1:1/kanariendatenbank"
    away = load_settings(
        day.town.settings | {"DATABASE_URL": url, "KEYRING_URL": f"{url}_keys", "PORT": "1"}, day.town.places.folder
    )
    texts = support_bundle.texts(await gather(away))
    bundle = bundled(tmp_path, texts)
    assert found_in(bundle, password=PASSWORD, user="kanarienbenutzer", database="kanariendatenbank") == []
    state = json.loads(texts["state.json"])
    assert state["store_trouble"] == "StoreUnavailable"
    assert (state["running_process"], state["ledger_is_whole"]) == (None, None)
    assert json.loads(texts["settings.json"])["DATABASE_URL IS"] == "postgresql"


def test_small_counts_and_foreign_words_are_not_told(day: Day, settings: Settings) -> None:
    assert [told(count) for count in (0, 1, 4, 5, 9, 10)] == [0, "<5", "<5", 5, 5, 10]
    now = datetime(2026, 11, 22, tzinfo=UTC)
    figures = Figures(
        "0099", requests=(("closed", 4), (canaries.NAME, 6)), waiting=(Waiting("kanarya", "lost", "Ä", 3, now),)
    )
    texts = support_bundle.texts(replace(Gathered(settings, now), figures=figures, metrics=METRICS))
    state = json.loads(texts["state.json"])
    assert state["requests"] == {"closed": "<5", "another": 5}
    assert state["outbox"] == [
        {"kind": "another", "state": "another", "ended_with": "another", "rows": "<5", "oldest": "less than a minute"}
    ]
    assert json.loads(texts["versions.json"])["schema_found"] == "another"
    assert json.loads(texts["metrics.json"]) == {'peersupport_answers_total{outcome="answered"}': 15.0}
    assert canaries.NAME not in "".join(texts.values())


METRICS = f"""# HELP something
peersupport_answers_total{{outcome="answered"}} 15.0
peersupport_answers_total{{who="{canaries.NAME}"}} 15.0
process_open_fds 7
"""


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "bundle.zip"
    file.write_text("mine")
    with pytest.raises(StartRefused, match="name a new one"):
        write(file, {"a": "b"})
    assert file.read_text() == "mine"
