"""The wish to be erased is carried out whatever becomes of its timer, and as soon as nothing holds it back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from peersupport import erasure
from peersupport.notifications import Kind
from store.outbox import Outbox
from store.self_audit import Findings
from store.tables import supporters
from tests.stories.test_erasure import a_night, audited, closed_request, raw
from tests.stories.test_leaving import erased, kept
from tests.stories.test_safety import NEWS, passes, raises
from tests.stories.test_two_administrators import closes
from tests.stories.town import Town, press_newest

ERASE = frozenset({Kind.ERASE})


@pytest.mark.req("G19", "U19")
async def test_who_wanted_to_be_erased_is_erased_that_night_though_the_timer_is_gone(town: Town) -> None:
    await town.register("iris")
    reference = await closed_request(town)
    request, needs = await kept(town, reference)
    assert needs is not None
    async with town.house.store.work() as work:
        [(entry, _)] = await work.supporters.of(town.address("iris"))
        for who in ("ava", "iris"):
            await erasure.erase_person(work, town.house._files.programmes, town.address(who), town.clock.now())
        # As if the row had been lost: it never gets to be due.
        assert isinstance(work.outbox, Outbox)
        await work.outbox.flush()
        await work.outbox.forget(request.id, ERASE)
        await work.outbox.forget(entry.id, ERASE)
    await passes(town, minutes=5)
    assert (await kept(town, reference))[1] is not None
    assert await raw(town, select(func.count()).select_from(supporters).where(supporters.c.key_id.is_not(None))) == 1
    await a_night(town)
    assert (await kept(town, reference))[1] is None
    assert await raw(town, select(func.count()).select_from(supporters).where(supporters.c.key_id.is_not(None))) == 0
    assert await audited(town) == Findings()
    assert "self_audit_failed" not in town.house.troubles


@pytest.mark.req("G16", "U19", "U25")
async def test_a_finished_request_that_a_concern_held_goes_once_the_concern_is_closed(town: Town) -> None:
    reference = await town.matched("ava", "iris")
    ava, iris, nora = (town.person(key) for key in ("ava", "iris", "nora"))
    await iris.presses(action_id="safety_concern", where="modal")
    await raises(iris, "Yes", "Yes, we agreed on what comes next", "Emergency services")
    await iris.closes(everything=True)
    await closes(town, "farah", reference)
    await ava.opens_home()
    await ava.presses(action_id="my_data", where="home")
    await ava.presses(action_id="delete_my_data")
    await ava.presses(action_id="delete_now", confirm="accept")
    await ava.sees("A safety concern about a request is open.")
    await ava.closes(everything=True)
    await passes(town, minutes=10)
    assert (await kept(town, reference))[1] is not None
    await ava.opens_home()
    await ava.sees("Your details are erased when it is closed, at the latest", where="home")
    await nora.sees(NEWS, where="messages")
    await press_newest(nora)
    await nora.presses(action_id="take_concern")
    await nora.presses(action_id="close_concern")
    await nora.chooses("safety_ending", "Emergency services have taken over")
    await nora.submits()
    await nora.sees("The concern is closed.")
    await nora.closes(everything=True)
    await erased(town, reference)
