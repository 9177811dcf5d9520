"""The administrators' report on a period that is over, in a modal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from slackblocks import Block

from handlers import errors, ids
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import reports as views
from peersupport import reports
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme


async def open_report(hear: Hear) -> Answer:
    """Open the latest report of the pressed button's programme."""
    programme = hear.front.programmes.get(hear.value)
    view = await _view(hear, programme, "") if programme else None
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def choose_period(hear: Hear) -> Answer:
    """Show another period's report in place."""
    view = await _view(hear, hear.programme, hear.value) if hear.programme else None
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def _view(hear: Hear, programme: Programme, period: str) -> dict[str, Any] | None:
    async with hear.front.work() as work:
        found = await reports.reports(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return None
    chosen = next((each for each in found if each.period.id == period), found[0] if found else None)
    return views.report(programme, found, chosen, hear.t, hear.front.texts)


async def home_part(
    work: UnitOfWork, front: Front, _who: Address, standing: Standing, language: str, _now: datetime
) -> list[Block]:
    """Return an administrator's last report and its button, for each programme they look after."""
    mine = [
        front.programmes[id]
        for id, (_, roles) in standing.members.items()
        if may_in_programme(Duty.SEE_REPORT, roles) and id in front.programmes
    ]
    found = [(each, await reports.latest(work, each)) for each in mine]
    return views.home_part(found, front.texts.in_language(language))


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.REPORT): open_report,
    (Kind.ACTION, ids.REPORT_PERIOD): choose_period,
}
