"""The administrators' channel is opened to all: no card goes there, everything else goes on, and cards come later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.ground import Ground
from tests.stories.test_channel import health
from tests.stories.town import CHANNEL, Town, open_town

PUBLIC, ARCHIVED, SHARED, BOT_OUT = "made public", "archived", "shared", "without the bot"


def _trouble(town: Town, what: str, *, begins: bool) -> None:
    channel = town.sim.workspace.channel(CHANNEL)
    bot = town.sim.workspace.app.bot_user_id
    if what == PUBLIC:
        channel.kind = "public" if begins else "private"
    elif what == ARCHIVED:
        channel.archived = begins
    elif what == SHARED:
        channel.ext_shared = begins
    elif begins:
        channel.members.remove(bot)
    else:
        channel.members.append(bot)


@pytest.mark.req("G29")
@pytest.mark.parametrize("what", [PUBLIC, ARCHIVED, SHARED, BOT_OUT])
async def test_no_card_goes_to_a_channel_in_trouble(
    sqlite_ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    for name in ("CHANNEL_SECONDS", "CHANNEL_TROUBLE_SECONDS"):
        monkeypatch.setattr(f"bot.app.{name}", 0.5)
    async with open_town(await sqlite_ground.places(tmp_path)) as town:
        farah = town.person("farah")
        _trouble(town, what, begins=True)
        await health(town, "admin_channel_not_private")
        reference = await town.asks("ava")
        await town.sim.settled()
        assert [entry for entry in town.sim.calls("chat.postMessage") if reference in json.dumps(entry.request)] == []
        assert not [message for message in town.sim.workspace.channel(CHANNEL).messages if message.bot_id]
        await farah.opens_home()
        await farah.sees(reference, where="home")

        _trouble(town, what, begins=False)
        await health(town)
        await town.passes(minutes=2)
        await farah.sees(reference, where=CHANNEL)
        assert len([message for message in town.sim.workspace.channel(CHANNEL).messages if message.bot_id]) == 1
