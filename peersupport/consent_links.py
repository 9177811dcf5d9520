"""Consent by a page: who has the link and the code may answer, once; five wrong codes end it, as its time does."""

from __future__ import annotations

import re
from base64 import b32encode
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from peersupport.consent_link import About, ConsentLink, Link
from peersupport.ports import Ids, UnitOfWork

CODE_DIGITS = 8
JUST_NOW = timedelta(minutes=15)
"""For so long a form that is sent once more is told kindly that it came."""
_TOKEN_BYTES = 16


async def issue(work: UnitOfWork, ids: Ids, subject: UUID, about: About, *, ends: datetime, now: datetime) -> Link:
    """Make a link and a code in place of those made before; the caller has judged who may, and shows them once."""
    # Two ids hold 244 random bits; what is made of them tells neither.
    drawn = sha256(ids.new().bytes + ids.new().bytes).digest()
    token = b32encode(drawn[:_TOKEN_BYTES]).decode().rstrip("=").lower()
    code = f"{int.from_bytes(drawn[_TOKEN_BYTES:]) % 10**CODE_DIGITS:0{CODE_DIGITS}}"
    await work.consent_links.add(ConsentLink(ids.new(), subject, about, now, ends), token, code)
    return Link(token, code, ends)


async def open_with(work: UnitOfWork, token: str, typed: str, now: datetime) -> ConsentLink | None:
    """Return the link that this code opens, its row held; None for every doubt, and a wrong code is counted.

    The count must be committed before anything is answered: leave the unit of work cleanly.
    """
    found = await work.consent_links.hold(token)
    if found is None or not found.opens(now):
        return None
    if await work.consent_links.fits(found.id, plain(typed)):
        return found
    await work.consent_links.save(replace(found, tries=found.tries + 1))
    return None


async def spend(work: UnitOfWork, link: ConsentLink, now: datetime) -> None:
    """Write down that an answer was given, in the same unit of work as what comes of it."""
    await work.consent_links.save(replace(link, spent_at=now))


async def answered_just_now(work: UnitOfWork, token: str, typed: str, now: datetime) -> bool:
    """Say whether whoever has the link and the code answered a moment ago, as after a form that was sent twice."""
    found = await work.consent_links.hold(token)
    if found is None or found.spent_at is None or now - found.spent_at > JUST_NOW:
        return False
    return await work.consent_links.fits(found.id, plain(typed))


def plain(typed: str) -> str:
    """Return a typed code without the spaces and hyphens that people put between digits."""
    return re.sub(r"[\s.\-\u2010-\u2015\u00a0\u202f]", "", typed)
