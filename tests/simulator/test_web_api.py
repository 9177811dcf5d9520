"""The Web API refuses with Slack's documented errors, and lets nobody past token, scope, argument or trigger checks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator
from tests.simulator.bolt_app import ADMIN_CHANNEL, FORM, MANIFEST, button, modal, plain

Json = dict[str, Any]
GENERAL = "C0GENERAL1"
AVA, GWEN, PETRA, ROWAN, BOT = "U0AVALARK1", "U0GWENSOR1", "U0PETRAGO1", "U0ROWANFE1", "U0PEERSUP1"


class Moving:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_796_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def clock() -> Moving:
    return Moving()


@pytest.fixture
async def sim(clock: Moving) -> AsyncIterator[Simulator]:
    async with await Simulator.start(manifest=MANIFEST, rate_scale=0, clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def slack(sim: Simulator) -> AsyncWebClient:
    return AsyncWebClient(token=sim.credentials["bot_token"], base_url=sim.api_url, retry_handlers=[])


async def refused(call: Any) -> Json:
    with pytest.raises(SlackApiError) as refusal:
        await call
    data: Json = refusal.value.response.data
    return data


def granted(sim: Simulator, *scopes: str) -> None:
    sim.workspace.app.scopes = frozenset(scopes)


async def test_tokens(sim: Simulator) -> None:
    def client(token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=sim.api_url, retry_handlers=[])

    bot, app = sim.credentials["bot_token"], sim.credentials["app_token"]
    assert (await client(bot).auth_test())["user_id"] == BOT
    assert (await refused(client(None).auth_test()))["error"] == "not_authed"
    assert (await refused(client("xoxb-other").auth_test()))["error"] == "invalid_auth"
    assert (await refused(client(app).auth_test()))["error"] == "not_allowed_token_type"
    assert (await refused(client(None).apps_connections_open(app_token=bot)))["error"] == "not_allowed_token_type"
    sim.workspace.app.token_revoked = True
    assert (await refused(client(bot).auth_test()))["error"] == "token_revoked"


async def test_scopes_are_those_of_the_manifest(sim: Simulator, slack: AsyncWebClient) -> None:
    answer = await slack.auth_test()
    assert answer.headers["X-OAuth-Scopes"] == "chat:write,commands,groups:read,im:write,users:read"
    refusal = await refused(slack.team_info())
    assert (refusal["error"], refusal["needed"]) == ("missing_scope", "team:read")
    assert (await refused(slack.conversations_info(channel=GENERAL)))["needed"] == "channels:read"
    assert (await slack.conversations_info(channel=ADMIN_CHANNEL))["channel"]["is_private"] is True
    granted(sim, "commands")
    assert (await refused(slack.chat_postMessage(channel=AVA, text="x")))["needed"] == "chat:write"
    assert (await refused(slack.users_info(user=AVA)))["needed"] == "users:read"


async def test_people(sim: Simulator, slack: AsyncWebClient) -> None:
    chloe = (await slack.users_info(user="U0CHLOEBE1", include_locale=True))["user"]
    assert (chloe["locale"], chloe["tz"], "email" in chloe["profile"]) == ("fr-FR", "America/Toronto", False)
    ava = (await slack.users_info(user=AVA))["user"]
    assert "locale" not in ava
    assert ava["tz_offset"] == -7 * 3600  # British Columbia no longer changes its clocks
    assert (await slack.users_info(user="U0OTTOPON1"))["user"]["is_restricted"] is True
    assert (await slack.users_info(user=PETRA))["user"]["deleted"] is True
    assert (await slack.users_info(user=ROWAN))["user"]["team_id"] != sim.workspace.team_id
    assert (await refused(slack.users_info(user="U0NOBODY01")))["error"] == "user_not_found"
    first = await slack.users_list(limit=5)
    rest = await slack.users_list(limit=200, cursor=first["response_metadata"]["next_cursor"])
    assert len(first["members"]) + len(rest["members"]) == len(sim.workspace.people)


async def test_email_is_shown_only_with_its_scope(sim: Simulator, slack: AsyncWebClient) -> None:
    granted(sim, "users:read", "users:read.email")
    found = await slack.users_lookupByEmail(email="ava.larkspur@harbour-physicians.example")
    assert (found["user"]["id"], found["user"]["profile"]["email"].count("@")) == (AVA, 1)
    assert (await refused(slack.users_lookupByEmail(email="x@y.example")))["error"] == "users_not_found"


async def test_where_the_app_may_post(sim: Simulator, slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel=AVA, text="hello")
    assert posted["channel"].startswith("D")
    assert sim.person("ava").notifications == ["hello"]
    wrong = {
        GENERAL: "not_in_channel",
        "general": "not_in_channel",
        "C0NOWHERE1": "channel_not_found",
        "U0NOBODY01": "channel_not_found",
        PETRA: "user_disabled",
        BOT: "cannot_dm_bot",
        ROWAN: "channel_not_found",
    }
    for channel, error in wrong.items():
        assert (await refused(slack.chat_postMessage(channel=channel, text="x")))["error"] == error, channel
    admin = sim.workspace.channel("peer-support-admin")
    admin.archived = True
    assert (await refused(slack.chat_postMessage(channel=admin.id, text="x")))["error"] == "is_archived"
    admin.archived = False
    admin.members.remove(BOT)
    assert (await refused(slack.chat_postMessage(channel=admin.id, text="x")))["error"] == "channel_not_found"
    sim.workspace.app.messages_enabled = False
    assert (await refused(slack.chat_postMessage(channel=AVA, text="x")))["error"] == "messages_tab_disabled"


async def test_what_the_app_may_post(slack: AsyncWebClient) -> None:
    async def error(**content: Any) -> str:
        body = {"channel": ADMIN_CHANNEL, **content}
        return str((await refused(slack.api_call("chat.postMessage", json=body)))["error"])

    assert await error() == "no_text"
    assert await error(text="x" * 40_001) == "msg_too_long"
    assert await error(text="x", metadata={"event_type": "x"}) == "invalid_metadata_format"
    assert await error(text="x", username="Somebody else") == "missing_scope"
    assert await error(text="x", thread_ts="1.2") == "cannot_reply_to_message"
    assert await error(text="x", colour="red") == "invalid_arguments"
    bad = [{"type": "actions", "elements": [button("x" * 76, "a")]}]
    refusal = await refused(slack.chat_postMessage(channel=ADMIN_CHANNEL, text="x", blocks=bad))
    assert refusal["error"] == "invalid_blocks"
    assert refusal["response_metadata"]["messages"] == [
        "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"
    ]


async def test_changing_and_deleting_messages(sim: Simulator, slack: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": plain("Blocks")}]
    posted = await slack.chat_postMessage(channel=ADMIN_CHANNEL, text="one", blocks=blocks)
    ts = posted["ts"]
    await slack.chat_update(channel=ADMIN_CHANNEL, ts=ts, text="two")
    message = sim.workspace.channels[ADMIN_CHANNEL].message(ts)
    assert message is not None
    assert (message.text, len(message.blocks), bool(message.edited)) == ("two", 1, True)
    await slack.chat_update(channel=ADMIN_CHANNEL, ts=ts, text="three", blocks=[])
    assert message.blocks == []
    assert (await slack.chat_getPermalink(channel=ADMIN_CHANNEL, message_ts=ts))["permalink"].endswith(
        ts.replace(".", "")
    )
    await slack.chat_delete(channel=ADMIN_CHANNEL, ts=ts)
    gone = slack.chat_update(channel=ADMIN_CHANNEL, ts=ts, text="four")
    assert (await refused(gone))["error"] == "message_not_found"
    said = await sim.client.say(GWEN, ADMIN_CHANNEL, "I said this")
    foreign = slack.chat_update(channel=ADMIN_CHANNEL, ts=said.ts, text="I did not")
    assert (await refused(foreign))["error"] == "cant_update_message"
    assert (await refused(slack.chat_delete(channel=ADMIN_CHANNEL, ts=said.ts)))["error"] == "cant_delete_message"


async def test_ephemerals_are_for_one_person(sim: Simulator, slack: AsyncWebClient) -> None:
    sent = await slack.chat_postEphemeral(channel=ADMIN_CHANNEL, user=GWEN, text="only you")
    assert "only you" in sim.person("gwen").screen()
    sim.person("farah").sees_nothing_of("only you")
    outside = slack.chat_postEphemeral(channel=ADMIN_CHANNEL, user=AVA, text="x")
    assert (await refused(outside))["error"] == "user_not_in_channel"
    changed = slack.chat_update(channel=ADMIN_CHANNEL, ts=sent["message_ts"], text="x")
    assert (await refused(changed))["error"] == "message_not_found"


async def test_opening_direct_messages(sim: Simulator, slack: AsyncWebClient) -> None:
    first = await slack.conversations_open(users=AVA)
    again = await slack.conversations_open(users=[AVA], return_im=True)
    assert again["channel"]["id"] == first["channel"]["id"]
    assert again["already_open"] is True
    assert (await refused(slack.api_call("conversations.open", json={})))["error"] == "users_list_not_supplied"
    assert (await refused(slack.conversations_open(users=PETRA)))["error"] == "user_disabled"
    assert (await refused(slack.conversations_open(users=BOT)))["error"] == "cannot_dm_bot"
    assert (await refused(slack.conversations_open(users="U0NOBODY01")))["error"] == "user_not_found"
    granted(sim, "chat:write")
    assert (await refused(slack.conversations_open(users=AVA)))["error"] == "missing_scope"


async def test_conversations(sim: Simulator, slack: AsyncWebClient) -> None:
    members = (await slack.conversations_members(channel=ADMIN_CHANNEL))["members"]
    assert set(members) == {"U0FARAHME1", GWEN, "U0HUGOCED1", BOT}
    listed = await slack.conversations_list(types="private_channel")
    names = [f"{each}-admin" for each in ("peer-support", "impact", "thriving", "cafe", "informal")]
    assert [channel["name"] for channel in listed["channels"]] == names
    assert (await refused(slack.conversations_list(types="public_channel")))["error"] == "missing_scope"
    assert (await refused(slack.conversations_list(types="secret")))["error"] == "invalid_types"
    counted = await slack.conversations_info(channel=ADMIN_CHANNEL, include_num_members=True)
    assert counted["channel"]["num_members"] == 4


async def test_triggers_are_used_once_and_soon(sim: Simulator, slack: AsyncWebClient, clock: Moving) -> None:
    def trigger(view_id: str = "") -> str:
        return sim.workspace.new_trigger(AVA, view_id).id

    used = trigger()
    opened = await slack.views_open(trigger_id=used, view=FORM)
    assert (await refused(slack.views_open(trigger_id=used, view=FORM)))["error"] == "exchanged_trigger_id"
    late = trigger()
    clock.now += 3.1
    assert (await refused(slack.views_open(trigger_id=late, view=FORM)))["error"] == "expired_trigger_id"
    assert (await refused(slack.views_open(trigger_id="1.2.ab", view=FORM)))["error"] == "invalid_trigger_id"
    assert (await refused(slack.views_push(trigger_id=trigger(), view=FORM)))["error"] == "not_found"
    view_id = opened["view"]["id"]
    for _ in range(2):
        view_id = (await slack.views_push(trigger_id=trigger(view_id), view=FORM))["view"]["id"]
    fourth = slack.views_push(trigger_id=trigger(view_id), view=FORM)
    assert (await refused(fourth))["error"] == "push_limit_reached"


async def test_views_are_checked(sim: Simulator, slack: AsyncWebClient) -> None:
    def trigger() -> str:
        return sim.workspace.new_trigger(AVA).id

    bad = await refused(slack.views_open(trigger_id=trigger(), view=modal("x" * 25, [])))
    assert bad["error"] == "invalid_arguments"
    assert "json-pointer:/view/title/text" in bad["response_metadata"]["messages"][0]
    large = modal("x", [{"type": "section", "text": plain("x" * 3000)}] * 90)
    assert (await refused(slack.views_open(trigger_id=trigger(), view=large)))["error"] == "view_too_large"
    opened = await slack.views_open(trigger_id=trigger(), view={**FORM, "external_id": "mine"})
    view_id, first_hash = opened["view"]["id"], opened["view"]["hash"]
    updated = await slack.views_update(external_id="mine", view=FORM)
    assert (updated["view"]["id"], updated["view"]["hash"] == first_hash) == (view_id, False)
    stale = slack.views_update(view_id=view_id, hash=first_hash, view=FORM)
    assert (await refused(stale))["error"] == "hash_conflict"
    assert (await refused(slack.views_update(view_id="V0GONE0001", view=FORM)))["error"] == "not_found"
    await slack.views_update(view_id=view_id, view={**FORM, "external_id": "mine"})
    twin = slack.views_open(trigger_id=trigger(), view={**FORM, "external_id": "mine"})
    assert (await refused(twin))["error"] == "duplicate_external_id"


async def test_home_is_published_for_one_person(sim: Simulator, slack: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "section", "text": plain("Only hers")}]}
    first = await slack.views_publish(user_id=AVA, view=home)
    second = await slack.views_publish(user_id=AVA, view=home, hash=first["view"]["hash"])
    assert second["view"]["id"] == first["view"]["id"]
    stale = slack.views_publish(user_id=AVA, view=home, hash=first["view"]["hash"])
    assert (await refused(stale))["error"] == "hash_conflict"
    assert "Only hers" in sim.person("ava").screen("home")
    sim.person("gwen").sees_nothing_of("Only hers")
    alert = {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]}
    assert (await refused(slack.views_publish(user_id=AVA, view=alert)))["error"] == "invalid_arguments"
    assert (await refused(slack.views_publish(user_id=PETRA, view=home)))["error"] == "invalid_arguments"
    sim.workspace.app.home_enabled = False
    assert (await refused(slack.views_publish(user_id=AVA, view=home)))["error"] == "not_enabled"


async def test_bodies_and_methods(sim: Simulator) -> None:
    bearer = {"Authorization": f"Bearer {sim.credentials['bot_token']}"}
    async with aiohttp.ClientSession(base_url=sim.api_url, headers=bearer) as session:

        async def call(method: str, **body: Any) -> Json:
            async with session.post(method, **body) as response:
                answer: Json = await response.json()
                return answer

        assert (await call("no.such"))["error"] == "unknown_method"
        assert (await call("users.info", data={"user": AVA}))["ok"] is True
        # Slack's lookup methods do not read JSON bodies.
        assert (await call("users.info", json={"user": AVA}))["error"] == "invalid_arguments"
        blocks = '[{"type":"section","text":{"type":"plain_text","text":"x"}}]'
        assert (await call("chat.postMessage", data={"channel": AVA, "text": "x", "blocks": blocks}))["ok"] is True
        broken = await call("chat.postMessage", data={"channel": AVA, "text": "x", "blocks": "[{"})
        assert broken["error"] == "invalid_blocks_format"
        async with session.get("users.info", params={"user": AVA}) as response:
            assert (await response.json())["user"]["id"] == AVA


async def test_the_log_keeps_no_token(sim: Simulator) -> None:
    async with aiohttp.ClientSession() as session:
        await session.post(f"{sim.api_url}auth.test", data={"token": sim.credentials["bot_token"]})
    assert sim.calls("auth.test")[0].status == 200
    assert sim.credentials["bot_token"] not in repr(sim.workspace.log)
