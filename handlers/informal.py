"""Colleagues among themselves: the door, who it is for, a hard shift, and what Home has of it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import informal as views
from handlers.views import kit
from peersupport import introductions
from peersupport.actors import refuse
from peersupport.addresses import Address
from peersupport.introductions import Where
from peersupport.listings import part_of
from peersupport.ports import Standing, UnitOfWork
from peersupport.ports_informal import Listing
from peersupport.programme import Programme

DAYS = 1
"""How long a role that was chosen opens the pages behind the door, and whoever is listed there."""


def named(hear: Hear) -> Programme | None:
    """Return the programme that a pressed button names, where its door to colleagues is open."""
    found = hear.front.programmes.get(hear.value)
    return found if part_of(found) else None


def here(hear: Hear) -> Programme | None:
    """Return the programme of the view that this came from, where its door to colleagues is open."""
    return hear.programme if part_of(hear.programme) else None


def record_of(programme: Programme, role: str) -> UUID:
    """Return what the handle of a chosen role stands for."""
    return UUID(bytes=sha256(f"role:{programme.id}/{role}".encode()).digest()[:16])


def role_in(hear: Hear, programme: Programme, token: str | None = None) -> str | None:
    """Return the role that a handle says was chosen, where the programme serves it; None for any doubt."""
    held = token if token is not None else hear.meta.get("h", "")
    found = hear.record(ids.INFORMAL, held) if held else None
    roles = (role.id for role in programme.eligibility.roles if role.eligible)
    return next((role for role in roles if record_of(programme, role) == found), None)


def handle_for(hear: Hear, programme: Programme, role: str) -> str:
    """Return the handle of a chosen role."""
    return hear.handle(ids.INFORMAL, record_of(programme, role), DAYS)


def informal_programmes(front: Front) -> list[Programme]:
    """Return the programmes whose door stands open to colleagues among themselves."""
    return [programme for programme in front.programmes.values() if part_of(programme)]


async def refused(hear: Hear) -> Answer:
    """Refuse in the words of every refusal, and write down that somebody was."""
    if not hear.trace.forged:
        async with hear.front.work() as work:
            await refuse(work, hear.now)
    return await errors.refused(hear)


async def open_door(hear: Hear) -> Answer:
    """Ask which role fits; whoever is listed, or in an introduction, has said so before."""
    programme = named(hear)
    if programme is None:
        return await refused(hear)
    async with hear.front.work() as work:
        known = await work.listings.find(programme.id, hear.who) is not None
    if known:
        role = next(role.id for role in programme.eligibility.roles if role.eligible)
        await hear.open(await page(hear, programme, role))
    else:
        waits = await _waiting(hear, programme)
        await hear.open(views.role_form(hear.front, hear.language, programme, waits))
    return None


async def choose_role(hear: Hear) -> Answer:
    """Show what is behind the door, or where somebody in another role is welcome."""
    programme = here(hear)
    if programme is None:
        return await refused(hear)
    chosen = hear.values.get(ids.IN_INFORMAL_ROLE)
    role = programme.role(chosen) if isinstance(chosen, str) else None
    if role is None:
        return {"response_action": "errors", "errors": {ids.IN_INFORMAL_ROLE: hear.t("informal.role")}}
    if not role.eligible:
        note = programme.text(role.note, hear.language) if role.note else ""
        view = views.elsewhere(hear.front, hear.language, programme, role.to, note)
    else:
        view = await page(hear, programme, role.id)
    return {"response_action": "update", "view": view}


async def page(hear: Hear, programme: Programme, role: str) -> kit.View:
    """Return what is behind the door, for somebody who said that it is for them."""
    async with hear.front.work() as work:
        listing = await work.listings.find(programme.id, hear.who)
    waiting = await _waiting(hear, programme)
    handle = handle_for(hear, programme, role)
    return views.main(hear.front, hear.language, programme, handle, listing, waiting)


async def _waiting(hear: Hear, programme: Programme) -> list[views.Waiting]:
    async with hear.front.work() as work:
        found = await introductions.of(work, programme.id, hear.who, hear.now)
    return [views.Waiting(each, hear.handle(ids.INTRODUCTION, each.introduction.id)) for each in found]


async def hard_shift(hear: Hear) -> Answer:
    """Show what there is after a hard shift; nothing is asked and nothing is kept."""
    programme = named(hear)
    if programme is None:
        return await refused(hear)
    await hear.open(views.hard_shift(hear.front, hear.language, programme))
    return None


async def worried(hear: Hear) -> Answer:
    """Show a listed colleague the help lines and the lead's phone; nothing is written down."""
    programme = named(hear)
    if programme is None:
        return await refused(hear)
    async with hear.front.work() as work:
        mine = await work.listings.find(programme.id, hear.who) is not None
        mine = mine or bool(await introductions.of(work, programme.id, hear.who, hear.now))
    if not mine:
        return await refused(hear)
    await hear.open(views.worried(hear.front, hear.language, programme))
    return None


async def home_part(
    work: UnitOfWork,
    front: Front,
    who: Address,
    standing: Standing,  # noqa: ARG001 - every part of Home is asked alike
    language: str,
    now: datetime,
) -> list[Block]:
    """Return one's own listing with its switch, and that something waits; nobody's name."""
    programmes = informal_programmes(front)
    if not programmes:
        return []
    t = front.texts.in_language(language)
    mine: dict[str, Listing] = {each.programme: each for each in await work.listings.of(who)}
    blocks: list[Block] = []
    for programme in programmes:
        found = await introductions.of(work, programme.id, who, now)
        waits = any(each.where in (Where.ASKED, Where.BOTH) for each in found)
        listing = mine.get(programme.id)
        if waits or listing is not None:
            blocks += views.home(t, programme, listing, waits=waits)
    return blocks


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.INFORMAL): open_door,
    (Kind.SUBMIT, ids.VIEW_INFORMAL_ROLE): choose_role,
    (Kind.ACTION, ids.HARD_SHIFT): hard_shift,
    (Kind.ACTION, ids.WORRIED): worried,
}
DOORS = frozenset(
    {
        (Kind.ACTION, ids.INFORMAL),
        (Kind.SUBMIT, ids.VIEW_INFORMAL_ROLE),
        (Kind.ACTION, ids.HARD_SHIFT),
    }
)
"""Shut to the people of a programme's partner, who have another; what is behind needs a handle from here."""
