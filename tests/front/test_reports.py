"""The report in its modal: as text, in both languages, period by period, for administrators."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from bot.report_commands import written
from handlers import ids
from handlers.i18n import Texts
from handlers.views import kit
from handlers.views import reports as views
from peersupport.disclosure import WITHHELD, Row
from peersupport.programme import Programme
from peersupport.reports import Period, Report, lines
from peersupport.waits import Fact
from simulator.block_kit import check_blocks
from tests.front.process import Install
from tests.front.screen import every_element
from tests.front.stage import Person, Stage
from tests.rules.world import VANCOUVER, World, address
from tests.store.gathering_town import THRIVING

pytestmark = pytest.mark.req("G20")


@pytest.fixture
async def stage() -> Stage:
    world = World()
    world.now = datetime(2026, 2, 3, tzinfo=UTC)
    for number in range(12):
        await world.opens(address(f"U0WINTER{number}"))
    world.now = datetime(2026, 5, 3, tzinfo=UTC)
    for number in range(3):
        await world.opens(address(f"U0SPRING{number}"))
    world.now = datetime(2026, 7, 3, tzinfo=UTC)
    return Stage(world)


async def opened(stage: Stage, language: str = "en") -> Person:
    ada = stage.person("U0ADA", profile={"real_name": "Ada"}, locale=f"{language}-CA")
    await ada.opens_home()
    await ada.presses(ids.REPORT, on_home=True)
    return ada


async def test_an_administrator_reads_the_latest_report_and_chooses_another(stage: Stage) -> None:
    ada = await opened(stage)
    assert "Quarter 2 of 2026" in ada.sees
    assert "*Requests received*\n<5\n" in ada.sees
    await ada.chooses("others", "2026-Q1")
    assert "Quarter 1 of 2026" in ada.sees
    assert "*Requests received*\nabout 10\n" in ada.sees
    assert "Counts of 1 to 4 are shown as <5" in ada.sees
    assert "12" not in ada.sees


async def test_it_is_there_in_french(stage: Stage) -> None:
    ada = await opened(stage, "fr")
    assert "Trimestre 2 de 2026" in ada.sees
    assert "*Demandes reçues*\n<5\n" in ada.sees
    await ada.chooses("others", "2026-Q1")
    assert "*Demandes reçues*\nenviron 10\n" in ada.sees


async def test_before_a_period_is_over_there_is_none() -> None:
    world = World()
    await world.opens()
    ada = await opened(Stage(world))
    assert "There is no report yet." in ada.sees
    assert not [each for each in every_element(ada.top.view) if each["action_id"] == ids.REPORT_PERIOD]


@pytest.mark.req("U54")
async def test_nothing_in_the_view_holds_a_small_count(stage: Stage) -> None:
    ada = await opened(stage)
    assert ada.top.view["private_metadata"] == '{"l":"en","p":"vancouver-peer-support"}'
    values = [block for block in ada.top.view["blocks"] if block["block_id"].startswith("rows.")]
    shown = [field["text"] for block in values for field in block["fields"][1::2]]
    assert set(shown) == {"<5", "0", "–"}


@pytest.mark.parametrize("user", ["U0LENA", "U0ROBIN", "U0WINTER3"])
async def test_nobody_else_has_the_button_or_gets_it_by_forging(stage: Stage, user: str) -> None:
    other = stage.person(user, profile={"real_name": "Robin"})
    await other.opens_home()
    assert not [each for each in every_element(other.home) if each["action_id"] == ids.REPORT]
    await other.presses(ids.HELP_NOW, on_home=True)
    before = other.sees
    await other._act({"type": "button", "action_id": ids.REPORT, "value": VANCOUVER.id}, on_home=True)
    assert other.sees != before
    assert "Quarter" not in other.sees
    assert stage.world.memory.tables.reports == {}


@pytest.mark.parametrize("value", ["", "nonsense", "2026-Q4", "another-programme"])
async def test_odd_values_are_answered(stage: Stage, value: str) -> None:
    ada = await opened(stage)
    await ada._act({"type": "static_select", "action_id": ids.REPORT_PERIOD, "value": value}, on_home=False)
    assert "Quarter 2 of 2026" in ada.sees
    await ada._act({"type": "button", "action_id": ids.REPORT, "value": "another-programme"}, on_home=True)
    assert "Quarter" not in ada.sees


ROWS = dict.fromkeys(Row, "0") | {
    Row.RECEIVED: "60", Row.FROM_SELF: "50", Row.FROM_COLLEAGUE: "10", Row.CONTACTED: "-", Row.IN_TIME: "50",
    Row.LATE: "<5", Row.REGISTRATIONS: "15", Row.IN_COURSES: "-", Row.ATTENDANCES: "<5",
}  # fmt: skip
FACTS = {Fact.MEDIAN: "24", Fact.NINETIETH: "-", Fact.HELD: "3"}
TEXTS = Texts.load()
WHOLE = Report(Period(2026, 7, 3), ROWS, FACTS)


def drawn(programme: Programme, language: str = "en") -> tuple[dict[str, int], str]:
    """Return what the chart draws and what stands below it, as Slack takes both in a Home."""
    blocks = kit.message(views.chart(programme, WHOLE, TEXTS.in_language(language)))
    assert check_blocks(blocks, "home") == []
    points = [each for block in blocks if "chart" in block for each in block["chart"]["series"][0]["data"]]
    return {each["label"]: each["value"] for each in points}, blocks[-1]["text"]["text"]


@pytest.mark.req("T21")
def test_the_chart_draws_the_numbers_of_the_text_and_nothing_small() -> None:
    bars, words = drawn(THRIVING)
    assert bars == {"Sessions": 3, "Registrations": 15}
    assert words == "Quarter 3 of 2026: Sessions: 3 · Registrations: about 15 · In courses: – · Came: <5"
    bars, words = drawn(VANCOUVER, "fr")
    assert bars["Demandes"] == 60
    assert "Premiers contacts" not in bars
    assert "Premiers contacts\u00a0: –" in words


def test_a_paragraph_for_a_funder_is_there_in_both_languages_without_what_is_withheld() -> None:
    view = views.report(VANCOUVER, [WHOLE], WHOLE, TEXTS.in_language("fr"), TEXTS)
    told = {block["block_id"]: block["text"]["text"] for block in view["blocks"] if "funder." in block["block_id"]}
    assert list(told) == ["funder.en", "funder.fr"]
    assert "Quarter 3 of 2026. Requests received: about 60; Asked for themselves: about 50; " in told["funder.en"]
    assert "Half heard from somebody: within 24 hours" in told["funder.en"]
    assert "First contact within the promised time: at least 90%" in told["funder.en"]
    assert "Premier contact dans le délai promis\u00a0: au moins 90\u00a0%" in told["funder.fr"]
    assert "–" not in told["funder.en"] + told["funder.fr"]
    assert all(len(text) <= 3000 for text in told.values())


async def test_home_shows_the_last_report_that_was_published_and_publishes_none(stage: Stage) -> None:
    ada = stage.person("U0ADA", profile={"real_name": "Ada"}, locale="en-CA")
    await ada.opens_home()
    assert not [block for block in ada.home["blocks"] if block["type"] == "data_visualization"]
    assert stage.world.memory.tables.reports == {}
    await ada.presses(ids.REPORT, on_home=True)
    await ada.opens_home()
    assert "Quarter 2 of 2026: Requests: <5" in json.dumps(ada.home, ensure_ascii=False)


def test_the_command_writes_text_and_csv() -> None:
    rows = dict.fromkeys(Row, "0") | {Row.RECEIVED: "15", Row.LATE: "<5", Row.CONTACTED: WITHHELD}
    report = Report(Period(2026, 7, 3), rows)
    text = written(VANCOUVER, report, as_csv=False).splitlines()
    assert text[0] == "vancouver-peer-support 2026-Q3 (1 to 4 withheld, others rounded to 5)"
    assert [line.split() for line in text[1:]][:2] == [["received", "15"], ["received.self", "0"]]
    table = written(VANCOUVER, report, as_csv=True).splitlines()
    assert table[:2] == ["period,line,count", "2026-Q3,received,15"]
    assert "2026-Q3,contacted_late,<5" in table
    assert "2026-Q3,contacted,-" in table
    assert len(table) == len(text) == 1 + sum(len(rows) for _, rows in lines(VANCOUVER, report))


@pytest.mark.long
async def test_the_command_prints_the_latest_or_a_chosen_period(tmp_path: Path) -> None:
    install = Install.make(tmp_path)
    assert (await install.command("migrate")).code == 0
    none = await install.command("report", "--programme", VANCOUVER.id)
    assert (none.code, none.out) == (2, "")
    assert "There is no report yet" in none.err
    file = install.read_settings().database_url.get_secret_value().removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        for month in (1, 1, 1, 4, 4, 4, 4, 4, 4, 4):
            database.execute(
                "INSERT INTO requests (id, reference, programme, door, state, version, created_at, due_at,"
                " notice_version, urgent, private_card, ask_first, talks, attempts, fourth_agreed, none_left)"
                " VALUES (?, ?, ?, 'self', 'received', 1, ?, ?, '1', 0, 0, 0, 0, 0, 0, 0)",
                (uuid4().hex, uuid4().hex, VANCOUVER.id, *[f"2026-{month:02}-05 00:00:00.000000"] * 2),
            )
        database.commit()
    first = await install.command("report", "--programme", VANCOUVER.id, "--period", "2026-Q1", "--csv")
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[:2] == ["period,line,count", "2026-Q1,received,<5"]
    second = await install.command("report", "--programme", VANCOUVER.id, "--period", "2026-Q2")
    assert second.out.splitlines()[1].split() == ["received", "5"]
    unknown = await install.command("report", "--programme", VANCOUVER.id, "--period", "2031")
    assert unknown.code == 2
    assert "2026-Q1" in unknown.err
    assert (await install.command("report", "--programme", "another")).code == 2
