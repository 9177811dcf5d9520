"""Checking in on a colleague: openers and cautions, and private reminders of one's own."""

from __future__ import annotations

from uuid import UUID

from handlers import errors, ids, informal
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import check_ins as views
from handlers.views import kit
from peersupport import check_ins
from peersupport.listings import part_of
from peersupport.programme import Programme


async def open_helper(hear: Hear) -> Answer:
    """Open the helper, for any member; who the colleague is, is not asked."""
    programme = informal.named(hear)
    if programme is None:
        return await informal.refused(hear)
    await hear.open(await _helper(hear, programme))
    return None


async def _helper(hear: Hear, programme: Programme, *, told: bool = False) -> kit.View:
    async with hear.front.work() as work:
        found = [each for each in await work.check_ins.of(hear.who) if each.programme == programme.id]
    mine = [(each, hear.handle(ids.CHECKING, each.id)) for each in found]
    return views.helper(hear.front, hear.language, programme, mine, told=told)


async def remind(hear: Hear) -> Answer:
    """Keep a reminder."""
    programme = informal.here(hear)
    if programme is None:
        return await informal.refused(hear)
    days = hear.values.get(ids.IN_REMIND_IN)
    again = views.AGAIN in (hear.values.get(ids.IN_REMIND_AGAIN) or ())
    async with hear.front.work() as work:
        first, made = await work.receipts.keep(f"check_in:{hear.key}"), None
        if first:
            number = int(days) if days in {str(each) for each in check_ins.DAYS} else 0
            made = await check_ins.remind_me(
                work, programme, hear.who, number, again=again, now=hear.now, ids=hear.front.ids
            )
    if made is not None:
        view = views.kept(hear.t, programme, made)
    elif first:
        view = views.said(hear.t, programme, "check_ins.too_many")
    else:
        # Sent again after its answer was lost: it stands among one's own.
        view = await _helper(hear, programme)
    return {"response_action": "update", "view": view}


async def stop(hear: Hear) -> Answer:
    """Take a reminder back."""
    programme, id = informal.here(hear), hear.record(ids.CHECKING)
    if programme is None or id is None:
        return await informal.refused(hear)
    async with hear.front.work() as work:
        mine = await check_ins.stop(work, id, hear.who)
    if not mine:
        return await informal.refused(hear)
    await hear.update(await _helper(hear, programme))
    return None


async def show(hear: Hear, id: UUID) -> Answer:
    """Open the helper from a reminder, with the words of the day; one that came, and is no second, is gone."""
    async with hear.front.work() as work:
        held = await work.check_ins.get(id)
    own = hear.front.programmes.get(held.programme) if held else None
    programme = own if part_of(own) else next(iter(informal.informal_programmes(hear.front)), None)
    if programme is None:
        return await errors.stale(hear)
    await hear.open(await _helper(hear, programme, told=True))
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.CHECK_IN): open_helper,
    (Kind.SUBMIT, ids.VIEW_CHECK_IN): remind,
    (Kind.ACTION, ids.STOP_CHECK_IN): stop,
}
DOORS = frozenset({(Kind.ACTION, ids.CHECK_IN), (Kind.SUBMIT, ids.VIEW_CHECK_IN)})
