"""The question before an opening, and the list: extreme inputs, in both languages, give what Slack takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from handlers.i18n import LANGUAGES, Texts
from handlers.views import ledger as views
from peersupport.audit import ActorKind
from peersupport.exceptional import Why
from peersupport.ledger import Log, Month, Opener, Opening, months
from peersupport.reveals import ASKED_FOR, Reason
from simulator.block_kit import check_view, view_too_large
from tests.front.screen import words
from tests.front.test_view_limits import HANDLE, WORDS, request
from tests.rules.world import VANCOUVER

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TEXTS = Texts.load()
ZONE = VANCOUVER.clock.zone
EVERY = [reason.value for reason in (*Reason, *Why)]


def opening(number: int, *, again: bool = False) -> Opening:
    kind = ActorKind.ADMIN if number % 2 else ActorKind.SUPPORTER
    reasons = [*EVERY, None, "a_code_that_went"]
    at = NOW - timedelta(minutes=number)
    return Opening("K7-4Q2M", at, kind, UUID(int=number % 120), reasons[number % len(reasons)], again)


def shelf(names: str, *, page: int = 0, text: bool = False, person: UUID | None = None) -> views.Shelf:
    ids = [UUID(int=number) for number in range(120)]
    return views.Shelf(
        month=Month(2026, 11),
        months=months(NOW, ZONE, 24),
        names=dict.fromkeys(ids, names),
        handles={each: HANDLE + str(each.int) for each in ids},
        person=person,
        page=page,
        text=text,
    )


def log(count: int) -> Log:
    lines = tuple(opening(number, again=number % 3 == 0) for number in range(count))
    openers = tuple(Opener(UUID(int=number), ActorKind.ADMIN) for number in range(min(count, 120)))
    return Log(lines, openers, count)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", ["", *WORDS])
@pytest.mark.parametrize("count", [0, 1, 400])
def test_slack_takes_every_page_of_the_list_and_of_the_text(language: str, names: str, count: int) -> None:
    for text in (False, True):
        for page in (0, 6 if text else 20):
            for person in (None, UUID(int=3))[: 1 + (page == 0)]:
                found = shelf(names, page=page, text=text, person=person)
                view = views.ledger(log(count), found, VANCOUVER, TEXTS.in_language(language))
                assert check_view(view, "modal") == []
                assert not view_too_large(view)


@pytest.mark.req("G11")
def test_the_text_holds_every_line_whole() -> None:
    found = [
        words(views.ledger(log(130), shelf("Farah", page=page, text=True), VANCOUVER, TEXTS.in_language("en")))
        for page in range(3)
    ]
    lines = [line for page in found for line in page.splitlines() if " | K7-4Q2M | Farah, " in line]
    assert len(lines) == 130
    assert lines[1] == "2026-11-20 14:59-07:00 | K7-4Q2M | Farah, administrator | To arrange the contact"
    assert lines[0].endswith("Farah, supporter | To find a supporter (after closing, agreed by two)")


@pytest.mark.req("G11", "G30")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_for_the_person_and_for_the_list(language: str) -> None:
    t = TEXTS.in_language(language)
    assert len({views.why(reason, t) for reason in EVERY}) == len(set(EVERY))
    assert views.why(None, t) == views.why("a_code_that_went", t) == ""
    view = views.ask_why(request(), VANCOUVER, t, HANDLE)
    assert check_view(view, "modal") == []
    assert all(t(f"ledger.reason.{reason.value}") in words(view) for reason in ASKED_FOR)
    assert t("ledger.reason.make_contact") not in words(view)
    longest = views.limited(NOW, VANCOUVER, t)
    assert len(longest) <= 200
    assert check_view(views.not_opened(longest, VANCOUVER, t), "modal") == []


def test_the_time_when_it_works_again_is_never_too_early() -> None:
    t = TEXTS.in_language("en")
    assert "15:00" in views.limited(NOW, VANCOUVER, t)
    assert "15:01" in views.limited(NOW + timedelta(seconds=1), VANCOUVER, t)
    assert "15:01" in views.limited(NOW + timedelta(seconds=59, microseconds=9), VANCOUVER, t)
