"""What is said when something fails is true: nothing was saved, or it was; and a handle that opens nothing is noted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from handlers import ids, middleware
from handlers.hear import Hear, Kind
from handlers.screens import Screens
from handlers.table import public, table
from handlers.trace import Trace
from peersupport import own
from peersupport.audit import ActorKind, Event
from peersupport.ports import StoreUnavailable
from tests.front.stage import Person, Stage
from tests.rules.world import ROBIN

SAVED = "What you did was probably saved."
DOWN = "Nothing was sent and nothing was changed."


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def robin(stage: Stage) -> Person:
    return stage.person("U0ROBIN", profile={"real_name": "Robin Roy"}, tz="America/Vancouver")


def failing_after_commit(stage: Stage, error: Exception) -> None:
    """Let the withdrawal's listener fail between its commit and its answer."""

    async def listener(hear: Hear) -> Any:
        request = hear.record(ids.OWN)
        assert request is not None
        async with hear.front.work() as work:
            await own.withdraw(work, stage.world.programme, hear.who, request, now=hear.now)
        raise error

    front = replace(stage.front, note=lambda *_: None)
    listeners = {**table(), (Kind.ACTION, ids.WITHDRAW): listener}
    stage.dispatcher = middleware.Dispatcher(front, listeners, public())


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), TimeoutError()])
async def test_after_a_change_nobody_is_told_that_nothing_was_changed(
    stage: Stage, robin: Person, error: Exception
) -> None:
    request = await stage.world.opens()
    await robin.opens_home()
    failing_after_commit(stage, error)
    await robin.presses(ids.WITHDRAW, on_home=True)
    assert stage.world.request(request.id).outcome is not None
    assert SAVED in robin.sees
    assert DOWN not in robin.sees


async def test_before_a_change_it_is_said_that_nothing_was_changed(stage: Stage, robin: Person) -> None:
    request = await stage.world.opens()
    await robin.opens_home()
    stage.store.down = True
    await robin.presses(ids.WITHDRAW, on_home=True)
    assert stage.world.request(request.id).outcome is None
    assert DOWN in robin.sees
    assert SAVED not in robin.sees


@pytest.mark.threat("T16")
async def test_a_handle_that_opens_nothing_is_written_down(stage: Stage, robin: Person) -> None:
    await stage.world.opens()
    await robin.opens_home()
    before = len(stage.world.memory.tables.audit)
    await robin.presses(ids.WITHDRAW, value="made-up", on_home=True)
    (entry,) = stage.world.memory.tables.audit[before:]
    assert (entry.event, entry.kind, entry.actor, entry.subject) == (Event.REFUSED, ActorKind.UNKNOWN, None, None)


class _Refusing:
    """A client whose stack of views is full, or that refuses for another reason."""

    def __init__(self, stage: Stage, code: str) -> None:
        self._stage = stage
        self._code = code
        self.updated: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage.client, name)

    async def views_push(self, **_: Any) -> Any:
        raise SlackApiError("refused", {"ok": False, "error": self._code})  # type: ignore[no-untyped-call]

    async def views_update(self, *, view_id: str, **_: Any) -> Any:
        self.updated.append(view_id)
        return {"view": {"id": view_id, "hash": "1"}}


@pytest.mark.parametrize(
    ("code", "blocks", "replaced"),
    [
        ("push_limit_reached", [{"type": "section"}], True),
        ("push_limit_reached", [{"type": "input"}], False),
        ("ratelimited", [{"type": "section"}], True),
        ("ratelimited", [{"type": "input"}], False),
        ("expired_trigger_id", [{"type": "input"}], False),
    ],
)
async def test_a_half_filled_form_is_never_replaced_by_a_page(
    stage: Stage, code: str, blocks: list[dict[str, str]], *, replaced: bool
) -> None:
    client = _Refusing(stage, code)
    front = replace(stage.front, screens=Screens(client, stage.notes.append))  # type: ignore[arg-type]
    payload = {"trigger_id": "t", "view": {"id": "V1", "type": "modal", "blocks": blocks}}
    hear = Hear(
        kind=Kind.ACTION,
        id=ids.WHO_SEES,
        front=front,
        payload=payload,
        who=ROBIN,
        now=stage.now(),
        language="en",
        key="trigger:t",
        trace=Trace(stage.store),
    )
    assert (await hear.push({"type": "modal"}) is not None) is replaced
    assert client.updated == (["V1"] if replaced else [])
