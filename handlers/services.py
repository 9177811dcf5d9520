"""The list of other services, kept by administrators without a restart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import errors, ids
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.payloads import unseen
from handlers.views import services as views
from peersupport import services
from peersupport.outcomes import Refused
from peersupport.ports_pages import ServiceEntry
from peersupport.programme import Programme
from peersupport.services import Faulty

NEW = "new"


async def _entries(hear: Hear, programme: Programme | None) -> list[ServiceEntry] | None:
    if programme is None:
        return None
    front = hear.front
    async with front.work() as work:
        found = await services.listed(work, programme, hear.who, front.resources, now=hear.now, ids=front.ids)
    return None if isinstance(found, Refused) else found


async def open_list(hear: Hear) -> Answer:
    """Open the list."""
    programme = hear.front.programmes.get(hear.value)
    entries = await _entries(hear, programme)
    if programme is None or entries is None:
        return await errors.refused(hear)
    await hear.open(views.listing(hear.t, programme, entries))
    return None


async def edit(hear: Hear) -> Answer:
    """Open the form of one entry, or of a new one."""
    entries = await _entries(hear, hear.programme)
    if hear.programme is None or entries is None:
        return await errors.refused(hear)
    entry = next((each for each in entries if str(each.id) == hear.value), None)
    if entry is None and hear.value != NEW:
        return await errors.refused(hear)
    await hear.open(views.form(hear.t, hear.programme, entry))
    return None


async def hide(hear: Hear) -> Answer:
    """Hide an entry, or show it again."""
    programme, id = hear.programme, _id(hear.value)
    if programme is None or id is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        done = await services.hide(work, programme, hear.who, id, now=hear.now)
    entries = None if isinstance(done, Refused) else await _entries(hear, programme)
    if entries is None:
        return await errors.refused(hear)
    await hear.update(views.listing(hear.t, programme, entries))
    return None


async def save(hear: Hear) -> Answer:
    """Keep one entry; what nobody could reach is corrected at its field."""
    programme, held = hear.programme, hear.meta.get("e", "")
    id = _id(held)
    if programme is None or (held and id is None):
        return await errors.refused(hear)
    words: dict[str, Any] = {}
    for block, name, _ in views.FIELDS:
        value = hear.values.get(block)
        words[name] = value.strip() if isinstance(value, str) else ""
    blocks = {name: block for block, name, _ in views.FIELDS}
    amiss = {blocks[name]: hear.t("pages.unseen") for name, value in words.items() if unseen(value)}
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    async with hear.front.work() as work:
        done = await services.keep(work, programme, hear.who, id, words, now=hear.now, ids=hear.front.ids)
    match done:
        case ServiceEntry():
            return {"response_action": "update", "view": views.kept(hear.t, programme, done)}
        case Faulty(field):
            fault = hear.t(f"services.fault.{field.partition('_')[0]}")
            return {"response_action": "errors", "errors": {blocks[field]: fault}}
        case Refused():
            return await errors.refused(hear)


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.SERVICES): open_list,
    (Kind.ACTION, ids.SERVICE_EDIT): edit,
    (Kind.ACTION, ids.SERVICE_HIDE): hide,
    (Kind.SUBMIT, ids.VIEW_SERVICE): save,
}
