"""T46: Slack's answer to a message never comes: it is repeated once, when Slack answers, and then a person looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientConnectionError, ClientConnectorError, ConnectionTimeoutError, ServerDisconnectedError

from handlers.slack_faults import POST, UNREADABLE
from peersupport.notifications import Delivered, Due, Kind, Later, Parked, Result
from peersupport.ports import Post, StoreUnavailable
from tests.front.test_slack_faults import refusal
from tests.rules.fakes import Posts
from tests.rules.world import World
from tests.threats.post_office import PostOffice
from tests.threats.test_gateway import opened

pytestmark = [pytest.mark.threat("T46"), pytest.mark.req("U46")]

LOST: dict[str, Callable[[], Exception]] = {
    "reset": ServerDisconnectedError,
    "cut": ClientConnectionError,
    "silence": TimeoutError,
    "broken pipe": BrokenPipeError,
    "html, empty or cut off": lambda: refusal(POST, UNREADABLE),
}
SURE: dict[str, Callable[[], Exception]] = {
    "500": lambda: refusal(POST, UNREADABLE, 500),
    "503": lambda: refusal(POST, UNREADABLE, 503),
    "no connection": lambda: ClientConnectorError(None, OSError()),  # type: ignore[arg-type]
    "no connection in time": ConnectionTimeoutError,
    "an outage in words": lambda: refusal(POST, "fatal_error"),
}


class Line:
    """The way to Slack for messages, on which answers get lost."""

    def __init__(self, office: PostOffice, fails: Callable[[], Exception], arrives: bool) -> None:
        self.times = 0
        self.healthy = False
        self._post = office.slack.chat_postMessage
        self._fails, self._arrives = fails, arrives

    async def __call__(self, **arguments: Any) -> Any:
        self.times += 1
        if self.healthy:
            return await self._post(**arguments)
        if self._arrives:
            await self._post(**arguments)
        raise self._fails()


async def card_of(
    fails: Callable[[], Exception], arrives: bool = True
) -> tuple[PostOffice, Line, Callable[[int], Any]]:
    """Return a post office, its bad line, and what carries the card once more after so many attempts."""
    office, request = await opened()
    line = Line(office, fails, arrives)
    office.slack.chat_postMessage = line  # type: ignore[attr-defined]

    async def carry(attempts: int) -> Result:
        return await office.notifier.deliver(Due(UUID(int=1), Kind.CARD, request.id, request.programme, None, attempts))

    return office, line, carry


def told_alone(world: World) -> list[str]:
    return [key for key in world.memory.tables.outbox if key.startswith("withheld:")]


@pytest.mark.threat("T42")
@pytest.mark.parametrize("how", LOST)
async def test_a_message_without_an_answer_is_repeated_once_and_then_parked(how: str) -> None:
    office, line, carry = await card_of(LOST[how])
    first = await carry(0)
    assert isinstance(first, Later)
    assert (first.counts, first.code) == (True, "outcome_unclear"), "the repeat is counted"
    assert told_alone(office.world) == []
    assert await carry(1) == Parked("outcome_unclear_twice")
    assert line.times == 2
    assert len(office.channel.messages) == 2, "one harmless repeat at most"
    assert office.notes.count("message.unclear") == 2
    assert told_alone(office.world), "no request waits for a card that nobody may see"


@pytest.mark.parametrize("how", LOST)
async def test_the_repeat_ends_it_where_its_answer_comes(how: str) -> None:
    office, line, carry = await card_of(LOST[how], arrives=False)
    await carry(0)
    line.healthy = True
    assert await carry(1) == Delivered()
    assert await carry(0) == Delivered()
    assert line.times == 2, "afterwards the card that stands is made equal instead"
    assert len(office.channel.messages) == 1


@pytest.mark.parametrize("how", LOST)
async def test_nothing_is_repeated_while_slack_does_not_answer_at_all(how: str) -> None:
    office, line, carry = await card_of(LOST[how])
    await carry(0)
    away = True

    async def auth_test() -> dict[str, Any]:
        if away:
            error = LOST[how]()
            raise error
        return {"ok": True}

    office.slack.auth_test = auth_test  # type: ignore[attr-defined]
    for _ in range(20):
        waits = await carry(1)
        assert isinstance(waits, Later)
        assert not waits.counts
    assert line.times == 1
    away, line.healthy = False, True
    assert await carry(1) == Delivered()
    assert len(office.channel.messages) == 2


@pytest.mark.parametrize("how", SURE)
async def test_what_surely_did_not_arrive_is_tried_for_as_long_as_it_takes(how: str) -> None:
    office, line, carry = await card_of(SURE[how], arrives=False)
    waits = [await carry(0) for _ in range(30)]
    assert all(isinstance(each, Later) and not each.counts and each.seconds <= 60 for each in waits)
    assert len({each.seconds for each in waits if isinstance(each, Later)}) > 20, "never quite regular"
    line.healthy = True
    assert await carry(0) == Delivered()
    assert len(office.channel.messages) == 1
    assert told_alone(office.world) == []


async def test_a_card_that_can_never_go_is_told_to_each_administrator_alone() -> None:
    office, line, carry = await card_of(lambda: refusal(POST, "invalid_blocks"), arrives=False)
    result = await carry(0)
    assert isinstance(result, Later)
    assert (result.counts, result.code) == (True, "slack_refused_invalid_blocks")
    told = told_alone(office.world)
    assert len(told) >= 2
    await carry(1)
    assert told_alone(office.world) == told, "once"
    assert line.times == 2


@pytest.mark.threat("T42")
async def test_a_message_that_cannot_be_noted_is_not_posted_again_by_the_same_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office, line, carry = await card_of(LOST["reset"])
    line.healthy = True

    async def out_of_reach(_posts: Posts, _post: Post) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(Posts, "add", out_of_reach)
        first = await carry(0)
        assert isinstance(first, Later)
        assert (first.counts, first.code) == (True, "outcome_unclear")
        assert len(office.channel.messages) == 1
    assert await carry(1) == Delivered()
    assert len(office.channel.messages) == 1, "it stands where it stood"


@pytest.mark.threat("T42")
async def test_an_older_card_of_the_same_request_says_that_there_is_a_newer_one() -> None:
    office, line, carry = await card_of(LOST["reset"])
    line.healthy = True
    memory = office.world.memory
    assert await carry(0) == Delivered()
    by_another = dict(memory.tables.posts)
    memory.tables.posts.clear()
    assert await carry(0) == Delivered()
    # Two workers posted it, each of which noted its own.
    memory.tables.posts.update(by_another)
    assert await carry(0) == Delivered()
    older, newer = office.channel.messages
    assert "There is a newer card" in older.text
    assert "Claim" in str(newer.blocks)
    assert [post.ts for post in memory.tables.posts.values()] == [newer.ts]
