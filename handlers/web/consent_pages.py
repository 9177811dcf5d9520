"""What the consent page shows at each step: the code, the question, the form, the thanks. Help lines stand on all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from handlers.i18n import Translator
from handlers.payloads import Filled
from handlers.web.consent_form import Faults, fields
from handlers.web.html import Html, joined, tag
from handlers.web.request import Page, WebFront, WebRequest
from handlers.web.shell import button, form, hidden, offices, paragraphs, text_field, trouble, whole, with_numbers
from handlers.web.topics import TOPICS, YES, Question
from peersupport import intake
from peersupport.consent_link import About
from peersupport.programme import Programme
from peersupport.requests import SupportRequest

CODE, STEP, ANSWER = "code", "step", "answer"
LONGEST_CODE = 16


class Step(StrEnum):
    """What a form of this page does."""

    OPEN = "open"
    ANSWER = "answer"
    SEND = "send"


def door(front: WebFront, request: WebRequest, *, failed: bool = False) -> Page:
    """Ask for the code: the same page for every address, whether there is such a link, was one, or never will be."""
    t = request.t(front)
    field = text_field(CODE, t("web.code"), hint=t("web.code_hint"), longest=LONGEST_CODE, numeric=True)
    return whole(
        front,
        request,
        t("web.title"),
        trouble(t("web.code_wrong")) if failed else None,
        paragraphs(t("web.door")),
        form(request, hidden(STEP, Step.OPEN), field, button(t("web.open"), first=True)),
        paragraphs(t("web.code_lost")),
        offices(front, t),
        status=403 if failed else 200,
    )


async def question(front: WebFront, request: WebRequest, asked: Question) -> Page:
    """Show whom it is for, the words, and the answers."""
    t = request.t(front)
    by = await front.name_of(asked.suggested_by) if asked.suggested_by else ""
    buttons = [
        button(t(f"web.{asked.about.value}.{each}"), ANSWER, each, first=each == YES)
        for each in TOPICS[asked.about].answers
    ]
    return whole(
        front,
        request,
        t("web.note_title"),
        tag("p", t("web.for", name=asked.name)) if asked.name else None,
        *_words(t, asked, by),
        form(request, hidden(STEP, Step.ANSWER), hidden(CODE, request.one(CODE)), *buttons),
        paragraphs(t("web.until", when=_when(t, asked.programme, asked.link.expires_at))),
        offices(front, t, asked.programme),
        programme=asked.programme,
        again={STEP: (Step.OPEN,), CODE: (request.one(CODE),)},
    )


def _words(t: Translator, asked: Question, by: str) -> Sequence[Html]:
    if asked.about is About.REQUEST:
        return [paragraphs(t("web.request", reference=asked.reference)), _notice(t, asked.programme)]
    words = t("web.referral_by", name=by) if by else t("web.referral")
    return [paragraphs(words, t("web.referral_kept"))]


def _notice(t: Translator, programme: Programme) -> Html:
    return joined(tag("h2", t("web.who_sees")), paragraphs(*programme.notice(t.language), t("web.without_slack")))


def _when(t: Translator, programme: Programme, instant: datetime) -> str:
    return t.when(instant, programme.clock.tz, programme.text(programme.clock.label, t.language))


def details(front: WebFront, request: WebRequest, asked: Question, typed: Filled, faults: Faults) -> Page:
    """Show the form behind a yes; nothing is sent before its button is pressed."""
    t = request.t(front)
    travelling = {STEP: Step.SEND, CODE: request.one(CODE)}
    page = whole(
        front,
        request,
        t("web.details_title"),
        trouble(t("web.mend")) if faults else None,
        paragraphs(t("web.details")),
        form(
            request,
            *(hidden(name, value) for name, value in travelling.items()),
            fields(t, asked.programme, typed, faults),
            _notice(t, asked.programme),
            button(t("requests.send"), first=True),
        ),
        form(request, hidden(STEP, Step.OPEN), hidden(CODE, request.one(CODE)), button(t("pages.back"))),
        programme=asked.programme,
        again={STEP: (Step.ANSWER,), ANSWER: (YES,), CODE: (request.one(CODE),)},
    )
    return Page(page.body, 422 if faults else 200)


def thanks(front: WebFront, request: WebRequest, asked: Question, said: str) -> Page:
    """Say what became of an answer; the page shows no name any more."""
    t = request.t(front)
    return _last(front, request, t("requests.thanks_title"), t(f"web.{asked.about.value}.{said}.done"), asked.programme)


def twice(front: WebFront, request: WebRequest) -> Page:
    """Say that an answer came; nothing was changed by this one."""
    t = request.t(front)
    return _last(front, request, t("requests.thanks_title"), t("web.came"), None)


def opened(front: WebFront, request: WebRequest, asked: Question, outcome: intake.Opening) -> Page:
    """Say what became of the form."""
    t, programme = request.t(front), asked.programme
    match outcome:
        case intake.Opened(made) | intake.Repeated(made) | intake.AlreadyOpen(made):
            return whole(front, request, t("requests.thanks_title"), *_sent(t, programme, made), programme=programme)
        case intake.Redirected(resources=names):
            found = [front.resources[name] for name in names if name in front.resources]
            lines = [tag("li", each.line(t.language)) for each in found]
            words = paragraphs(programme.text(programme.eligibility.serves, t.language), t("web.elsewhere"))
            back = form(request, hidden(STEP, Step.OPEN), hidden(CODE, request.one(CODE)), button(t("pages.back")))
            title = t("requests.redirect_title")
            return whole(front, request, title, words, tag("ul", *lines), back, programme=programme)
        case _:
            return _last(front, request, t("requests.nobody_else_title"), t("web.nobody"), programme)


def _sent(t: Translator, programme: Programme, made: SupportRequest) -> Sequence[Html]:
    shown = programme.text(programme.promise.shown_as, t.language)
    ways = ", ".join(way for way in (programme.people.office.phone, programme.people.office.email) if way)
    next_title, *steps = t("requests.next").split("\n")
    return [
        tag("h2", t("requests.thanks_header", reference=made.reference)),
        paragraphs(
            t("requests.thanks", shown=shown, when=_when(t, programme, made.due_at)),
        ),
        tag("h2", next_title),
        tag("ol", *(tag("li", re.sub(r"^\d+\. ", "", step)) for step in steps)),
        tag("p", with_numbers(t("web.follow", reference=made.reference, ways=ways))),
    ]


def _last(front: WebFront, request: WebRequest, title: str, words: str, programme: Programme | None) -> Page:
    return whole(
        front, request, title, paragraphs(words), offices(front, request.t(front), programme), programme=programme
    )
