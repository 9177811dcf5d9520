"""Finds what a person means by the words they see: a button, a field, an option."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.forms import options_of, usable
from simulator.screen import Reader
from simulator.workspace import Message, View

Json = dict[str, Any]
PRESSABLE = ("button", "workflow_button", "overflow", "icon_button")


@dataclass(frozen=True)
class Found:
    """One usable element on one surface; `value` is the option meant, for an overflow menu."""

    surface: str
    block: Json
    element: Json
    value: str | None = None


def surface_id(shown: View | Message) -> str:
    """Return the name by which `Client.act` knows a view or message."""
    return shown.id if isinstance(shown, View) else f"{shown.channel}:{shown.ts}"


def buttons(reader: Reader, shown: View | Message, text: str, action_id: str, near: str) -> list[Found]:
    """Return the buttons and overflow options with these words (or this action id), `near` some other words."""
    found: list[Found] = []
    for block, element in usable(shown.blocks):
        if element["type"] not in PRESSABLE or not _shown(reader, element):
            continue
        if near and not _near(reader, shown, block, element, near):
            continue
        found += [
            Found(surface_id(shown), block, element, value) for value in _matches(reader, element, text, action_id)
        ]
    return found


def fields(reader: Reader, shown: View | Message, label: str) -> list[Found]:
    """Return the fields with this label, placeholder, block id or action id; exact words win over a part of them."""
    exact, partly = [], []
    for block, element in usable(shown.blocks):
        if element["type"] in PRESSABLE:
            continue
        words = [block["block_id"], element["action_id"], reader.text(element.get("placeholder"))]
        words += [reader.text(block.get("label")), reader.text(block.get("text"))]
        if label in words:
            exact.append(Found(surface_id(shown), block, element))
        elif any(label in each for each in words):
            partly.append(Found(surface_id(shown), block, element))
    return exact or partly


def option_value(reader: Reader, element: Json, words: str) -> str:
    """Return the value of the option with these words (or, failing that, this value); raises LookupError."""
    options = options_of(element)
    for test in (lambda one: reader.text(one["text"]) == words, lambda one: one["value"] == words):
        for one in options:
            if test(one):
                return str(one["value"])
    near = [one for one in options if words in reader.text(one["text"])]
    if len(near) == 1:
        return str(near[0]["value"])
    raise LookupError(f"no option {words!r} among {[reader.text(one['text']) for one in options]}")


def _matches(reader: Reader, element: Json, text: str, action_id: str) -> Iterator[str | None]:
    if action_id and element["action_id"] != action_id:
        return
    if element["type"] == "overflow":
        yield from (one["value"] for one in element["options"] if reader.text(one["text"]) == text)
    elif not text or text in (reader.text(element["text"]), element.get("accessibility_label")):
        yield None


def _shown(reader: Reader, element: Json) -> bool:
    return reader.person.id in element.get("visible_to_user_ids", [reader.person.id])


def _near(reader: Reader, shown: View | Message, block: Json, element: Json, near: str) -> bool:
    """Whether the words stand in the element's own block, or in the blocks above it back to the last usable one."""
    own = [*reader.blocks([block], {}), str(element.get("accessibility_label", ""))]
    if any(near in line for line in own):
        return True
    index = shown.blocks.index(block) if block in shown.blocks else 0
    for above in reversed(shown.blocks[:index]):
        if "accessory" in above:
            return False
        if any(near in line for line in reader.blocks([above], {})):
            return True
        if above["type"] in ("divider", "actions", "header"):
            return False
    return False
