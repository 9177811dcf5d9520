"""Sessions as one person finds them, read in one unit of work and written nowhere: nothing is kept of who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from slackblocks import Block

from handlers import calendar, ids, tokens
from handlers.hear import Front
from handlers.i18n import Translator
from handlers.views import places as place_views
from handlers.views import session_news
from handlers.views import sessions as views
from peersupport import list_members, notices, presenting, schedule
from peersupport import place as rules
from peersupport.addresses import Address
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.series import DateState, MeetingDate, Registration, RegistrationState, Series, SeriesState

_SHOWN = (SeriesState.OPEN, SeriesState.PLANNED)


async def all_of(work: UnitOfWork, front: Front, programme: Programme, who: Address, now: datetime) -> list[views.Item]:
    """Return every series of a programme that somebody may see."""
    every = [each for each in await work.series.of_programme(programme.id) if each.state in _SHOWN]
    rows = await work.meeting_dates.of_programme(programme.id) if every else []
    live = [each for each in await work.registrations.of(who) if each.is_live]
    if not every or not await may_enter(work, programme, who):
        return []
    found = []
    for series in every:
        kept = [each for each in rows if each.series_id == series.id]
        own = [each for each in live if each.series_id == series.id]
        found.append(await _item(work, front, series, kept, own, who, now))
    return sorted(found, key=lambda item: _begins(item, now))


async def one(
    work: UnitOfWork, front: Front, series_id: UUID, who: Address, now: datetime
) -> tuple[Programme, views.Item] | None:
    """Return one series with its programme; None where there is none that this person may see."""
    series = await work.series.get(series_id)
    programme = front.programmes.get(series.programme) if series else None
    if series is None or programme is None or series.state not in _SHOWN:
        return None
    if not await may_enter(work, programme, who):
        return None
    kept = await work.meeting_dates.of_series(series.id)
    own = [each for each in await work.registrations.of(who) if each.series_id == series.id and each.is_live]
    item = await _item(work, front, series, kept, own, who, now)
    if own and presenting.takes_presenters(series, programme):
        item = replace(item, presents=tokens.for_viewer(front.handles, ids.PRESENTABLE, series.id, who, now))
    return programme, item


async def may_enter(work: UnitOfWork, programme: Programme, who: Address) -> bool:
    """Say whether somebody may see a programme's meetings; whoever notifies it for a partner has that one door."""
    if await notices.door_of(work, programme, who) is not None:
        return False
    return await list_members.may_enter(work, programme, who)


async def _item(
    work: UnitOfWork,
    front: Front,
    series: Series,
    kept: Sequence[MeetingDate],
    own: Sequence[Registration],
    who: Address,
    now: datetime,
) -> views.Item:
    held = 0
    if series.capacity is not None and series.kind != views.SMALL_GROUP:
        taken, offered, waiting = await work.registrations.counts(series.id)
        # Who waits comes before whoever looks now.
        held = taken + offered + waiting
    coming = schedule.coming(series, kept, now, limit=views.DATES) if series.state is SeriesState.OPEN else ()
    past = [each for each in kept if each.state in (DateState.PLANNED, DateState.HELD)]
    past = [each for each in past if schedule.instant(series, each) <= now]
    standing = [each for each in own if not _is_off(each, kept)]
    mine = min(standing, key=lambda each: _nearness(each, kept, series, now), default=None)
    handle = tokens.for_viewer(front.handles, ids.REGISTRATION, mine.id, who, now) if mine else ""
    return views.Item(series, coming, kept, held, mine, handle, tuple(reversed(past)), standing)


def _is_off(registration: Registration, kept: Sequence[MeetingDate]) -> bool:
    """Say whether somebody's place is at a date that does not take place: another one can be taken."""
    off = (DateState.SKIPPED, DateState.CANCELLED)
    return any(each.id == registration.date_id and each.state in off for each in kept)


def _nearness(
    registration: Registration, kept: Sequence[MeetingDate], series: Series, now: datetime
) -> tuple[bool, datetime]:
    """Return what orders one's own places: the next one first, those of dates gone by last."""
    row = next((each for each in kept if each.id == registration.date_id), None)
    if row is None:
        return (False, now)
    return (schedule.after(series, row, series.minutes) <= now, schedule.instant(series, row))


def _begins(item: views.Item, now: datetime) -> tuple[bool, datetime]:
    if not item.coming:
        return (True, now)
    return (False, schedule.instant(item.series, item.coming[0]))


async def own(
    work: UnitOfWork,
    front: Front,
    registration: Registration,
    who: Address,
    t: Translator,
    now: datetime,
    *,
    link: bool = False,
) -> place_views.Place | None:
    """Return somebody's own place with what its page needs; the link to join only where it is asked for."""
    series = await work.series.get(registration.series_id)
    programme = front.programmes.get(registration.programme)
    if series is None or programme is None:
        return None
    rows = [each for each in await work.meeting_dates.of_series(series.id) if registration.date_id in (None, each.id)]
    place = place_views.Place(
        programme,
        series,
        registration,
        tokens.for_viewer(front.handles, ids.REGISTRATION, registration.id, who, now),
        coming=_coming(series, rows, registration, now),
        news=_news(series, rows, programme, registration, t, now),
        takes_back=registration.undo_until is not None and registration.undo_until > now,
    )
    if not place.coming:
        return replace(place, is_over=True)
    first = place.coming[0]
    place = replace(place, row=next((each for each in rows if each.id == first.id), None))
    if registration.state is RegistrationState.WAITING:
        place = replace(place, position=await rules.position(work, registration))
    if not link or registration.state is not RegistrationState.IN:
        return place
    place = replace(place, calendars=_calendars(place, front, t, now))
    opens = schedule.before(series, first, programme.session_timers.link_before)
    stored = await work.series.link(series.id)
    return replace(place, join=stored if now >= opens else "", link_later=bool(stored) and now < opens)


def _coming(
    series: Series, rows: Sequence[MeetingDate], registration: Registration, now: datetime
) -> tuple[schedule.Meeting, ...]:
    """Return the dates to come, and first the one that is going on."""
    if series.state is not SeriesState.OPEN:
        return ()
    going = schedule.latest(series, rows, now)
    found = schedule.coming(series, rows, now, limit=views.DATES)
    if going is not None and schedule.after(series, going, series.minutes) > now:
        found = (going, *found)
    return tuple(each for each in found if registration.date_id in (None, each.id))


def _news(
    series: Series,
    rows: Sequence[MeetingDate],
    programme: Programme,
    registration: Registration,
    t: Translator,
    now: datetime,
) -> tuple[str, ...]:
    """Return what has changed about dates that are not over yet."""
    if not registration.is_live:
        return ()
    whole = session_news.of_series(series, programme, t)
    to_come = [each for each in rows if each.told and schedule.after(series, each, series.minutes) > now]
    said = [session_news.of_date(series, each, programme, t) for each in to_come]
    return tuple(words for words in (whole, *said) if words)[:3]


def _calendars(place: place_views.Place, front: Front, t: Translator, now: datetime) -> list[tuple[str, str]]:
    series, registration, first = place.series, place.registration, place.coming[0]
    title = views.title(series, t) if registration.named else t("sessions.calendar_neutral")
    found = calendar.links(title, calendar.appointment(series, first))
    record = registration.date_id or series.id
    file = calendar.file_address(front, record, now, t.language, named=registration.named)
    return [*found, ("file", file)] if file else found


async def home_part(
    work: UnitOfWork, front: Front, who: Address, _standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return one's own places for Home, the nearest date first."""
    t = front.texts.in_language(language)
    found = []
    for registration in await work.registrations.of(who):
        if not registration.is_live:
            continue
        place = await own(work, front, registration, who, t, now)
        if place is not None and (place.coming or place.news):
            found.append(place)
    return place_views.home_part(sorted(found, key=lambda place: _nearest(place, now)), t)


def _nearest(place: place_views.Place, now: datetime) -> datetime:
    return schedule.instant(place.series, place.coming[0]) if place.coming else now
