"""Every view of the requester's side, from extreme inputs, in both languages, is one that Slack takes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from handlers.i18n import LANGUAGES
from handlers.payloads import Filled
from handlers.views import home, information, menu, own, requests
from peersupport.audit import ActorKind, Entry, Event
from peersupport.own import Own
from peersupport.requests import Door, State, SupportRequest
from simulator.block_kit import check_view, view_too_large
from tests.front.stage import Stage
from tests.rules.world import START, VANCOUVER, vancouver

HANDLE = "h" * 120
LONG = {"en": "w" * 75, "fr": "m" * 75}
WIDE = vancouver(
    id="w" * 40,
    name=LONG,
    summary={"en": "s" * 300},
    request={
        "reasons": [{"id": f"r{n}", "label": LONG} for n in range(10)],
        "modalities": [{"id": f"m{n}", "label": LONG, "needs": ["phone"]} for n in range(10)],
        "times": [{"id": f"t{n}", "label": LONG} for n in range(10)],
        "wishes": [
            {"id": f"w{n}", "label": LONG, "options": [{"id": f"o{m}", "label": LONG} for m in range(99)]}
            for n in range(6)
        ],
        "avoid": {"departments": [{"id": f"d{n}", "label": LONG} for n in range(99)]},
    },
    confidentiality={
        "identity_readers": ["admin", "matched_supporter"],
        "panel": [{"en": "p" * 3000, "fr": "q" * 3000}] * 10,
    },
    faq=[{"id": f"q{n}", "question": LONG, "answer": {"en": "a" * 3000}} for n in range(40)],
)
FULL = Filled(
    role="physician",
    modalities=("phone", "zoom"),
    reach="x" * requests.LONGEST_REACH,
    notes=("voicemail", "private"),
    choices=("urgent", "notify", "ask_first"),
    name="<!channel> <@U0ROBIN> & *b* :tada:",
    reasons=tuple(each.id for each in VANCOUVER.form.reasons),
    times=("gone", "weekends"),
    wishes={"gender": "woman", "gone": "gone"},
    people=tuple(f"U0P{n}" for n in range(20)),
    names="x" * requests.LONGEST_NAMES,
    department="surgery",
    apart=True,
)


def request(**changes: Any) -> SupportRequest:
    usual: dict[str, Any] = {
        "id": UUID(int=7),
        "reference": "K7-4Q2M",
        "programme": VANCOUVER.id,
        "door": Door.SELF,
        "state": State.RECEIVED,
        "version": 1,
        "created_at": START,
        "due_at": START + timedelta(hours=72),
        "notice_version": "2026-11",
    }
    return SupportRequest(**usual | changes)


def stages() -> list[Stage]:
    several = {each.id: each for each in (VANCOUVER, WIDE)}
    return [Stage(), Stage(programmes=several), Stage(programmes={WIDE.id: WIDE})]


def slack_takes(view: dict[str, Any]) -> None:
    assert check_view(view, view["type"]) == []
    assert not view_too_large(view)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", stages())
def test_menu_and_pages(stage: Stage, language: str) -> None:
    front = stage.front
    mine = [menu.Mine("K7-4Q2M", HANDLE, VANCOUVER.id)] * 3
    for found in (None, menu.Found(mine), menu.Found(guest=True), menu.Found(down=True)):
        for typed in (True, False):
            slack_takes(menu.menu(front, language, typed=typed, found=found))
    for pushed in (True, False):
        slack_takes(information.who_sees(front, language, list(front.programmes.values()), pushed=pushed))
        slack_takes(information.elsewhere(front, language, pushed=pushed))
        slack_takes(information.help_now(front, language, doors=True, pushed=pushed))
        for programme in front.programmes.values():
            slack_takes(information.questions(front, language, programme, pushed=pushed))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", stages())
def test_form_redirects_and_thanks(stage: Stage, language: str) -> None:
    for programme in stage.front.programmes.values():
        for filled in (Filled(), FULL):
            for change in (None, HANDLE):
                slack_takes(requests.form(stage.front, language, programme, filled, change))
        for role in programme.eligibility.roles:
            slack_takes(requests.redirected(stage.front, language, programme, role))
        slack_takes(requests.thanks(stage.front, language, programme, request(), HANDLE))
        slack_takes(requests.nobody_else(stage.front, language, programme))


def own_card(state: State, **changes: Any) -> own.Card:
    openings = tuple(
        Entry(Event.IDENTITY_OPENED, START + timedelta(hours=n), kind) for n in range(30) for kind in ActorKind
    )
    found = Own(
        request=request(state=state, urgent=True, talks=3, ask_first=True, **changes),
        needs=None,
        contact=None,
        supporter="<!channel> 🫶🏽" * 40,
        name_shown_at=START + timedelta(hours=90),
        openings=openings,
    )
    return own.Card(found, VANCOUVER, HANDLE, START + timedelta(hours=71), pausable=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [each for each in State if each is not State.CLOSED])
def test_ones_own_request(language: str, state: State) -> None:
    stage, card = Stage(), own_card(state)
    for note in (None, "own.already_open", "own.changed", "own.looking_again", "own.agreed", "own.told", "own.paused"):
        slack_takes(own.modal(stage.front, language, card, note=note, restart=True))
    slack_takes(own.modal(stage.front, language, card, note="own.moved_on"))
    parts = [own.blocks(stage.front.texts.in_language(language), card)]
    slack_takes(home.home(stage.front, language, "x" * 500, parts, [VANCOUVER.id]))
    for words in ("own.withdrawn", "own.closed"):
        slack_takes(own.over(stage.front, language, words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_drops_what_does_not_fit_and_keeps_the_doors(language: str) -> None:
    stage = Stage()
    t = stage.front.texts.in_language(language)
    many = [block for n in range(40) for block in own.blocks(t, own_card(State.ACCEPTED, reference=f"K7-{n:04}"))]
    view = home.home(stage.front, language, "Robin", [many])
    slack_takes(view)
    assert view["blocks"][-1]["block_id"] == "privacy_mode"
    slack_takes(home.visitor(stage.front, language))


def test_a_persons_words_are_never_parsed() -> None:
    stage = Stage()
    view = own.modal(stage.front, "en", own_card(State.ACCEPTED))
    parts = [part for block in view["blocks"] for part in [block.get("text"), *block.get("fields", [])] if part]
    assert any("<!channel>" in part["text"] for part in parts)
    # Only our own labels are formatted.
    formatted = [part["text"] for part in parts if part["type"] != "plain_text"]
    assert all(re.fullmatch(r"\*[\w ,]+\*", text) for text in formatted), formatted
