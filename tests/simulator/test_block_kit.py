"""It refuses what Slack refuses: a table of illegal views and blocks, and a few legal ones at the very limit."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from simulator.block_kit import Surface, check_blocks, check_view, view_too_large
from tests.simulator.bolt_app import FORM, button, modal, plain, text_input

Json = dict[str, Any]


def section(text: str = "Words", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def options(count: int, length: int = 5) -> list[Json]:
    return [{"text": plain(f"{n:0{length}d}"), "value": str(n)} for n in range(count)]


def asking(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "a", "options": options(2), **more}


CONFIRM = {"title": plain("Sure?"), "text": plain("Really."), "confirm": plain("Yes"), "deny": plain("No")}


def bars(categories: list[str], *names: str) -> Json:
    """Return a chart whose series each have one point."""
    series = [{"name": name, "data": [{"label": "x", "value": 1}]} for name in names]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": categories}}
    return {"type": "data_visualization", "title": "Counts", "chart": chart}


ILLEGAL_BLOCKS: dict[str, tuple[Surface, list[Json], str]] = {
    "unknown block": ("modal", [{"type": "paragraph", "text": plain("x")}], "unsupported type: paragraph"),
    "no type": ("modal", [{"text": plain("x")}], "missing required field: type"),
    "unknown property": ("modal", [section(colour="red")], "invalid additional property: colour"),
    "misspelt action_id": ("modal", [actions({**button("x", "a"), "acton_id": "b"})], "additional property: acton_id"),
    "alert in a message": ("message", [{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "alert in Home": ("home", [{"type": "alert", "text": plain("x")}], "unsupported type: alert"),
    "alert over 200": ("modal", [{"type": "alert", "text": plain("x" * 201)}], "less than 201"),
    "chart in a modal": ("modal", [{"type": "data_visualization", "title": "x", "chart": {}}], "unsupported type"),
    "table in a modal": ("modal", [{"type": "table", "rows": []}], "unsupported type: table"),
    "markdown in a modal": ("modal", [{"type": "markdown", "text": "x"}], "unsupported type: markdown"),
    "markdown in Home": ("home", [{"type": "markdown", "text": "x"}], "unsupported type: markdown"),
    "101 blocks in Home": ("home", [section()] * 101, "no more than 100 items"),
    "51 blocks in a message": ("message", [section()] * 51, "no more than 50 items"),
    "empty section": ("modal", [{"type": "section"}], "missing required field: text"),
    "section over 3000": ("modal", [section("x" * 3001)], "less than 3001"),
    "empty text": ("modal", [section("")], "more than 0 characters"),
    "11 fields": ("modal", [{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items"),
    "field over 2000": ("modal", [{"type": "section", "fields": [plain("x" * 2001)]}], "less than 2001"),
    "emoji on mrkdwn": (
        "modal",
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        "emoji",
    ),
    "mrkdwn header": (
        "modal",
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn",
    ),
    "header over 150": ("modal", [{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    "26 buttons": ("modal", [actions(*[button("x", str(n)) for n in range(26)])], "no more than 25 items"),
    "no buttons": ("modal", [actions()], "at least 1 items"),
    "11 in context": ("modal", [{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
    "button in context": ("modal", [{"type": "context", "elements": [button("x", "a")]}], "unsupported type: button"),
    "button over 75": ("modal", [actions(button("x" * 76, "a"))], "less than 76"),
    "mrkdwn button": (
        "modal",
        [actions({"type": "button", "text": {"type": "mrkdwn", "text": "x"}})],
        "unsupported type",
    ),
    "button value over 2000": ("modal", [actions(button("x", "a", value="v" * 2001))], "less than 2001"),
    "button style": ("modal", [actions(button("x", "a", style="warning"))], "must be one of: primary, danger"),
    "button url": ("modal", [actions(button("x", "a", url="nowhere"))], "must be a valid URL"),
    "label over 75": ("modal", [actions(button("x", "a", accessibility_label="x" * 76))], "less than 76"),
    "action_id over 255": ("modal", [actions(button("x", "a" * 256))], "less than 256"),
    "block_id over 255": ("modal", [section(block_id="b" * 256)], "less than 256"),
    "block_id twice": ("modal", [section(block_id="b"), section(block_id="b")], "block_id must be unique: b"),
    "action_id twice": ("modal", [actions(button("x", "a"), button("y", "a"))], "action_id must be unique"),
    "confirm title": ("modal", [actions(button("x", "a", confirm={**CONFIRM, "title": plain("x" * 101)}))], "than 101"),
    "confirm text": ("modal", [actions(button("x", "a", confirm={**CONFIRM, "text": plain("x" * 301)}))], "than 301"),
    "confirm button": ("modal", [actions(button("x", "a", confirm={**CONFIRM, "deny": plain("x" * 31)}))], "than 31"),
    "half a confirm": ("modal", [actions(button("x", "a", confirm={"title": plain("x")}))], "required field: deny"),
    "text input in actions": ("modal", [actions({"type": "plain_text_input", "action_id": "a"})], "unsupported type"),
    "button in an input": ("modal", [asking(button("x", "a"))], "unsupported type: button"),
    "mrkdwn label": ("modal", [asking(select()) | {"label": {"type": "mrkdwn", "text": "x"}}], "unsupported type"),
    "hint over 2000": ("modal", [asking(select(), hint=plain("x" * 2001))], "less than 2001"),
    "placeholder over 150": ("modal", [asking(select(placeholder=plain("x" * 151)))], "less than 151"),
    "max_length over 3000": ("modal", [asking({"type": "plain_text_input", "max_length": 3001})], "between 1 and 3000"),
    "min over max": ("modal", [asking({"type": "plain_text_input", "min_length": 9, "max_length": 3})], "greater than"),
    "two focused": (
        "modal",
        [asking(select(focus_on_load=True)), asking(select(focus_on_load=True))],
        "only one element may have focus_on_load",
    ),
    "no options": ("modal", [asking({"type": "static_select", "action_id": "a"})], "missing required field: options"),
    "101 options": ("modal", [asking(select(options=options(101)))], "no more than 100 items"),
    "option over 75": ("modal", [asking(select(options=options(1, 76)))], "less than 76"),
    "option value over 150": (
        "modal",
        [asking(select(options=[{"text": plain("x"), "value": "v" * 151}]))],
        "than 151",
    ),
    "mrkdwn option": (
        "modal",
        [asking(select(options=[{"text": {"type": "mrkdwn", "text": "x"}, "value": "v"}]))],
        "unsupported type: mrkdwn",
    ),
    "same value twice": ("modal", [asking(select(options=[*options(1), *options(1)]))], "must be unique: 0"),
    "initial not offered": ("modal", [asking(select(initial_option=options(9)[8]))], "one of the options"),
    "both options and groups": (
        "modal",
        [asking(select(option_groups=[{"label": plain("g"), "options": options(1)}]))],
        "only one of options and option_groups",
    ),
    "11 radio buttons": ("modal", [asking({"type": "radio_buttons", "options": options(11)})], "no more than 10 items"),
    "11 checkboxes": ("modal", [asking({"type": "checkboxes", "options": options(11)})], "no more than 10 items"),
    "no checkbox chosen": (
        "modal",
        [asking({"type": "checkboxes", "options": options(2), "initial_options": []})],
        "at least 1 items",
    ),
    "6 in overflow": ("modal", [actions({"type": "overflow", "options": options(6)})], "no more than 5 items"),
    "bad date": ("modal", [asking({"type": "datepicker", "initial_date": "7 December"})], "YYYY-MM-DD"),
    "bad time": ("modal", [asking({"type": "timepicker", "initial_time": "25:00"})], "HH:mm"),
    "number as number": ("modal", [asking({"type": "number_input", "is_decimal_allowed": "no"})], "must be a boolean"),
    "file input in Home": ("home", [asking({"type": "file_input"})], "not supported on this surface"),
    "email input in Home": ("home", [asking({"type": "email_text_input"})], "not supported on this surface"),
    "datetime in Home": ("home", [actions({"type": "datetimepicker"})], "not supported on this surface"),
    "4 buttons on a card": (
        "home",
        [{"type": "card", "body": plain("x"), "actions": [button("x", str(n)) for n in range(4)]}],
        "no more than 3 items",
    ),
    "card body over 200": ("home", [{"type": "card", "body": plain("x" * 201)}], "less than 201"),
    "empty card": ("home", [{"type": "card", "subtitle": plain("x")}], "at least one of"),
    "image without words": ("modal", [{"type": "image", "image_url": "https://example.org/x.png"}], "alt_text"),
    "13 series": (
        "home",
        [
            {
                "type": "data_visualization",
                "title": "Counts",
                "chart": {
                    "type": "bar",
                    "series": [{"name": "n", "data": [{"label": "x", "value": 1}]}] * 13,
                    "axis_config": {"categories": ["x"]},
                },
            }
        ],
        "no more than 12 items",
    ),
    "two series of one name": ("home", [bars(["x"], "n", "n")], "series names must be unique"),
    "a point too few": ("home", [bars(["x", "y"], "n")], "labels must match axis categories"),
    "not a list": ("modal", {"type": "section"}, "must be an array"),  # type: ignore[dict-item]
    "not objects": ("modal", ["words"], "must be an object"),  # type: ignore[list-item]
}


@pytest.mark.parametrize("name", ILLEGAL_BLOCKS)
def test_illegal_blocks_are_refused(name: str) -> None:
    surface, blocks, words = ILLEGAL_BLOCKS[name]
    if surface == "message":
        messages = check_blocks(blocks)
    else:
        view = (
            modal("Title", blocks, submit=plain("Send")) if surface == "modal" else {"type": "home", "blocks": blocks}
        )
        messages = check_view(view, surface)
    assert any(words in message for message in messages), messages


ILLEGAL_VIEWS: dict[str, tuple[Json, str]] = {
    "title over 24": (modal("x" * 25, []), "less than 25"),
    "submit over 24": (modal("x", [], submit=plain("x" * 25)), "less than 25"),
    "close over 24": (modal("x", []) | {"close": plain("x" * 25)}, "less than 25"),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title"),
    "no blocks": ({"type": "modal", "title": plain("x")}, "missing required field: blocks"),
    "a question without submit": (modal("x", [text_input("a", "b")]), "missing required field: submit"),
    "metadata over 3000": (modal("x", [], private_metadata="m" * 3001), "less than 3001"),
    "callback over 255": (modal("x", [], callback_id="c" * 256), "less than 256"),
    "unknown property": (modal("x", [], colour="red"), "invalid additional property: colour"),
    "a Home": ({"type": "home", "blocks": []}, "must be modal"),
}


@pytest.mark.parametrize("name", ILLEGAL_VIEWS)
def test_illegal_views_are_refused(name: str) -> None:
    view, words = ILLEGAL_VIEWS[name]
    messages = check_view(view, "modal")
    assert any(words in message for message in messages), messages


def test_a_home_has_no_title() -> None:
    assert check_view({"type": "home", "blocks": [], "title": plain("x")}, "home") == [
        "[ERROR] invalid additional property: title [json-pointer:/view]"
    ]


def test_what_is_at_the_limit_is_taken() -> None:
    blocks = [
        section("x" * 3000),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "alert", "text": plain("x" * 200), "level": "info"},
        actions(*[button("x" * 75, str(n), value="v" * 2000, confirm=CONFIRM) for n in range(25)]),
        asking(select(options=options(100, 75)), hint=plain("x" * 2000)),
        asking({"type": "multi_users_select", "action_id": "a", "max_selected_items": 3}),
        asking({"type": "email_text_input", "action_id": "a"}),
        *[section()] * 93,
    ]
    view = modal("x" * 24, blocks, submit=plain("x" * 24), private_metadata="m" * 3000, callback_id="c" * 255)
    assert check_view(view, "modal") == []
    assert check_view(FORM, "modal") == []
    assert check_blocks([section(accessory=button("x", "a"))] * 50) == []


def test_messages_say_where() -> None:
    view = copy.deepcopy(FORM)
    view["blocks"][4]["elements"][1]["text"]["text"] = ""
    assert check_view(view, "modal") == [
        "[ERROR] must be more than 0 characters [json-pointer:/view/blocks/4/elements/1/text/text]"
    ]


def test_a_view_is_at_most_250_kb() -> None:
    assert view_too_large(modal("x", [section("x" * 3000)] * 90))
    assert not view_too_large(modal("x", [section("x" * 3000)] * 80))
