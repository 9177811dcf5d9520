"""The list of other services as administrators keep it in the app; the programme's file is its beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from peersupport.actors import entitled, refuse
from peersupport.outcomes import Refused
from peersupport.people import Address, Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.ports_pages import ServiceEntry
from peersupport.programme import Programme
from peersupport.resources import Library

MOST = 30


@dataclass(frozen=True, slots=True)
class Faulty:
    """What was written cannot be reached by anybody, or in one language only."""

    field: str


def beginning(programme: Programme, library: Library, ids: Ids) -> list[ServiceEntry]:
    """Return the list as the files have it."""
    found = [(name, library[name]) for name in programme.resources if name in library]
    return [
        ServiceEntry(
            ids.new(),
            programme.id,
            place,
            name,
            label_en=each.label.get("en"),
            label_fr=each.label.get("fr"),
            contact_en=each.contact.get("en") if each.contact else "",
            contact_fr=each.contact.get("fr") if each.contact else "",
            hours_en=each.hours.get("en") if each.hours else "",
            hours_fr=each.hours.get("fr") if each.hours else "",
            url=str(each.url or ""),
        )
        for place, (name, each) in enumerate(found)
    ]


async def listed(
    work: UnitOfWork, programme: Programme, who: Address, library: Library, *, now: datetime, ids: Ids
) -> list[ServiceEntry] | Refused:
    """Return the list for an administrator; the first time, the files' list is taken over."""
    if await entitled(work, programme, who, Duty.KEEP_PAGES) is None:
        return await refuse(work, now)
    found = await work.service_entries.all(programme.id)
    if not found:
        found = beginning(programme, library, ids)
        for each in found:
            await work.service_entries.add(each)
    return found


async def keep(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    id: UUID | None,
    words: Mapping[str, Any],
    *,
    now: datetime,
    ids: Ids,
) -> ServiceEntry | Faulty | Refused:
    """Change an entry, or add one at the end where `id` is None."""
    if await entitled(work, programme, who, Duty.KEEP_PAGES) is None:
        return await refuse(work, now)
    known = await work.service_entries.all(programme.id)
    held = next((each for each in known if each.id == id), None)
    if (held is None and id is not None) or (held is None and len(known) >= MOST):
        return await refuse(work, now)
    place = max((each.place for each in known), default=-1) + 1
    changed = replace(held or ServiceEntry(ids.new(), programme.id, place), **words)
    fault = _fault(changed)
    if fault:
        return Faulty(fault)
    if held is None:
        await work.service_entries.add(changed)
        return changed
    changed = replace(changed, version=held.version + 1)
    await work.service_entries.save(changed)
    return changed


async def hide(work: UnitOfWork, programme: Programme, who: Address, id: UUID, *, now: datetime) -> bool | Refused:
    """Hide an entry, or show it again; return whether it is hidden now."""
    if await entitled(work, programme, who, Duty.KEEP_PAGES) is None:
        return await refuse(work, now)
    held = next((each for each in await work.service_entries.all(programme.id) if each.id == id), None)
    if held is None:
        return await refuse(work, now)
    await work.service_entries.save(replace(held, hidden=not held.hidden, version=held.version + 1))
    return not held.hidden


def _fault(entry: ServiceEntry) -> str:
    """Return the field that has to be mended, or nothing."""
    if bool(entry.contact_en) != bool(entry.contact_fr):
        return "contact_fr" if entry.contact_en else "contact_en"
    if bool(entry.hours_en) != bool(entry.hours_fr):
        return "hours_fr" if entry.hours_en else "hours_en"
    if not entry.contact_en and not entry.url:
        return "url"
    parts = urlsplit(entry.url)
    return "url" if entry.url and (parts.scheme != "https" or not parts.hostname) else ""


def line(entry: ServiceEntry, language: str) -> str:
    """Return an entry in one line of plain text, as the files' services are shown: label, contact or address, hours."""
    french = language == "fr"
    label, contact, hours = (
        (entry.label_fr, entry.contact_fr, entry.hours_fr)
        if french
        else (entry.label_en, entry.contact_en, entry.hours_en)
    )
    colon = "\u00a0: " if french else ": "
    return f"{label}{colon}{contact or entry.url}{f' ({hours})' if hours else ''}"


def shown(entries: Sequence[ServiceEntry]) -> list[ServiceEntry]:
    """Return what everybody sees."""
    return [each for each in entries if not each.hidden]
