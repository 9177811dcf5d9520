"""The supporter: an offer without a name, the answer to it, and what follows until the request is finished."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from slackblocks import Block

from handlers import errors, ids, matched, tokens
from handlers.entitled import opened_before, still_full_member
from handlers.feedback import rating_value
from handlers.hear import Answer, Front, Hear, Kind, Listener
from handlers.views import identity as identity_view
from handlers.views import offers as views
from handlers.views.ledger import limited
from peersupport import answers, choices, conversations, feedback, reveals
from peersupport.actors import refuse
from peersupport.addresses import Address
from peersupport.offers import went_unanswered
from peersupport.outcomes import Already, Done, NotYet, Over, Refused, Stale
from peersupport.ports import Presumed, Standing, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import SupportRequest


def _offer_of(hear: Hear) -> UUID | None:
    return hear.record(ids.OFFER, hear.meta.get("h", "") if hear.in_modal else hear.value)


async def _programme_of_offer(work: UnitOfWork, hear: Hear, offer: UUID) -> Programme | None:
    if hear.in_modal:
        return hear.programme
    found = await work.offers.with_request(offer)
    return hear.front.programmes.get(found[1].programme) if found else None


async def _programme_of_match(work: UnitOfWork, hear: Hear, request: UUID) -> Programme | None:
    if hear.in_modal:
        return hear.programme
    found = await work.requests.get(request)
    return hear.front.programmes.get(found.programme) if found else None


# The offer


async def open_offer(hear: Hear) -> Answer:
    """Open an offer from Home."""
    offer = _offer_of(hear)
    return await show_offer(hear, offer) if offer else await errors.refused(hear)


async def show_offer(hear: Hear, offer: UUID) -> Answer:
    """Show an offer that a handle has named: nothing about the person."""
    async with hear.front.work() as work:
        programme = await _programme_of_offer(work, hear, offer)
        if programme is None:
            await refuse(work, hear.now)
            return await errors.refused(hear)
        found = await answers.look(work, programme, hear.who, offer, now=hear.now)
    match found:
        case answers.Glance():
            await hear.open(views.offer(found, programme, hear.t, hear.handle(ids.OFFER, offer)))
        case Already():
            return await show_match(hear, found.request.id)
        case Over():
            await hear.open(views.over(programme, hear.t))
        case _:
            return await errors.refused(hear)
    return None


async def accept(hear: Hear) -> Answer:
    """Take the request; the winner is decided in the database, and everybody else is thanked."""
    offer, programme = _offer_of(hear), hear.programme
    if offer is None or programme is None:
        return await errors.refused(hear)
    try:
        outcome = await _accept(hear, programme, offer, presume=True)
    except Presumed:
        outcome = await _accept(hear, programme, offer, presume=False)
    match outcome:
        case answers.Accepted() | Already():
            await _show(hear, programme, outcome.request, hear.t("offer.accepted"))
        case answers.AtLimit():
            await hear.update(views.thanks(programme, hear.t, hear.t.count("offer.at_limit", outcome.limit)))
        case Over():
            await hear.update(views.thanks(programme, hear.t, hear.t("offer.taken")))
        case _:
            return await errors.refused(hear)
    return None


async def _accept(
    hear: Hear, programme: Programme, offer: UUID, *, presume: bool
) -> answers.Accepted | Already | answers.AtLimit | Over | Refused:
    async with hear.front.work() as work:
        return await answers.accept(work, programme, hear.who, offer, now=hear.now, presume=presume)


async def decline(hear: Hear) -> Answer:
    """Say "not this time"."""
    return await _say_no(hear, answers.decline)


async def not_me(hear: Hear) -> Answer:
    """Say "not me", without a reason."""
    return await _say_no(hear, answers.not_me)


async def _say_no(hear: Hear, deed: Any) -> Answer:
    offer, programme = _offer_of(hear), hear.programme
    if offer is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await deed(work, programme, hear.who, offer, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    words = "offer.thanks_no" if isinstance(outcome, answers.Declined) else "offer.taken"
    await hear.update(views.thanks(programme, hear.t, hear.t(words)))
    return None


# The request that is with them


async def open_match(hear: Hear) -> Answer:
    """Open a request of theirs from Home."""
    request = matched.match_of(hear)
    return await show_match(hear, request) if request else await errors.refused(hear)


async def show_match(hear: Hear, request: UUID) -> Answer:
    """Show a request that a handle has named, as its supporter sees it before opening the name."""
    async with hear.front.work() as work:
        programme = await _programme_of_match(work, hear, request)
        if programme is None:
            return await errors.refused(hear)
        found = await conversations.look(work, programme, hear.who, request, now=hear.now)
    if isinstance(found, Refused):
        return await errors.refused(hear)
    if isinstance(found, Over):
        await hear.open(await matched.over(hear, programme, request))
    else:
        await hear.open(await matched.view_of(hear, programme, found.request))
    return None


async def _show(hear: Hear, programme: Programme, request: SupportRequest, said: str) -> None:
    await hear.update(await matched.view_of(hear, programme, request, said))


async def show_contact(hear: Hear) -> Answer:
    """Show name and contact: the opening is committed to the ledger before the view is sent."""
    request, programme = matched.match_of(hear), hear.programme
    if not await still_full_member(hear) or request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await conversations.open_person(work, programme, hear.who, request, now=hear.now)
        if isinstance(outcome, conversations.Person) and await opened_before(work, hear):
            return None
        now_with = await work.requests.get(request) if isinstance(outcome, NotYet | reveals.Limited) else None
    match outcome:
        case conversations.Person():
            await hear.push(identity_view.identity(outcome.request, outcome.needs, outcome.contact, programme, hear.t))
        case NotYet() if now_with is not None:
            await _show(hear, programme, now_with, "")
        case reveals.Limited() if now_with is not None:
            await _show(hear, programme, now_with, limited(outcome.until, programme, hear.t))
        case Over():
            await hear.update(await matched.over(hear, programme, request))
        case _:
            return await errors.refused(hear)
    return None


async def reached(hear: Hear) -> Answer:
    """Say that contact is made; the promise's clock stops."""
    return await _report(hear, conversations.contact_made)


async def not_reached(hear: Hear) -> Answer:
    """Count an attempt without an answer."""
    return await _report(hear, conversations.could_not_reach, number=matched.number_of(hear))


async def talked(hear: Hear) -> Answer:
    """Count a conversation, and nothing about it."""
    return await _report(hear, conversations.talked, number=matched.number_of(hear))


async def ask_fourth(hear: Hear) -> Answer:
    """Ask the administrator for one conversation more."""
    return await _report(hear, conversations.ask_for_fourth)


async def still_going(hear: Hear) -> Answer:
    """Say that the conversations go on."""
    return await _report(hear, choices.supporter_going_on)


async def offer_resources(hear: Hear) -> Answer:
    """Offer the list of other help; the person opens it in Home or does not."""
    return await _report(hear, feedback.offer_resources)


async def _report(hear: Hear, deed: Any, **more: Any) -> Answer:
    request, programme = matched.match_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await deed(work, programme, hear.who, request, now=hear.now, **more)
        stands = await work.requests.get(request) if isinstance(outcome, NotYet | Stale) else None
    match outcome:
        case Refused():
            return await errors.refused(hear)
        case Over():
            await hear.update(await matched.over(hear, programme, request))
        case NotYet() | Stale():
            if stands is not None:
                await _show(hear, programme, stands, hear.t("match.stale"))
        case _:
            await _show(hear, programme, outcome.request, _words(hear, outcome))
    return None


def _words(hear: Hear, outcome: object) -> str:
    match outcome:
        case conversations.Attempted():
            return hear.t("match.attempt_more" if outcome.told else "match.attempt_first")
        case conversations.Talked():
            return hear.t("match.talked_last" if outcome.last else "match.talked")
        case conversations.NeedsAgreement():
            return hear.t("match.talk_limit")
        case Done():
            return hear.t(_DONE[hear.id])
        case _:
            return hear.t("triage.already")


_DONE = {
    ids.REACHED: "match.contacted",
    ids.ASK_FOURTH: "match.asked_fourth",
    ids.OFFER_RESOURCES: "match.offered_resources",
    ids.STILL_GOING: "notes.said_going_on",
}


async def finish(hear: Hear) -> Answer:
    """Finish; access ends and the contact details go at once."""
    return await _leave(hear, conversations.finish, "match.finished")


async def hand_back(hear: Hear) -> Answer:
    """Give the request back; access ends at once and no reason is kept."""
    return await _leave(hear, conversations.hand_back, "match.handed_back")


async def not_me_after(hear: Hear) -> Answer:
    """Say "not me" after the name was shown; access ends at once and no reason is kept."""
    return await _leave(hear, conversations.not_me, "match.handed_back")


async def _leave(hear: Hear, deed: Any, words: str) -> Answer:
    request, programme = matched.match_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await deed(work, programme, hear.who, request, now=hear.now)
    match outcome:
        case Done():
            handle = hear.handle(ids.MATCH, request)
            rating = rating_value(hear, request) if deed is conversations.finish else ""
            await hear.update(views.left(programme, hear.t, handle, hear.t(words), rating))
        case Over():
            await hear.update(await matched.over(hear, programme, request))
        case Stale():
            await hear.update(views.thanks(programme, hear.t, hear.t("match.stale")))
        case _:
            return await errors.refused(hear)
    return None


async def contact_deleted(hear: Hear) -> Answer:
    """Keep a former supporter's word that nothing they noted is left."""
    request, programme = matched.match_of(hear), hear.programme
    if request is None or programme is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        outcome = await conversations.contact_deleted(work, programme, hear.who, request, now=hear.now)
    if isinstance(outcome, Refused):
        return await errors.refused(hear)
    await hear.update(views.thanks(programme, hear.t, hear.t("match.deleted_thanks")))
    return None


async def home_part(
    work: UnitOfWork, front: Front, who: Address, standing: Standing, language: str, now: datetime
) -> list[Block]:
    """Return a supporter's part of Home: references only, until one is opened."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    for programme_id, supporter in standing.supporters.items():
        programme, entry = front.programmes.get(programme_id), await work.supporters.get(supporter)
        if programme is None or entry is None:
            continue
        offers = []
        for offer in (await work.offers.open_of_supporter(supporter))[:10]:
            asked = await work.requests.get(offer.request_id)
            if asked is not None:
                offers.append((asked, tokens.for_viewer(front.handles, ids.OFFER, offer.id, who, now)))
        mine = [
            (each, tokens.for_viewer(front.handles, ids.MATCH, each.id, who, now))
            for each in (await work.requests.of_supporter(supporter))[:10]
        ]
        paused = entry[0].paused_until is not None and entry[0].paused_until > now
        silent = not paused and went_unanswered(each for each, _ in await work.offers.of_supporter(supporter))
        blocks += views.home_part(entry[0], offers, mine, programme, t, paused=paused, silent=silent)
    return blocks


LISTENERS: dict[tuple[Kind, str], Listener] = {
    (Kind.ACTION, ids.OPEN_OFFER): open_offer,
    (Kind.ACTION, ids.ACCEPT): accept,
    (Kind.ACTION, ids.DECLINE): decline,
    (Kind.ACTION, ids.NOT_ME): not_me,
    (Kind.ACTION, ids.OPEN_MATCH): open_match,
    (Kind.ACTION, ids.SHOW_CONTACT): show_contact,
    (Kind.ACTION, ids.REACHED): reached,
    (Kind.ACTION, ids.NOT_REACHED): not_reached,
    (Kind.ACTION, ids.TALKED): talked,
    (Kind.ACTION, ids.ASK_FOURTH): ask_fourth,
    (Kind.ACTION, ids.OFFER_RESOURCES): offer_resources,
    (Kind.ACTION, ids.STILL_GOING): still_going,
    (Kind.ACTION, ids.FINISH): finish,
    (Kind.ACTION, ids.HAND_BACK): hand_back,
    (Kind.ACTION, ids.NOT_ME_AFTER): not_me_after,
    (Kind.ACTION, ids.DELETED): contact_deleted,
}
