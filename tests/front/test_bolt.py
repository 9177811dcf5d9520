"""Bolt between the door and the table: it is handed what was decoded, adds nothing and makes nothing of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_base_client import AsyncBaseClient

from bot.calm import Calm
from bot.door import Door, Identity, Reply
from bot.slack import make_bolt

HERE = Identity("T0HARBOUR1", "U0BOT00001", "B0BOT00001", "A0APP00001")
COMMAND = {"command": "/peersupport", "team_id": HERE.team, "user_id": "U0AVA00001", "api_app_id": HERE.app}
ACTION = {"type": "block_actions", "team": {"id": HERE.team}, "user": {"id": "U0AVA00001"}, "response_urls": 7}


class _Ear(AsyncMiddleware):
    """Keeps what Bolt hands on; says yes to commands and fails at everything else."""

    def __init__(self, calm: Calm) -> None:
        self.heard: list[AsyncBoltRequest] = []
        self._calm = calm

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        self.heard.append(req)
        assert not await self._calm.wait(0.0), "somebody waits while Bolt is at it"
        if "command" not in req.body:
            raise RuntimeError("a bug")
        return BoltResponse(status=200, body='{"text":"yes"}')


@pytest.mark.threat("T05")
async def test_bolt_hands_on_the_payload_as_it_is_and_makes_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    async with aiohttp.ClientSession() as session:
        calm = Calm()
        ear, door = _Ear(calm), Door(calm=calm)
        door.open(make_bolt(HERE, "xoxb-invented", "http://127.0.0.1:9/api/", session, ear), HERE)
        monkeypatch.setattr(AsyncBaseClient, "__init__", lambda *_, **__: made.append(1))
        assert await door.answer(COMMAND) == Reply(body='{"text":"yes"}')
        assert await door.answer(ACTION) == Reply(), "a bug makes an empty answer, never an error page"
    assert [each.body for each in ear.heard] == [COMMAND, ACTION]
    assert [(each.headers, each.query, each.lazy_only) for each in ear.heard] == [({}, {}, False)] * 2
    assert made == []
    assert await calm.wait(5.0)
