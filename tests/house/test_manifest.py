"""What Slack is told is what the app does: command, shortcut, events and scopes, no more and no less."""

import ast
import re
from typing import Any

import pytest
import yaml

from handlers import ids
from handlers.hear import Kind
from handlers.table import table
from tests.house.source import HOUSE, ROOT, sources

MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
SCOPES = MANIFEST["oauth_config"]["scopes"]

# The bot scope that each Web API method needs, from Slack's own pages on the methods.
NEEDS: dict[str, set[str]] = {
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_info": {"groups:read"},
    "conversations_members": {"groups:read"},
    "conversations_open": {"im:write"},
    "team_info": {"team:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
METHOD = re.compile(
    r"(admin|apps|auth|bookmarks|bots|chat|conversations|files|pins|reactions|search|team|usergroups|users|views)_\w+"
)


def called() -> dict[str, str]:
    """Give every Web API method that the house calls, and one place where it does."""
    found = {}
    for source in sources(*HOUSE):
        for node in source.nodes():
            if isinstance(node, ast.Attribute) and METHOD.fullmatch(node.attr) and "client" in ast.unparse(node.value):
                found[node.attr] = f"{source.path}:{node.lineno}"
    return found


def answered(kind: Kind) -> set[str]:
    return {id for heard, id in table() if heard is kind}


def test_the_command_and_the_shortcut_are_answered() -> None:
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == [ids.COMMAND]
    assert answered(Kind.COMMAND) == {ids.COMMAND}
    assert [shortcut["callback_id"] for shortcut in MANIFEST["features"]["shortcuts"]] == [ids.SHORTCUT]
    assert answered(Kind.SHORTCUT) == {ids.SHORTCUT}
    assert {shortcut["type"] for shortcut in MANIFEST["features"]["shortcuts"]} == {"global"}


@pytest.mark.req("G5", "G6")
def test_the_events_heard_are_those_asked_for_and_no_message_is_among_them() -> None:
    events = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert events == answered(Kind.EVENT)
    assert [event for event in events if event.startswith(("message", "app_mention"))] == []


@pytest.mark.req("G5")
def test_nobody_can_write_to_the_bot() -> None:
    home = MANIFEST["features"]["app_home"]
    assert home["messages_tab_read_only_enabled"] is True


@pytest.mark.req("G40")
def test_the_scopes_are_those_of_the_methods_called() -> None:
    methods = called()
    unknown = {method: place for method, place in methods.items() if method not in NEEDS}
    assert unknown == {}, "say in NEEDS which scope this method asks for"
    assert {"chat_postMessage", "views_open", "views_publish"} <= methods.keys()
    assert set(SCOPES["bot"]) == {"commands"}.union(*(NEEDS[method] for method in methods))


@pytest.mark.req("G40", "G6")
def test_few_scopes_and_none_that_reads_messages() -> None:
    assert list(SCOPES) == ["bot"]
    assert len(SCOPES["bot"]) <= 5
    assert [scope for scope in SCOPES["bot"] if re.search(r"history|mentions|search|:read\.all|files", scope)] == []
