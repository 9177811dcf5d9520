"""The rows of the authorisation matrix about the column, announcements and services, and how each is pressed."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.hear import Kind
from handlers.services import NEW
from handlers.views.services import FIELDS
from peersupport import upkeep
from peersupport.column import COLUMN, subject_of
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER
from tests.threats.presses import Press, Way, in_programme, modal, submit
from tests.threats.scene_pages import PITCH, SERVICE, THOUGHT_OF

NOWHERE = "nowhere"
_OFFER = {ids.IN_PITCH_NAME: "Wren", ids.IN_PITCH_REACH: "by Slack", ids.IN_PITCH_WORDS: "On rest after a long night"}
_SERVICE = {block: "https://help.example" if name == "url" else name for block, name, _ in FIELDS}


def _column(own: str) -> Way:
    """Press a button that names the programme, on the column's page."""

    def way(at: Press, action: str) -> Any:
        programme = NOWHERE if at.unknown else own
        return at.press(action, programme, modal(at.ground, ids.VIEW_COLUMN, p=programme))

    return way


def _thought_of(own: str) -> Way:
    """Say that one would come."""

    def way(at: Press, action: str) -> Any:
        view = modal(at.ground, ids.VIEW_COLUMN, p=NOWHERE if at.unknown else own)
        return at.press(action, str(THOUGHT_OF[own]), view)

    return way


def _offering(own: str) -> Way:
    """Send an offer to write."""

    def way(at: Press, callback: str) -> Any:
        return submit(at.ground, at.who, modal(at.ground, callback, values=_OFFER, p=NOWHERE if at.unknown else own))

    return way


def _from_note(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.READING, subject_of(VANCOUVER.id, COLUMN)))


def _offer_told(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.EDITOR, upkeep.subject_of(VANCOUVER.id)))


def _on_offer(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.EDITOR, PITCH), modal(at.ground, ids.VIEW_PAGE, p=VANCOUVER.id))


def _at_desk(value: str) -> Way:
    """Press something in a page of the administrators' desk."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, modal(at.ground, ids.VIEW_DESK, p=NOWHERE if at.unknown else at.programme))

    return way


def _publishing(at: Press, callback: str) -> Any:
    view = modal(at.ground, callback, p=NOWHERE if at.unknown else at.programme)
    view["state"] = {"values": {ids.IN_CHANNELS: {"x": {"selected_channels": ["C0TOWN"]}}}}
    return submit(at.ground, at.who, view)


def _keeping(at: Press, callback: str) -> Any:
    held = {"p": NOWHERE if at.unknown else at.programme, "e": str(SERVICE)}
    return submit(at.ground, at.who, modal(at.ground, callback, values=_SERVICE, **held))


def _in_message(at: Press, action: str) -> Any:
    return at.press(action, "")


def _doors(what: str, own: str) -> list[tuple[tuple[Kind, str], str, Way]]:
    return [
        *(((Kind.ACTION, name), what, _column(own)) for name in (ids.COLUMN, ids.READ, ids.PITCH)),
        ((Kind.ACTION, ids.INTEREST), what, _thought_of(own)),
        ((Kind.SUBMIT, ids.VIEW_PITCH), what, _offering(own)),
    ]


LISTENERS: list[tuple[tuple[Kind, str], str, Way]] = [
    ((Kind.ACTION, ids.OPEN_PRIVATELY), "public", _in_message),
    *_doors("door", VANCOUVER.id),
    *_doors("theirs", IMPACT.id),
    ((Kind.ACTION, ids.OPEN_MESSAGE), "door", _from_note),
    ((Kind.ACTION, ids.OPEN_MESSAGE), "duty", _offer_told),
    *(((Kind.ACTION, name), "duty", _on_offer) for name in (ids.OPEN_PITCH, ids.PITCH_ANSWERED)),
    *(
        ((Kind.ACTION, name), "duty", in_programme)
        for name in (ids.PAGES, ids.ANNOUNCE_DOOR, ids.PITCHES, ids.SERVICES)
    ),
    *(((Kind.ACTION, name), "duty", _at_desk("front_door")) for name in (ids.UPDATE_ALL, ids.REMOVE_ALL)),
    ((Kind.ACTION, ids.ANNOUNCE_DATE), "duty", _at_desk("")),
    ((Kind.ACTION, ids.SERVICE_EDIT), "duty", _at_desk(NEW)),
    ((Kind.ACTION, ids.SERVICE_HIDE), "duty", _at_desk(str(SERVICE))),
    ((Kind.SUBMIT, ids.VIEW_ANNOUNCE), "duty", _publishing),
    ((Kind.SUBMIT, ids.VIEW_SERVICE), "duty", _keeping),
]

NO_HANDLE = frozenset(
    {
        *(ids.COLUMN, ids.READ, ids.PITCH, ids.INTEREST, ids.VIEW_PITCH, ids.OPEN_PRIVATELY, ids.JOIN_SESSION),
        *(ids.PAGES, ids.ANNOUNCE_DOOR, ids.ANNOUNCE_DATE, ids.VIEW_ANNOUNCE, ids.UPDATE_ALL, ids.REMOVE_ALL),
        *(ids.PITCHES, ids.SERVICES, ids.SERVICE_EDIT, ids.SERVICE_HIDE, ids.VIEW_SERVICE),
    }
)
"""They name a programme, or something that everybody may read."""
