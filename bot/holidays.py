"""What the doctor asks about dates on a public holiday: keep, move or skip each, in the file or in the app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from peersupport import schedule
from peersupport.dates import on_holidays
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_sessions import Session
from peersupport.series import SeriesState

AHEAD = timedelta(days=90)
OUTSIDE = "external_registration"
"""Sessions of this kind are the file's alone: their organisers keep them elsewhere."""


def of_file(programme: Programme, sessions: Iterable[Session], today: date) -> Iterator[str]:
    """Ask about dates that the programme's file gives."""
    for session in sessions:
        for moment, name in on_holidays(session, today, today + AHEAD):
            asked, written = _asked(programme, session.title.get("en"), moment, name), f"{moment:%Y-%m-%dT%H:%M:%S}"
            choices = (
                f'To keep the date, put "{written}" into kept_on of the session {session.id}; to skip it, into not_on'
            )
            yield f"{asked} {choices}; to move it, into not_on and the new time into also_on."


async def of_store(work: UnitOfWork, programme: Programme, today: date) -> list[str]:
    """Ask about dates that organisers keep in the app, and those that it has not taken over from the file yet."""
    found, known = [], set()
    for series in await work.series.of_programme(programme.id):
        known.add(series.slug)
        if series.kind == OUTSIDE or series.state is not SeriesState.OPEN:
            continue
        rows = await work.meeting_dates.of_series(series.id)
        for meeting, name in schedule.on_holidays(series, rows, today, today + AHEAD):
            asked = _asked(programme, series.title_en, meeting.at, name)
            found.append(f"{asked} Whoever organises it can keep, move or skip the date in the app.")
    fresh = [each for each in programme.sessions if each.kind != OUTSIDE and each.id not in known]
    return [*found, *of_file(programme, fresh, today)]


def _asked(programme: Programme, title: str, moment: datetime, name: str) -> str:
    day = f"{moment:%A} {moment.day} {moment:%B %Y}"
    return f'Programme {programme.id}: "{title}" meets on {day}, which is {name}.'
