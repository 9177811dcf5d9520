"""The doctor and the other commands: plain sentences, and an exit code."""

from __future__ import annotations

import asyncio
import io
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from bot import doctor, manifest
from bot.installation import load_files
from bot.machine import RandomIds, SystemClock
from bot.refusals import StartRefused
from bot.slack import make_client, make_session
from bot.supporters_file import import_file, read_csv
from handlers.i18n import Texts, Translator
from peersupport import approvals
from peersupport.addresses import Address
from peersupport.notifications import Kind, Message
from simulator import Simulator
from tests.front.process import PROGRAMME, ROOT, Install, installed
from tests.front.signed import captured_log


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[tuple[Simulator, Install]]:
    async with installed(tmp_path) as (slack, install):
        async with install.up():
            await install.until(200)
        yield slack, install


async def findings(install: Install, **changes: str) -> list[str]:
    found = [finding async for finding in doctor.examine(install.read_settings(**changes))]
    assert all(finding.sentence.endswith(".") and finding.sentence[0].isupper() for finding in found)
    return [f"{finding.verdict.value} {finding.sentence}" for finding in found]


def to_mend(found: list[str]) -> list[str]:
    return [line.removeprefix("MEND ") for line in found if line.startswith("MEND")]


@pytest.mark.req("G29", "G40", "G30")
async def test_all_is_well(world: tuple[Simulator, Install]) -> None:
    found = await findings(world[1])
    assert to_mend(found) == []
    told = "\n".join(found)
    for words in (
        "Vancouver is at UTC-07:00 in December 2026",
        "3 help lines on every first screen, 2 administrators, English and French complete",
        "texts are complete in English and French",
        "Database and keyring are in reach",
        "The scopes are those of the manifest: chat:write, commands, groups:read, users:read.",
        "Socket Mode can connect.",
        "channel is private, ours alone",
        "people with a role are full members",
    ):
        assert words in told, words


@pytest.mark.req("G40")
async def test_scopes_are_compared_with_the_manifest(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    slack.workspace.app.scopes = frozenset({"commands", "chat:write", "users:read"})
    assert any("lacks the scopes groups:read" in line for line in to_mend(await findings(install)))
    slack.workspace.app.scopes = frozenset({"commands", "chat:write", "users:read", "groups:read", "groups:history"})
    found = await findings(install)
    assert to_mend(found) == []
    assert any(line.startswith("note") and "groups:history" in line for line in found)


@pytest.mark.req("G10")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "public"}, "is not private"),
        ({"ext_shared": True}, "is shared outside the workspace"),
        ({"archived": True}, "is archived"),
        ({"members": ["U0FARAHME1"]}, "cannot be seen by the app"),
    ],
)
async def test_the_channel_is_looked_at(
    world: tuple[Simulator, Install], change: dict[str, object], words: str
) -> None:
    slack, install = world
    for name, value in change.items():
        setattr(slack.workspace.channels["C0PSADMIN1"], name, value)
    assert any(words in line for line in to_mend(await findings(install)))


async def test_people_who_left_are_counted_and_not_named(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    slack.workspace.people["U0HUGOCED1"].deleted = True
    told = to_mend(await findings(install))
    assert told == [f"Programme {PROGRAMME}: 1 of 4 people with a role are not full members of this workspace."]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "peersupport migrate"),
        ({"KEYRING_URL": "sqlite:////nowhere/at/all.db"}, "keyring"),
        ({"MASTER_KEY_FILE": "nowhere.key"}, "The master key file cannot be read."),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
        ({"PROGRAMMES": "elsewhere"}, "PROGRAMMES names elsewhere"),
    ],
)
async def test_each_trouble_has_its_sentence(
    world: tuple[Simulator, Install], changes: dict[str, str], words: str
) -> None:
    assert any(words in line for line in to_mend(await findings(world[1], **changes)))


async def test_refused_tokens_are_told(world: tuple[Simulator, Install]) -> None:
    install = world[1]
    (install.folder / "secrets" / "app_token").write_text("xapp-CANARY")
    assert any("Socket Mode cannot connect (invalid_auth)" in line for line in to_mend(await findings(install)))
    (install.folder / "secrets" / "bot_token").write_text("xoxb-CANARY")
    told = to_mend(await findings(install))
    assert any("Slack does not accept SLACK_BOT_TOKEN" in line for line in told)
    assert "CANARY" not in " ".join(told)


def test_a_missing_translation_is_told() -> None:
    texts = Texts({"en": Translator("en", {"a": "a", "b": "b"}), "fr": Translator("fr", {"a": "a"})})
    assert doctor.catalogues(texts).sentence.startswith("The app's own texts are incomplete: fr lacks 1.")


async def test_the_command_prints_and_ends_with_its_code(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    slack.workspace.channels["C0PSADMIN1"].kind = "public"
    result = await install.command("doctor")
    assert result.code == 1
    assert "\nMEND Programme" in result.out
    assert result.out.endswith("1 thing(s) to mend.\n")
    assert result.err == ""


@pytest.mark.req("G40", "G5")
def test_the_manifest_for_http_differs_only_in_the_way_in() -> None:
    socket = manifest.load_manifest()
    http = yaml.safe_load(manifest.as_yaml(manifest.for_http(socket, "https://support.example.org/")))
    url = "https://support.example.org/slack/events"
    assert http["settings"]["event_subscriptions"] == {
        "request_url": url,
        "bot_events": ["app_home_opened", "user_change", "app_uninstalled", "tokens_revoked"],
    }
    assert http["settings"]["interactivity"] == {"is_enabled": True, "request_url": url}
    assert http["settings"]["socket_mode_enabled"] is False
    assert [command.pop("url") for command in http["features"]["slash_commands"]] == [url]
    assert http["features"] == socket["features"]
    assert http["oauth_config"] == socket["oauth_config"]
    assert len(manifest.scopes(http)) <= 5
    assert http["features"]["app_home"]["messages_tab_read_only_enabled"] is True


def test_the_manifest_for_http_needs_a_safe_address() -> None:
    with pytest.raises(StartRefused, match="must start with https://"):
        manifest.for_http(manifest.load_manifest(), "http://support.example.org")


GOOD_ROW = "U0IRISWIN1,Iris Wintergreen,en,phone,2026-03-14"
HEADER = "member_id,name,languages,modalities,trained_on"


async def _import(install: Install, slack: Simulator, *rows: str, header: str = HEADER, away: bool = False) -> int:
    table = install.folder / "supporters.csv"
    table.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    async with install.up() as house:
        await install.until(200)
        if away:
            # After the app's own look at the people of its channel.
            await slack.settled()
            slack.faults.add(method="users.info", kind="status", status=503, count=1)
        programme = load_files(install.read_settings()).programmes[PROGRAMME]
        async with make_session() as session:
            client = make_client(slack.credentials["bot_token"], slack.api_url, session)
            team = slack.workspace.team_id
            return await import_file(table, programme, team, client, house.work, SystemClock(), RandomIds())


@pytest.mark.req("G28")
async def test_supporters_are_imported_whole_or_not_at_all(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    with pytest.raises(StartRefused) as refusal:
        await _import(install, slack, GOOD_ROW, "CANARY,,xx,by_pigeon,soon", GOOD_ROW)
    told = list(refusal.value.sentences)
    assert [line.split(":")[0] for line in told] == ["supporters.csv, line 3"] * 5 + ["supporters.csv, line 4"]
    assert "CANARY" not in " ".join(told)
    assert await _import(install, slack, GOOD_ROW, "U0JONASHA1,Jonas Harebell,en,phone;zoom,2026-03-14") == 2
    with pytest.raises(StartRefused, match="line 3: member_id is in the register already"):
        await _import(install, slack, "U0KAYABUN1,Kaya Bunchberry,en,phone,2026-03-14", GOOD_ROW)


@pytest.mark.req("G28")
async def test_nobody_is_imported_who_cannot_be_asked(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    slack.workspace.people["U0JONASHA1"].deleted = True
    slack.workspace.people["U0KAYABUN1"].is_restricted = True
    rows = [GOOD_ROW] + [f"{user},Somebody,en,phone,2026-03-14" for user in ("U0JONASHA1", "U0KAYABUN1", "U0NOWHERE1")]
    with pytest.raises(StartRefused) as refusal:
        await _import(install, slack, *rows)
    assert [line.split(":")[0] for line in refusal.value.sentences] == [
        f"supporters.csv, line {line}" for line in (3, 4, 5)
    ]
    with pytest.raises(StartRefused, match="Slack could not be asked"):
        await _import(install, slack, GOOD_ROW, away=True)
    slack.faults.clear()
    assert await _import(install, slack, GOOD_ROW) == 1, "nothing was imported before"


async def test_a_changed_ledger_is_told_with_its_first_line(world: tuple[Simulator, Install]) -> None:
    slack, install = world
    await _import(install, slack, GOOD_ROW, "U0JONASHA1,Jonas Harebell,en,phone,2026-03-14")
    assert "ok The ledger of deeds is whole." in await findings(install)
    settings = install.read_settings()
    file = settings.database_url.get_secret_value().removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE audit SET event = 'refused' WHERE seq = 2")
        database.commit()
    assert any("broken at line 2: a line was changed" in line for line in to_mend(await findings(install)))


async def test_other_people_in_the_files_are_told_and_followed(world: tuple[Simulator, Install]) -> None:
    install = world[1]
    people = install.read_settings().people_file
    assert people is not None
    people.write_text(people.read_text().replace("U0GWENSOR1", "U0IRISWIN1"))
    wanted = f'run "peersupport set-people --programme {PROGRAMME}"'
    assert any(wanted in line for line in to_mend(await findings(install)))
    awaits = await install.command("set-people", "--programme", PROGRAMME)
    assert (awaits.code, awaits.err) == (3, "")
    done, asks = awaits.out.splitlines()
    assert done == "0 added, 0 changed, 0 removed."
    assert re.fullmatch(
        r"Two administrators must agree: they find it in Home, code [0-9A-Z]{4}-[0-9A-Z]{4}. "
        r"Read them the code, then run this again.",
        asks,
    )
    assert await install.command("set-people", "--programme", PROGRAMME) == awaits
    await _agree(install, "U0FARAHME1", "U0GWENSOR1")
    result = await install.command("set-people", "--programme", PROGRAMME)
    assert (result.code, result.out, result.err) == (0, "1 added, 0 changed, 1 removed.\n", "")
    assert to_mend(await findings(install)) == []


async def _agree(install: Install, *users: str) -> None:
    """Let administrators say yes to whatever waits."""
    async with install.up() as house:
        await install.until(200)
        programme = load_files(install.read_settings()).programmes[PROGRAMME]
        for user in users:
            async with house.store.work() as work:
                who = Address("T0HARBOUR1", user)
                [waits] = await approvals.pending(work, programme, who, now=SystemClock().now())
                agreed = await approvals.agree(work, programme, who, waits.approval.id, now=SystemClock().now())
                assert isinstance(agreed, approvals.Agreed)


async def test_what_was_given_up_is_counted_and_revived(world: tuple[Simulator, Install]) -> None:
    install = world[1]
    async with install.up() as house:
        await install.until(200)
        async with house.store.work() as work:
            message = Message(Kind.HOME_MEMBER, house.ids.new(), "home", "another-programme")
            await work.outbox.put(message)
        async with asyncio.timeout(20):
            while "outbox_parked" not in house.troubles:  # noqa: ASYNC110 - the worker parks by itself
                await asyncio.sleep(0.05)
    assert any("Given up: 1 message(s) or timer(s) of 1 kind(s)" in line for line in to_mend(await findings(install)))
    result = await install.command("revive")
    assert (result.code, result.out) == (0, "1 message(s) and timer(s) go again.\n")
    assert to_mend(await findings(install)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the first line must name the columns"),
        (b"name\nIris\n", "member_id is missing"),
        (b"member_id,name\n", "holds no rows below its header"),
        (b"member_id,name\n\xff\xfe,x\n", "is not in UTF-8"),
        (b'member_id,name\n"U1,x\n', "a quotation mark is not closed"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    table = tmp_path / "supporters.csv"
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(StartRefused, match=words):
        read_csv(table)


async def test_check_and_manifest_commands(tmp_path: Path) -> None:
    install = Install.make(tmp_path)
    result = await install.command("check")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"The settings and 1 programme(s) are well: {PROGRAMME}.\n"
    result = await install.command("manifest", "--url", "https://support.example.org")
    assert result.code == 0
    assert yaml.safe_load(result.out)["settings"]["socket_mode_enabled"] is False
    assert (ROOT / "manifest.yml").exists()
