"""The sessions with which a programme file begins, put into the store once; afterwards organisers keep them there."""

from __future__ import annotations

from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_sessions import Session
from peersupport.series import Series, SeriesState


async def seed(work: UnitOfWork, ids: Ids, programme: Programme) -> None:
    """Store each session of the file that the store does not know; what it knows stays as it is."""
    if not programme.sessions:
        return
    known = {each.slug for each in await work.series.of_programme(programme.id)}
    for session in programme.sessions:
        if session.id not in known:
            await work.series.add(begun(ids, programme, session))


def begun(ids: Ids, programme: Programme, session: Session) -> Series:
    """Return a session as the file begins it, on the wall of the programme's zone."""
    return Series(
        id=ids.new(),
        programme=programme.id,
        slug=session.id,
        kind=session.kind,
        state=SeriesState.PLANNED if session.planned else SeriesState.OPEN,
        title_en=session.title.get("en"),
        title_fr=session.title.get("fr"),
        about_en=session.about.get("en"),
        about_fr=session.about.get("fr"),
        starts=session.starts,
        zone=programme.clock.tz,
        repeats=session.repeats,
        also_on=session.also_on,
        not_on=session.not_on,
        kept_on=session.kept_on,
        holidays=session.holidays,
        minutes=session.minutes,
        capacity=session.capacity,
        minimum=session.minimum,
        waitlist=session.waitlist,
        place=session.where,
        alias=session.alias,
        presenters=session.presenters,
        all_dates=session.all_dates,
        formats=session.formats,
        roles=session.roles,
        host=session.host.get(programme.languages.default) if session.host else "",
        register_at=session.register_at,
        enrol_opens=session.enrol_opens,
        enrol_closes=session.enrol_closes,
    )
