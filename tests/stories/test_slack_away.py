"""Slack refuses, for minutes or for hours: nothing that was acknowledged is lost, and somebody always hears of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from peersupport.notifications import Kind
from simulator.model import Channel
from tests.stories.town import CHANNEL, Town, press_newest

TRIES = 14
"""More than the attempts after which a row is parked."""


async def until(told: Callable[[], bool], town: Town) -> None:
    """Wait for something that the worker does by itself."""
    async with asyncio.timeout(20):
        while not told():
            town.house.store.queue.stir()
            await asyncio.sleep(0.02)


async def hours_pass(town: Town, method: str) -> None:
    """Move time on until the worker has tried in vain again and again."""
    for _ in range(TRIES):
        before = len(town.sim.calls(method))
        async with asyncio.timeout(30):
            while len(town.sim.calls(method)) == before:
                await town.passes(minutes=20)
                await town.sim.settled(0.1)


def admin_channel(town: Town) -> Channel:
    """Return the administrators' channel as Slack has it."""
    return town.sim.workspace.channel(CHANNEL)


@pytest.mark.threat("T45", "T46")
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "error", "error": "internal_error"},
        {"kind": "error", "error": "token_revoked"},
        {"kind": "error", "error": "a_word_nobody_knows"},
    ],
    ids=["503", "internal_error", "token_revoked", "unknown"],
)
async def test_a_card_is_posted_after_hours_without_slack(town: Town, fault: dict[str, Any]) -> None:
    town.sim.faults.add(method="chat.postMessage", count=10_000, **fault)
    reference = await town.asks("ava")
    await hours_pass(town, "chat.postMessage")
    assert (await town.house.store.queue.backlog()).parked == 0
    town.sim.faults.clear()
    await town.passes(minutes=20)
    await town.person("farah").sees(reference, where=CHANNEL)


@pytest.mark.threat("T45")
async def test_what_can_never_work_is_parked_told_and_revived(town: Town) -> None:
    town.sim.faults.add(method="chat.postMessage", kind="error", error="invalid_blocks", count=10_000)
    reference = await town.asks("ava")
    async with asyncio.timeout(60):
        while Kind.CARD not in await town.house.store.queue.parked_kinds():
            await town.passes(minutes=20)
            await town.sim.settled(0.2)
    await until(lambda: "outbox_parked" in town.house.troubles, town)
    town.sim.faults.clear()
    assert await town.house.store.queue.revive_all() >= 1
    await town.passes(minutes=20)
    await town.person("farah").sees(reference, where=CHANNEL)
    await until(lambda: town.house.ready, town)


def made_public(channel: Channel) -> None:
    """Let everybody in."""
    channel.kind = "public"


def archived(channel: Channel) -> None:
    """Put the channel away."""
    channel.archived = True


def bot_removed(channel: Channel) -> None:
    """Throw the app out."""
    channel.members.clear()


@pytest.mark.req("G10", "G29")
@pytest.mark.parametrize("trouble", [made_public, archived, bot_removed])
async def test_a_card_that_is_withheld_is_told_to_each_administrator_alone(
    town: Town, trouble: Callable[[Channel], None]
) -> None:
    channel = admin_channel(town)
    before = (channel.kind, channel.archived, list(channel.members))
    # After the look at the start, which would tell of the channel itself.
    await until(lambda: bool(town.sim.calls("conversations.info")), town)
    await town.sim.settled()
    trouble(channel)
    reference = await town.asks("ava")
    farah, gwen, hugo = town.person("farah"), town.person("gwen"), town.person("hugo")
    for each in (farah, gwen):
        await each.sees("There is something for you in the app.", where="messages")
    await town.sim.settled()
    await town.passes(minutes=2)
    await until(lambda: len(town.sim.calls("conversations.info")) >= 3, town)
    for each in (farah, gwen):
        assert each.screen("messages").count("There is something for you in the app.") == 1
    hugo.sees_nothing_of("There is something for you", where="messages")
    assert reference not in town.said()
    await press_newest(farah)
    await farah.sees(reference)
    channel.kind, channel.archived = before[0], before[1]
    channel.members[:] = before[2]
    await town.passes(minutes=2)
    await gwen.sees(reference, where=CHANNEL)


@pytest.mark.req("G29")
async def test_while_nobody_can_be_written_to_messages_wait(town: Town) -> None:
    await town.register("iris")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    town.sim.workspace.app.messages_enabled = False
    await town.offers("farah", reference, "Iris Wintergreen")
    await until(lambda: "messages_tab_disabled" in town.house.troubles, town)
    town.sim.workspace.app.messages_enabled = True
    await town.passes(minutes=2)
    await town.person("iris").sees("There is something for you in the app.", where="messages")
    await until(lambda: town.house.ready, town)


@pytest.mark.threat("T46")
@pytest.mark.parametrize("code", ["user_disabled", "channel_not_found", "restricted_action"])
async def test_an_offer_that_reaches_nobody_is_told_to_its_administrator(town: Town, code: str) -> None:
    await town.register("iris")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await town.at_rest()  # What is on its way to others must not meet the fault.
    town.sim.faults.add(method="chat.postMessage", kind="error", error=code)
    await town.offers("farah", reference, "Iris Wintergreen")
    await town.at_rest()
    await town.person("farah").sees("There is something for you in the app.", where="messages")
    town.person("iris").sees_nothing_of("There is something for you", where="messages")
    town.person("gwen").sees_nothing_of("There is something for you", where="messages")
