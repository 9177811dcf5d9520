"""The administrators' channel is opened to others, archived, left or changed: cards go, requests stay, all mends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from peersupport.notifications import Kind
from peersupport.requests import State
from simulator.workspace import Channel, Message
from tests.stories.test_clocks import has_fired
from tests.stories.test_leaving import kept
from tests.stories.town import CHANNEL, PROGRAMME, Places, Town, open_town

STRIPPED = "This cannot be shown here. The administrators will find it in the app."
CONSTANT = "There is something for you in the app."
TOLD = {"farah": CONSTANT, "gwen": CONSTANT, "hugo": "Il y a quelque chose pour vous dans l'appli."}
TROUBLES = ["public", "shared", "invited", "guest", "archived", "deleted", "bot out"]
SEEN = TROUBLES[:4]


@pytest_asyncio.fixture
async def quick(places: Places, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Give a town that looks at its channel twice a second."""
    for name in ("CHANNEL_SECONDS", "CHANNEL_TROUBLE_SECONDS"):
        monkeypatch.setattr(f"bot.app.{name}", 0.5)
    async with open_town(places) as opened:
        yield opened


def trouble(town: Town, what: str, channel: Channel, *, begins: bool) -> None:
    """Do to the channel what may happen to it in Slack, or undo it."""
    workspace = town.sim.workspace
    bot = workspace.app.bot_user_id
    guest = next(each.id for each in workspace.people.values() if each.is_guest)
    member = {"guest": guest, "bot out": bot}.get(what)
    if what == "public":
        channel.kind = "public" if begins else "private"
    elif what == "shared":
        channel.ext_shared = begins
    elif what == "invited":
        channel.pending_shared = ["T0ELSEWHER"] if begins else []
    elif what == "archived":
        channel.archived = begins
    elif what == "deleted":
        if begins:
            del workspace.channels[channel.id]
        else:
            workspace.channels[channel.id] = channel
    elif member and (what == "guest") == begins:
        channel.members.append(member)
    elif member:
        channel.members.remove(member)
    workspace.touch()


def cards(channel: Channel) -> list[Message]:
    """Return the app's messages in the channel."""
    return [message for message in channel.messages if message.bot_id]


def said(messages: list[Message]) -> str:
    return json.dumps([[each.text, each.blocks] for each in messages], ensure_ascii=False)


def administrators_channel(town: Town) -> Channel:
    return town.sim.workspace.channel(CHANNEL)


async def health(town: Town, *reasons: str) -> None:
    """Wait until the app tells of these troubles, whatever else it has seen on the way, or of none."""
    async with asyncio.timeout(30):
        while not (set(reasons) <= set(town.house.troubles) if reasons else not town.house.troubles):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def mends(town: Town, what: str, channel: Channel) -> None:
    trouble(town, what, channel, begins=False)
    await health(town)
    await town.passes(minutes=2)


@pytest.mark.req("U44", "G10")
@pytest.mark.threat("T49")
@pytest.mark.parametrize("what", SEEN)
@pytest.mark.parametrize("story_urls", ["sqlite"], indirect=True)
async def test_cards_are_taken_down_where_others_can_read_them(quick: Town, what: str) -> None:
    town, channel = quick, administrators_channel(quick)
    farah, gwen = town.person("farah"), town.person("gwen")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    trouble(town, what, channel, begins=True)
    await farah.sees(STRIPPED, where=CHANNEL)
    shown = said(cards(channel))
    assert reference not in shown
    assert "button" not in shown
    assert "Confirmed" not in shown
    for key, words in TOLD.items():
        await town.person(key).sees(words, where="messages")
    await gwen.presses("Open", where="messages")
    await gwen.sees("People other than the administrators can read")
    await gwen.closes(everything=True)

    second = await town.asks("bruno")
    await farah.opens_home()
    await farah.sees(second, where="home")
    await has_fired(town, Kind.STRIP_CARD)
    assert second not in said(cards(channel))

    await mends(town, what, channel)
    await farah.sees(reference, "Find a supporter", where=CHANNEL)
    await farah.sees(second, where=CHANNEL)
    assert STRIPPED not in said(cards(channel))


@pytest.mark.req("U45")
@pytest.mark.threat("T49")
@pytest.mark.parametrize("what", ["archived", "deleted", "bot out"])
@pytest.mark.parametrize("story_urls", ["sqlite"], indirect=True)
async def test_without_the_channel_requests_are_accepted_and_administrators_told_one_by_one(
    quick: Town, what: str
) -> None:
    town, channel = quick, administrators_channel(quick)
    farah = town.person("farah")
    first = await town.asks("ava")
    await farah.sees(first, where=CHANNEL)
    trouble(town, what, channel, begins=True)
    for key, words in TOLD.items():
        await town.person(key).sees(words, where="messages")
    await farah.presses("Open", where="messages")
    await farah.sees("out of the app's reach")
    await farah.closes(everything=True)
    second = await town.asks("bruno")
    await farah.opens_home()
    await farah.sees(first, second, where="home")
    assert second not in said(cards(channel))
    await mends(town, what, channel)
    await farah.sees(first, second, where=CHANNEL)
    assert len(cards(channel)) == 2


@pytest.mark.req("U44")
async def test_an_alert_comes_once_and_a_card_is_taken_down_once(quick: Town) -> None:
    town, channel = quick, administrators_channel(quick)
    await town.asks("ava")
    await town.person("farah").sees("Received", where=CHANNEL)
    trouble(town, "public", channel, begins=True)
    await town.person("gwen").sees(CONSTANT, where="messages")
    await town.person("farah").sees(STRIPPED, where=CHANNEL)
    await has_fired(town, Kind.STRIP_CARD, Kind.TELL_CHANNEL)
    posts, edits = (len(town.sim.calls(f"chat.{method}")) for method in ("postMessage", "update"))
    looks = len(town.sim.calls("conversations.info"))
    async with asyncio.timeout(20):
        while len(town.sim.calls("conversations.info")) < looks + 4:  # noqa: ASYNC110 - the app looks by itself
            await asyncio.sleep(0.05)
    await has_fired(town, Kind.STRIP_CARD, Kind.TELL_CHANNEL)
    assert [len(town.sim.calls(f"chat.{method}")) for method in ("postMessage", "update")] == [posts, edits]


@pytest.mark.req("U44", "G36")
async def test_a_request_that_closes_meanwhile_stays_without_a_word(quick: Town) -> None:
    town, channel = quick, administrators_channel(quick)
    reference = await town.asks("ava")
    ava, farah = town.person("ava"), town.person("farah")
    await ava.closes(everything=True)
    await farah.sees(reference, where=CHANNEL)
    trouble(town, "public", channel, begins=True)
    await farah.sees(STRIPPED, where=CHANNEL)
    await ava.opens_home()
    await ava.presses(action_id="withdraw", where="home", confirm="accept")
    await ava.sees_no_more(reference, where="home")
    await has_fired(town, Kind.CARD, Kind.STRIP_CARD)
    assert (await kept(town, reference))[0].state is State.CLOSED
    await mends(town, "public", channel)
    await has_fired(town, Kind.CARD)
    assert reference not in said(cards(channel))


@pytest.mark.req("U45")
@pytest.mark.parametrize("reachable", [True, False])
async def test_cards_in_the_channel_of_before_are_taken_down_once(places: Places, reachable: bool) -> None:
    async with open_town(places) as town:
        reference = await town.asks("ava")
        await town.person("farah").sees(reference, where=CHANNEL)
        await town.at_rest()
        async with town.house.store.work() as work:
            [before] = await work.posts.cards(PROGRAMME)
            # As if it had been posted while another channel was named in the programme file.
            await work.posts.forget(before.subject)
            elsewhere = town.sim.workspace.channel("random" if reachable else CHANNEL)
            old = Message(elsewhere.id, before.ts, town.sim.workspace.app.bot_user_id, "Request", bot_id="B")
            old.bot_id = town.sim.workspace.app.bot_id
            elsewhere.messages.append(old)
            channel = elsewhere.id if reachable else "C0LONGGONE"
            await work.posts.add(type(before)(before.id, before.subject, before.kind, channel, before.ts))
        town.house._notifier.channels._begun.clear()  # type: ignore[union-attr]
        await town.house._look_at_channels()
        await town.at_rest()
        async with town.house.store.work() as work:
            [standing] = await work.posts.cards(PROGRAMME)
            [stripped] = await work.posts.cards(PROGRAMME, stripped=True)
        assert (stripped.channel, stripped.ts) == (channel, before.ts)
        assert standing.channel == before.channel
        if reachable:
            assert STRIPPED in said([old])
        edits = len(town.sim.calls("chat.update"))
        await town.house._look_at_channels()
        await town.at_rest()
        assert len([each for each in town.sim.calls("chat.update")[edits:] if each.request["channel"] == channel]) == 0
