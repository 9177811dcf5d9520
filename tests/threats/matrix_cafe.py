"""The rows of the authorisation matrix about meetings with themes, and how each is pressed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from handlers import ids
from handlers.hear import Kind
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER
from tests.threats.presses import Press, Way, modal, submit

DATE = UUID(int=7)
VALUES = {
    ids.IN_THEME: "What stays with me after a long night",
    ids.IN_DEPARTMENT_LINE: "Nobody covers the ward at noon",
    ids.IN_MEMBERS: [],
}


def _pressing(own: str) -> Way:
    """Press a button that names the programme."""

    def way(at: Press, action: str) -> Any:
        programme = "nowhere" if at.unknown else own
        return at.press(action, programme, modal(at.ground, ids.VIEW_CAFE, p=programme))

    return way


def _on_date(own: str) -> Way:
    """Press a button that carries a date, or a line."""

    def way(at: Press, action: str) -> Any:
        # Elsewhere the handle is one of the programme that it was made in.
        shown = own if at.programme == VANCOUVER.id else at.programme
        return at.press(action, at.handle(f"{action}:{own}", DATE), modal(at.ground, ids.VIEW_CAFE, p=shown))

    return way


def _sending(own: str, purpose: str = "") -> Way:
    """Send a form."""

    def way(at: Press, callback: str) -> Any:
        shown = own if at.programme == VANCOUVER.id else at.programme
        held = {"p": "nowhere" if at.unknown else shown}
        held |= {"h": at.handle(f"{purpose}:{own}", DATE)} if purpose else {}
        return submit(at.ground, at.who, modal(at.ground, callback, values=VALUES, **held))

    return way


def _door(what: str, own: str) -> list[tuple[tuple[Kind, str], str, Way]]:
    dated = (ids.THEME, ids.THEME_BACK, ids.OWN_LINE, ids.HOW_YES, ids.HOW_PARTLY, ids.HOW_NO)
    return [
        *(((Kind.ACTION, name), what, _pressing(own)) for name in (ids.CAFE, ids.DEPARTMENT_LINE)),
        *(((Kind.ACTION, name), what, _on_date(own)) for name in dated),
        ((Kind.SUBMIT, ids.VIEW_TERMS), what, _sending(own)),
        ((Kind.SUBMIT, ids.VIEW_THEME), what, _sending(own, ids.THEME)),
        ((Kind.SUBMIT, ids.VIEW_DEPARTMENT_LINE), what, _sending(own)),
    ]


LISTENERS: list[tuple[tuple[Kind, str], str, Way]] = [
    *_door("door", VANCOUVER.id),
    *_door("theirs", IMPACT.id),
    ((Kind.ACTION, ids.KEEP_MEMBERS), "duty", _pressing(VANCOUVER.id)),
    ((Kind.SUBMIT, ids.VIEW_MEMBERS), "duty", _sending(VANCOUVER.id)),
    ((Kind.ACTION, ids.DEPARTMENT_LINES), "duty", _pressing(VANCOUVER.id)),
    ((Kind.ACTION, ids.LINE_TAKEN_UP), "duty", _on_date(VANCOUVER.id)),
]
NO_HANDLE = frozenset(
    {
        ids.CAFE, ids.DEPARTMENT_LINE, ids.DEPARTMENT_LINES, ids.KEEP_MEMBERS, ids.VIEW_DEPARTMENT_LINE,
        ids.VIEW_MEMBERS, ids.VIEW_TERMS,
    }
)  # fmt: skip
"""These name a programme."""
