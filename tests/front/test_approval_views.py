"""The look-up and the deeds for two fit into what Slack takes, in both languages, and name nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from handlers.i18n import LANGUAGES, Texts, Translator
from handlers.views import approvals as views
from handlers.views import kit
from handlers.views import lookup as lookup_views
from peersupport.approvals import Act, Approval, Pending, Why
from peersupport.exceptional import ABOUT_REQUESTS
from peersupport.requests import State
from simulator.block_kit import check_blocks
from tests.front.test_view_limits import HANDLE, NOW, assert_fits, request
from tests.rules.world import VANCOUVER

TEXTS = Texts.load()
ONE, OTHER = UUID(int=1), UUID(int=2)
CLOSED = request(state=State.CLOSED, closed_at=NOW, keep_until=NOW + timedelta(days=400))


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Translator:
    return TEXTS.in_language(request.param)


def an_approval(act: Act, why: Why | None = None) -> Approval:
    about = act in ABOUT_REQUESTS
    return Approval(
        UUID(int=9),
        VANCOUVER.id,
        act,
        NOW,
        NOW + timedelta(hours=24),
        CLOSED.id if about else None,
        None if about else "7Q2M-4K1D",
        why.value if about and why else None,
    )


def stages(act: Act) -> list[tuple[Pending, set[str]]]:
    """Return each stage at which somebody may see it, with the buttons that they have then."""
    asked = replace(an_approval(act, Why.COMPLAINT), first_by=ONE, first_at=NOW)
    ready = replace(asked, second_by=OTHER, second_at=NOW)
    about = CLOSED if act in ABOUT_REQUESTS else None
    by = False if about else None
    both, no = {"agree_approval", "decline_approval"}, {"decline_approval"}
    return [
        (Pending(an_approval(act), about, lives=True, mine=False, asked_by_backup=by), both),
        (Pending(asked, about, lives=True, mine=False, asked_by_backup=by), both),
        (Pending(asked, about, lives=True, mine=True, asked_by_backup=by), no),
        (Pending(ready, about, lives=True, mine=True, asked_by_backup=by), no),
        *(
            [(Pending(ready, about, lives=True, mine=True, asked_by_backup=by, can_use=True), no | {"show_found"})]
            if about
            else []
        ),
        (Pending(ready, about, lives=True, mine=False, asked_by_backup=by), no),
        (Pending(replace(ready, used_at=NOW), about, lives=False, mine=True, asked_by_backup=by), set()),
        (Pending(replace(asked, ended_at=NOW), about, lives=False, mine=True, asked_by_backup=by), set()),
        (Pending(asked, about, lives=False, mine=False, asked_by_backup=True if about else None), set()),
    ]


@pytest.mark.threat("T13")
@pytest.mark.parametrize("act", Act)
def test_every_stage_fits_and_offers_what_can_be_done(t: Translator, act: Act) -> None:
    seen = set()
    for held, buttons in stages(act):
        handles = {"": HANDLE} | ({"request": HANDLE} if held.request else {})
        view = views.approval(held, VANCOUVER, t, handles, t("approvals.first"))
        assert_fits(view)
        shown = [block for block in view["blocks"] if block["type"] == "actions"]
        assert {each["action_id"] for block in shown for each in block["elements"]} == buttons
        for each in (each for block in shown for each in block["elements"] if each["action_id"] != "show_found"):
            assert "confirm" in each
        text = str(view)
        assert (held.approval.code or CLOSED.reference) in text
        assert (t("approvals.compare") in text) == (held.lives and held.approval.code is not None)
        seen.add(text)
    assert len(seen) == len(stages(act))


@pytest.mark.threat("T13")
@pytest.mark.parametrize("count", [1, views.HOME_SHOWN, 100])
def test_the_part_of_home_fits(t: Translator, count: int) -> None:
    rows = [(held, HANDLE) for act in Act for held, _ in stages(act) if held.lives]
    blocks = kit.message(views.home_part((rows * 20)[:count], VANCOUVER, t))
    assert check_blocks(blocks, "home") == []
    assert len(blocks) == 1 + min(count, views.HOME_SHOWN)
    assert check_blocks(kit.message([lookup_views.door(VANCOUVER, t)]), "home") == []


@pytest.mark.threat("T13")
def test_the_forms_fit(t: Translator) -> None:
    assert_fits(lookup_views.form(VANCOUVER, t))
    for act in ABOUT_REQUESTS:
        view = views.ask_form(act, CLOSED, VANCOUVER, t, HANDLE)
        assert_fits(view)
        assert CLOSED.reference in str(view)


@pytest.mark.threat("T13")
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("count", [0, 1, 5, 12])
def test_what_was_found_fits(t: Translator, state: State, count: int) -> None:
    held = replace(CLOSED, state=state, erased_at=NOW if state is State.CLOSED else None)
    buttons = [kit.button("x" * 75, f"deed{number}", HANDLE) for number in range(count)]
    view = lookup_views.found(held, VANCOUVER, t, HANDLE, buttons)
    assert_fits(view)
    assert (t("cards.open") in str(view)) == (state is not State.CLOSED)
