"""Turns what a person answers into the state Slack keeps of an element, and into the action it sends."""

from __future__ import annotations

import copy
import re
from typing import Any

from simulator.errors import ClientRefusalError
from simulator.forms import STATEFUL, TEXT_INPUTS, options_of
from simulator.workspace import Workspace

Json = dict[str, Any]


def new_state(workspace: Workspace, element: Json, answer: Any) -> Json:
    """Return the state of an element after this answer; raises ClientRefusalError if Slack offers no such answer."""
    kind = element["type"]
    if kind in ("button", "workflow_button", "icon_button"):
        return {"type": kind}
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, answer)}
    key, _, many = STATEFUL[kind]
    if answer is None or answer == "" or answer == []:
        return {"type": kind, key: [] if many else None}
    if kind in TEXT_INPUTS:
        return {"type": kind, key: str(answer)}
    if many:
        chosen = answer if isinstance(answer, list) else [answer]
        return {"type": kind, key: [_one(workspace, element, each) for each in chosen]}
    return {"type": kind, key: _one(workspace, element, answer)}


def action_object(element: Json, block_id: str, state: Json, action_ts: str) -> Json:
    """Return one entry of a block_actions payload."""
    action: Json = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"]}
    for key in ("text", "value", "style", "placeholder", "initial_option", "initial_options"):
        if key in element and (key != "text" or element["type"] == "button"):
            action[key] = copy.deepcopy(element[key])
    return {**action, **copy.deepcopy(state), "action_ts": action_ts}


def _one(workspace: Workspace, element: Json, answer: Any) -> Any:
    kind = element["type"].removeprefix("multi_")
    if kind in ("static_select", "radio_buttons", "checkboxes"):
        return _option(element, answer)
    if kind == "external_select":
        return answer if isinstance(answer, dict) else _plain_option(str(answer))
    if kind == "users_select":
        person = workspace.people.get(str(answer))
        if person is None or person.deleted:
            raise ClientRefusalError(f"nobody to choose: {answer}")
        return person.id
    if kind in ("conversations_select", "channels_select"):
        if str(answer) not in workspace.channels:
            raise ClientRefusalError(f"no conversation to choose: {answer}")
        return str(answer)
    if kind == "datetimepicker":
        return int(answer)
    patterns = {"datepicker": r"\d{4}-\d\d-\d\d", "timepicker": r"\d\d:\d\d"}
    if kind in patterns and not re.fullmatch(patterns[kind], str(answer)):
        raise ClientRefusalError(f"not a {kind} answer: {answer}")
    return answer


def _option(element: Json, value: Any) -> Json:
    for option in options_of(element):
        if option.get("value") == value:
            return copy.deepcopy(option)
    raise ClientRefusalError(f"no option {value!r} to choose")


def _plain_option(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": value}, "value": value}
