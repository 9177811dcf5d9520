"""T55: versions side by side: what an older one showed is answered, what a newer one put down is left for it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from handlers.hear import Kind
from handlers.table import table
from store.tables import outbox
from tests.faults import process
from tests.faults.crowd import Crowd
from tests.faults.ground import Ground, outskirts
from tests.stories.town import CHANNEL, PROGRAMME

RELEASED = sorted((Path(__file__).parent / "released").glob("*.json"))
"""What each version showed: the ids of its buttons and forms, and the names in a form's hidden metadata."""


@pytest.mark.threat("T55", "T58")
@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_whatever_was_ever_shown_is_answered(released: Path) -> None:
    shown = json.loads(released.read_text(encoding="utf-8"))
    assert len(shown["answered"]) > 100
    known = set(table())
    assert [each for each in shown["answered"] if (Kind(each[0]), each[1]) not in known] == []


@pytest.mark.faults
@pytest.mark.threat("T55", "T58")
async def test_what_another_version_knows_is_refused_kindly_and_kept(ground: Ground, tmp_path: Path) -> None:
    async with outskirts(await ground.places(tmp_path)) as town:
        here, later = Crowd(town), uuid4()
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            request = await here.opened("ava")
            async with town.house.store._connections.begin() as transaction:
                await transaction.run(
                    insert(outbox).values(
                        id=later,
                        kind="of_next_year",
                        subject=request.id,
                        programme=PROGRAMME,
                        lane=f"other:{request.id}",
                        dedupe=f"of_next_year:{request.id}",
                        state="due",
                        run_at=town.clock.now() - timedelta(minutes=1),
                        fence=0,
                        attempts=0,
                        created_at=town.clock.now(),
                    )
                )
            await town.person("farah").sees(request.reference, where=CHANNEL)
            kindly = town.house._texts.in_language("en")("errors.stale_title")
            view = here.before("farah", "sheet_of_next_year", "sheet", request.id)
            assert (await here.presses("farah", view, "button_of_next_year")).ok
            await town.person("farah").sees(kindly, where="modal")
            del town.person("farah").desk.modals[1:]
            answer = await here.submits("farah", view, {})
            assert answer.ok
            assert kindly in json.dumps(answer.body)
            assert (await here.states(request.id))[0] == request
            async with town.house.store._connections.begin() as transaction:
                rows = await transaction.rows(select(outbox.c.state, outbox.c.attempts).where(outbox.c.id == later))
            assert [(row.state, row.attempts) for row in rows] == [("due", 0)]
            assert "Traceback" not in bot.said
