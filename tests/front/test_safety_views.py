"""The screens of a safety concern: within Slack's limits in both languages, numbers first, nothing to write in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from handlers.i18n import LANGUAGES, Texts
from handlers.views import kit
from handlers.views import offers as offer_views
from handlers.views import safety as views
from peersupport.audit import ActorKind
from peersupport.concerns import Concern, Route, Told
from peersupport.requests import Door, State, SupportRequest
from peersupport.resources import Kind as HelpKind
from peersupport.safety import Alert, Watch
from simulator.block_kit import check_blocks, check_view, view_too_large
from tests.front.stage import library
from tests.rules.world import VANCOUVER

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TEXTS = Texts.load()
FRONT: Any = SimpleNamespace(resources=library(), programmes={VANCOUVER.id: VANCOUVER}, texts=TEXTS)
HANDLE = "h" * 90
PHONES = ("604-555-0100", "+1 604 555 0177 ext. 12345")
REQUEST = SupportRequest(UUID(int=7), "K7-4Q2M", VANCOUVER.id, Door.SELF, State.TALKING, 9, NOW, NOW, "1")
OPEN = Concern(
    id=UUID(int=8),
    programme=VANCOUVER.id,
    request_id=REQUEST.id,
    supporter_id=UUID(int=9),
    raised_at=NOW,
    hold_until=NOW + timedelta(hours=72),
    told=Told.NOT_SAFE,
    joint_plan=False,
    route=Route.EMERGENCY,
    pages=3,
)
TAKEN = replace(OPEN, taken_by=UUID(int=10), taken_at=NOW)
MODALS = ("form", "status", "over", "alert", "reference", "closing", "told")


def screens(language: str) -> dict[str, dict[str, Any]]:
    """Make every screen, as full as it gets."""
    t = TEXTS.in_language(language)
    watch = Watch(REQUEST, PHONES, OPEN, first=True)
    alert = Alert(REQUEST, TAKEN, PHONES, ActorKind.LEAD, mine=True, whole=True, openable=True, supporter="x" * 150)
    waits = replace(alert, concern=OPEN, taken=None, mine=False)
    home = [
        *views.home_of_paged(waits, VANCOUVER, t, HANDLE),
        *views.home_of_supporter(FRONT, watch, VANCOUVER, t, HANDLE),
        *views.home_of_supporter(
            FRONT, replace(watch, request=replace(REQUEST, id=UUID(int=11)), concern=None), VANCOUVER, t, HANDLE
        ),
        *views.home_of_requester(REQUEST, t("safety.held", when="x" * 80), t),
    ]
    return {
        "form": views.form(FRONT, replace(watch, concern=None), VANCOUVER, t, HANDLE),
        "status": views.status(FRONT, watch, VANCOUVER, t, HANDLE),
        "over": views.over(FRONT, VANCOUVER, t, PHONES),
        "alert": views.alert(waits, VANCOUVER, t, HANDLE, t("safety.taken_before")),
        "alert_late": views.alert(replace(alert, openable=False), VANCOUVER, t, HANDLE),
        "reference": views.alert(replace(waits, whole=False, supporter=""), VANCOUVER, t, HANDLE),
        "closing": views.closing(alert, VANCOUVER, t, HANDLE),
        "told": views.told(t("safety.ended"), VANCOUVER, t),
        "home": kit.home(home, callback_id="home", metadata="{}"),
    }


@pytest.mark.req("V29", "G30")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*MODALS, "home"])
def test_slack_takes_every_screen(language: str, name: str) -> None:
    view = screens(language)[name]
    assert check_view(view, view["type"]) == []
    assert check_blocks(view["blocks"], surface=view["type"]) == []
    assert not view_too_large(view)


def _said(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False)


def kinds(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield str(part.get("type"))
        for value in part.values():
            yield from kinds(value)
    elif isinstance(part, list):
        for value in part:
            yield from kinds(value)


@pytest.mark.req("V29", "V30", "G14")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_begins_with_the_numbers_and_has_nothing_to_write_in(language: str) -> None:
    blocks = screens(language)["form"]["blocks"]
    heads = [block["text"]["text"] for block in blocks if block["type"] == "header"]
    assert [block["type"] for block in blocks[: len(heads)]] == ["header"] * len(heads)
    assert "9-1-1" in heads[0]
    assert [phone for phone in PHONES if any(phone in head for head in heads[1:])] == list(PHONES)
    fields = [block["element"]["type"] for block in blocks if block["type"] == "input"]
    assert fields == ["radio_buttons"] * 3
    assert not set(kinds(screens(language))) & {"plain_text_input", "rich_text_input", "multi_users_select"}


@pytest.mark.req("V30", "U25")
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_hears_the_reference_only_reads_no_more(language: str) -> None:
    t, words = TEXTS.in_language(language), _said(screens(language)["reference"])
    assert "K7-4Q2M" in words
    for key in ("safety.told.not_safe", "safety.route.emergency", "safety.show_person", "safety.close"):
        assert t(key) not in words
        assert t(key) in _said(screens(language)["alert"])
    late = _said(screens(language)["alert_late"])
    assert t("safety.over_time") in late
    assert t("safety.show_person") not in late


@pytest.mark.req("U25")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_supporter_reads_in_what_role_somebody_has_it_and_never_who(language: str) -> None:
    t = TEXTS.in_language(language)
    for taken, role in ((ActorKind.LEAD, "lead"), (ActorKind.ADMIN, "admin")):
        words = _said(views.status(FRONT, Watch(REQUEST, PHONES, TAKEN, taken), VANCOUVER, t, HANDLE))
        assert t(f"safety.has.{role}").partition("{")[0] in words
        assert t("safety.trying").partition("{")[0] not in words


def test_every_button_says_what_it_is_about() -> None:
    rows = [block for block in screens("en")["home"]["blocks"] if block.get("accessory")]
    labels = [row["accessory"]["accessibility_label"] for row in rows]
    assert len(labels) == len(rows) == 3
    assert all("K7-4Q2M" in label for label in labels)


@pytest.mark.req("U59", "U24")
@pytest.mark.parametrize("language", LANGUAGES)
def test_after_the_last_talk_the_line_to_go_on_with_stands_there_and_the_concern_is_in_reach(language: str) -> None:
    t = TEXTS.in_language(language)
    [line] = [each.line(language) for each in VANCOUVER.help_lines(library()) if each.kind is HelpKind.PHYSICIAN_HELP]
    view = offer_views.matched(REQUEST, VANCOUVER, t, HANDLE, t("match.talked_last"), bridge=line)
    assert check_view(view, "modal") == []
    assert line in _said(view)
    assert line not in _said(offer_views.matched(REQUEST, VANCOUVER, t, HANDLE))
    for shown in (view, offer_views.over(VANCOUVER, t, HANDLE), offer_views.left(VANCOUVER, t, HANDLE, "x", HANDLE)):
        assert check_view(shown, "modal") == []
        assert '"safety_concern"' in _said(shown)
