"""People do and see only what Slack would let them: channels, guests, confirms, menus, taps."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from simulator import Simulator
from simulator.errors import ClientRefusalError
from simulator.loading import DEMO_WORKSPACE
from simulator.stack import open_root, publish
from simulator.workspace import Message, NotVisibleError
from tests.simulator.bolt_app import ADMIN_CHANNEL, button, modal, plain, text_input

Json = dict[str, Any]
GENERAL = "C0GENERAL1"


def post(sim: Simulator, channel: str, text: str, blocks: list[Json] | None = None) -> Message:
    app = sim.workspace.app
    message = Message(channel, sim.workspace.new_ts(), app.bot_user_id, text, blocks or [], bot_id=app.bot_id)
    return sim.workspace.post(message)


def show(sim: Simulator, key: str, *blocks: Json) -> None:
    open_root(sim.workspace, sim.person(key).id, modal("A modal", list(blocks), submit=plain("Send")))


def field(block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def test_the_list_of_invented_names_is_the_workspace() -> None:
    people = yaml.safe_load(DEMO_WORKSPACE.read_text("utf-8"))["people"]
    names = (DEMO_WORKSPACE.parent / "names.txt").read_text("utf-8").splitlines()
    assert names == [person["real_name"] for person in people]
    roles = [person["role"] for person in people]
    assert (roles.count("physician"), roles.count("administrator"), roles.count("supporter")) == (5, 3, 5)
    assert len({person["id"] for person in people}) == len(people)


async def test_private_channels_are_for_their_members(sim: Simulator) -> None:
    post(sim, ADMIN_CHANNEL, "K7-42 came in")
    assert "K7-42" in sim.person("farah").screen()
    for key in ("ava", "iris", "otto", "quinn", "rowan"):
        person = sim.person(key)
        person.sees_nothing_of("K7-42", "peer-support-admin")
        assert not person.can_see_channel("peer-support-admin")
        with pytest.raises(NotVisibleError):
            person.messages("peer-support-admin")
        with pytest.raises(NotVisibleError):
            await person.types("hello", channel="peer-support-admin")


def test_guests_strangers_and_the_departed(sim: Simulator) -> None:
    seen = {
        key: [c.name for c in sim.workspace.visible_channels(sim.person(key).id)] for key in ("otto", "rowan", "nora")
    }
    assert seen == {"otto": ["general"], "rowan": ["random"], "nora": ["general", "noticeboard", "random"]}
    assert sim.person("petra").screen() == ""


async def test_the_departed_can_do_nothing(sim: Simulator) -> None:
    petra = sim.person("petra").id
    for deed in (
        sim.client.command(petra, GENERAL, "/parrot"),
        sim.client.open_home(petra),
        sim.client.shortcut(petra, "repeat"),
    ):
        with pytest.raises(ClientRefusalError):
            await deed


def test_direct_messages_are_between_two(sim: Simulator) -> None:
    ava = sim.person("ava")
    direct = sim.workspace.dm(ava.id)
    assert direct is not None
    post(sim, direct.id, "Something for you", [{"type": "section", "text": plain("More than the lock screen shows")}])
    assert ava.notifications == ["Something for you"]
    assert "More than the lock screen shows" in ava.screen("messages")
    assert sim.workspace.unread(ava.id, direct.id) == 1
    sim.workspace.mark_read(ava.id, direct.id)
    assert sim.workspace.unread(ava.id, direct.id) == 0
    sim.person("gwen").sees_nothing_of("Something for you", "More than")


def test_phones_wake_for_mentions_only(sim: Simulator) -> None:
    post(sim, ADMIN_CHANNEL, "Quietly")
    post(sim, ADMIN_CHANNEL, f"For <@{sim.person('gwen').id}>")
    assert (sim.person("gwen").notifications, sim.person("farah").notifications) == (
        [f"For <@{sim.person('gwen').id}>"],
        [],
    )


async def test_a_read_only_messages_tab(sim: Simulator) -> None:
    with pytest.raises(AssertionError, match="turned off"):
        await sim.person("ava").types("hello", channel="messages")


async def test_an_unknown_command_is_refused_by_slack_itself(sim: Simulator) -> None:
    ava = sim.person("ava")
    await ava.types("/nothing of the kind")
    assert ava.notices == ["/nothing is not a valid command."]
    assert not [entry for entry in sim.workspace.log if entry.way == "to app"]


async def test_a_modal_covers_everything_else(sim: Simulator) -> None:
    ava = sim.person("ava")
    publish(sim.workspace, ava.id, {"type": "home", "blocks": [{"type": "actions", "elements": [button("Door", "a")]}]})
    show(sim, "ava", {"type": "section", "text": plain("In front")})
    ava.patience = 0.05
    with pytest.raises(AssertionError, match="no button 'Door'"):
        await ava.presses("Door")
    with pytest.raises(AssertionError, match="a modal is in the way"):
        await ava.presses("Door", where="home")


async def test_several_alike_need_a_neighbour(sim: Simulator) -> None:
    ava = sim.person("ava")
    rows = [
        {"type": "section", "block_id": name, "text": plain(name), "accessory": button("Offer", "offer", value=name)}
        for name in ("Iris", "Jonas")
    ]
    publish(sim.workspace, ava.id, {"type": "home", "blocks": rows})
    with pytest.raises(AssertionError, match="several 'Offer'"):
        await ava.presses("Offer")
    await ava.presses("Offer", near="Jonas")
    payload = sim.workspace.log[-1].request
    assert payload["actions"][0]["value"] == "Jonas"
    assert payload["container"] == {"type": "view", "view_id": ava.home.id if ava.home else ""}


async def test_buttons_for_named_people_are_hidden_from_others(sim: Simulator) -> None:
    gwen, farah = sim.person("gwen"), sim.person("farah")
    only = button("Claim", "claim", visible_to_user_ids=[gwen.id])
    post(sim, ADMIN_CHANNEL, "x", [{"type": "actions", "block_id": "b", "elements": [only]}])
    farah.sees_nothing_of("[Claim]")
    await gwen.presses("Claim")


async def test_every_kind_of_answer(sim: Simulator) -> None:
    offered = [{"text": plain(name), "value": name.lower()} for name in ("Phone", "Video", "In person")]
    show(
        sim,
        "ava",
        field("select", {"type": "static_select", "action_id": "a", "options": offered}),
        field("multi", {"type": "multi_static_select", "action_id": "a", "options": offered, "max_selected_items": 2}),
        field("radio", {"type": "radio_buttons", "action_id": "a", "options": offered}),
        field("boxes", {"type": "checkboxes", "action_id": "a", "options": offered}),
        field("person", {"type": "users_select", "action_id": "a"}),
        field("people", {"type": "multi_users_select", "action_id": "a"}),
        field("channel", {"type": "conversations_select", "action_id": "a"}),
        field("date", {"type": "datepicker", "action_id": "a"}),
        field("time", {"type": "timepicker", "action_id": "a"}),
        field("mail", {"type": "email_text_input", "action_id": "a"}),
        field("number", {"type": "number_input", "action_id": "a", "is_decimal_allowed": False, "max_value": "9"}),
        field("short", {"type": "plain_text_input", "action_id": "a", "min_length": 3, "max_length": 5}),
    )
    ava = sim.person("ava")
    await ava.chooses("select", "Video")
    await ava.chooses("multi", ["Phone", "Video", "In person"])
    await ava.chooses("radio", "Phone")
    await ava.chooses("boxes", ["In person"])
    await ava.chooses("person", "Luc Mélilot")
    await ava.chooses("people", [sim.person("iris"), "jonas"])
    await ava.chooses("channel", "#general")
    await ava.chooses("date", "2026-12-07")
    await ava.chooses("time", "19:15")
    await ava.fills("mail", "not an address")
    await ava.fills("number", "12")
    await ava.fills("short", "ab")
    assert (ava.taps, ava.filled) == (9, 3)
    await ava.submits()
    assert ava.modal is not None
    assert ava.modal.errors == {
        "multi": "You can choose at most 2.",
        "mail": "Please enter a valid email address.",
        "number": "Please enter a number of at most 9.",
        "short": "This must be at least 3 characters.",
    }
    await ava.sees("(x) Phone", "[Luc Mélilot]", "[Iris Wintergreen, Jonas Harebell]", "[#general]", "! You can choose")
    with pytest.raises(AssertionError, match="nobody to choose"):
        await ava.chooses("person", "petra")
    with pytest.raises(LookupError):
        await ava.chooses("radio", "By pigeon")
    await ava.clears("radio")
    assert ava.modal.values["radio"]["a"] == {"type": "radio_buttons", "selected_option": None}


async def test_dates_are_read_in_the_readers_zone_and_language(sim: Simulator) -> None:
    # 2026-12-08 03:15 UTC; Vancouver keeps UTC-7 all year.
    text = "Due <!date^1796699700^{date_long} {time}|some day>"
    for key in ("gwen", "hugo"):
        direct = sim.workspace.dm(sim.person(key).id)
        assert direct is not None
        post(sim, direct.id, text)
    assert "Due Monday, December 7th, 2026 8:15 PM" in sim.person("gwen").screen("messages")
    assert "Due lundi 7 décembre 2026 22:15" in sim.person("hugo").screen("messages")


async def test_a_form_remembers_only_until_it_is_sent(sim: Simulator) -> None:
    show(sim, "ava", text_input("say", "Say"))
    before = len(sim.workspace.log)
    await sim.person("ava").fills("Say", "draft")
    assert len(sim.workspace.log) == before
    assert "draft" in sim.person("ava").screen("modal")
    sim.person("bruno").sees_nothing_of("draft")
