"""Who opened which reference: administrators look at one month at a time, and that they looked is written down."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from slackblocks import Element

from handlers import errors, ids, tokens
from handlers.entitled import still_full_member
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import identity as identity_view
from handlers.views import ledger as views
from peersupport import approvals, reveals
from peersupport import ledger as rules
from peersupport.exceptional import Act
from peersupport.ledger import Month, Opener
from peersupport.outcomes import Refused, Stale
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import SupportRequest
from peersupport.upkeep import subject_of

MONTHS = 24
"""How many months back the list goes; what is older is found on the command line."""


async def open_ledger(hear: Hear) -> Answer:
    """Open this month's list from an administrator's Home."""
    return await _open(hear, hear.front.programmes.get(hear.value))


async def open_told(hear: Hear, programme: UUID) -> Answer:
    """Open this month's list of the programme that a message was about."""
    return await _open(hear, next((each for each in hear.front.programmes.values() if _is(each, programme)), None))


def _is(programme: Programme, subject: UUID) -> bool:
    return subject_of(programme.id) == subject


async def _open(hear: Hear, programme: Programme | None) -> Answer:
    view = await _list(hear, programme, Month.of(hear.now, programme.clock.zone)) if programme else None
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def choose_month(hear: Hear) -> Answer:
    """Show another month, of everybody."""
    return await _change(hear, month=hear.value)


async def choose_person(hear: Hear) -> Answer:
    """Show what one person opened in this month, or everybody."""
    return await _change(hear, person=hear.value)


async def turn_page(hear: Hear) -> Answer:
    """Turn the page, of the list or of the text."""
    return await _change(hear, person=hear.meta.get("w", ""), turn=hear.value)


async def as_text(hear: Hear) -> Answer:
    """Show the same lines as text to copy."""
    return await _change(hear, person=hear.meta.get("w", ""), turn="t0")


async def as_list(hear: Hear) -> Answer:
    """Show the list again."""
    return await _change(hear, person=hear.meta.get("w", ""))


async def _change(hear: Hear, *, month: str = "", person: str = "", turn: str = "") -> Answer:
    """Show the list as it is wanted now; what no view of ours says is taken for nothing chosen."""
    programme = hear.programme
    opener = hear.record(ids.OPENER, person) if person and person != "*" else None
    if programme is None or (opener is None and person not in ("", "*")):
        return await errors.refused(hear)
    known = {str(each): each for each in rules.months(hear.now, programme.clock.zone, MONTHS)}
    wanted = known.get(month or hear.meta.get("m", "")) or Month.of(hear.now, programme.clock.zone)
    number = turn.removeprefix("t")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    view = await _list(hear, programme, wanted, opener, page, text=turn.startswith("t"))
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


async def _list(
    hear: Hear, programme: Programme, month: Month, opener: UUID | None = None, page: int = 0, *, text: bool = False
) -> dict[str, Any] | None:
    async with hear.front.work() as work:
        found = await rules.openings(work, programme, hear.who, month, opener, now=hear.now)
    if isinstance(found, Refused):
        return None
    names = await asyncio.gather(*(_name(hear, each) for each in found.openers))
    shelf = views.Shelf(
        month=month,
        months=rules.months(hear.now, programme.clock.zone, MONTHS),
        names={each.id: name for each, name in zip(found.openers, names, strict=True)},
        handles={each.id: hear.handle(ids.OPENER, each.id, days=1) for each in found.openers},
        person=opener,
        page=page,
        text=text,
    )
    return views.ledger(found, shelf, programme, hear.t)


async def deeds(
    work: UnitOfWork, hear: Hear, programme: Programme, request: SupportRequest, standing: Standing
) -> list[Element]:
    """Return the button that opens a closed request's identity, for the two who agreed on it, while it works."""
    agreed = await approvals.agreed(work, programme.id, Act.REOPEN_IDENTITY, subject=request.id, now=hear.now)
    member, _ = standing.members.get(programme.id, (None, None))
    if agreed is None or member is None or member not in (agreed.first_by, agreed.second_by):
        return []
    return [views.reopen_button(hear.t)] if request.erased_at is None else []


async def reopen_identity(hear: Hear) -> Answer:
    """Show who asked for a closed request, once: its use is committed to the ledger before the view is sent."""
    request, programme = tokens.request_of(hear), hear.programme
    if not await still_full_member(hear) or request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await reveals.reopen_identity(work, programme, hear.who, request, now=hear.now)
    match found:
        case reveals.Identity():
            await hear.push(identity_view.opened(found, programme, hear.t))
        case reveals.Limited():
            words = views.limited(found.until, programme, hear.t)
            await hear.push(views.not_opened(words, programme, hear.t))
        case reveals.NotAgreed() | Stale():
            words = hear.t("ledger.erased" if isinstance(found, Stale) else "ledger.not_agreed")
            await hear.push(views.not_opened(words, programme, hear.t))
        case _:
            return await errors.refused(hear)
    return None


async def _name(hear: Hear, opener: Opener) -> str:
    """Return the name as it is known now: Slack's of an administrator, the register's of a supporter."""
    if opener.address is None:
        return opener.name
    facts = await hear.front.directory.facts(opener.address)
    return facts.name if facts else ""


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.LEDGER): open_ledger,
    (Kind.ACTION, ids.LEDGER_MONTH): choose_month,
    (Kind.ACTION, ids.LEDGER_PERSON): choose_person,
    (Kind.ACTION, ids.LEDGER_NEWER): turn_page,
    (Kind.ACTION, ids.LEDGER_OLDER): turn_page,
    (Kind.ACTION, ids.LEDGER_TEXT): as_text,
    (Kind.ACTION, ids.LEDGER_LIST): as_list,
    (Kind.ACTION, ids.REOPEN_IDENTITY): reopen_identity,
}
