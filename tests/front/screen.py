"""Slack as far as the requester's side sees it: what is sent is checked as Slack checks it, and stays on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from simulator.block_kit import check_view, elements_of, view_too_large

if TYPE_CHECKING:
    from tests.front.stage import Stage

TEAM = "T0CLINIC"


def refusal(code: str) -> SlackApiError:
    return SlackApiError(code, {"ok": False, "error": code})  # type: ignore[no-untyped-call]


@dataclass
class Client:
    """Slack's Web API as far as the requester's side uses it; every view is checked as Slack checks it."""

    stage: Stage
    calls: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def _take(self, method: str, view: dict[str, Any] | None = None) -> None:
        self.calls.append(method)
        if method in self.refuses:
            raise refusal(self.refuses[method])
        if view is not None:
            assert check_view(view, view["type"]) == []
            assert not view_too_large(view)

    async def users_info(self, *, user: str, include_locale: bool = False) -> dict[str, Any]:
        self._take("users.info")
        return {"user": self.members.get(user) or {"id": user, "team_id": TEAM, "profile": {"real_name": user}}}

    async def views_open(self, *, trigger_id: str, view: dict[str, Any]) -> dict[str, Any]:
        self._take("views.open", view)
        person = self.stage.triggers.pop(trigger_id)
        person.modals = [Modal(self.stage.view_id(), view)]
        return {"view": {"id": person.top.id}}

    async def views_push(self, *, trigger_id: str, view: dict[str, Any]) -> dict[str, Any]:
        self._take("views.push", view)
        person = self.stage.triggers.pop(trigger_id)
        if len(person.modals) == 3:
            raise refusal("push_limit_reached")
        person.modals.append(Modal(self.stage.view_id(), view))
        return {"view": {"id": person.top.id}}

    async def views_update(self, *, view_id: str, view: dict[str, Any]) -> dict[str, Any]:
        self._take("views.update", view)
        for person in self.stage.people.values():
            for modal in person.modals:
                if modal.id == view_id:
                    modal.become(view)
                    return {"view": {"id": view_id}}
        raise refusal("not_found")

    async def views_publish(self, *, user_id: str, view: dict[str, Any]) -> dict[str, Any]:
        self._take("views.publish", view)
        self.stage.person(user_id).home = view
        return {"view": {"id": "VHOME"}}


class Modal:
    """One open modal with what was put into its inputs."""

    def __init__(self, id: str, view: dict[str, Any]) -> None:
        self.id = id
        self.view = view
        self.state: dict[str, dict[str, Any]] = {}
        self.become(view)

    def become(self, view: dict[str, Any]) -> None:
        """Show another view; inputs that keep both ids keep what they hold."""
        before, self.view, self.state = self.state, view, {}
        for block in view["blocks"]:
            for element in elements_of(block):
                action = element.get("action_id")
                if action is None or element["type"] == "button":
                    continue
                held = before.get(block["block_id"], {}).get(action) or initial(element)
                self.state[block["block_id"]] = {action: held}


def initial(element: dict[str, Any]) -> dict[str, Any]:
    """Return what an input holds before anybody touches it, as Slack reports it."""
    kind = element["type"]
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "multi_users_select":
        return {"type": kind, "selected_users": element.get("initial_users", [])}
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value")}
    return {"type": kind, "selected_option": element.get("initial_option")}


def words(view: dict[str, Any]) -> str:
    """Return everything that can be read in a view, one text a line."""
    return "\n".join(_texts(view))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def every_element(view: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Return every element of a view that a person can use."""
    return (element for block in view["blocks"] for element in elements_of(block) if "action_id" in element)
