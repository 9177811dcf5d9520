"""The consent page: a link and a code that an administrator passed on, a question, and the person's own answer.

Nothing is kept between two steps: the code travels along as a hidden field and is judged anew each time. So another
site, which knows no code, cannot send anything in somebody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.payloads import Filled, ask_of
from handlers.web import consent_pages as pages
from handlers.web import plain
from handlers.web.consent_form import faults_of, filled
from handlers.web.consent_pages import ANSWER, CODE, STEP, Step
from handlers.web.request import Page, Route, WebFront, WebRequest
from handlers.web.topics import TOPICS, YES, Question
from peersupport import consent_links, intake
from peersupport.ports import UnitOfWork


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    """The question is to be shown."""

    question: Question


@dataclass(frozen=True, slots=True, repr=False)
class _Form:
    """The form behind a yes is to be shown, with what is wrong with it."""

    question: Question
    form: Filled
    faults: tuple[tuple[intake.Part, str], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class _Said:
    """An answer was taken."""

    question: Question
    answer: str


@dataclass(frozen=True, slots=True, repr=False)
class _Opened:
    """A form was sent, and this came of it."""

    question: Question
    outcome: intake.Opening


@dataclass(frozen=True, slots=True)
class _Twice:
    """The same answer came a moment ago."""


_Result = _Asked | _Form | _Said | _Opened | _Twice | None


async def answer(front: WebFront, request: WebRequest) -> Page:
    """Answer one step. Opening the address reads nothing: it is the same page for every address there could be."""
    if len(request.path) != 1:
        return plain.short(front, request, 404)
    if request.method == "GET":
        return pages.door(front, request)
    now = front.clock.now()
    async with front.work() as work:
        result = await _step(front, request, work, now)
    # Only now, when all is committed: what is asked of Slack for a name must not hold a row.
    match result:
        case _Asked(question):
            return await pages.question(front, request, question)
        case _Form(question, form, faults):
            return pages.details(front, request, question, form, faults)
        case _Said(question, said):
            return pages.thanks(front, request, question, said)
        case _Opened(question, outcome):
            return pages.opened(front, request, question, outcome)
        case _Twice():
            return pages.twice(front, request)
        case None:
            return pages.door(front, request, failed=True)


async def _step(front: WebFront, request: WebRequest, work: UnitOfWork, now: datetime) -> _Result:
    token, code, step = request.path[0], request.one(CODE), request.one(STEP)
    link = await consent_links.open_with(work, token, code, now)
    if link is None:
        again = step in {Step.ANSWER, Step.SEND} and await consent_links.answered_just_now(work, token, code, now)
        return _Twice() if again else None
    topic = TOPICS.get(link.about)
    question = await topic.ask(front, work, link, now) if topic else None
    if topic is None or question is None:
        return None
    said = request.one(ANSWER)
    if step == Step.SEND and topic.accept is not None:
        return await _send(front, request, work, question, now)
    if step != Step.ANSWER or said not in topic.answers:
        return _Asked(question)
    if said == YES and topic.accept is not None:
        return _Form(question, Filled(name=question.name, reach=question.reach))
    if not await topic.take(work, question, said, now):
        return None
    await consent_links.spend(work, link, now)
    return _Said(question, said)


async def _send(front: WebFront, request: WebRequest, work: UnitOfWork, question: Question, now: datetime) -> _Result:
    form = filled(request)
    amiss = faults_of(form)
    if amiss:
        return _Form(question, form, amiss)
    ask = ask_of(form, question.programme, question.who, language=request.language, zone=None, name=question.name)
    accept = TOPICS[question.about].accept
    assert accept is not None
    outcome = await accept(front, work, question, ask, now)
    if isinstance(outcome, intake.Invalid):
        return _Form(question, form, tuple((part, fault.value) for part, fault in outcome.faults))
    if isinstance(outcome, intake.Opened | intake.Repeated | intake.AlreadyOpen):
        await consent_links.spend(work, question.link, now)
    return _Opened(question, outcome)


ROUTE = Route(answer)
