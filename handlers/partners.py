"""A partner lets the programme know: the one door of its people, the voicemail form and the list of administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from slackblocks import Block

from handlers import errors, ids
from handlers.entitled import still_full_member
from handlers.hear import Answer, Front, Hear, Kind
from handlers.payloads import blocks_of, unseen
from handlers.views import partners as views
from peersupport import notices, partner_list
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.notice import Noticed
from peersupport.notices import InvalidNotice, NothingTicked, NoticePart, Noticing, Received, TooManyNotices
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_partner import Channel

FIELD = {
    NoticePart.NAME: ids.IN_PROVIDER,
    NoticePart.PROFESSION: ids.IN_PROFESSION,
    NoticePart.COMMUNITY: ids.IN_COMMUNITY,
    NoticePart.REACH: ids.IN_PROVIDER_REACH,
    NoticePart.CRITERIA: ids.IN_CRITERIA,
    NoticePart.NOTICED_AT: ids.IN_LEFT_AT,
}
"""The field at which a fault of each part is shown."""


async def doors(work: UnitOfWork, front: Front, who: Address) -> dict[str, int]:
    """Return the programmes that somebody may notify, each with how many notices they have sent; keep it in memory."""
    found: dict[str, int] = {}
    for programme in front.programmes.values():
        person = await notices.door_of(work, programme, who)
        if person is not None:
            found[programme.id] = person.sent
    if found:
        front.notifying[who] = found
    else:
        front.notifying.pop(who, None)
    return found


async def shut(hear: Hear) -> bool:
    """Say whether a programme's door is shut to somebody, because they have another: they notify it for a partner.

    The form that changes an own request, or answers a colleague's suggestion, came in by no door.
    """
    named = hear.front.programmes.get(hear.value)
    inside = hear.kind is Kind.ACTION and ("h" in hear.meta or "r" in hear.meta)
    programme = _with_partners(named if named or inside else hear.programme)
    if programme is None:
        return False
    async with hear.front.work() as work:
        found = await notices.door_of(work, programme, hear.who) is not None
        if found:
            await refuse(work, hear.now)
    return found


async def home_part(
    work: UnitOfWork,  # noqa: ARG001 - every part of Home is asked alike
    front: Front,
    who: Address,  # noqa: ARG001
    standing: Standing,
    language: str,
    now: datetime,  # noqa: ARG001
) -> list[Block]:
    """Return, for each programme with partners that this person looks after, the voicemail form and the list."""
    t = front.texts.in_language(language)
    return [
        views.desk(programme, t)
        for id, (_, roles) in standing.members.items()
        if (programme := _with_partners(front.programmes.get(id))) and may_in_programme(Duty.RECORD_NOTICE, roles)
    ]


def _with_partners(programme: Programme | None) -> Programme | None:
    return programme if programme is not None and programme.doors.partner_notification else None


async def open_form(hear: Hear) -> Answer:
    """Open the form, for a member of the partner."""
    programme = _with_partners(hear.front.programmes.get(hear.value))
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        allowed = await notices.door_of(work, programme, hear.who) is not None
        if not allowed:
            await refuse(work, hear.now)
    if not allowed:
        return await errors.refused(hear)
    await hear.open(views.form(hear.front, hear.language, programme))
    return None


async def send(hear: Hear) -> Answer:
    """Take the notice in; the receipt is the same whatever becomes of it."""
    programme = _with_partners(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    amiss = _amiss(hear)
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    async with hear.front.work() as work:
        outcome = await notices.by_member(
            work, programme, hear.who, _noticed(hear), key=hear.key, now=hear.now, ids=hear.front.ids
        )
    return await _answer(hear, programme, outcome)


async def open_voicemail(hear: Hear) -> Answer:
    """Open the form for a voicemail, for an administrator."""
    programme = _with_partners(hear.front.programmes.get(hear.value))
    if programme is None or not await _entitled(hear, programme, Duty.RECORD_NOTICE):
        return await errors.refused(hear)
    today = hear.now.astimezone(programme.clock.zone).date().isoformat()
    await hear.open(views.voicemail(hear.front, hear.language, programme, today))
    return None


async def record(hear: Hear) -> Answer:
    """Take a voicemail in as a notice, with the time at which it was left."""
    programme = _with_partners(hear.programme)
    if programme is None or not await _entitled(hear, programme, Duty.RECORD_NOTICE):
        return await errors.refused(hear)
    if not await still_full_member(hear):
        return await errors.refused(hear)
    left = _left(hear, programme)
    amiss = _amiss(hear) or await _no_person(hear)
    if left is None:
        amiss = {ids.IN_LEFT_AT: hear.t("partners.fault.noticed_at.missing")} | amiss
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    partner = hear.values.get(ids.IN_PARTNER)
    chosen = hear.values.get(ids.IN_PROVIDER_MEMBER)
    member = Address(hear.who.team, chosen) if isinstance(chosen, str) and chosen else None
    async with hear.front.work() as work:
        outcome = await notices.by_voicemail(
            work,
            programme,
            hear.who,
            partner if isinstance(partner, str) else "",
            _noticed(hear, left, member),
            key=hear.key,
            now=hear.now,
            ids=hear.front.ids,
        )
    return await _answer(hear, programme, outcome)


async def _no_person(hear: Hear) -> dict[str, str]:
    chosen = hear.values.get(ids.IN_PROVIDER_MEMBER)
    if not isinstance(chosen, str) or not chosen:
        return {}
    facts = await hear.front.directory.facts(Address(hear.who.team, chosen), fresh=True)
    return {} if facts and facts.full else {ids.IN_PROVIDER_MEMBER: hear.t("partners.fault.not_a_person")}


def _left(hear: Hear, programme: Programme) -> datetime | None:
    """Return when the voicemail was left, on the programme's own clock."""
    day, hour = hear.values.get(ids.IN_LEFT_ON), hear.values.get(ids.IN_LEFT_AT)
    try:
        at = datetime.combine(date.fromisoformat(str(day)), time.fromisoformat(str(hour)), programme.clock.zone)
    except ValueError:
        return None
    return at.astimezone(UTC)


def _noticed(hear: Hear, left: datetime | None = None, member: Address | None = None) -> Noticed:
    values = hear.values
    return Noticed(
        name=_text(values, ids.IN_PROVIDER),
        profession=_text(values, ids.IN_PROFESSION),
        community=_text(values, ids.IN_COMMUNITY),
        reach=_text(values, ids.IN_PROVIDER_REACH),
        reach_is_own=views.OWN in (values.get(ids.IN_PROVIDER_OWN) or ()),
        criteria=tuple(values.get(ids.IN_CRITERIA) or ()),
        noticed_at=left,
        member=member,
        tells_who=views.TELL in (values.get(ids.IN_TELL_WHO) or ()),
    )


def _text(values: Mapping[str, Any], block: str) -> str:
    held = values.get(block)
    return held if isinstance(held, str) else ""


def _amiss(hear: Hear) -> dict[str, str]:
    typed = (ids.IN_PROVIDER, ids.IN_COMMUNITY, ids.IN_PROVIDER_REACH)
    return {block: hear.t("pages.unseen") for block in typed if unseen(_text(hear.values, block))}


async def _answer(hear: Hear, programme: Programme, outcome: Noticing) -> Answer:
    t = hear.t
    match outcome:
        case Received(sent):
            counted = sent if hear.id == ids.VIEW_NOTICE else None
            return {"response_action": "update", "view": views.received(t, programme, counted)}
        case NothingTicked():
            return {"response_action": "push", "view": views.nothing_ticked(t, programme)}
        case TooManyNotices():
            return {"response_action": "push", "view": views.too_many(t, programme)}
        case InvalidNotice(faults):
            shown = blocks_of(hear.view)
            found = {FIELD[part]: t(f"partners.fault.{part.value}.{fault.value}") for part, fault in faults}
            return {"response_action": "errors", "errors": {block: found[block] for block in found if block in shown}}
        case Refused():
            return await errors.refused(hear)


async def open_people(hear: Hear) -> Answer:
    """Open the list of who may notify, for an administrator."""
    programme = _with_partners(hear.front.programmes.get(hear.value))
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await partner_list.listed(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    users = {partner: [each.user for each in people] for partner, people in found.people.items()}
    await hear.open(views.people(hear.t, programme, users))
    return None


async def keep_people(hear: Hear) -> Answer:
    """Keep the list; guests and bots are corrected at the field."""
    programme = _with_partners(hear.programme)
    if programme is None or not await _entitled(hear, programme, Duty.KEEP_PARTNERS):
        return await errors.refused(hear)
    wanted: dict[str, dict[Address, str]] = {}
    amiss: dict[str, str] = {}
    for partner in programme.outreach.by(Channel.SLACK):
        block = f"{ids.IN_PARTNER_PEOPLE}.{partner.id}"
        people = wanted.setdefault(partner.id, {})
        for user in hear.values.get(block) or ():
            address = Address(hear.who.team, user)
            facts = await hear.front.directory.facts(address)
            if facts is None or not facts.full:
                amiss[block] = hear.t("partners.fault.not_a_person")
            else:
                people[address] = facts.name
    if amiss:
        return {"response_action": "errors", "errors": amiss}
    async with hear.front.work() as work:
        kept = await partner_list.keep(work, programme, hear.who, wanted, now=hear.now, ids=hear.front.ids)
    if isinstance(kept, Refused):
        return await errors.refused(hear)
    count = sum(map(len, kept.people.values()))
    return {"response_action": "update", "view": views.people_kept(hear.t, programme, count)}


async def _entitled(hear: Hear, programme: Programme, duty: Duty) -> bool:
    async with hear.front.work() as work:
        allowed = await entitled(work, programme, hear.who, duty) is not None
        if not allowed:
            await refuse(work, hear.now)
    return allowed


LISTENERS = {
    (Kind.ACTION, ids.NOTIFY): open_form,
    (Kind.SUBMIT, ids.VIEW_NOTICE): send,
    (Kind.ACTION, ids.RECORD_NOTICE): open_voicemail,
    (Kind.SUBMIT, ids.VIEW_VOICEMAIL): record,
    (Kind.ACTION, ids.KEEP_PARTNERS): open_people,
    (Kind.SUBMIT, ids.VIEW_PARTNERS): keep_people,
}
