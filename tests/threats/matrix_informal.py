"""The rows of the authorisation matrix about colleagues among themselves, and how each is pressed."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.hear import Kind
from handlers.informal import record_of
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER
from tests.threats.presses import Press, Way, modal, submit
from tests.threats.scene_informal import CHECKING, LISTING, TALK

NOWHERE = "nowhere"
ROWS = """
inside    any        x       x     Y     Y    Y    Y     Y    Y     Y      Y     Y   Y    Y     Y     Y
talk_lead any        x       x     -     -    Y    Y     -    -     -      -     -   -    -     -     -
listed    any        x       x     -     -    -    Y     -    -     -      -     -   -    -     -     -
talk      any        x       x     o     o    Y    Y     o    o     o      o     o   o    o     o     o
asked_to  any        x       x     o     o    o    Y     o    o     o      o     o   o    o     o     o
asker     any        x       x     o     o    Y    o     o    o     o      o     o   o    o     o     o
checking  any        x       x     -     -    Y    -     -    -     -      -     -   -    -     -     -
"""
"""`inside`: whoever said that the programme is for them. `other` asks `free`, who is listed, and has a reminder.

Somebody in neither part is told what whoever was in one is told when it is over: the app cannot tell them apart.
"""
ROLE = next(role.id for role in VANCOUVER.eligibility.roles if role.eligible)
LISTED = {ids.IN_LISTED_NAME: "Wren", ids.IN_LISTED_REACH: "by Slack", ids.IN_WEEKLY: "2"}
ASKING = {ids.IN_ASKER_NAME: "Wren", ids.IN_ASKER_REACH: "by Slack"}


def _named(own: str) -> Way:
    """Press a button that names the programme."""

    def way(at: Press, action: str) -> Any:
        programme = NOWHERE if at.unknown else own
        return at.press(action, programme, modal(at.ground, ids.VIEW_INFORMAL, p=programme))

    return way


def _sending(own: str, values: dict[str, Any]) -> Way:
    """Send a form that names the programme."""

    def way(at: Press, callback: str) -> Any:
        programme = NOWHERE if at.unknown else own
        return submit(at.ground, at.who, modal(at.ground, callback, values=values, p=programme))

    return way


def _role(at: Press) -> str:
    return at.handle(ids.INFORMAL, record_of(VANCOUVER, ROLE))


def _browsing(at: Press, action: str) -> Any:
    return at.press(action, _role(at), modal(at.ground, ids.VIEW_INFORMAL, p=at.programme))


def _turning(at: Press, action: str) -> Any:
    return at.press(action, "0", modal(at.ground, ids.VIEW_PEERS, p=at.programme, h=_role(at)))


def _to_list(at: Press, action: str) -> Any:
    return at.press(action, at.programme, modal(at.ground, ids.VIEW_INFORMAL, p=at.programme, h=_role(at)))


def _listing(at: Press, callback: str) -> Any:
    held = modal(at.ground, callback, values=LISTED, p=at.programme, h=_role(at))
    return submit(at.ground, at.who, held)


def _asking(at: Press, action: str) -> Any:
    handle = at.handle(ids.ASK_PEER, LISTING)
    return at.press(action, handle, modal(at.ground, ids.VIEW_PEERS, p=at.programme))


def _asks(at: Press, callback: str) -> Any:
    handle = at.handle(ids.ASK_PEER, LISTING)
    return submit(at.ground, at.who, modal(at.ground, callback, values=ASKING, p=at.programme, h=handle))


def _opening(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.INTRODUCTION, TALK), modal(at.ground, ids.VIEW_INFORMAL, p=at.programme))


def _told(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.INTRODUCTION, TALK))


def _answering(at: Press, action: str) -> Any:
    handle = at.handle(ids.INTRODUCTION, TALK)
    return at.press(action, "", modal(at.ground, ids.VIEW_INFORMAL, p=at.programme, h=handle))


def _stopping(at: Press, action: str) -> Any:
    return at.press(action, at.handle(ids.CHECKING, CHECKING), modal(at.ground, ids.VIEW_INFORMAL, p=at.programme))


def _doors(what: str, own: str) -> list[tuple[tuple[Kind, str], str, Way]]:
    return [
        *(((Kind.ACTION, name), what, _named(own)) for name in (ids.INFORMAL, ids.HARD_SHIFT, ids.CHECK_IN)),
        ((Kind.SUBMIT, ids.VIEW_INFORMAL_ROLE), what, _sending(own, {ids.IN_INFORMAL_ROLE: ROLE})),
        ((Kind.SUBMIT, ids.VIEW_CHECK_IN), what, _sending(own, {ids.IN_REMIND_IN: "7"})),
    ]


LISTENERS: list[tuple[tuple[Kind, str], str, Way]] = [
    *_doors("door", VANCOUVER.id),
    *_doors("theirs", IMPACT.id),
    ((Kind.ACTION, ids.PEERS), "inside", _browsing),
    *(((Kind.ACTION, name), "inside", _turning) for name in (ids.PEERS_ON, ids.PEERS_BACK, ids.PEERS_TAG)),
    ((Kind.ACTION, ids.EDIT_LISTING), "inside", _to_list),
    ((Kind.SUBMIT, ids.VIEW_LISTING), "inside", _listing),
    ((Kind.ACTION, ids.ASK_PEER), "inside", _asking),
    ((Kind.SUBMIT, ids.VIEW_ASK_PEER), "inside", _asks),
    *(
        ((Kind.ACTION, name), "listed", _named(VANCOUVER.id))
        for name in (ids.PAUSE_LISTING, ids.RESUME_LISTING, ids.KEEP_LISTING, ids.REMOVE_LISTING)
    ),
    ((Kind.ACTION, ids.WORRIED), "talk_lead", _named(VANCOUVER.id)),
    ((Kind.ACTION, ids.OPEN_INTRODUCTION), "talk", _opening),
    ((Kind.ACTION, ids.OPEN_MESSAGE), "talk", _told),
    ((Kind.ACTION, ids.PEER_YES), "asked_to", _answering),
    ((Kind.ACTION, ids.PEER_NOT_NOW), "asked_to", _answering),
    ((Kind.ACTION, ids.TAKE_BACK), "asker", _answering),
    ((Kind.ACTION, ids.STOP_CHECK_IN), "checking", _stopping),
]
NO_HANDLE = frozenset(
    {
        ids.INFORMAL, ids.HARD_SHIFT, ids.CHECK_IN, ids.VIEW_INFORMAL_ROLE, ids.VIEW_CHECK_IN, ids.PAUSE_LISTING,
        ids.RESUME_LISTING, ids.KEEP_LISTING, ids.REMOVE_LISTING, ids.WORRIED,
    }
)  # fmt: skip
"""These name a programme, and concern only the one who presses."""
