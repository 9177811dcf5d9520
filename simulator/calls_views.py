"""The view methods: open, push, update and publish."""

from __future__ import annotations

import re
from typing import Any

from simulator import stack
from simulator.calls import Call, Method, invalid_argument
from simulator.errors import SlackError
from simulator.payloads import view_object
from simulator.workspace import Trigger, View


def open_(call: Call) -> dict[str, Any]:
    """Open a modal for whoever the trigger id belongs to."""
    content = stack.checked(call.data("view"), "modal")
    trigger = _trigger(call)
    view = stack.open_root(call.workspace, trigger.person, content)
    return _answer(call, view)


def push(call: Call) -> dict[str, Any]:
    """Put a modal on top of the one in which the trigger id came about."""
    content = stack.checked(call.data("view"), "modal")
    trigger = _trigger(call)
    open_ids = [view.id for view in call.workspace.desk(trigger.person).modals]
    if trigger.view_id not in open_ids:
        raise SlackError("not_found")
    return _answer(call, stack.push(call.workspace, trigger.person, content))


def update(call: Call) -> dict[str, Any]:
    """Replace an open view, found by its id or external id."""
    view = _existing(call)
    content = stack.checked(call.data("view"), view.type)
    if call.text("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    return _answer(call, stack.update(call.workspace, view, content))


def publish(call: Call) -> dict[str, Any]:
    """Set somebody's Home."""
    workspace = call.workspace
    if not workspace.app.home_enabled:
        raise SlackError("not_enabled")
    content = stack.checked(call.data("view"), "home")
    person = workspace.people.get(call.text("user_id"))
    if person is None or person.is_bot or person.deleted:
        raise invalid_argument("user_id", "invalid `user_id`")
    home = workspace.desk(person.id).home
    if call.text("hash") and (home is None or call.text("hash") != home.hash):
        raise SlackError("hash_conflict")
    return _answer(call, stack.publish(workspace, person.id, content))


def _trigger(call: Call) -> Trigger:
    trigger_id = call.text("trigger_id")
    if not trigger_id:
        raise invalid_argument("trigger_id", "missing required field: trigger_id")
    if not re.fullmatch(r"\d+\.\d+\.[0-9a-f]+", trigger_id) or trigger_id not in call.workspace.triggers:
        raise SlackError("invalid_trigger_id")
    trigger = call.workspace.triggers[trigger_id]
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if call.workspace.clock() > trigger.expires:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger


def _existing(call: Call) -> View:
    workspace, external_id = call.workspace, call.text("external_id")
    if not call.text("view_id") and not external_id:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view_id [json-pointer:/]"])
    if call.text("view_id"):
        view = workspace.find_view(call.text("view_id"))
    else:
        open_views = [view for desk in workspace.desks.values() for view in [*desk.modals, desk.home] if view]
        view = next((view for view in open_views if view.external_id == external_id), None)
    if view is None:
        raise SlackError("not_found")
    return view


def _answer(call: Call, view: View) -> dict[str, Any]:
    return {"view": {**view_object(call.workspace, view), "state": {"values": {}}}}


TRIGGERED = ("trigger_id", "interactivity_pointer")
METHODS = {
    "views.open": Method(open_, "t4", (), ("view",), TRIGGERED),
    "views.push": Method(push, "t4", (), ("view",), TRIGGERED),
    "views.update": Method(update, "t4", (), ("view",), ("view_id", "external_id", "hash")),
    "views.publish": Method(publish, "t4", (), ("user_id", "view"), ("hash",)),
}
