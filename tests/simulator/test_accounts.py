"""What a workspace's administrators do behind the app's back: accounts end, channels are shared, archived, opened."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator
from simulator.payloads import event
from tests.simulator.bolt_app import ADMIN_CHANNEL

GWEN = "U0GWENSOR1"


@pytest.fixture
async def slack(sim: Simulator) -> AsyncWebClient:
    return AsyncWebClient(token=sim.credentials["bot_token"], base_url=sim.api_url, retry_handlers=[])


async def code(call: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return str(refusal.value.response["error"])


def told(sim: Simulator) -> list[dict[str, Any]]:
    return [each.request["event"] for each in sim.workspace.log if each.way == "to app" and each.title == "user_change"]


async def test_an_account_ends_and_an_app_that_asked_for_it_is_told(sim: Simulator) -> None:
    sim.changes_account("gwen", deleted=True)
    await sim.settled()
    assert told(sim) == []
    sim.workspace.app.events = frozenset({"user_change"})
    sim.changes_account("gwen", deleted=True)
    sim.changes_account("hugo", told=False, is_restricted=True)
    await sim.settled()
    [heard] = told(sim)
    assert (heard["type"], heard["user"]["id"], heard["user"]["deleted"]) == ("user_change", GWEN, True)
    assert "email" not in heard["user"]["profile"]
    assert sim.person("gwen").screen() == ""
    assert sim.workspace.person("hugo").is_guest
    with pytest.raises(ValueError, match="no such fact"):
        sim.changes_account("gwen", name="Somebody")  # type: ignore[arg-type]


async def test_an_account_is_changed_from_outside_too(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        for key, body, status in (
            ("gwen", {"deleted": True}, 200),
            ("gwen", {"wings": True}, 400),
            ("nobody", {"deleted": True}, 404),
        ):
            async with session.post(f"{sim.url}/control/people/{key}/account", json=body) as answer:
                assert answer.status == status
    assert sim.workspace.person("gwen").deleted


async def test_a_channel_says_who_shares_it(sim: Simulator, slack: AsyncWebClient) -> None:
    channel = sim.workspace.channel(ADMIN_CHANNEL)

    async def facts() -> dict[str, Any]:
        found: dict[str, Any] = (await slack.conversations_info(channel=channel.id))["channel"]
        return found

    assert (await facts())["shared_team_ids"] == [sim.workspace.team_id]
    channel.pending_shared = ["T0ELSEWHER"]
    pending = await facts()
    assert (pending["is_pending_ext_shared"], pending["is_ext_shared"]) == (True, False)
    assert pending["pending_shared"] == ["T0ELSEWHER"]
    channel.pending_shared, channel.ext_shared = [], True
    shared = await facts()
    assert (shared["is_shared"], len(shared["shared_team_ids"])) == (True, 2)


async def test_without_the_scope_for_public_channels_a_channel_made_public_cannot_be_looked_at(
    sim: Simulator, slack: AsyncWebClient
) -> None:
    sim.workspace.app.scopes = frozenset({"groups:read", "chat:write"})
    sim.workspace.channel(ADMIN_CHANNEL).kind = "public"
    assert await code(slack.conversations_info(channel=ADMIN_CHANNEL)) == "missing_scope"


async def test_nothing_changes_in_an_archived_channel(sim: Simulator, slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel=ADMIN_CHANNEL, text="constant")
    sim.workspace.channel(ADMIN_CHANNEL).archived = True
    assert (await slack.conversations_info(channel=ADMIN_CHANNEL))["channel"]["is_archived"] is True
    assert await code(slack.chat_postMessage(channel=ADMIN_CHANNEL, text="constant")) == "is_archived"
    assert await code(slack.chat_update(channel=ADMIN_CHANNEL, ts=posted["ts"], text="other")) == "is_inactive"


async def test_an_app_is_removed_and_installed_again(sim: Simulator, slack: AsyncWebClient) -> None:
    app, old = sim.workspace.app, sim.credentials["bot_token"]
    app.events, sim.dispatcher.retry_delays = frozenset({"app_uninstalled"}), ()
    sim.uninstalls_app()
    await sim.settled()
    said = [each for each in sim.workspace.log if each.way == "to app"]
    assert [each.title for each in said] == ["app_uninstalled"], "nothing that the app did not ask for"
    assert "authorizations" not in said[0].request
    assert await code(slack.auth_test()) == "account_inactive"
    assert await code(slack.chat_postMessage(channel=ADMIN_CHANNEL, text="x")) == "account_inactive"
    payload = event(sim.workspace, {"type": "app_home_opened"})
    assert (await sim.dispatcher.send("events_api", payload, "a press")).status == "not installed"

    sim.installs_app("xoxb-another", "U0NEWBOT01", "B0NEWBOT01")
    assert await code(slack.auth_test()) == "account_inactive", "the old token works never again"
    anew = AsyncWebClient(token="xoxb-another", base_url=sim.api_url, retry_handlers=[])
    assert (await anew.auth_test())["user_id"] == "U0NEWBOT01"
    assert await code(anew.chat_postMessage(channel=ADMIN_CHANNEL, text="x")) == "channel_not_found"
    assert old in app.dead_tokens
