"""A partner lets the programme know: one receipt, and the same writes, whoever the provider is.

What is known of the provider is looked at afterwards, by `peersupport.notice_taking`, so that nothing about them can be
told from the answer, nor from how long it took. docs/decisions/0033-notices-are-looked-at-afterwards.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from peersupport import intake, patient_detail
from peersupport.actors import entitled, refuse
from peersupport.addresses import Address, own_reach
from peersupport.notice import Notice, Noticed, Notifier, PartnerPerson, Told
from peersupport.notifications import Kind, Message
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_partner import Channel, PartnerNotification

OLDEST = timedelta(days=14)
"""How long ago a voicemail may have been left."""
DAY = timedelta(days=1)
LONGEST = 120
"""Most characters of a name, a community or a way to reach somebody."""


class NoticePart(StrEnum):
    """A part of the form that can be wrong, in the order in which the form asks."""

    NAME = "name"
    PROFESSION = "profession"
    COMMUNITY = "community"
    REACH = "reach"
    CRITERIA = "criteria"
    TELLER = "teller"
    NOTICED_AT = "noticed_at"


class NoticeFault(StrEnum):
    """What can be wrong with it; none of it depends on the provider."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    NOT_A_REACH = "not_a_reach"
    PATIENT = "patient"
    """It may point to a patient; nothing of the form was kept."""
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"


@dataclass(frozen=True, slots=True)
class Received:
    """The one receipt. `sent` is how many notices this person has sent, and nothing else."""

    sent: int = 0


@dataclass(frozen=True, slots=True)
class NothingTicked:
    """No criterion applies: a polite end, and nothing was kept."""


@dataclass(frozen=True, slots=True)
class InvalidNotice:
    """The form cannot be taken as it is; at most one fault for a part, nothing was kept."""

    faults: tuple[tuple[NoticePart, NoticeFault], ...]


@dataclass(frozen=True, slots=True)
class TooManyNotices:
    """This person has sent as many as they may in a day, whatever became of them."""


Noticing = Received | NothingTicked | InvalidNotice | TooManyNotices | Refused


async def door_of(work: UnitOfWork, programme: Programme, who: Address) -> PartnerPerson | None:
    """Return somebody's row where they may notify this programme through Slack, else None."""
    rules = _rules(programme)
    standing = await work.partner_people.find(programme.id, who) if rules else None
    if rules is None or standing is None or not standing.active:
        return None
    partner = rules.partner(standing.partner)
    return standing if partner is not None and Channel.SLACK in partner.channels else None


async def by_member(
    work: UnitOfWork, programme: Programme, who: Address, form: Noticed, *, key: str, now: datetime, ids: Ids
) -> Noticing:
    """Take the notice of a named member of a partner, in Slack."""
    person = await door_of(work, programme, who)
    if person is None:
        return await refuse(work, now)
    notifier = Notifier(person.partner, Channel.SLACK, person.id, who)
    form = replace(form, member=None, noticed_at=None)
    return await notify(work, programme, notifier, form, key=key, now=now, ids=ids)


async def by_voicemail(
    work: UnitOfWork,
    programme: Programme,
    who: Address,
    partner: str,
    form: Noticed,
    *,
    key: str,
    now: datetime,
    ids: Ids,
) -> Noticing:
    """Take the notice that a partner left on the voicemail, from an administrator, with the time it was left."""
    member = await entitled(work, programme, who, Duty.RECORD_NOTICE)
    if member is None:
        return await refuse(work, now)
    notifier = Notifier(partner, Channel.VOICEMAIL, member)
    return await notify(work, programme, notifier, form, key=key, now=now, ids=ids)


async def notify(
    work: UnitOfWork, programme: Programme, notifier: Notifier, form: Noticed, *, key: str, now: datetime, ids: Ids
) -> Noticing:
    """Take a notice in: the same writes and the same receipt, whoever the provider is and whatever is known of them.

    Whoever calls it has made sure who the notifier is. `key` tells a repeat of the same submission, which gets the
    receipt again.
    """
    rules = _rules(programme)
    partner = rules.partner(notifier.partner) if rules else None
    if rules is None or partner is None or notifier.channel not in partner.channels:
        return await refuse(work, now)
    if not form.criteria:
        return NothingTicked()
    faults = check(programme, form, now)
    if faults:
        return InvalidNotice(faults)
    person = await _person(work, programme, notifier)
    if notifier.channel in (Channel.SLACK, Channel.WEB) and person is None:
        return await refuse(work, now)
    if not await work.receipts.keep(key):
        await work.rollback()
        return Received(person.sent if person else 0)
    if person is not None:
        counted = _counted(person, rules, now)
        if counted is None:
            await work.rollback()
            return TooManyNotices()
        await work.partner_people.save(counted)
        person = counted
    notice = Notice(
        id=ids.new(),
        programme=programme.id,
        partner=partner.id,
        channel=notifier.channel,
        version=1,
        noticed_at=form.noticed_at or now,
        received_at=now,
    )
    await work.notices.add(notice, Told(form, notifier))
    await work.outbox.put(Message(Kind.TAKE_NOTICE, notice.id, f"{Kind.TAKE_NOTICE}:{notice.id}", programme.id))
    return Received(person.sent if person else 0)


def check(programme: Programme, form: Noticed, now: datetime) -> tuple[tuple[NoticePart, NoticeFault], ...]:
    """Return what is wrong with a form, in the order in which it asks; nothing here is known of the provider."""
    found: dict[NoticePart, NoticeFault] = {}
    for part, fault in (*_lacking(programme, form), *_pointing(form), *_times(form, now)):
        found.setdefault(part, fault)
    return tuple(sorted(found.items(), key=lambda item: list(NoticePart).index(item[0])))


def _lacking(programme: Programme, form: Noticed) -> Iterable[tuple[NoticePart, NoticeFault]]:
    typed = (
        (NoticePart.NAME, form.name),
        (NoticePart.COMMUNITY, form.community),
        (NoticePart.REACH, form.reach),
        (NoticePart.TELLER, form.teller),
    )
    for part, words in typed:
        if len(words) > LONGEST:
            yield part, NoticeFault.TOO_LONG
    if not form.name.strip():
        yield NoticePart.NAME, NoticeFault.MISSING
    if not form.profession:
        yield NoticePart.PROFESSION, NoticeFault.MISSING
    elif programme.role(form.profession) is None:
        yield NoticePart.PROFESSION, NoticeFault.UNKNOWN
    if any(programme.outreach.criterion(each) is None for each in form.criteria):
        yield NoticePart.CRITERIA, NoticeFault.UNKNOWN
    reach = form.reach.strip()
    own = form.reach_is_own and own_reach(reach) is None
    if reach and (own or not intake.can_be_reached(reach)):
        yield NoticePart.REACH, NoticeFault.NOT_A_REACH


def _pointing(form: Noticed) -> Iterable[tuple[NoticePart, NoticeFault]]:
    seen = (
        (NoticePart.NAME, patient_detail.signs(form.name) - patient_detail.OF_A_NAME),
        (NoticePart.COMMUNITY, patient_detail.signs(form.community)),
        (NoticePart.REACH, patient_detail.signs(form.reach, is_reach=True) - patient_detail.OF_A_REACH),
        (NoticePart.TELLER, patient_detail.signs(form.teller) - patient_detail.OF_A_NAME),
    )
    for part, signs in seen:
        if signs:
            yield part, NoticeFault.PATIENT


def _times(form: Noticed, now: datetime) -> Iterable[tuple[NoticePart, NoticeFault]]:
    if form.noticed_at is None:
        return
    if form.noticed_at > now:
        yield NoticePart.NOTICED_AT, NoticeFault.IN_THE_FUTURE
    elif form.noticed_at < now - OLDEST:
        yield NoticePart.NOTICED_AT, NoticeFault.TOO_OLD


async def _person(work: UnitOfWork, programme: Programme, notifier: Notifier) -> PartnerPerson | None:
    if notifier.person is None or notifier.channel not in (Channel.SLACK, Channel.WEB):
        return None
    found = await work.partner_people.get(notifier.person, lock=True)
    if found is None or not found.active:
        return None
    return found if (found.programme, found.partner) == (programme.id, notifier.partner) else None


def _counted(person: PartnerPerson, rules: PartnerNotification, now: datetime) -> PartnerPerson | None:
    if person.day_began is None or now - person.day_began >= DAY:
        return replace(person, sent=person.sent + 1, day_began=now, day_sent=1)
    if person.day_sent >= rules.notices_per_day:
        return None
    return replace(person, sent=person.sent + 1, day_sent=person.day_sent + 1)


def _rules(programme: Programme) -> PartnerNotification | None:
    return programme.partner_notification if programme.doors.partner_notification else None
