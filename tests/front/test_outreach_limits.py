"""The supporter's invitation, at its longest and in both languages, is a view that Slack takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from handlers.i18n import LANGUAGES, Texts
from handlers.views import outreach as views
from peersupport.outreach import Script
from peersupport.programme_values import Text
from peersupport.requests import Door, State, SupportRequest
from simulator.block_kit import check_view, view_too_large
from tests.front.stage import library
from tests.front.test_view_limits import NOW
from tests.rules.partner_world import IMPACT

TEXTS = Texts.load()
HANDLE = "h" * 90
LONG, SIGNS = "x" * 80, "&<>" * 26
REQUEST = SupportRequest(
    id=UUID(int=7),
    reference="K7-4Q2M",
    programme=IMPACT.id,
    door=Door.PARTNER,
    state=State.INVITED,
    version=1,
    created_at=NOW,
    due_at=NOW + timedelta(hours=72),
    notice_version="2026-11",
)
PARTNER = IMPACT.outreach.partners[0].id
SCRIPTS = [
    Script(REQUEST, PARTNER, served=True, asks_whose=True, attempts_left=2, days_between=3),
    Script(replace(REQUEST, attempts=1), PARTNER, served=True, not_before=NOW, attempts_left=1, notifier=LONG),
    Script(replace(REQUEST, attempts=1), PARTNER, served=True, attempts_left=1, notifier=SIGNS),
    Script(replace(REQUEST, attempts=2), PARTNER, served=True, ends_at=NOW, notifier=LONG),
    Script(REQUEST, "gone", served=False, services=tuple(library()), attempts_left=1, notifier=LONG),
]


def assert_fits(view: dict[str, Any]) -> None:
    assert check_view(view, "modal") == []
    assert not view_too_large(view)


@pytest.mark.req("I9", "I13")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_invitation_fits(language: str) -> None:
    t = TEXTS.in_language(language)
    named = [replace_label(words) for words in (LONG, SIGNS)]
    for programme in (IMPACT, *named):
        for script in SCRIPTS:
            found = views.Invitation(script, library())
            assert_fits(views.invitation(found, programme, t, HANDLE, t("errors.not_sent", line=LONG)))
        assert_fits(views.whose(programme, t, HANDLE))


def replace_label(words: str) -> Any:
    """Return the programme with a partner of another name."""
    notified = IMPACT.partner_notification
    assert notified is not None
    label = Text.model_construct(en=words, fr=words)
    partners = tuple(each.model_copy(update={"label": label}) for each in notified.partners)
    return IMPACT.model_copy(update={"partner_notification": notified.model_copy(update={"partners": partners})})
