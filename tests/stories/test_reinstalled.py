"""T50: the app is removed and installed again. Nothing is asked with the dead token, and everything goes on after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from peersupport.notifications import Kind, Message
from peersupport.upkeep import subject_of
from simulator.payloads import removed
from store.master import FileMasterKey
from tests.stories.town import CHANNEL, PROGRAMME, Places, Town, open_town

pytestmark = pytest.mark.long

UNINSTALLED, REVOKED = "app_uninstalled", "tokens_revoked"
NEW_TOKEN = "xoxb-2000000002-2000000002-anothertokenaltogether"
THERE = "There is something for you in the app."
REFUSED = "slack_token_refused"


async def until(told: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not told():  # noqa: ASYNC110 - the app does it by itself
            await asyncio.sleep(0.02)


def asked(town: Town) -> list[str]:
    """Return what Slack answered to every call so far, oldest first; an empty word for a call that worked."""
    return [each.response.get("error", "") for each in town.sim.workspace.log if each.kind == "api"]


def installed_again(town: Town) -> None:
    """Install the app again: another token, another bot user, and a member of the channel once more."""
    town.sim.installs_app(NEW_TOKEN, "U0NEWBOT01", "B0NEWBOT01")
    town.sim.workspace.channel(CHANNEL).members.append("U0NEWBOT01")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a new token at once; and at the channels so seldom that nothing but the events tells of the removal."""
    monkeypatch.setattr("bot.token_watch.LOOK_SECONDS", 0.1)
    for name in ("CHANNEL_SECONDS", "CHANNEL_TROUBLE_SECONDS"):
        monkeypatch.setattr(f"bot.app.{name}", 300.0)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    folder = tmp_path / "town"
    folder.mkdir()
    FileMasterKey.create(folder / "key")
    data = f"sqlite:///{folder}"
    return Places(f"{data}/main.db", f"{data}/keyring.db", folder / "key", folder)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Give the way to put a token where the app looks for a new one."""
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    return (tmp_path / "token").write_text


@pytest.mark.req("U61")
@pytest.mark.threat("T50")
@pytest.mark.parametrize(
    "events", [(UNINSTALLED, REVOKED, UNINSTALLED), (REVOKED, UNINSTALLED, REVOKED, REVOKED)], ids=["either", "order"]
)
async def test_an_app_that_is_removed_and_installed_again_goes_on(
    places: Places, token: Callable[[str], object], monkeypatch: pytest.MonkeyPatch, events: tuple[str, ...]
) -> None:
    async with open_town(places) as town:
        token(town.sim.credentials["bot_token"])
        reference = await town.asks("ava")
        farah = town.person("farah")
        await farah.sees(reference, where=CHANNEL)
        await town.at_rest()

        made = len(asked(town))
        town.sim.uninstalls_app(*events)
        await until(lambda: REFUSED in town.house.troubles)
        await town.sim.settled(0.5)
        made += len(told := asked(town)[made:])
        assert told == ["account_inactive"], "asked once, and believed"
        await _put_down(town)
        town.sim.tells_of_removal(UNINSTALLED)
        await town.sim.settled(1.0)
        assert len(asked(town)) == made, "not one call more"
        assert REFUSED in town.house.troubles
        assert (await town.house.store.queue.backlog()).parked == 0

        monkeypatch.setattr("bot.app.CHANNEL_SECONDS", 0.5)
        monkeypatch.setattr("bot.app.CHANNEL_TROUBLE_SECONDS", 0.5)
        installed_again(town)
        token(NEW_TOKEN)
        await until(lambda: town.house.ready)
        await _everything_goes_on(town, reference)


@pytest.mark.req("U61")
@pytest.mark.threat("T50")
async def test_an_event_that_is_late_or_not_ours_silences_nothing(
    places: Places, token: Callable[[str], object]
) -> None:
    async with open_town(places, SLACK_APP_ID="A0PEERSUP1") as town:
        token(town.sim.credentials["bot_token"])
        await town.at_rest()
        made = len(asked(town))
        for changes in ({"team_id": "T0ELSEWHER"}, {"api_app_id": "A0ANOTHER1"}):
            foreign = removed(town.sim.workspace, UNINSTALLED) | changes
            assert (await town.sim.dispatcher.send("events_api", foreign, UNINSTALLED)).ok
        secret, town.sim.workspace.app.signing_secret = town.sim.workspace.app.signing_secret, "0" * 32
        unsigned = await town.sim.dispatcher.send("events_api", removed(town.sim.workspace, REVOKED), REVOKED)
        assert unsigned.status == 401
        town.sim.workspace.app.signing_secret = secret
        await town.sim.settled(0.5)
        assert asked(town)[made:] == [], "not even asked"

        for name in (UNINSTALLED, REVOKED, UNINSTALLED):
            town.sim.tells_of_removal(name)
        await until(lambda: len(asked(town)) == made + 3)
        assert asked(town)[made:] == ["", "", ""], "asked, and not so"
        assert town.house.ready
        reference = await town.asks("ava")
        await town.person("farah").sees(reference, where=CHANNEL)


@pytest.mark.req("U61")
@pytest.mark.threat("T50")
async def test_a_token_from_the_environment_is_taken_up_by_a_restart(places: Places) -> None:
    async with open_town(places) as town:
        reference = await town.asks("ava")
        await town.person("farah").sees(reference, where=CHANNEL)
        await town.at_rest()
        town.sim.uninstalls_app()
        await until(lambda: REFUSED in town.house.troubles)
        await _put_down(town)
        installed_again(town)
        await town.restarts(SLACK_BOT_TOKEN=NEW_TOKEN)
        await _everything_goes_on(town, reference)


async def _put_down(town: Town) -> None:
    """Put down what is to be said meanwhile: to everybody who looks after the programme, and on the card."""
    async with town.house.store.work() as work:
        members = await work.members.all(PROGRAMME)
        request = (await work.requests.of(town.address("ava")))[0]
        tell = [_tell(member.id) for member in members]
        await work.outbox.put(*tell, Message(Kind.CARD, request.id, "card:again", PROGRAMME))
    town.house.store.queue.stir()


def _tell(member: UUID) -> Message:
    return Message(Kind.TELL_SELF_AUDIT, subject_of(PROGRAMME), f"told:{member}", PROGRAMME, audience=member)


async def _everything_goes_on(town: Town, reference: str) -> None:
    """See that what waited comes, on a card of the new bot too, and that new requests do."""
    farah = town.person("farah")
    await town.passes(minutes=2)
    await farah.sees(THERE, where="messages")
    again = await town.asks("bruno")
    await farah.sees(again, where=CHANNEL)
    await farah.opens_home()
    await farah.sees(reference, again, where="home")
    assert (await town.house.store.queue.backlog()).parked == 0
    await town.at_rest()
    cards = [each for each in town.sim.workspace.channel(CHANNEL).messages if reference in str(each.blocks)]
    assert [each.bot_id for each in cards][1:] == ["B0NEWBOT01"], "one of the old bot, and one of the new"
    await farah.presses(action_id="claim", near=reference, where=CHANNEL)
    await farah.sees("Find a supporter", where=CHANNEL)
