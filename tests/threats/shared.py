"""Valid payloads of what people share with others, made as the matrix makes them, on the prepared town."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.hear import Answer, Kind
from handlers.middleware import Dispatcher
from handlers.table import doors, public, table
from peersupport.addresses import Address
from peersupport.ports import StoreUnavailable
from simulator.block_kit import check_view
from tests.threats import matrix_cafe, matrix_informal, matrix_organise, matrix_pages, matrix_sessions
from tests.threats.matrix import person, rows
from tests.threats.presses import Press
from tests.threats.scenes import TEAM, Ground

PARTS = (matrix_cafe, matrix_informal, matrix_organise, matrix_pages, matrix_sessions)


@dataclass
class Shared:
    """The prepared town, and one payload for each of these listeners by somebody who may."""

    ground: Ground
    payloads: dict[tuple[Kind, str], Any] = field(default_factory=dict)
    troubles: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        scene = self.ground.scenes["asked"]
        for part in PARTS:
            for key, what, way in part.LISTENERS:
                entitled = next(column for column, mark in rows()[what]["any"].items() if mark == "Y")
                who = person(entitled, scene)
                self.payloads.setdefault(key, way(Press(self.ground, scene, who, who), key[1]))

    @property
    def keys(self) -> list[tuple[Kind, str]]:
        """What is listened to, in order."""
        return sorted(self.payloads)

    def _note(self, event: str, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, StoreUnavailable | TimeoutError):
            self.troubles.append(error)

    async def pages(self, payload: Any, language: str) -> list[dict[str, Any]]:
        """Have a payload answered to somebody of this language; returns every page, and fails on any exception."""
        spoken = _spoken(payload, language)
        self.ground.client.views.clear()
        self.ground.front.directory.settle(Address(TEAM, spoken["user"]["id"]), language)
        answer = await self._answered(spoken)
        self.ground.front.directory.settle(Address(TEAM, spoken["user"]["id"]), "en")
        pages = [view for view in self.ground.client.views if "blocks" in view and "type" in view]
        return [*pages, *([answer["view"]] if answer and "view" in answer else [])]

    async def answer(self, payload: Any) -> None:
        """Have a payload answered; fails on any exception, and on an answer that Slack would not take."""
        answer = await self._answered(payload)
        if answer is not None and "view" in answer:
            assert check_view(answer["view"], "modal") == []

    async def _answered(self, payload: Any) -> Answer:
        self.troubles.clear()
        front = replace(self.ground.front, note=self._note)
        answer = await Dispatcher(front, table(), public(), doors()).answer(payload)
        while self.ground._tasks:
            await self.ground._tasks.pop(0)
        self.ground.put_back()
        if self.troubles:
            raise self.troubles[0]
        return answer


def _spoken(payload: Any, language: str) -> Any:
    """Return the payload from a view that was shown in this language."""
    spoken = copy.deepcopy(payload)
    held = spoken.get("view", {})
    if "private_metadata" in held:
        held["private_metadata"] = json.dumps(json.loads(held["private_metadata"] or "{}") | {"l": language})
    return spoken
