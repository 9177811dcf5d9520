"""Meetings with a list, terms and themes: what a member sends and takes back, what organisers keep and read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, session_items
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import cafe as views
from handlers.views import sessions as session_views
from handlers.views.kit import View
from peersupport import list_members, terms, themes
from peersupport.addresses import Address
from peersupport.guard import Finding
from peersupport.outcomes import Refused
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.themes import Guarded, NotOnList, Page, TermsAsked, TooLate

_Shut = NotOnList | TermsAsked | Refused


async def home_part(
    work: UnitOfWork,  # noqa: ARG001 - every part of Home is asked alike
    front: Front,
    who: Address,  # noqa: ARG001
    standing: Standing,
    language: str,
    now: datetime,  # noqa: ARG001
) -> list[Block]:
    """Return, for each programme with themes that this person organises, the list and what was handed over."""
    t = front.texts.in_language(language)
    return [
        block
        for id, (_, roles) in standing.members.items()
        if (programme := _with_themes(front.programmes.get(id))) and may_in_programme(Duty.ORGANISE, roles)
        for block in views.desk(programme, t)
    ]


def _with_themes(programme: Programme | None) -> Programme | None:
    return programme if programme is not None and programme.doors.case_discussion else None


def _named(hear: Hear) -> Programme | None:
    """Return the programme with themes that the pressed button or the view names."""
    return _with_themes(hear.front.programmes.get(hear.value) or hear.programme)


def _handle(hear: Hear, programme: Programme) -> views.Handle:
    """Return what makes tokens that are good in this programme only."""
    return lambda purpose, record: hear.handle(f"{purpose}:{programme.id}", record)


def _record(hear: Hear, purpose: str) -> UUID | None:
    return hear.record(f"{purpose}:{hear.meta.get('p', '')}")


async def _shut(hear: Hear, programme: Programme, why: _Shut, *, submitted: bool = False) -> Answer:
    """Show why somebody sees nothing of the meetings yet."""
    if isinstance(why, Refused):
        return await errors.refused(hear)
    if isinstance(why, NotOnList):
        view = views.not_on_list(hear.front, hear.t, programme)
    else:
        view = views.terms(hear.front, hear.t, programme, hear.meta.get("x"))
    if submitted:
        return {"response_action": "update", "view": view}
    await hear.open(view)
    return None


async def open_page(hear: Hear) -> Answer:
    """Open a member's page, or what comes before it."""
    programme = _named(hear)
    if programme is None:
        return await errors.refused(hear)
    found = await _found(hear, programme)
    if not isinstance(found, Page):
        return await _shut(hear, programme, found)
    await hear.open(views.page(hear.front, hear.t, programme, found, _handle(hear, programme)))
    return None


async def _found(hear: Hear, programme: Programme) -> Page | _Shut:
    async with hear.front.work() as work:
        return await themes.page(work, programme, hear.who, now=hear.now)


async def agree(hear: Hear) -> Answer:
    """Keep a yes to the terms that were shown, and go on to what was wanted: a place, or the page of themes.

    Terms that changed meanwhile are shown anew.
    """
    programme = _with_themes(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        if await list_members.may_enter(work, programme, hear.who):
            await terms.accept(work, programme, hear.who, hear.meta.get("v", ""), ids=hear.front.ids)
        found = await themes.page(work, programme, hear.who, now=hear.now)
    if not isinstance(found, Page):
        return await _shut(hear, programme, found, submitted=True)
    view = await _form(hear, programme) or views.page(hear.front, hear.t, programme, found, _handle(hear, programme))
    return {"response_action": "update", "view": view}


async def _form(hear: Hear, programme: Programme) -> View | None:
    """Return the form for the place that was wanted before the terms; None where none was, or none can be taken now."""
    series, _, date = hear.meta.get("x", "").partition("/")
    try:
        wanted = UUID(series)
    except ValueError:
        return None
    async with hear.front.work() as work:
        found = await session_items.one(work, hear.front, wanted, hear.who, hear.now)
    if found is None or found[0].id != programme.id or not session_views.takes(found[1], hear.now):
        return None
    return session_views.form(programme, found[1], hear.t, date)


async def open_theme(hear: Hear) -> Answer:
    """Open the form of a theme, with what one sent before."""
    date, programme = _record(hear, ids.THEME), _with_themes(hear.programme)
    if date is None or programme is None:
        return await errors.refused(hear)
    found = await _found(hear, programme)
    if not isinstance(found, Page):
        return await _shut(hear, programme, found)
    own = next((each.own for each in found.coming if each.meeting.id == date), None)
    await hear.open(views.theme(hear.t, programme, _handle(hear, programme)(ids.THEME, date), own))
    return None


async def send(hear: Hear) -> Answer:
    """Keep a theme; one that the guard refuses is answered at the field, and nothing of it is kept."""
    date, programme = _record(hear, ids.THEME), _with_themes(hear.programme)
    if date is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        text, name = _text(hear, ids.IN_THEME), _text(hear, ids.IN_THEME_NAME)
        sent = await themes.send(work, programme, hear.who, date, text, name=name, now=hear.now, ids=hear.front.ids)
    match sent:
        case Guarded(findings):
            return _at_field(hear, ids.IN_THEME, findings)
        case NotOnList() | TermsAsked() | Refused():
            return await _shut(hear, programme, sent, submitted=True)
        case TooLate():
            return {"response_action": "update", "view": views.said(hear.t, programme, "cafe.too_late")}
    return {"response_action": "update", "view": views.said(hear.t, programme, "cafe.kept")}


def _at_field(hear: Hear, block: str, findings: frozenset[Finding]) -> Answer:
    return {"response_action": "errors", "errors": {block: views.guarded(hear.t, findings)}}


def _text(hear: Hear, block: str) -> str:
    held = hear.values.get(block)
    return held if isinstance(held, str) else ""


async def take_back(hear: Hear) -> Answer:
    """Erase one's own theme."""
    date, programme = _record(hear, ids.THEME_BACK), _with_themes(hear.programme)
    if date is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        done = await themes.take_back(work, programme, hear.who, date, now=hear.now)
        found = await themes.page(work, programme, hear.who, now=hear.now)
    if isinstance(done, bool) and isinstance(found, Page):
        await hear.update(views.page(hear.front, hear.t, programme, found, _handle(hear, programme), "cafe.taken_back"))
        return None
    return await _shut(hear, programme, done if not isinstance(done, bool) else Refused())


async def open_department_line(hear: Hear) -> Answer:
    """Open the form of one line for the department."""
    programme = _named(hear)
    if programme is None or programme.themes is None or not programme.themes.system_issues:
        return await errors.refused(hear)
    found = await _found(hear, programme)
    if not isinstance(found, Page):
        return await _shut(hear, programme, found)
    await hear.open(views.department_line(hear.t, programme))
    return None


async def hand_over(hear: Hear) -> Answer:
    """Hand the line over without its author."""
    programme = _with_themes(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        text = _text(hear, ids.IN_DEPARTMENT_LINE)
        done = await themes.hand_over(work, programme, hear.who, text, now=hear.now, ids=hear.front.ids)
    if isinstance(done, Guarded):
        return _at_field(hear, ids.IN_DEPARTMENT_LINE, done.findings)
    if not isinstance(done, bool):
        return await _shut(hear, programme, done, submitted=True)
    return {"response_action": "update", "view": views.said(hear.t, programme, "cafe.issue_kept")}


async def own_line(hear: Hear) -> Answer:
    """Show the line about the last meeting, for one's own records; it is made now and not kept."""
    date, programme = _record(hear, ids.OWN_LINE), _with_themes(hear.programme)
    if date is None or programme is None:
        return await errors.refused(hear)
    found = await _found(hear, programme)
    if not isinstance(found, Page):
        return await _shut(hear, programme, found)
    if found.past is None or found.past.meeting.id != date:
        await hear.open(views.said(hear.t, programme, "cafe.no_past"))
    else:
        await hear.open(views.own_line(hear.t, programme, found.past))
    return None


async def say_how(hear: Hear) -> Answer:
    """Count one tap about the last meeting."""
    date, programme = _record(hear, hear.id), _with_themes(hear.programme)
    if date is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        done = await themes.say_how(work, programme, hear.who, date, views.HOW[hear.id], now=hear.now)
    if isinstance(done, Refused):
        return await errors.refused(hear)
    words = {None: "cafe.no_past", True: "cafe.how_thanks", False: "cafe.how_counted"}[done]
    await hear.open(views.said(hear.t, programme, words))
    return None


# What organisers keep and read


async def open_members(hear: Hear) -> Answer:
    """Open the list of members, for those who organise the meetings."""
    programme = _named(hear)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await list_members.listed(work, programme, hear.who, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    await hear.open(views.members(hear.t, programme, [each.user for each in found.people]))
    return None


async def keep_members(hear: Hear) -> Answer:
    """Keep the list; guests and apps are corrected at the field."""
    programme = _with_themes(hear.programme)
    if programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        before = await list_members.listed(work, programme, hear.who, now=hear.now)
    if isinstance(before, Refused):
        return await errors.refused(hear)
    wanted: dict[Address, str] = {}
    for user in hear.values.get(ids.IN_MEMBERS) or ():
        address = Address(hear.who.team, user)
        facts = await hear.front.directory.facts(address)
        if facts is None or not facts.full:
            return {"response_action": "errors", "errors": {ids.IN_MEMBERS: hear.t("cafe.not_a_person")}}
        wanted[address] = facts.name
    async with hear.front.work() as work:
        kept = await list_members.keep(work, programme, hear.who, wanted, now=hear.now, ids=hear.front.ids)
    if isinstance(kept, Refused):
        return await errors.refused(hear)
    return {"response_action": "update", "view": views.members_kept(hear.t, programme, len(kept.people))}


async def open_lines(hear: Hear) -> Answer:
    """Open what was handed over, for those who organise the meetings."""
    programme = _named(hear)
    if programme is None:
        return await errors.refused(hear)
    view = await _lines(hear, programme)
    if view is None:
        return await errors.refused(hear)
    await hear.open(view)
    return None


async def _lines(hear: Hear, programme: Programme, taken: UUID | None = None) -> dict[str, object] | None:
    async with hear.front.work() as work:
        if taken is not None:
            done = await themes.taken_up(work, programme, hear.who, taken, now=hear.now)
            if isinstance(done, Refused):
                return None
        found = await themes.handed_over(work, programme, hear.who, now=hear.now)
        taps = await themes.how_it_was(work, programme, hear.who)
    if isinstance(found, Refused):
        return None
    return views.lines(hear.t, programme, found, taps, _handle(hear, programme))


async def taken_up(hear: Hear) -> Answer:
    """Erase a line that the department has taken up."""
    line, programme = _record(hear, ids.LINE_TAKEN_UP), _with_themes(hear.programme)
    if line is None or programme is None:
        return await errors.refused(hear)
    view = await _lines(hear, programme, line)
    if view is None:
        return await errors.refused(hear)
    await hear.update(view)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.CAFE): open_page,
    (Kind.SUBMIT, ids.VIEW_TERMS): agree,
    (Kind.ACTION, ids.THEME): open_theme,
    (Kind.SUBMIT, ids.VIEW_THEME): send,
    (Kind.ACTION, ids.THEME_BACK): take_back,
    (Kind.ACTION, ids.DEPARTMENT_LINE): open_department_line,
    (Kind.SUBMIT, ids.VIEW_DEPARTMENT_LINE): hand_over,
    (Kind.ACTION, ids.OWN_LINE): own_line,
    (Kind.ACTION, ids.HOW_YES): say_how,
    (Kind.ACTION, ids.HOW_PARTLY): say_how,
    (Kind.ACTION, ids.HOW_NO): say_how,
    (Kind.ACTION, ids.KEEP_MEMBERS): open_members,
    (Kind.SUBMIT, ids.VIEW_MEMBERS): keep_members,
    (Kind.ACTION, ids.DEPARTMENT_LINES): open_lines,
    (Kind.ACTION, ids.LINE_TAKEN_UP): taken_up,
}
DOORS = frozenset(
    {
        (Kind.ACTION, ids.CAFE),
        (Kind.SUBMIT, ids.VIEW_TERMS),
        (Kind.ACTION, ids.THEME),
        (Kind.SUBMIT, ids.VIEW_THEME),
        (Kind.ACTION, ids.THEME_BACK),
        (Kind.ACTION, ids.DEPARTMENT_LINE),
        (Kind.SUBMIT, ids.VIEW_DEPARTMENT_LINE),
        (Kind.ACTION, ids.OWN_LINE),
        (Kind.ACTION, ids.HOW_YES),
        (Kind.ACTION, ids.HOW_PARTLY),
        (Kind.ACTION, ids.HOW_NO),
    }
)
