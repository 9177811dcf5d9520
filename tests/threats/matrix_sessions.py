"""The rows of the authorisation matrix about sessions: every member looks and takes a place, their own is their own."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.hear import Kind
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER
from tests.threats.presses import Press, Way, modal, plainly, submit
from tests.threats.scene_places import PLACE, series_id

NOWHERE = "nowhere"


def _list(own: str) -> Way:
    """Press the door of a programme."""

    def way(at: Press, action: str) -> Any:
        programme = NOWHERE if at.unknown else own
        return at.press(action, programme, modal(at.ground, ids.VIEW_MENU, p=programme))

    return way


def _one(own: str) -> Way:
    """Press what names one session."""

    def way(at: Press, action: str) -> Any:
        programme = NOWHERE if at.unknown else own
        return at.press(action, str(series_id(programme)), modal(at.ground, ids.VIEW_SESSIONS, p=programme))

    return way


def _announced(own: str) -> Way:
    """Press the button of a public announcement."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, f"{series_id(NOWHERE if at.unknown else own)}/")

    return way


def _taking(own: str) -> Way:
    """Send the form for a place."""

    def way(at: Press, callback: str) -> Any:
        programme = NOWHERE if at.unknown else own
        values = {ids.IN_REMINDERS: ["0"], ids.IN_ALIAS: "Fern"}
        return submit(
            at.ground, at.who, modal(at.ground, callback, values=values, p=programme, x=str(series_id(programme)))
        )

    return way


def _on_place(at: Press, action: str) -> Any:
    held = at.handle(ids.REGISTRATION, PLACE)
    return at.press(action, held, modal(at.ground, ids.VIEW_PLACE, p=at.programme, h=held))


def _told(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.REGISTRATION, PLACE))


def _doors(what: str, own: str) -> list[tuple[tuple[Kind, str], str, Way]]:
    return [
        ((Kind.ACTION, ids.SESSIONS), what, _list(own)),
        ((Kind.ACTION, ids.SESSION), what, _one(own)),
        ((Kind.ACTION, ids.REGISTER), what, _one(own)),
        ((Kind.ACTION, ids.JOIN_SESSION), what, _announced(own)),
        ((Kind.SUBMIT, ids.VIEW_REGISTER), what, _taking(own)),
    ]


_OWN = (ids.OWN_PLACE, ids.LEAVE_PLACE, ids.TAKE_BACK_PLACE, ids.PLACE_YES, ids.PLACE_NO, ids.REMIND_ME)
_LINKS = (ids.TO_GOOGLE, ids.TO_OUTLOOK, ids.TO_OUTLOOK_HOME, ids.TO_FILE)

LISTENERS: list[tuple[tuple[Kind, str], str, Way]] = [
    *(((Kind.ACTION, name), "public", plainly) for name in _LINKS),
    *_doors("door", VANCOUVER.id),
    *_doors("theirs", IMPACT.id),
    *(((Kind.ACTION, name), "place", _on_place) for name in _OWN),
    ((Kind.ACTION, ids.OPEN_MESSAGE), "place", _told),
]
