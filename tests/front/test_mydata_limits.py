"""The pages of one's own data, from extreme inputs in both languages: Slack takes each, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.i18n import LANGUAGES, Translator
from handlers.views import danger, home, mydata
from handlers.views.held import BLOCK, texts
from peersupport.audit import ActorKind, Event
from peersupport.erasure import PersonErased, Remains
from peersupport.erasure import Why as WhyItStays
from peersupport.exceptional import Why
from peersupport.held import (
    AfterClosing,
    Chosen,
    Codes,
    Line,
    List,
    Named,
    Opening,
    Section,
    Sent,
    Step,
    Tally,
    Topic,
    Words,
)
from peersupport.offers import OfferState
from peersupport.requests import Outcome, State
from peersupport.reveals import Reason
from simulator.block_kit import check_view, view_too_large
from tests.front.screen import words
from tests.front.stage import Stage
from tests.front.test_view_limits import HANDLE, NOW, TEXTS, WORDS
from tests.rules.world import VANCOUVER, address

MANY = 400
FORM = VANCOUVER.form
WISH = FORM.wishes[0]


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return TEXTS.in_language(request.param)


def assert_fits(view: dict[str, Any]) -> None:
    assert check_view(view, view["type"]) == []
    assert not view_too_large(view)


def lines(said: str) -> tuple[Line, ...]:
    """A line of every kind, with somebody's words in it."""
    return (
        Line("state", Codes("state", tuple(State))),
        Line("outcome", Codes("outcome", tuple(Outcome))),
        Line("sent_at", NOW),
        Line("supporter", Words(said)),
        Line("name", Words(said)),
        Line("role", Chosen(List.ROLE, tuple(each.id for each in VANCOUVER.eligibility.roles))),
        Line("reasons", Chosen(List.REASON, (*(each.id for each in FORM.reasons), "gone"))),
        Line("wish", Chosen(List.WISH, tuple(each.id for each in WISH.options), WISH.id)),
        Line("wish", Chosen(List.WISH, ("gone",), "gone")),
        Line("avoid_members", Named(tuple(address(f"U0A{n}") for n in range(20)))),
        Line("avoid_names", Words(said)),
        Line("reach", Words(said)),
        Line("notify", True),
        Line("talks", 3),
        Line("trained_on", NOW.date()),
        Line("contact_goes", AfterClosing(0)),
        Line("name_goes", AfterClosing(1)),
        *(Line("opened", Opening(kind, NOW, reason)) for kind in ActorKind for reason in (*Reason, None, "gone")),
        *(Line("step", Step(event, NOW)) for event in Event),
        *(Line("deeds", Tally(event, 3, NOW, NOW)) for event in Event),
        *(Line("offer", Sent("K7-4Q2M", NOW, state, NOW)) for state in OfferState if state is not OfferState.QUEUED),
        *(Line("step", Step(Event.TALKED, NOW)) for _ in range(MANY)),
    )


@pytest.mark.threat("T13")
@pytest.mark.parametrize("said", WORDS, ids=["plain", "long", "emoji", "rtl", "markup"])
def test_every_page_fits_and_stays_literal(t: Translator, said: str) -> None:
    names = {address(f"U0A{n}"): said for n in range(20)}
    sections = [Section(topic, VANCOUVER.id, "K7-4Q2M", lines(said)) for topic in Topic if topic is not Topic.COUNTED]
    sections += [Section(topic) for topic in Topic]
    shown = mydata.paged(t, {VANCOUVER.id: VANCOUVER}, sections, names)
    front = Stage().front
    corrections = mydata.Corrections((("K7-4Q2M", HANDLE),) * 25, (VANCOUVER,) * 25)
    turns = mydata.Turns(HANDLE, HANDLE, HANDLE)
    for number in range(len(shown)):
        view = mydata.page(front, t.language, shown, number, turns, corrections)
        assert_fits(view)
        spoken = [block["text"] for block in view["blocks"] if block["type"] == "section"]
        assert all(text["type"] == "plain_text" and text["emoji"] is False for text in spoken)
    assert len(shown) > 1


@pytest.mark.req("G17")
@pytest.mark.parametrize("said", WORDS, ids=["plain", "long", "emoji", "rtl", "markup"])
def test_nothing_is_lost_where_a_text_is_cut(t: Translator, said: str) -> None:
    written = texts(t, VANCOUVER, Section(Topic.REQUEST, VANCOUVER.id, "K7-4Q2M", lines(said)))
    assert all(0 < len(each) <= BLOCK for each in written)
    together = "".join("".join(written).split())
    assert together.count("".join(said.split())) >= 4
    assert "\n".join(written).count(t("mydata.deed.talked")) == MANY + 2


def test_every_code_has_words_in_both_languages(t: Translator) -> None:
    for event in Event:
        assert f"mydata.deed.{event}" in t.catalogue, event
    for of, codes in (("outcome", Outcome), ("offer_state", set(OfferState) - {OfferState.QUEUED})):
        for code in codes:
            assert f"mydata.{of}.{code}" in t.catalogue, code
    for topic in Topic:
        assert t(f"mydata.none.{topic}")


def test_what_a_programme_no_longer_has_stands_as_it_is(t: Translator) -> None:
    told = (Line("role", Chosen(List.ROLE, ("gone",))), Line("wish", Chosen(List.WISH, ("older",), "stage")))
    for programme in (VANCOUVER, None):
        written = "".join(texts(t, programme, Section(Topic.REQUEST, "gone", "K7-4Q2M", told)))
        assert "gone" in written
        assert "older" in written


@pytest.mark.req("G17")
def test_reasons_are_said_where_there_are_words_for_them(t: Translator) -> None:
    told = (
        Line("opened", Opening(ActorKind.ADMIN, NOW, Why.COMPLAINT, again=True)),
        Line("opened", Opening(ActorKind.SUPPORTER, NOW, None)),
        Line("step", Step(Event.APPROVAL_ASKED, NOW, "extend_retention.law")),
        Line("step", Step(Event.TALKED, NOW, "unknown")),
    )
    (written,) = texts(t, VANCOUVER, Section(Topic.REQUEST, VANCOUVER.id, "K7-4Q2M", told))
    again, once, asked, talked = [line for line in written.splitlines() if line.startswith("•")]
    assert again.endswith(t("ledger.why.complaint"))
    assert t("mydata.opened.again", when="").strip()[:20] in again
    assert once.endswith("UTC\u221207:00")
    assert asked.endswith(t("ledger.why.law"))
    assert talked.endswith(t("mydata.deed.talked"))


@pytest.mark.threat("T13")
def test_deleting_hiding_and_danger_fit(t: Translator) -> None:
    front = Stage().front
    for role in (True, False):
        assert_fits(mydata.deletion(front, t.language, HANDLE, role=role))
    remains = tuple(Remains(programme, why) for programme in (VANCOUVER.id, "gone" * 10) for why in WhyItStays) * 20
    assert_fits(mydata.deleted(front, t.language, PersonErased(1000, 1000, remains)))
    assert_fits(mydata.deleted(front, t.language, PersonErased()))
    assert_fits(home.covered(front, t.language))
    page = mydata.deletion(front, t.language, HANDLE, role=True)
    for key in ("crisis.first", "crisis.unsaved"):
        for urgent in (True, False):
            view = danger.first(front, t.language, page, key, HANDLE, urgent=urgent)
            assert_fits(view)
            assert words(view).index("9-8-8") < words(view).index(t("mydata.goes")[:20])
