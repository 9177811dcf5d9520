"""Opens, pushes, updates and closes views: at most three modals on top of each other, a new hash at every change."""

from __future__ import annotations

import copy
from typing import Any

from simulator.block_kit import check_view, view_too_large
from simulator.errors import SlackError
from simulator.forms import carried_values, fill_ids, initial_values
from simulator.workspace import View, ViewType, Workspace

MOST_MODALS = 3


def checked(content: Any, surface: ViewType) -> dict[str, Any]:
    """Return the view as an object if Slack would take it on this surface; raises SlackError."""
    if not isinstance(content, dict):
        raise SlackError("invalid_arguments", ["[ERROR] must be an object [json-pointer:/view]"])
    if view_too_large(content):
        raise SlackError("view_too_large")
    if messages := check_view(content, surface):
        raise SlackError("invalid_arguments", messages)
    return content


def new_view(workspace: Workspace, person: str, content: dict[str, Any], below: View | None = None) -> View:
    """Make a view for this person, on top of another one or at the root; raises SlackError."""
    _refuse_duplicate(workspace, content, None)
    filled = _filled(workspace, content)
    view_id = workspace.new_id("V")
    return View(
        id=view_id,
        type=filled["type"],
        person=person,
        content=filled,
        hash=workspace.new_hash(),
        root_view_id=below.root_view_id if below else view_id,
        previous_view_id=below.id if below else "",
        values=initial_values(filled["blocks"]),
    )


def open_root(workspace: Workspace, person: str, content: dict[str, Any]) -> View:
    """Open a modal as the first of a new stack."""
    view = new_view(workspace, person, content)
    workspace.desk(person).modals = [view]
    workspace.touch()
    return view


def push(workspace: Workspace, person: str, content: dict[str, Any]) -> View:
    """Put a modal on top of the open ones; raises SlackError when there are three already or none."""
    modals = workspace.desk(person).modals
    if not modals:
        raise SlackError("not_found")
    if len(modals) >= MOST_MODALS:
        raise SlackError("push_limit_reached")
    view = new_view(workspace, person, content, modals[-1])
    modals.append(view)
    workspace.touch()
    return view


def update(workspace: Workspace, view: View, content: dict[str, Any]) -> View:
    """Replace what a view shows; what was entered stays where block id and action id stay the same."""
    _refuse_duplicate(workspace, content, view)
    filled = _filled(workspace, content)
    view.values = carried_values(view.values, filled["blocks"])
    view.content = filled
    view.hash = workspace.new_hash()
    view.errors = {}
    view.trouble = ""
    workspace.touch()
    return view


def publish(workspace: Workspace, person: str, content: dict[str, Any]) -> View:
    """Set this person's Home; it keeps its view id for as long as it stands."""
    desk = workspace.desk(person)
    if desk.home is None:
        desk.home = new_view(workspace, person, content)
        workspace.touch()
        return desk.home
    return update(workspace, desk.home, content)


def _refuse_duplicate(workspace: Workspace, content: dict[str, Any], itself: View | None) -> None:
    external_id = content.get("external_id")
    if not external_id:
        return
    for desk in workspace.desks.values():
        for view in [*desk.modals, *([desk.home] if desk.home else [])]:
            if view is not itself and view.external_id == external_id:
                raise SlackError("duplicate_external_id")


def _filled(workspace: Workspace, content: dict[str, Any]) -> dict[str, Any]:
    filled = copy.deepcopy(content)
    filled["blocks"] = fill_ids(content["blocks"], lambda: workspace.new_id("", 5))
    return filled
