"""T07-T09: what is not ours, what nobody knows, and people who are outside get constants, and nothing changes."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from handlers import ids
from handlers.hear import Kind
from handlers.i18n import LANGUAGES
from handlers.table import public
from handlers.views import pages
from simulator.dispatch import Answer
from tests.threats.canaries import CANARIES
from tests.threats.day import Day, Key

pytestmark = pytest.mark.long

STRANGERS = {
    "guest": "otto",
    "deactivated": "petra",
    "another workspace": "rowan",
    "bot": "U0PEERSUP1",
    "nobody": "U0NOBODY01",
    "enterprise id": "W0NOBODY01",
}
ELSEWHERE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another app": ({"api_app_id": "A0NOTOURS1"}, {"api_app_id": "A0NOTOURS1"}),
    "another team": ({"team_id": "T0NOTOURS1"}, {"team": {"id": "T0NOTOURS1"}}),
    "another enterprise": ({"enterprise_id": "E0NOTOURS1"}, {"enterprise": {"id": "E0NOTOURS1"}}),
}
"""What commands and events say, and what interactions say."""
OURS = ("mine", "claim", "open_sheet", "open_offer", "open_match", "open_supporters", "my_profile")
DOCUMENTED: dict[str, dict[str, Any]] = {
    "message shortcut": {"type": "message_action", "callback_id": "request_form", "message": {"text": "x"}},
    "suggestion": {"type": "block_suggestion", "action_id": "ask", "block_id": "b", "value": "Ava"},
    "dialog": {"type": "dialog_submission", "callback_id": "request_form", "submission": {"name": "x"}, "state": ""},
    "dialog cancelled": {"type": "dialog_cancellation", "callback_id": "request_form"},
    "old message": {
        "type": "interactive_message",
        "callback_id": "claim",
        "actions": [{"name": "claim", "value": "1"}],
    },
    "workflow step": {"type": "workflow_step_edit", "callback_id": "request_form", "workflow_step": {}},
    "function": {"type": "function_executed", "function": {"id": "F1"}, "inputs": {}},
    "unknown": {"type": "something_new"},
}
NO_NUMBERS = ("elsewhere",)
EVENTS = (
    "message", "app_mention", "app_home_closed", "member_joined_channel", "member_left_channel", "channel_archive",
    "user_change", "team_join", "link_shared", "reaction_added", "file_shared",
    "message_metadata_posted", "channel_shared", "function_executed",
)  # fmt: skip


def way(payload: dict[str, Any]) -> Any:
    """Say how Slack sends such a payload."""
    if "command" in payload:
        return "slash_commands"
    return "events_api" if payload.get("type") == "event_callback" else "interactive"


async def send(day: Day, payload: dict[str, Any]) -> Answer:
    return await day.town.sim.dispatcher.send(way(payload), payload, "by hand")


async def nothing_happens(day: Day, payloads: list[dict[str, Any]]) -> None:
    """See that each is answered 200 with nothing, that Slack is not called and that no record changes."""
    await day.town.at_rest()
    before, called = await day.fingerprint(), await _called(day, payloads)
    if "conversations.info" in called:
        # By its own clock the app looked at the channel meanwhile; that it does so twice in a row is no accident.
        called = await _called(day, payloads)
    assert called == []
    assert await day.fingerprint() == before


async def _called(day: Day, payloads: list[dict[str, Any]]) -> list[str]:
    """Send them, and return what the app called meanwhile."""
    calls = len(day.town.sim.workspace.log)
    for payload in payloads:
        answer = await send(day, payload)
        assert (answer.status, answer.body) == (200, None), payload
    await day.town.at_rest()
    return [entry.title for entry in day.town.sim.workspace.log[calls:] if entry.way == "from app"]


@pytest.mark.threat("T07", "T09")
@pytest.mark.parametrize("where", ELSEWHERE)
async def test_payloads_of_other_apps_and_workspaces_are_not_heard(day: Day, where: str) -> None:
    flat, nested = ELSEWHERE[where]
    payloads = [day.payloads[key] for key in day.keys]
    await nothing_happens(day, [payload | (nested if "user" in payload else flat) for payload in payloads])


@pytest.mark.threat("T07", "T08")
async def test_kinds_that_we_do_not_hear_are_passed_over(day: Day) -> None:
    like = day.payloads[Kind.ACTION, "ask"]
    base = {key: like[key] for key in ("user", "team", "api_app_id", "token", "enterprise")}
    event = day.payloads[Kind.EVENT, "app_home_opened"]
    events = [event | {"event_id": f"Ev{name}", "event": {**event["event"], "type": name}} for name in EVENTS]
    await nothing_happens(day, [base | each for each in DOCUMENTED.values()] + events)


@pytest.mark.threat("T08")
@pytest.mark.parametrize("action", [[], None, [None], [{}], [{"action_id": None}], "ask"])
async def test_actions_of_an_odd_shape_are_passed_over(day: Day, action: Any) -> None:
    await nothing_happens(day, [day.payloads[Kind.ACTION, "ask"] | {"actions": action}])


@pytest.mark.threat("T08")
@pytest.mark.parametrize("user", [None, {}, [], "U0AVALARK1", {"id": None}, {"id": ""}, {"id": 5}])
async def test_a_user_of_an_odd_shape_is_passed_over(day: Day, user: Any) -> None:
    inner = [day.payloads[key] for key in day.keys[::5] if "user" in day.payloads[key]]
    await nothing_happens(day, [payload | {"user": user} for payload in inner])


def unknown(key: Key, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload with an id that no version has had."""
    changed = copy.deepcopy(payload)
    if key[0] is Kind.COMMAND:
        changed["command"] = "/another"
    elif key[0] is Kind.ACTION:
        changed["actions"][0]["action_id"] = "no_such_action"
    elif key[0] is Kind.SHORTCUT:
        changed["callback_id"] = "no_such_shortcut"
    else:
        changed["view"]["callback_id"] = "no_such_form"
    return changed


@pytest.mark.threat("T08")
async def test_unknown_ids_get_one_polite_constant(day: Day) -> None:
    before = await day.fingerprint()
    shown = set()
    for key in day.keys:
        if key[0] is Kind.EVENT:
            continue
        told = await day.told(unknown(key, day.payloads[key]))
        [(how, view)] = told.views
        shown.add(json.dumps(view, sort_keys=True))
        assert how in ("open", "push", "update")
    assert shown <= {json.dumps(pages.stale(day.front, language), sort_keys=True) for language in LANGUAGES}
    assert await day.fingerprint() == before


def by(payload: dict[str, Any], user: str, team: str | None = None) -> dict[str, Any]:
    """Return the payload as if another person had sent it."""
    changed = copy.deepcopy(payload)
    if "command" in changed:
        changed["user_id"] = user
    elif changed.get("type") == "event_callback":
        changed["event"]["user"] = user
    else:
        changed["user"] |= {"id": user} | ({"team_id": team} if team else {})
    return changed


@pytest.mark.threat("T09")
@pytest.mark.parametrize("who", STRANGERS)
async def test_people_outside_get_one_constant(day: Day, who: str) -> None:
    workspace = day.town.sim.workspace
    people = {person.key: person for person in workspace.people.values()}
    person = people.get(STRANGERS[who])
    user = person.id if person else STRANGERS[who]
    before, shown = await day.fingerprint(), set()
    for key in day.keys:
        if key in public():
            continue
        told = await day.told(by(day.payloads[key], user, person.team_id if person else None))
        [view] = told.contents
        shown.add(view)
    assert shown == {json.dumps(pages.outsider(day.front, "en"), sort_keys=True)}
    assert await day.fingerprint() == before


def _pressed(payload: Any, action: str) -> Any:
    [held] = payload["actions"]
    return payload | {"actions": [held | {"action_id": action}]}


@pytest.mark.threat("T09")
@pytest.mark.parametrize("who", STRANGERS)
async def test_people_outside_see_public_pages_with_nobody_in_them(day: Day, who: str) -> None:
    people = {person.key: person for person in day.town.sim.workspace.people.values()}
    person = people.get(STRANGERS[who])
    user = person.id if person else STRANGERS[who]
    before = await day.fingerprint()
    for key in sorted(public()):
        # What the day has no button for is a link to a web address, as another is.
        payload = day.payloads.get(key) or _pressed(day.payloads[Kind.ACTION, ids.LINK], key[1])
        told = await day.told(by(payload, user))
        for view in told.contents:
            assert not [word for word in CANARIES.values() if word in view]
            assert not [each for each in OURS if f'"action_id": "{each}"' in view], key
    assert await day.fingerprint() == before
