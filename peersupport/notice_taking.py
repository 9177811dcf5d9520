"""Looks at a partner's notice after its receipt: silently dropped, joined to what stands already, or a new request."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime

from peersupport import messages, timer_rows
from peersupport.actors import first_asked
from peersupport.addresses import Address, outside, own_reach
from peersupport.audit import ActorKind, Entry, Event
from peersupport.intake import TRIES, reach_fault
from peersupport.notice import Notice, Noticed, Told
from peersupport.notifications import Due
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_hours import add_calendar_hours
from peersupport.programme_partner import Channel
from peersupport.programme_values import Choice
from peersupport.referral import Scope
from peersupport.requests import OPEN_STATES, Contact, Door, Needs, State, SupportRequest


async def take(work: UnitOfWork, programme: Programme, due: Due, now: datetime, ids: Ids) -> None:
    """Look at a notice that came in. Safe to repeat: one that was looked at stands beside a request, or is gone."""
    await work.notices.hold(programme.id)
    notice = await work.notices.get(due.subject, lock=True)
    if notice is None or notice.request_id is not None:
        return
    told = await work.notices.told(notice.id)
    if told is None or programme.partner_notification is None:
        await work.notices.drop(notice.id)
        return
    known = _known(told.form)
    # Whose line it is the person has said when they refused; what this partner makes of it does not matter.
    line = own_reach(told.form.reach)
    wanted = {*known, *([line] if line else [])}
    if [each for each in wanted if await work.silences.has(programme.id, Scope.NOTICES, each)]:
        await work.notices.drop(notice.id)
        return
    standing = await _standing(work, programme, notice, told.form, known)
    if standing is not None:
        await _join(work, programme, notice, standing)
        return
    await _open(work, programme, notice, told, now, ids)


def _known(form: Noticed) -> list[Address]:
    """Return what tells the provider for certain: a member, and a number or mailbox of their own. Never a name."""
    own = own_reach(form.reach) if form.reach_is_own else None
    return [each for each in (form.member, own) if each is not None]


async def _standing(
    work: UnitOfWork, programme: Programme, notice: Notice, form: Noticed, known: list[Address]
) -> SupportRequest | None:
    """Return the request that this provider has already, open, or of a notice of the last days."""
    found: list[SupportRequest] = []
    for who in known:
        found += [each for each in await work.requests.of(who, open_only=False) if each.programme == programme.id]
    opened = next((each for each in found if each.state in OPEN_STATES), None)
    if opened is None and form.reach_is_own:
        opened = await _by_reach(work, programme, form)
    if opened is not None:
        return opened
    window = programme.outreach.dedupe_window
    for each in found:
        before = await work.notices.of_request(each.id) if each.door is Door.PARTNER else None
        if before is not None and abs(notice.noticed_at - before.noticed_at) <= window:
            return each
    return None


async def _by_reach(work: UnitOfWork, programme: Programme, form: Noticed) -> SupportRequest | None:
    """Return the open request whose contact holds the provider's own number or mailbox."""
    own = own_reach(form.reach)
    for id, contact in await work.notices.reaches(programme.id):
        if own is None or own not in _reaches_in(contact.reach):
            continue
        request = await work.requests.get(id)
        # A line that a partner called shared tells nobody from their neighbour.
        if request is not None and (request.door is not Door.PARTNER or contact.private):
            return request
    return None


def _reaches_in(text: str) -> set[Address]:
    """Return every phone number and e-mail address in what somebody typed."""
    words = [*re.findall(r"[^\s@<>,;]+@[^\s@<>,;]+", text), *re.findall(r"\+?\(?\d[\d\s().\-]{8,}\d", text), text]
    return {found for each in words if (found := own_reach(each.strip(".,;"))) is not None}


async def _join(work: UnitOfWork, programme: Programme, notice: Notice, standing: SupportRequest) -> None:
    """Let a notice go into a request that stands: nobody is told, and the person keeps it in their hands."""
    request = await work.requests.get(standing.id, lock=True)
    before = await work.notices.of_request(standing.id, lock=True)
    if request is None:
        await work.notices.drop(notice.id)
        return
    if before is not None:
        await work.notices.drop(notice.id)
        await work.notices.save(replace(before, times=before.times + 1))
    else:
        # They asked for themselves: what the partner wrote is not needed, only that it did let the programme know.
        await work.notices.erase(notice.id)
        await work.notices.save(replace(notice, request_id=request.id))
    if request.state is State.CLOSED or request.door is not Door.PARTNER:
        return
    due = min(request.due_at, _due(programme, notice.noticed_at))
    changed = replace(request, due_at=due)
    if await work.requests.save(changed):
        await work.outbox.put(messages.card(replace(changed, version=changed.version + 1)))


async def _open(
    work: UnitOfWork, programme: Programme, notice: Notice, told: Told, now: datetime, ids: Ids
) -> SupportRequest:
    form, request = told.form, _new(programme, notice, ids)
    who = next(iter(_known(form)), None) or outside(request.id)
    needs = _needs(programme, told, who)
    seats = await work.members.seats(programme.id, [each for each in (who, *_known(form)) if each.on_slack])
    looking_after = [seat for seat in seats if may_in_programme(Duty.LOOK_AFTER, seat.roles) and not seat.named]
    request = replace(request, private_card=any(seat.named for seat in seats))
    contact = Contact(form.reach.strip(), private=form.reach_is_own)
    for _ in range(TRIES):
        if await work.requests.add(request, needs, contact):
            break
        request = replace(request, reference=ids.reference())
    else:
        raise RuntimeError("no free reference was found")
    await work.notices.save(replace(notice, request_id=request.id))
    kind = ActorKind.ADMIN if notice.channel is Channel.VOICEMAIL else ActorKind.SYSTEM
    actor = told.notifier.person if kind is ActorKind.ADMIN else None
    await work.audit.write(Entry(Event.REQUEST_OPENED, now, kind, actor, request.id))
    await work.outbox.put(messages.card(request), *timer_rows.of_new(programme, request))
    if request.private_card or not contact.reach:
        # A way to reach the provider has to be found, by somebody who can be told so only once.
        told_of = [messages.tell_member(request, seat.id) for seat in first_asked(looking_after)]
        await work.outbox.put(*told_of)
    return request


def _new(programme: Programme, notice: Notice, ids: Ids) -> SupportRequest:
    return SupportRequest(
        id=ids.new(),
        reference=ids.reference(),
        programme=programme.id,
        door=Door.PARTNER,
        state=State.RECEIVED,
        version=1,
        created_at=notice.noticed_at,
        due_at=_due(programme, notice.noticed_at),
        notice_version=programme.consent.notice_version,
    )


def _due(programme: Programme, noticed_at: datetime) -> datetime:
    """Return by when the provider is to be contacted: from the notice, around the clock."""
    return add_calendar_hours(noticed_at, programme.promise.contact_within_hours)


def _needs(programme: Programme, told: Told, who: Address) -> Needs:
    form = told.form
    ticked = (programme.outreach.criterion(each) for each in form.criteria)
    reasons = dict.fromkeys(each.reason for each in ticked if each is not None and each.reason is not None)
    ways = [each.id for each in programme.form.modalities if reach_fault(programme, (each.id,), form.reach) is None]
    community, places = _bare(form.community), programme.form.avoid.departments
    here = next((each.id for each in places if community in _names(each)), "")
    return Needs(
        requester=who,
        name=form.name.strip(),
        language=programme.languages.default,
        role=form.profession,
        modalities=tuple(ways),
        reasons=tuple(reasons),
        zone=programme.clock.tz,
        department=here,
        not_my_department=bool(here),
        opened_by=told.notifier.address,
    )


def _names(place: Choice) -> set[str]:
    return {_bare(each) for each in (place.id, place.label.get("en"), place.label.get("fr"))}


def _bare(place: str) -> str:
    """Return a place's name as partners may write it: without case, accents, or what stands between words."""
    letters = unicodedata.normalize("NFKD", place.casefold())
    return "".join(each for each in letters if each.isalnum())
