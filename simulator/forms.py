"""What a form holds: ids filled in, values at the start and kept over an update, and what Slack's client refuses.

Values have the shape of Slack's `state.values`: block id, then action id, then the element's type and answer.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from simulator.block_kit import elements_of
from simulator.workspace import Blocks, Values

Element = dict[str, Any]

TEXT_INPUTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})

# element type -> (key in the state, key of the initial value, whether it is a list)
STATEFUL: dict[str, tuple[str, str, bool]] = {
    "plain_text_input": ("value", "initial_value", False),
    "email_text_input": ("value", "initial_value", False),
    "url_text_input": ("value", "initial_value", False),
    "number_input": ("value", "initial_value", False),
    "rich_text_input": ("rich_text_value", "initial_value", False),
    "file_input": ("files", "", True),
    "checkboxes": ("selected_options", "initial_options", True),
    "radio_buttons": ("selected_option", "initial_option", False),
    "static_select": ("selected_option", "initial_option", False),
    "external_select": ("selected_option", "initial_option", False),
    "users_select": ("selected_user", "initial_user", False),
    "conversations_select": ("selected_conversation", "initial_conversation", False),
    "channels_select": ("selected_channel", "initial_channel", False),
    "multi_static_select": ("selected_options", "initial_options", True),
    "multi_external_select": ("selected_options", "initial_options", True),
    "multi_users_select": ("selected_users", "initial_users", True),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", True),
    "multi_channels_select": ("selected_channels", "initial_channels", True),
    "datepicker": ("selected_date", "initial_date", False),
    "timepicker": ("selected_time", "initial_time", False),
    "datetimepicker": ("selected_date_time", "initial_date_time", False),
}


def fill_ids(blocks: Blocks, new_id: Callable[[], str]) -> Blocks:
    """Return a copy in which every block has a block id and every usable element an action id, as Slack hands back."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", new_id())
        for element in elements_of(block):
            if element.get("type") not in ("image", "mrkdwn", "plain_text"):
                element.setdefault("action_id", new_id())
    return filled


def usable(blocks: Blocks) -> Iterator[tuple[dict[str, Any], Element]]:
    """Yield (block, element) for every element a person could use."""
    for block in blocks:
        for element in elements_of(block):
            if "action_id" in element:
                yield block, element


def find(blocks: Blocks, block_id: str, action_id: str) -> tuple[dict[str, Any], Element] | None:
    """Return the block and element with these ids, if they are there."""
    for block, element in usable(blocks):
        if block.get("block_id") == block_id and element["action_id"] == action_id:
            return block, element
    return None


def options_of(element: Element) -> list[dict[str, Any]]:
    """Return the options of a menu or group, out of their groups."""
    grouped = [one for group in element.get("option_groups", []) for one in group["options"]]
    return [*element.get("options", []), *grouped]


def initial_values(blocks: Blocks) -> Values:
    """Return the values a form starts with."""
    values: Values = {}
    for block, element in usable(blocks):
        kind = element["type"]
        if kind in STATEFUL:
            key, initial, many = STATEFUL[kind]
            start = copy.deepcopy(element.get(initial, [] if many else None))
            values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": kind, key: start}
    return values


def carried_values(old: Values, blocks: Blocks) -> Values:
    """Return the values after an update: what was entered stays only where block id and action id are the same."""
    values = initial_values(blocks)
    for block, element in usable(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        before = old.get(block_id, {}).get(action_id)
        if before is not None and before["type"] == element["type"] and _still_offered(before, element):
            values[block_id][action_id] = copy.deepcopy(before)
    return values


def _still_offered(state: dict[str, Any], element: Element) -> bool:
    if element["type"] not in ("static_select", "multi_static_select", "radio_buttons", "checkboxes"):
        return True
    chosen = state.get("selected_options") or [state.get("selected_option")]
    return all(one is None or one in options_of(element) for one in chosen)


def is_empty(state: dict[str, Any] | None) -> bool:
    """Whether nothing has been entered or chosen."""
    if state is None:
        return True
    return not state.get(STATEFUL[state["type"]][0])


def faults(blocks: Blocks, values: Values) -> dict[str, str]:
    """Return what Slack's client refuses to submit: block id to the words it shows."""
    found: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        state = values.get(block["block_id"], {}).get(element["action_id"])
        if is_empty(state):
            if not block.get("optional", False):
                found[block["block_id"]] = "Please complete this required field."
        elif state is not None and (words := _fault(element, state)):
            found[block["block_id"]] = words
    return found


def _fault(element: Element, state: dict[str, Any]) -> str:
    kind = element["type"]
    value = state.get("value")
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if len(value or "") < least:
            return f"This must be at least {least} characters."
        if len(value or "") > most:
            return f"This must be at most {most} characters."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value or ""):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+", value or ""):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number_fault(element, value or "")
    most_chosen = element.get("max_selected_items")
    if most_chosen is not None and len(state[STATEFUL[kind][0]]) > most_chosen:
        return f"You can choose at most {most_chosen}."
    return ""


def _number_fault(element: Element, value: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
