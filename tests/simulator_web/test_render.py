"""Every block and element the page draws: escaped, labelled, and with what a person has filled in."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from simulator.block_kit import check_view
from simulator.forms import initial_values
from simulator.web.mrkdwn import Reader
from simulator.web.render import render_block, render_blocks
from simulator.web.surface import Surface
from tests.simulator_web import screens
from tests.simulator_web.screens import button, field, mark, option, plain

Json = dict[str, Any]

NASTY = "<img src=x onerror=alert(1)> & \"quoted\" 'single'"
PEOPLE = [("U1", "Ava Larkspur"), ("U2", "Iris Wintergreen")]
SURFACE = Surface("V1", Reader(me="U1"), people=PEOPLE, channels=[("C1", "#general")])

ELEMENTS: list[Json] = [
    {"type": "plain_text_input"},
    {"type": "plain_text_input", "multiline": True},
    {"type": "email_text_input"},
    {"type": "url_text_input"},
    {"type": "number_input", "is_decimal_allowed": True},
    {"type": "datepicker"},
    {"type": "timepicker"},
    {"type": "static_select", "options": [option("a", NASTY)]},
    {"type": "static_select", "option_groups": [{"label": plain(NASTY), "options": [option("a", "A")]}]},
    {"type": "multi_static_select", "options": [option("a", NASTY), option("b", "B")]},
    {"type": "users_select"},
    {"type": "multi_users_select"},
    {"type": "channels_select"},
    {"type": "conversations_select"},
    {"type": "checkboxes", "options": [option("a", NASTY, NASTY)]},
    {"type": "radio_buttons", "options": [option("a", NASTY, NASTY)]},
]


class Tags(HTMLParser):
    """Collects every element's tag and attributes, and checks that they nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("input", "hr", "br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def with_attr(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.seen if name in attrs]


def drawn(block: Json, surface: Surface = SURFACE) -> Tags:
    return Tags(str(render_block(block, surface)))


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element["type"])
def test_every_input_is_labelled_and_nothing_in_it_becomes_markup(element: Json) -> None:
    block = field("b", NASTY, {"placeholder": plain(NASTY), **element}, hint=plain(NASTY))
    tags = drawn(block)
    assert not [tag for tag, _ in tags.seen if tag == "img"]
    assert not tags.with_attr("onerror")
    control = next(attrs for attrs in tags.with_attr("data-control") if attrs["data-control"] == element["type"])
    assert (control["data-block"], control["data-action"]) == ("b", "b")
    ids = {attrs["id"] for attrs in tags.with_attr("id")}
    labelled = [attrs for tag, attrs in tags.seen if tag == "label" and attrs.get("for") in ids]
    assert labelled or control.get("aria-labelledby") in ids
    assert control["aria-required"] == "true"
    assert set(str(control["aria-describedby"]).split()) <= ids


def test_ids_on_a_page_are_unique() -> None:
    blocks = [field(f"b{number}", "Label", element) for number, element in enumerate(ELEMENTS)]
    tags = Tags(str(render_blocks([*blocks, *screens.card(), *screens.home()["blocks"]], SURFACE)))
    ids = [attrs["id"] for attrs in tags.with_attr("id")]
    assert len(ids) == len(set(ids))


def test_a_field_keeps_its_identity_only_with_its_block_and_action() -> None:
    def identity(block: Json, scope: str = "V1") -> str | None:
        return drawn(block, Surface(scope)).with_attr("data-control")[0]["id"]

    first = identity(field("b", "Old words", {"type": "plain_text_input", "action_id": "a"}))
    assert identity(field("b", "New words", {"type": "plain_text_input", "action_id": "a"})) == first
    assert identity(field("c", "Old words", {"type": "plain_text_input", "action_id": "a"})) != first
    assert identity(field("b", "Old words", {"type": "plain_text_input", "action_id": "c"})) != first
    assert identity(field("b", "Old words", {"type": "plain_text_input", "action_id": "a"}), "V2") != first


def test_plain_text_is_never_parsed() -> None:
    tags = drawn({"type": "header", "text": plain("*stars* <https://example.org|link> &amp;")})
    assert tags.words == "*stars* <https://example.org|link> &amp;"
    assert [tag for tag, _ in tags.seen] == ["div", "h2"]


def test_mrkdwn_is_parsed_where_it_is_said_to_be() -> None:
    html = str(render_block({"type": "section", "block_id": "s", "text": mark("*stars*")}, SURFACE))
    assert "<strong>stars</strong>" in html


def test_what_was_filled_in_is_shown_before_what_the_app_proposed() -> None:
    block = field("b", "Name", {"type": "plain_text_input", "initial_value": "proposed"})
    filled = {"b": {"b": {"type": "plain_text_input", "value": "typed <b>"}}}
    assert drawn(block).with_attr("value")[0]["value"] == "proposed"
    assert drawn(block, Surface("V1", values=filled)).with_attr("value")[0]["value"] == "typed <b>"


AB = [option("a", "A"), option("b", "B")]


@pytest.mark.parametrize(
    ("element", "marked"),
    [
        ({"type": "static_select", "options": AB, "initial_option": AB[1]}, "selected"),
        ({"type": "checkboxes", "options": AB, "initial_options": AB[1:]}, "checked"),
        ({"type": "radio_buttons", "options": AB, "initial_option": AB[1]}, "checked"),
        ({"type": "multi_static_select", "options": AB, "initial_options": AB[1:]}, "checked"),
    ],
)
def test_choices_start_as_the_app_says(element: Json, marked: str) -> None:
    block = field("b", "Choice", element)
    started = Surface("V1", values=initial_values([block]))
    assert [attrs["value"] for attrs in drawn(block, started).with_attr(marked)] == ["b"]


def test_people_are_chosen_by_name() -> None:
    block = field("b", "Who", {"type": "users_select", "initial_user": "U2"})
    tags = drawn(block)
    assert "Ava Larkspur" in tags.words
    assert [attrs["value"] for attrs in tags.with_attr("selected")] == ["U2"]


def test_an_error_is_tied_to_its_field() -> None:
    block = field("b", "Name", {"type": "plain_text_input"})
    tags = drawn(block, Surface("V1", errors={"b": "We need <one>."}))
    control = tags.with_attr("data-control")[0]
    alert = next(attrs for attrs in tags.with_attr("role") if attrs["role"] == "alert")
    assert control["aria-invalid"] == "true"
    assert alert["id"] in str(control["aria-describedby"]).split()
    assert "We need <one>." in tags.words


def test_optional_and_required_fields_say_which_they_are() -> None:
    assert "(optional)" in drawn(field("b", "Name", {"type": "plain_text_input"}, optional=True)).words
    assert "Name*" in drawn(field("b", "Name", {"type": "plain_text_input"})).words


def test_slacks_own_words_are_in_the_readers_language() -> None:
    french = Surface("V1", Reader(language="fr-fr"))
    block = field("b", "Moments", {"type": "multi_static_select", "options": [option("a", "Matin")]}, optional=True)
    words = drawn(block, french).words
    assert "(facultatif)" in words
    assert "Choisir des options" in words


def test_an_input_speaks_before_submission_only_if_it_dispatches() -> None:
    element = {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    assert "data-dispatch" not in drawn(field("b", "Name", element)).with_attr("data-control")[0]
    speaking = drawn(field("b", "Name", element, dispatch_action=True)).with_attr("data-control")[0]
    assert speaking["data-dispatch"] == "character"
    plain_one = drawn(field("b", "Name", {"type": "plain_text_input"}, dispatch_action=True))
    assert plain_one.with_attr("data-control")[0]["data-dispatch"] == "enter"


def test_buttons_say_the_whole_action_and_carry_their_confirm() -> None:
    block = {
        "type": "actions",
        "block_id": "b",
        "elements": [
            button("a", NASTY, style="danger", confirm=screens.CONFIRM, accessibility_label="Withdraw K7-42"),
            button("link", "Elsewhere", url="https://example.org"),
            button("bad", "Script", url="javascript:alert(1)"),
        ],
    }
    tags = drawn(block)
    first, second, third = tags.with_attr("data-control")
    assert first["aria-label"] == "Withdraw K7-42"
    assert "<strong>Nobody</strong>" in str(first["data-confirm"])
    assert second["href"] == "https://example.org"
    assert "href" not in third


def test_a_button_for_others_is_not_shown() -> None:
    block = {"type": "actions", "block_id": "b", "elements": [button("a", "Claim", visible_to_user_ids=["U9"])]}
    assert drawn(block).words == ""
    block["elements"] = [button("a", "Claim", visible_to_user_ids=["U1"])]
    assert drawn(block).words == "Claim"


def test_an_overflow_menu_is_a_menu() -> None:
    element = {"type": "overflow", "action_id": "a", "options": [option("x", "Open"), option("y", "Close")]}
    tags = drawn({"type": "section", "block_id": "b", "text": mark("Row"), "accessory": element})
    assert [attrs.get("data-value") for attrs in tags.with_attr("role") if attrs["role"] == "menuitem"] == ["x", "y"]
    opener = tags.with_attr("data-opens")[0]
    assert (opener["aria-haspopup"], opener["aria-expanded"]) == ("menu", "false")


@pytest.mark.parametrize("level", ["default", "info", "warning", "error", "success"])
def test_an_alert_says_its_level_in_words(level: str) -> None:
    tags = drawn({"type": "alert", "level": level, "text": mark("*Now*")})
    assert re.match(r"(Note|Information|Warning|Error|Done): Now", tags.words)


def test_pictures_are_not_fetched() -> None:
    tags = drawn(
        {"type": "image", "image_url": "https://example.org/x.png", "alt_text": "A chart", "title": plain("T")}
    )
    assert not [tag for tag, _ in tags.seen if tag == "img"]
    assert tags.with_attr("role")[0]["aria-label"] == "A chart"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "divider"},
        {"type": "context", "elements": [mark(NASTY), plain(NASTY), {"type": "image", "alt_text": NASTY}]},
        {"type": "section", "block_id": "s", "text": plain(NASTY), "fields": [mark(NASTY), plain(NASTY)]},
        {
            "type": "card",
            "block_id": "c",
            "title": mark("T"),
            "subtitle": mark("S"),
            "body": mark(NASTY),
            "actions": [button("a", "Go")],
        },
        {"type": "carousel", "elements": [{"type": "card", "title": mark(NASTY)}]},
        {"type": "container", "title": plain(NASTY), "child_blocks": [{"type": "divider"}], "is_collapsible": True},
        {"type": "container", "title": plain(NASTY), "child_blocks": [{"type": "header", "text": plain("x")}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": NASTY}], [{"type": "raw_text", "text": "1"}]]},
        {"type": "markdown", "text": NASTY},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": NASTY}]}],
        },
    ],
    ids=lambda block: block["type"],
)
def test_other_blocks_are_drawn_and_escaped(block: Json) -> None:
    tags = drawn(block)
    assert len(tags.seen) > 1
    assert not [tag for tag, _ in tags.seen if tag in ("img", "script")]
    assert "does not draw" not in tags.words


def test_what_it_cannot_draw_it_names() -> None:
    assert "does not draw “hologram”" in drawn({"type": "hologram"}).words
    unknown = {"type": "actions", "block_id": "b", "elements": [{"type": "lever", "action_id": "a"}]}
    assert "does not draw “lever”" in drawn(unknown).words


def test_the_views_used_here_are_views_slack_would_take() -> None:
    for view in (screens.menu(), screens.menu("fr"), screens.form(), screens.pushed()):
        assert check_view(view, "modal") == []
    assert check_view(screens.home(), "home") == []
