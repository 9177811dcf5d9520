"""Who looks after requests changes: the files are followed, and whoever was removed loses everything at once."""

import asyncio
import json

import pytest

from bot.installation import load_files
from bot.people import differing, follow_files
from bot.settings import load_settings
from peersupport import approvals
from peersupport.audit import Event
from peersupport.membership import AwaitsTwo
from peersupport.ports import Kept
from peersupport.requests import State
from tests.stories.test_leaving import kept
from tests.stories.town import ADMINS, CHANNEL, PHONE, PROGRAMME, TEAM, Town


def told(town: Town, key: str) -> int:
    """Count the direct messages to somebody."""
    return sum(town.address(key).user in json.dumps(each.request) for each in town.sim.calls("chat.postMessage"))


async def remove(town: Town, key: str, instead: str) -> Kept:
    """Put somebody else into somebody's place in the files, and let the database follow once two have agreed."""
    path = town.places.folder / "people.yml"
    people = json.loads(path.read_text())
    there = people[PROGRAMME]
    there["admins"] = [each for each in there["admins"] if each != town.address(key).user] + [
        town.address(instead).user
    ]
    there["backup_admins"] = [each for each in there["backup_admins"] if each != town.address(instead).user]
    path.write_text(json.dumps(people))
    store = town.house.store
    files = load_files(load_settings(town.settings, town.places.folder))
    assert await differing(files, TEAM, store.work) == [PROGRAMME]
    asked = await follow_files(files, PROGRAMME, TEAM, store.work, town.clock, town.house.ids)
    assert isinstance(asked, AwaitsTwo)
    for administrator in ADMINS:
        async with store.work() as work:
            who, programme = town.address(administrator), files.programmes[PROGRAMME]
            agreed = await approvals.agree(work, programme, who, asked.approval.id, now=town.clock.now())
            assert isinstance(agreed, approvals.Agreed)
    changed = await follow_files(files, PROGRAMME, TEAM, store.work, town.clock, town.house.ids)
    assert isinstance(changed, Kept)
    assert await differing(files, TEAM, store.work) == []
    return changed


@pytest.mark.threat("T17")
async def test_a_removed_administrator_with_an_open_sheet_is_refused(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah, gwen = town.person("farah"), town.person("gwen")
    await farah.opens_home()
    await farah.sees(reference, where="home")
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.sees("Show name and contact")
    changed = await remove(town, "farah", "hugo")
    assert (len(changed.added), len(changed.changed), len(changed.removed)) == (0, 1, 1)
    await farah.presses(action_id="show_identity")
    await farah.sees("There is nothing here for you now.")
    farah.sees_nothing_of(PHONE, "Ava")
    await farah.sees_no_more(reference, where="home")
    request, _ = await kept(town, reference)
    assert request.state is State.CONFIRMED
    async with town.house.store.work() as work:
        assert not [each for each in await work.audit.of(request.id) if each.event is Event.IDENTITY_OPENED]
        assert [each.event for each in await work.audit.of(changed.removed[0])] == [Event.MEMBER_REMOVED]
    await gwen.sees("There is something for you in the app.", where="messages")


@pytest.mark.req("U16")
async def test_a_requester_who_could_not_be_reached_is_told_before_everything_goes(town: Town) -> None:
    reference = await town.asks("ava", choices=["Tell me by a short Slack message that there is news, without details"])
    ava, farah = town.person("ava"), town.person("farah")
    await ava.closes(everything=True)
    await town.claims("farah", reference)
    await ava.sees("There is something for you in the app.", where="messages")
    await town.at_rest()
    before = told(town, "ava")
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.presses(action_id="close_request")
    await farah.chooses("outcome", "They could not be reached")
    await farah.submits()
    await ava.sees("Closed.", where="messages")
    request, _ = await kept(town, reference)
    async with asyncio.timeout(30):
        while (await kept(town, reference))[1] is not None:  # noqa: ASYNC110 - the worker erases by itself
            await asyncio.sleep(0.05)
    assert told(town, "ava") == before + 1
    assert request.state is State.CLOSED
