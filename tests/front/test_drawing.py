"""What we draw in one walk is what the library draws, but for what Slack would otherwise read into plain text."""

from __future__ import annotations

from typing import Any

import pytest
import slackblocks as sb

from handlers.views import kit
from handlers.views.drawing import drawn

CHOICES = [("one", "One :tada:"), ("two", "*Two* <@U0ROBIN>")]
ASK = kit.confirm("Sure?", "Really *sure*?", "Yes", "No", danger=True)
BUTTON = kit.button("Press", "press", "value", style="primary", ask=ASK, says="Press it")
PARTS = [
    kit.header("Title", "a"),
    kit.section("Plain :wave:", "b"),
    kit.section("*Rich*", "c", BUTTON, formatted=True),
    *kit.facts([("Label", "value"), ("Empty", "")], "d"),
    kit.context("Small", "e"),
    kit.alert("Notice", "f", "warning"),
    kit.divider("g"),
    kit.actions([BUTTON, kit.button("Bare", "bare"), kit.button("Link", "link", url="https://example.org")], "h"),
    kit.actions([kit.select("pick", CHOICES, "two", "Choose"), kit.member("who", "U0ROBIN", "Whom")], "i"),
    kit.field("Label", kit.radios("radio", CHOICES, "one"), "j", hint="Hint", optional=True, live=True),
    kit.field("Label", kit.checkboxes("check", CHOICES, ["one", "two"]), "k"),
    kit.field("Label", kit.text_field("text", value="Words", placeholder="Place", multiline=True), "l"),
    kit.field("Label", kit.multi_select("many", CHOICES, ["two"]), "m"),
    kit.field("Label", kit.date_field("day", "2026-11-20"), "n"),
    kit.field("Label", kit.members("whom", ["U0ROBIN"], "Whom"), "o"),
    kit.field("Label", kit.select("pick", CHOICES), "p"),
    kit.field("Label", kit.radios("radio", CHOICES), "q"),
    kit.field("Label", kit.checkboxes("check", CHOICES), "r"),
    kit.field("Label", kit.multi_select("many", CHOICES, placeholder="Some"), "s"),
    kit.field("Label", kit.date_field("day"), "t"),
    kit.actions([kit.member("who"), kit.members("whom")], "u"),
    kit.field("Label", kit.text_field("bare"), "v"),
]


def literal(part: Any) -> Any:
    if isinstance(part, dict):
        mark = {"emoji": False} if part.get("type") == "plain_text" else {}
        return {**{key: literal(value) for key, value in part.items()}, **mark}
    return [literal(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("part", PARTS, ids=lambda part: str(part.block_id))
def test_a_part_is_drawn_as_the_library_draws_it(part: sb.Block) -> None:
    found = drawn(part)
    assert found == literal(part._resolve())
    assert "plain_text" not in str(found) or "'emoji': False" in str(found)


def test_all_text_that_is_not_our_formatting_is_plain() -> None:
    assert drawn(ASK)["text"] == {"type": "plain_text", "text": "Really *sure*?", "emoji": False}
    assert drawn(BUTTON)["text"]["type"] == "plain_text"
    assert [drawn(ASK)[part]["type"] for part in ("title", "confirm", "deny")] == ["plain_text"] * 3
    assert drawn(kit.header("*Title*", "x"))["text"]["type"] == "plain_text"
