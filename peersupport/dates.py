"""The dates of a session, worked out from its rule when they are needed, and those that fall on a public holiday."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Protocol

from dateutil.rrule import rrulestr
from holidays import country_holidays


class Rule(Protocol):
    """What says when something meets, in a programme file or in the database: wall times, never instants."""

    @property
    def starts(self) -> datetime | None:
        """Return the first date; None while there is none."""

    @property
    def repeats(self) -> str | None:
        """Return the recurrence rule (RFC 5545); None where it meets once."""

    @property
    def also_on(self) -> tuple[datetime, ...]:
        """Return the dates that are added to the rule."""

    @property
    def not_on(self) -> tuple[datetime, ...]:
        """Return the dates that are taken out of it."""

    @property
    def kept_on(self) -> tuple[datetime, ...]:
        """Return the dates on a holiday that somebody chose to keep."""

    @property
    def holidays(self) -> str | None:
        """Return the province whose public holidays are asked about."""


def dates_of(session: Rule, since: date, until: date) -> tuple[datetime, ...]:
    """Return when a session meets from one day to another, both included, on the programme's wall clock, in order.

    The rule is RFC 5545's. A date in `not_on` is left out and one in `also_on` added, so that a date is moved by both.
    """
    begin, end = datetime.combine(since, time.min), datetime.combine(until, time.max)
    if session.starts is None:
        return ()
    found = {session.starts} if session.repeats is None else set()
    if session.repeats is not None:
        # Wall time throughout: an instant is worked out for each date by itself, by the zone data of that day.
        found |= set(rrulestr(session.repeats, dtstart=session.starts).between(begin, end, inc=True))
    found = (found - set(session.not_on)) | set(session.also_on)
    return tuple(sorted(moment for moment in found if begin <= moment <= end))


def on_holidays(session: Rule, since: date, until: date) -> tuple[tuple[datetime, str], ...]:
    """Return the dates on a public holiday, each with its English name, about which nobody has decided yet.

    Kept is a date in `kept_on`; moved or skipped one in `not_on`. Nothing is asked where no province is named.
    """
    return undecided(session, dates_of(session, since, until))


def undecided(session: Rule, met: Iterable[datetime]) -> tuple[tuple[datetime, str], ...]:
    """Return those among these dates that fall on a public holiday, each with its English name, and are not kept."""
    asked = tuple(moment for moment in met if moment not in session.kept_on)
    if session.holidays is None or not asked:
        return ()
    years = range(min(asked).year, max(asked).year + 1)
    off = country_holidays("CA", subdiv=session.holidays, years=years, language="en_CA")
    return tuple((moment, off[moment.date()]) for moment in asked if moment.date() in off)


def holiday_in(session: Rule, day: date, language: str) -> str:
    """Return what the public holiday of a day is called in a language, in the session's province; empty for none."""
    if session.holidays is None:
        return ""
    spoken = "fr" if language == "fr" else "en_CA"
    return country_holidays("CA", subdiv=session.holidays, years=day.year, language=spoken).get(day) or ""
