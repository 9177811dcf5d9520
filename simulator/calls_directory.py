"""The methods that look people, conversations and the workspace up."""

from __future__ import annotations

from typing import Any

from simulator.calls import Call, Method, missing_scope, page
from simulator.errors import SlackError
from simulator.payloads import channel_object, user_object
from simulator.workspace import Channel, ChannelKind, Person

READ: dict[ChannelKind, str] = {"public": "channels:read", "private": "groups:read", "dm": "im:read"}
READ_ANY = (*READ.values(), "mpim:read")
OPEN_ANY = ("channels:manage", "groups:write", "im:write", "mpim:write")
KINDS: dict[str, ChannelKind] = {"public_channel": "public", "private_channel": "private", "im": "dm"}
MOST_USERS = 8


def api_test(call: Call) -> dict[str, Any]:
    """Answer, or answer with the error that was asked for."""
    if call.text("error"):
        raise SlackError(call.text("error"), args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> dict[str, Any]:
    """Say whose token this is."""
    workspace = call.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.people[workspace.app.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": workspace.app.bot_user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> dict[str, Any]:
    """Describe the workspace."""
    workspace = call.workspace
    if call.text("team") not in ("", workspace.team_id):
        raise SlackError("team_not_found")
    team = {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.domain, "email_domain": ""}
    return {"team": team}


def users_info(call: Call) -> dict[str, Any]:
    """Describe one person."""
    return {"user": _user(call, call.person(call.text("user")))}


def users_list(call: Call) -> dict[str, Any]:
    """Describe everybody, a page at a time."""
    people, metadata = page(list(call.workspace.people.values()), call, 1000)
    members = [_user(call, person) for person in people]
    return {"members": members, "cache_ts": int(call.workspace.clock()), "response_metadata": metadata}


def users_lookup_by_email(call: Call) -> dict[str, Any]:
    """Find a person by e-mail address."""
    for person in call.workspace.people.values():
        if person.email and person.email == call.text("email") and not person.deleted:
            return {"user": _user(call, person)}
    raise SlackError("users_not_found")


def conversations_open(call: Call) -> dict[str, Any]:
    """Open the direct message with one person."""
    workspace = call.workspace
    call.need("im:write")
    if call.text("channel"):
        channel = call.channel(call.text("channel"))
        if channel.kind != "dm":
            raise SlackError("method_not_supported_for_channel_type")
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = [user for user in call.text("users").split(",") if user]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_USERS:
        raise SlackError("too_many_users")
    if len(users) > 1:
        call.need("mpim:write")
        raise SlackError("invalid_user_combination")
    person = call.person(users[0])
    if person.is_stranger:
        raise SlackError("user_not_visible")
    if person.deleted:
        raise SlackError("user_disabled")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")
    before = workspace.dm(person.id, create=False)
    opened = before or workspace.dm(person.id)
    assert opened is not None
    answer: dict[str, Any] = {"channel": {"id": opened.id}}
    if call.flag("return_im"):
        answer["channel"] = channel_object(workspace, opened)
    return {**answer, "no_op": True, "already_open": True} if before else answer


def conversations_info(call: Call) -> dict[str, Any]:
    """Describe one conversation."""
    channel = _readable(call)
    described = channel_object(call.workspace, channel)
    if call.flag("include_num_members"):
        described["num_members"] = len(channel.members)
    if call.flag("include_locale"):
        described["locale"] = "en-US"
    return {"channel": described}


def conversations_members(call: Call) -> dict[str, Any]:
    """List who is in a conversation, a page at a time."""
    channel = _readable(call)
    here = [member for member in channel.members if not call.workspace.people[member].deleted]
    members, metadata = page(here, call, 1000)
    return {"members": members, "response_metadata": metadata}


def conversations_list(call: Call) -> dict[str, Any]:
    """List the conversations of the asked-for kinds that the app may see."""
    workspace = call.workspace
    types = [kind for kind in (call.text("types") or "public_channel").split(",") if kind]
    if unknown := [kind for kind in types if kind not in (*KINDS, "mpim")]:
        raise SlackError("invalid_types", [f"[ERROR] unknown type: {unknown[0]} [json-pointer:/types]"])
    kinds = [KINDS[kind] for kind in types if kind in KINDS]
    for kind in kinds:
        call.need(READ[kind])
    found = [
        channel
        for channel in workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or workspace.bot_in(channel))
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    channels, metadata = page(found, call, 1000)
    return {"channels": [channel_object(workspace, each) for each in channels], "response_metadata": metadata}


def _readable(call: Call) -> Channel:
    channel = call.channel(call.text("channel"))
    if READ[channel.kind] not in call.workspace.app.scopes:
        raise missing_scope(call.workspace, READ[channel.kind])
    return channel


def _user(call: Call, person: Person) -> dict[str, Any]:
    email = "users:read.email" in call.workspace.app.scopes
    return user_object(call.workspace, person, locale=call.flag("include_locale"), email=email)


PAGED = ("cursor", "limit")
USERS = ("users:read",)
METHODS = {
    "api.test": Method(api_test, "t4", optional=("error", "foo"), token="none"),  # noqa: S106 - a kind, not a secret
    "auth.test": Method(auth_test, "special"),
    "team.info": Method(team_info, "t3", ("team:read",), (), ("team", "domain")),
    "users.info": Method(users_info, "t4", USERS, ("user",), ("include_locale",), reads_json=False),
    "users.list": Method(users_list, "t2", USERS, (), (*PAGED, "include_locale", "team_id"), reads_json=False),
    "users.lookupByEmail": Method(users_lookup_by_email, "t3", ("users:read.email",), ("email",), reads_json=False),
    "conversations.open": Method(
        conversations_open, "t3", OPEN_ANY, (), ("channel", "users", "return_im", "prevent_creation")
    ),
    "conversations.info": Method(
        conversations_info, "t3", READ_ANY, ("channel",), ("include_locale", "include_num_members"), reads_json=False
    ),
    "conversations.members": Method(conversations_members, "t4", READ_ANY, ("channel",), PAGED, reads_json=False),
    "conversations.list": Method(
        conversations_list, "t2", READ_ANY, (), (*PAGED, "exclude_archived", "team_id", "types"), reads_json=False
    ),
}
