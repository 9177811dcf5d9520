"""The form in which an organiser describes a series: what can be wrong with it, and the series that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport import schedule
from peersupport.programme import Programme
from peersupport.rhythm import MOST_DATES, Rhythm, read, rule
from peersupport.series import Series, SeriesState

LONGEST_TITLE = 75
LONGEST_ABOUT = 600
MOST_MINUTES = 480
MOST_PLACES = 500
COURSE, SMALL_GROUP, SINGLE, DROP_IN, OUTSIDE = (
    "course",
    "small_group",
    "single",
    "drop_in_series",
    "external_registration",
)
KINDS = (DROP_IN, SMALL_GROUP, COURSE, SINGLE)
"""What an organiser can make; where people register elsewhere, the programme file says so."""
PLACES = ("virtual", "in_person", "in_person_or_virtual")


class Part(StrEnum):
    """A part of the form that can be wrong."""

    TITLE = "title"
    TITLE_FR = "title_fr"
    KIND = "kind"
    FIRST = "first"
    ZONE = "zone"
    TIMES = "times"
    MINUTES = "minutes"
    CAPACITY = "capacity"
    MINIMUM = "minimum"
    CLOSES = "closes"


class Fault(StrEnum):
    """What can be wrong with it."""

    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    UNKNOWN = "unknown"
    PAST = "past"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    """More people have a place already."""
    ABOVE_PLACES = "above_places"
    """The minimum is larger than the number of places."""
    AFTER_START = "after_start"
    """Enrolment would close after the first class."""
    NO_PLACES = "no_places"
    """A course, or a group that registers for each date, needs a number of places."""
    NOT_ONCE = "not_once"
    """What meets once has one date."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds, read but not judged; a number that is none is -1, what was left empty is None."""

    title_en: str
    title_fr: str = ""
    about_en: str = ""
    about_fr: str = ""
    kind: str = DROP_IN
    planned: bool = False
    first: datetime | None = None
    """Naive wall time of the first date."""
    zone: str = ""
    rhythm: Rhythm = Rhythm.ONCE
    times: int | None = None
    minutes: int | None = 60
    capacity: int | None = None
    minimum: int | None = None
    waitlist: bool = True
    alias: bool = False
    presenters: bool = False
    formats: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    place: str = "virtual"
    host: str = ""
    closes: datetime | None = None


def zones(programme: Programme) -> tuple[str, ...]:
    """Return the zones that an organiser can choose from, the programme's own first."""
    return tuple(dict.fromkeys((programme.clock.tz, *programme.clock.other_zones)))


def check(
    programme: Programme, draft: Draft, now: datetime, *, before: Series | None = None, held: int = 0
) -> tuple[tuple[Part, Fault], ...]:
    """Return what is wrong, one fault a part; `before` is the series that is changed, `held` how many places are taken.

    Of a series that there is, the times are not looked at: they are changed date by date.
    """
    found: dict[Part, Fault] = {}
    for part, fault in (*_words(draft), *_numbers(draft, held), *_times(programme, draft, now, before)):
        found.setdefault(part, fault)
    return tuple(found.items())


def _words(draft: Draft) -> Iterator[tuple[Part, Fault]]:
    if not draft.title_en.strip() and not draft.title_fr.strip():
        yield Part.TITLE, Fault.MISSING
    if draft.kind not in (*KINDS, OUTSIDE):
        yield Part.KIND, Fault.UNKNOWN


def _numbers(draft: Draft, held: int) -> Iterator[tuple[Part, Fault]]:
    if draft.minutes is None or not 10 <= draft.minutes <= MOST_MINUTES:
        yield Part.MINUTES, Fault.NOT_A_NUMBER
    if draft.capacity is not None and not 1 <= draft.capacity <= MOST_PLACES:
        yield Part.CAPACITY, Fault.NOT_A_NUMBER
    elif draft.capacity is not None and draft.capacity < held:
        yield Part.CAPACITY, Fault.TOO_FEW
    elif draft.capacity is None and draft.kind == COURSE and not draft.planned:
        yield Part.CAPACITY, Fault.NO_PLACES
    if draft.minimum is not None and not 1 <= draft.minimum <= MOST_PLACES:
        yield Part.MINIMUM, Fault.NOT_A_NUMBER
    elif draft.minimum is not None and draft.capacity is not None and draft.minimum > draft.capacity:
        yield Part.MINIMUM, Fault.ABOVE_PLACES


def _times(programme: Programme, draft: Draft, now: datetime, before: Series | None) -> Iterator[tuple[Part, Fault]]:
    starts = before.starts if before is not None and before.starts is not None else draft.first
    if starts is None:
        if not draft.planned:
            yield Part.FIRST, Fault.MISSING
        return
    if before is None or before.starts is None:
        if draft.zone not in zones(programme):
            yield Part.ZONE, Fault.UNKNOWN
            return
        if schedule.instant_of(starts, draft.zone) <= now:
            yield Part.FIRST, Fault.PAST
        if draft.times is not None and not 2 <= draft.times <= MOST_DATES:
            yield Part.TIMES, Fault.TOO_MANY if draft.times > MOST_DATES else Fault.NOT_A_NUMBER
        elif draft.rhythm is Rhythm.ONCE and draft.times is not None:
            yield Part.TIMES, Fault.NOT_ONCE
        elif draft.kind == COURSE and draft.rhythm is not Rhythm.ONCE and draft.times is None:
            yield Part.TIMES, Fault.MISSING
    if draft.kind == COURSE and draft.minimum is not None and draft.closes is None and not draft.planned:
        yield Part.CLOSES, Fault.MISSING
    if draft.closes is not None and draft.closes > starts:
        yield Part.CLOSES, Fault.AFTER_START


def made_of(programme: Programme, draft: Draft, id: UUID) -> Series:
    """Return the new series that a sound form describes."""
    starts = None if draft.planned and draft.first is None else draft.first
    repeats = rule(draft.rhythm, starts, draft.times) if starts is not None else None
    blank = Series(
        id=id,
        programme=programme.id,
        slug=None,
        kind=draft.kind if repeats or draft.kind != DROP_IN or starts is None else SINGLE,
        state=SeriesState.PLANNED if draft.planned else SeriesState.OPEN,
        title_en="",
        title_fr="",
        about_en="",
        about_fr="",
        starts=starts,
        zone=draft.zone or programme.clock.tz,
        repeats=repeats,
        holidays=next((each.holidays for each in programme.sessions if each.holidays), None),
    )
    return with_words(blank, draft)


def with_words(series: Series, draft: Draft) -> Series:
    """Return a series with everything of a sound form but its times; what is typed in one language stands for both."""
    title_en, title_fr = draft.title_en.strip(), draft.title_fr.strip()
    about_en, about_fr = draft.about_en.strip(), draft.about_fr.strip()
    return replace(
        series,
        title_en=title_en or title_fr,
        title_fr=title_fr or title_en,
        about_en=about_en or about_fr,
        about_fr=about_fr or about_en,
        minutes=draft.minutes or series.minutes,
        capacity=draft.capacity,
        minimum=draft.minimum,
        waitlist=draft.waitlist,
        alias=draft.alias,
        presenters=draft.presenters,
        formats=draft.formats,
        roles=draft.roles,
        place=draft.place if draft.place in PLACES else series.place,
        host=draft.host.strip(),
        all_dates=series.kind == COURSE,
        enrol_closes=draft.closes,
    )


def draft_of(series: Series, *, copied: bool = False) -> Draft:
    """Return the form as a series fills it; a copy begins without its times."""
    repeats = read(series.repeats, series.starts) if series.starts else None
    return Draft(
        title_en=series.title_en,
        title_fr=series.title_fr,
        about_en=series.about_en,
        about_fr=series.about_fr,
        kind=DROP_IN if copied and series.kind == OUTSIDE else series.kind,
        planned=series.state is SeriesState.PLANNED,
        first=None if copied else series.starts,
        zone=series.zone,
        rhythm=repeats.rhythm if repeats else Rhythm.ONCE,
        times=repeats.times if repeats else None,
        minutes=series.minutes,
        capacity=series.capacity,
        minimum=series.minimum,
        waitlist=series.waitlist,
        alias=series.alias,
        presenters=series.presenters,
        formats=series.formats,
        roles=series.roles,
        place=series.place,
        host=series.host,
        closes=None if copied else series.enrol_closes,
    )
