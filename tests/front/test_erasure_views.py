"""The windows for somebody who phones fit into what Slack takes, in both languages, whatever is held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import ids
from handlers.i18n import Translator
from handlers.views import erasure as views
from handlers.views import kit
from peersupport.erasure import Shown
from peersupport.held import Section, Topic
from peersupport.requests import State, SupportRequest
from simulator.block_kit import check_blocks
from tests.front.screen import words
from tests.front.stage import Stage
from tests.front.test_mydata_limits import lines
from tests.front.test_mydata_limits import t as t
from tests.front.test_view_limits import HANDLE, NOW, WORDS, assert_fits, request
from tests.rules.world import VANCOUVER

OPEN = request()
CLOSED = request(state=State.CLOSED, closed_at=NOW, keep_until=NOW + timedelta(days=60))


@pytest.mark.req("U55", "G30")
@pytest.mark.parametrize("held", [OPEN, CLOSED], ids=["open", "closed"])
def test_the_form_and_its_buttons_fit(t: Translator, held: SupportRequest) -> None:
    buttons = [make(held, t) for make in (views.erase_button, views.show_button, views.keep_button)]
    assert check_blocks(kit.message([kit.actions(buttons, "deeds")])) == []
    form = views.erase_form(held, VANCOUVER, t, HANDLE)
    assert_fits(form)
    shown = words(form)
    assert held.reference in shown
    assert (t("erasure.goes_open") in shown) == (held is OPEN)


@pytest.mark.req("U55", "G30")
@pytest.mark.parametrize("said", WORDS)
def test_everything_held_fits_in_one_window(t: Translator, said: str) -> None:
    section = Section(Topic.REQUEST, VANCOUVER.id, OPEN.reference, lines(said))
    shown = Shown(OPEN, (section,))
    stage = Stage()
    view = views.held(stage.front, shown, VANCOUVER, t)
    assert_fits(view)
    assert ids.ERASE_FOR not in repr(view)
    assert t("erasure.read_out") in words(view)
