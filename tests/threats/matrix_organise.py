"""The rows of the authorisation matrix about organising sessions, and how each is pressed."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.hear import Kind
from tests.rules.world import VANCOUVER
from tests.threats.presses import Press, Way, home_tab, modal, submit
from tests.threats.scene_sessions import OFFERABLE, ON, PROPOSAL, SERIES

_VALUES = {
    ids.IN_TITLE_EN: "Evenings by the sea",
    ids.IN_RHYTHM: "once",
    ids.IN_FIRST_ON: "2027-12-02",
    ids.IN_FIRST_AT: "19:15",
    ids.IN_ZONE: "America/Vancouver",
    ids.IN_MINUTES: "60",
    ids.IN_LINK: "https://video.example/1",
    ids.IN_TOPIC_EN: "On rest",
    ids.IN_PRESENT: "3",
    ids.IN_DECISION: "run",
    ids.IN_PRESENT_ON: "no",
    ids.IN_OFFERED_TOPIC: "On rest",
    ids.IN_SHOWN_NAME: "Fern",
}

ROWS = """
leads     any        x       x     -     -    -    -     -    -     -      -     Y   -    -     -     -
comes     any        x       x     -     -    -    Y     -    -     -      -     -   -    -     -     -
"""
"""`leads` is for whoever leads sessions, `comes` for whoever comes to one."""


def _in_home(at: Press, action: str) -> Any:
    return at.press(action, "nowhere" if at.unknown else VANCOUVER.id, home_tab(at.ground))


def _in_list(at: Press, action: str) -> Any:
    programme = "nowhere" if at.unknown else VANCOUVER.id
    return at.press(action, programme, modal(at.ground, ids.VIEW_PAGE, p=programme))


def _held(at: Press) -> dict[str, Any]:
    return {"p": at.programme, "h": at.handle(ids.LED_SERIES, SERIES), "o": ON.isoformat(), "k": "skip"}


def _on_series(at: Press, action: str) -> Any:
    held = _held(at)
    return at.press(action, held["h"], modal(at.ground, ids.VIEW_PAGE, **held))


def _on_day(at: Press, action: str) -> Any:
    return at.press(action, ON.isoformat(), modal(at.ground, ids.VIEW_PAGE, **_held(at)))


def _new(at: Press, callback: str) -> Any:
    programme = "nowhere" if at.unknown else VANCOUVER.id
    return submit(at.ground, at.who, modal(at.ground, callback, values=_VALUES, p=programme))


def _sending(at: Press, callback: str) -> Any:
    return submit(at.ground, at.who, modal(at.ground, callback, values=_VALUES, **_held(at)))


def _told(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.LED, SERIES))


def _offered(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.PROPOSAL_LED, PROPOSAL), modal(at.ground, ids.VIEW_PAGE, p=at.programme))


def _answering(at: Press, callback: str) -> Any:
    held = {"p": at.programme, "h": at.handle(ids.PROPOSAL_LED, PROPOSAL)}
    return submit(at.ground, at.who, modal(at.ground, callback, values=_VALUES, **held))


def _could(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.PRESENTABLE, OFFERABLE), home_tab(at.ground))


def _offering(at: Press, callback: str) -> Any:
    held = {"p": at.programme, "h": at.handle(ids.PRESENTABLE, OFFERABLE)}
    return submit(at.ground, at.who, modal(at.ground, callback, values=_VALUES, **held))


def _own(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.PROPOSAL, PROPOSAL), modal(at.ground, ids.VIEW_PAGE, p=at.programme))


def _own_told(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.PROPOSAL, PROPOSAL))


def _actions(what: str, way: Way, *names: str) -> list[tuple[tuple[Kind, str], str, Way]]:
    return [((Kind.ACTION, name), what, way) for name in names]


def _forms(what: str, way: Way, *names: str) -> list[tuple[tuple[Kind, str], str, Way]]:
    return [((Kind.SUBMIT, name), what, way) for name in names]


LISTENERS: list[tuple[tuple[Kind, str], str, Way]] = [
    *_actions("duty", _in_home, ids.ORGANISE),
    *_actions("duty", _in_list, ids.ORGANISE_BACK, ids.NEW_SERIES),
    *_actions("duty", _on_series, ids.OPEN_SERIES, ids.COPY_SERIES, ids.EDIT_SERIES, ids.SERIES_LINK, ids.ADD_DAY),
    *_actions("duty", _on_series, ids.CANCEL_SERIES),
    *_actions("duty", _on_day, ids.OPEN_DAY, ids.DESCRIBE_DAY, ids.COUNT_DAY, ids.DECIDE, ids.MOVE_DAY, ids.SKIP_DAY),
    *_actions("duty", _on_day, ids.CANCEL_DAY, ids.RESTORE_DAY, ids.KEEP_DAY),
    *_forms("duty", _new, ids.VIEW_SERIES),
    *_forms("duty", _sending, ids.VIEW_SERIES_LINK, ids.VIEW_DAY, ids.VIEW_COUNT, ids.VIEW_DECIDE),
    *_forms("duty", _sending, ids.VIEW_SESSION_CHANGE),
    *_actions("duty", _told, ids.OPEN_MESSAGE),
    *_actions("leads", _on_day, ids.RUN_SHEET),
    *_actions("duty", _offered, ids.OPEN_PROPOSAL),
    *_forms("duty", _answering, ids.VIEW_PROPOSAL_ANSWER),
    *_actions("comes", _could, ids.COULD_PRESENT),
    *_forms("comes", _offering, ids.VIEW_PROPOSAL),
    *_actions("comes", _own, ids.OPEN_MY_PROPOSAL, ids.AGREE_TO_PRESENT, ids.TAKE_PROPOSAL_BACK),
    *_actions("comes", _own_told, ids.OPEN_MESSAGE),
]
NO_HANDLE = frozenset(
    {
        ids.ORGANISE, ids.ORGANISE_BACK, ids.NEW_SERIES, ids.VIEW_SERIES,
    }
)  # fmt: skip
"""These name a programme."""
