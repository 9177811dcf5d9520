"""T50: the app is removed and installed again. Nothing is asked with the dead token, and everything goes on after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from peersupport.notifications import Kind, Message
from peersupport.upkeep import subject_of
from simulator.payloads import event
from simulator.workspace import Person
from store.master import FileMasterKey
from tests.stories.town import CHANNEL, PROGRAMME, Places, Town, open_town

UNINSTALLED, REVOKED = "app_uninstalled", "tokens_revoked"
NEW_TOKEN = "xoxb-2000000002-2000000002-anothertokenaltogether"
THERE = "There is something for you in the app."


async def until(told: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not told():  # noqa: ASYNC110 - the app does it by itself
            await asyncio.sleep(0.02)


def removed(town: Town, *events: str) -> None:
    """Remove the app; what Slack says of it comes in any order, and more than once."""
    workspace = town.sim.workspace
    workspace.app.token_revoked = True
    workspace.channel(CHANNEL).members.remove(workspace.app.bot_user_id)
    for name in events:
        facts = {"type": name} | (
            {"tokens": {"oauth": [], "bot": [workspace.app.bot_user_id]}} if "tok" in name else {}
        )
        town.sim.dispatcher.send_event(event(workspace, facts), name)


def installed_again(town: Town) -> None:
    """Install the app again: another token, another bot user, and a member of the channel once more."""
    workspace = town.sim.workspace
    workspace.app.token_revoked = False
    workspace.app.bot_token, workspace.app.bot_user_id, workspace.app.bot_id = NEW_TOKEN, "U0NEWBOT01", "B0NEWBOT01"
    workspace.people["U0NEWBOT01"] = Person(
        "newbot", "U0NEWBOT01", "peersupport2", "Peer Support", "Peer Support", team_id=workspace.team_id, is_bot=True
    )
    workspace.channel(CHANNEL).members.append("U0NEWBOT01")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    folder = tmp_path / "town"
    folder.mkdir()
    FileMasterKey.create(folder / "key")
    data = f"sqlite:///{folder}"
    return Places(f"{data}/main.db", f"{data}/keyring.db", folder / "key", folder)


@pytest.mark.req("U61")
@pytest.mark.threat("T50")
@pytest.mark.parametrize(
    "events", [(UNINSTALLED, REVOKED, UNINSTALLED), (REVOKED, UNINSTALLED, REVOKED, REVOKED)], ids=["either", "order"]
)
async def test_an_app_that_is_removed_and_installed_again_goes_on(
    places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, events: tuple[str, ...]
) -> None:
    monkeypatch.setattr("bot.token_watch.LOOK_SECONDS", 0.1)
    for name in ("CHANNEL_SECONDS", "CHANNEL_TROUBLE_SECONDS"):
        monkeypatch.setattr(f"bot.app.{name}", 0.5)
    token = tmp_path / "token"
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(token))
    async with open_town(places) as town:
        token.write_text(town.sim.credentials["bot_token"])
        reference = await town.asks("ava")
        farah = town.person("farah")
        await farah.sees(reference, where=CHANNEL)
        await town.at_rest()

        removed(town, *events)
        await until(lambda: "slack_token_refused" in town.house.troubles)
        await town.sim.settled(0.5)
        made = len([each for each in town.sim.workspace.log if each.kind == "api"])
        async with town.house.store.work() as work:
            members = await work.members.all(PROGRAMME)
            request = (await work.requests.of(town.address("ava")))[0]
            tell = [_tell(member.id) for member in members]
            await work.outbox.put(*tell, Message(Kind.CARD, request.id, "card:again", PROGRAMME))
        town.house.store.queue.stir()
        await town.sim.settled(1.0)
        assert len([each for each in town.sim.workspace.log if each.kind == "api"]) == made, "not one call more"
        assert (await town.house.store.queue.backlog()).parked == 0

        installed_again(town)
        token.write_text(NEW_TOKEN)
        await until(lambda: town.house.ready)
        await town.passes(minutes=2)
        await farah.sees(THERE, where="messages")
        again = await town.asks("bruno")
        await farah.sees(again, where=CHANNEL)
        await farah.opens_home()
        await farah.sees(reference, again, where="home")
        assert (await town.house.store.queue.backlog()).parked == 0


def _tell(member: UUID) -> Message:
    return Message(Kind.TELL_SELF_AUDIT, subject_of(PROGRAMME), f"told:{member}", PROGRAMME, audience=member)
