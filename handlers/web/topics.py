"""What a consent page can ask: about a colleague's referral, or a request taken by phone; and what answers do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.web.request import WebFront
from peersupport import intake, own, referrals
from peersupport.addresses import Address
from peersupport.consent_link import About, ConsentLink
from peersupport.outcomes import Done
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.referral import Answer, Answered, Note
from peersupport.requests import OPEN_STATES

YES = "yes"


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """What is asked of whom; read anew from the record each time, and shown only for the right code."""

    about: About
    link: ConsentLink
    programme: Programme
    who: Address
    name: str
    reach: str = ""
    reference: str = ""
    suggested_by: Address | None = None
    """Who passed the name on, where they may be told."""

    def __repr__(self) -> str:
        return "Question(...)"


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of question, and what becomes of its answers, all inside the unit of work of the link."""

    ask: Callable[[WebFront, UnitOfWork, ConsentLink, datetime], Awaitable[Question | None]]
    """Return the question; None where it is not asked any more."""
    take: Callable[[UnitOfWork, Question, str, datetime], Awaitable[bool]]
    """Take an answer; False where it could not be taken."""
    answers: tuple[str, ...]
    """What can be answered, the first one first."""
    accept: Callable[[WebFront, UnitOfWork, Question, intake.Ask, datetime], Awaitable[intake.Opening]] | None = None
    """What opens a request, where yes leads to a form."""


async def _ask_referral(front: WebFront, work: UnitOfWork, link: ConsentLink, now: datetime) -> Question | None:
    found = await work.referrals.get(link.subject)
    programme = front.programmes.get(found.programme) if found else None
    colleague = await work.referrals.colleague(link.subject)
    if programme is None or colleague is None:
        return None
    note = await referrals.note(work, programme, link.subject, colleague.address, now)
    if not isinstance(note, Note):
        return None
    return Question(
        About.REFERRAL,
        link,
        programme,
        colleague.address,
        colleague.name,
        colleague.reach,
        suggested_by=note.referrer,
    )


async def _say_to_referral(work: UnitOfWork, question: Question, answer: str, now: datetime) -> bool:
    said = await referrals.answer(work, question.programme, question.link.subject, question.who, Answer(answer), now)
    return isinstance(said, Answered)


async def _accept_referral(
    front: WebFront, work: UnitOfWork, question: Question, ask: intake.Ask, now: datetime
) -> intake.Opening:
    return await referrals.accept(work, front.ids, question.programme, question.link.subject, question.who, ask, now)


async def _ask_request(front: WebFront, work: UnitOfWork, link: ConsentLink, _now: datetime) -> Question | None:
    found = await work.requests.get(link.subject)
    programme = front.programmes.get(found.programme) if found else None
    needs = await work.requests.needs(link.subject)
    if (
        found is None
        or programme is None
        or needs is None
        or needs.requester.on_slack
        or found.state not in OPEN_STATES
    ):
        return None
    return Question(About.REQUEST, link, programme, needs.requester, needs.name, reference=found.reference)


async def _say_to_request(work: UnitOfWork, question: Question, answer: str, now: datetime) -> bool:
    if answer == YES:
        return True
    gone = await own.withdraw(work, question.programme, question.who, question.link.subject, now=now)
    return isinstance(gone, Done)


TOPICS: Mapping[About, Topic] = {
    About.REFERRAL: Topic(
        _ask_referral,
        _say_to_referral,
        (YES, Answer.NO.value, Answer.NEVER.value, Answer.NEVER_FROM.value, Answer.MISTAKE.value),
        _accept_referral,
    ),
    About.REQUEST: Topic(_ask_request, _say_to_request, (YES, Answer.NO.value)),
}
