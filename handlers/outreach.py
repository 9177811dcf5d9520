"""The supporter's answers to an invitation: yes, "I'm fine", never again, or nobody there."""

from __future__ import annotations

from uuid import UUID

from handlers import errors, ids, matched
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import offers as match_views
from handlers.views import outreach as views
from handlers.views.identity import when
from peersupport import outreach
from peersupport.outcomes import Already, Done, Over, Refused, Stale
from peersupport.outreach import Ended, Reply, Script, TooSoon, Tried
from peersupport.programme import Programme
from peersupport.requests import SupportRequest


async def yes(hear: Hear) -> Answer:
    """Say that they would like a talk: what follows is as after any other request."""
    return await _answered(hear, Reply.YES)


async def fine(hear: Hear) -> Answer:
    """Say that they are fine, or would rather not; it is closed and erased."""
    return await _answered(hear, Reply.FINE)


async def never(hear: Hear) -> Answer:
    """Say that they want no more of it; where their own line can be kept out, that is asked first."""
    request, programme = matched.match_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        found = await outreach.script(work, programme, hear.who, request, now=hear.now)
        stands = await work.requests.get(request) if isinstance(found, Stale) else None
    if not isinstance(found, Script):
        return await _gone(hear, programme, request, found, stands)
    if found.asks_whose:
        await hear.update(views.whose(programme, hear.t, hear.handle(ids.MATCH, request)))
        return None
    return await _answered(hear, Reply.NEVER)


async def _gone(
    hear: Hear, programme: Programme, request: UUID, outcome: Over | Refused | Stale, stands: SupportRequest | None
) -> Answer:
    """Say that it is over, or show where it stands now that it is no invitation any more."""
    if isinstance(outcome, Over):
        await hear.update(await matched.over(hear, programme, request))
    elif isinstance(outcome, Stale) and stands is not None:
        await hear.update(await matched.view_of(hear, programme, stands, hear.t("match.stale")))
    else:
        return await errors.refused(hear)
    return None


async def never_theirs(hear: Hear) -> Answer:
    """Say so of a line that they called their own."""
    return await _answered(hear, Reply.NEVER, theirs=True)


async def never_shared(hear: Hear) -> Answer:
    """Say so of a line that others may answer."""
    return await _answered(hear, Reply.NEVER)


async def _answered(hear: Hear, reply: Reply, *, theirs: bool = False) -> Answer:
    request, programme = matched.match_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await outreach.answered(work, programme, hear.who, request, reply, theirs=theirs, now=hear.now)
        stands = await work.requests.get(request) if isinstance(outcome, Stale) else None
    match outcome:
        case Done():
            await hear.update(await matched.view_of(hear, programme, outcome.request, hear.t("outreach.yes")))
        case Ended():
            words = "outreach.fine"
            if reply is Reply.NEVER:
                words = "outreach.never" if outcome.silenced else "outreach.never_bare"
            handle = hear.handle(ids.MATCH, request)
            await hear.update(match_views.left(programme, hear.t, handle, hear.t(words)))
        case _:
            return await _gone(hear, programme, request, outcome, stands)
    return None


async def no_answer(hear: Hear) -> Answer:
    """Count an attempt that nobody answered."""
    request, programme = matched.match_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        number = matched.number_of(hear)
        outcome = await outreach.no_answer(work, programme, hear.who, request, number, now=hear.now)
        stands = await work.requests.get(request) if isinstance(outcome, Stale) else None
    match outcome:
        case Tried() | TooSoon() | Already():
            said = hear.t("triage.already")
            if isinstance(outcome, Tried):
                said = hear.t("outreach.tried_last" if outcome.last else "outreach.tried")
            elif isinstance(outcome, TooSoon):
                said = hear.t("outreach.too_soon", when=when(outcome.not_before, programme, hear.t))
            await hear.update(await matched.view_of(hear, programme, outcome.request, said))
        case _:
            return await _gone(hear, programme, request, outcome, stands)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.SAID_YES): yes,
    (Kind.ACTION, ids.SAID_FINE): fine,
    (Kind.ACTION, ids.SAID_NEVER): never,
    (Kind.ACTION, ids.SAID_NEVER_THEIRS): never_theirs,
    (Kind.ACTION, ids.SAID_NEVER_SHARED): never_shared,
    (Kind.ACTION, ids.NO_ANSWER): no_answer,
}
