"""The dates of a session, worked out from its rule when they are needed, and those that fall on a public holiday."""

from datetime import date, datetime, time

from dateutil.rrule import rrulestr
from holidays import country_holidays

from peersupport.programme_parts import Session


def dates_of(session: Session, since: date, until: date) -> tuple[datetime, ...]:
    """Return when a session meets from one day to another, both included, on the programme's wall clock, in order.

    The rule is RFC 5545's. A date in `not_on` is left out and one in `also_on` added, so that a date is moved by both.
    """
    begin, end = datetime.combine(since, time.min), datetime.combine(until, time.max)
    found = {session.starts} if session.repeats is None else set()
    if session.repeats is not None:
        # Wall time throughout: an instant is worked out for each date by itself, by the zone data of that day.
        found |= set(rrulestr(session.repeats, dtstart=session.starts).between(begin, end, inc=True))
    found = (found - set(session.not_on)) | set(session.also_on)
    return tuple(sorted(moment for moment in found if begin <= moment <= end))


def on_holidays(session: Session, since: date, until: date) -> tuple[tuple[datetime, str], ...]:
    """Return the dates on a public holiday, each with its English name, about which nobody has decided yet.

    Kept is a date in `kept_on`; moved or skipped one in `not_on`. Nothing is asked where no province is named.
    """
    if session.holidays is None:
        return ()
    years = range(since.year, until.year + 1)
    off = country_holidays("CA", subdiv=session.holidays, years=years, language="en_CA")
    met = dates_of(session, since, until)
    return tuple(
        (moment, off[moment.date()]) for moment in met if moment not in session.kept_on and moment.date() in off
    )
