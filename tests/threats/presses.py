"""What people send: payloads made by hand, so that anybody can be seen to press anything with any handle."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from handlers import ids
from handlers.views.erasure import REACHED
from peersupport.addresses import Address
from peersupport.upkeep import subject_of
from tests.rules.world import VANCOUVER
from tests.threats import scenes
from tests.threats.scenes import TEAM, Ground, Scene

NOTHING = UUID(int=0)


def press(ground: Ground, who: Address, action: str, value: str = "", view: dict[str, Any] | None = None) -> Any:
    """Return the payload of a pressed button."""
    payload = _interaction(ground, who, "block_actions") | {"actions": [{"action_id": action, "value": value}]}
    return payload | ({"view": view} if view else {})


def submit(ground: Ground, who: Address, view: dict[str, Any]) -> Any:
    """Return the payload of a sent form."""
    return _interaction(ground, who, "view_submission") | {"view": view}


def _interaction(ground: Ground, who: Address, kind: str) -> dict[str, Any]:
    user = {"id": who.user, "team_id": who.team}
    return {"type": kind, "user": user, "team": {"id": TEAM}, "trigger_id": f"T{ground.number()}"}


def modal(ground: Ground, callback: str, *, values: dict[str, Any] | None = None, **meta: str) -> dict[str, Any]:
    """Return an open modal of ours as Slack sends it back; `values` by block id."""
    state = {block: {"x": _input(value)} for block, value in (values or {}).items()}
    return {
        "type": "modal",
        "id": f"V{ground.number()}",
        "callback_id": callback,
        "private_metadata": json.dumps({"l": "en"} | meta),
        "blocks": [],
        "state": {"values": state},
    }


def _input(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"selected_options": [{"value": each} for each in value]}
    return {"value": value}


def home_tab(ground: Ground) -> dict[str, Any]:
    """Return the Home tab as Slack sends it with a press."""
    return {"type": "home", "id": f"V{ground.number()}", "callback_id": ids.VIEW_HOME, "private_metadata": '{"l":"en"}'}


@dataclass(frozen=True)
class Press:
    """One press in the making: who presses, with handles made for whom."""

    ground: Ground
    scene: Scene
    who: Address
    holder: Address
    """Whom the handles were made for: `who`, or somebody whose screen they were taken from."""
    unknown: bool = False
    """True where the handles are to open nothing."""
    programme: str = VANCOUVER.id
    """The programme that hidden metadata names."""
    days: float = 1
    """For how long the handles open something; where that is negative, they have expired."""
    purpose: str = ""
    """What the handles were made for, where that is not what they are used for."""
    taken: list[str] = field(default_factory=list)
    """The purposes of the handles that it needed."""

    def handle(self, purpose: str, record: UUID | None, *, card: bool = False) -> str:
        """Make a handle as the app would, or one that nobody ever made."""
        self.taken.append(purpose)
        if self.unknown or record is None:
            return "A" * 64
        return self.ground.handle(self.purpose or purpose, record, None if card else self.holder, days=self.days)

    def record(self, purpose: str) -> UUID:
        """Return what a handle of this purpose stands for here; something that is not there, where nothing fits."""
        fitting = {
            ids.OFFER: self.scene.offer,
            ids.APPROVAL: self.scene.approval,
            ids.CONCERN: self.scene.concern,
            ids.LEDGER: subject_of(VANCOUVER.id),
            ids.CHANNEL: subject_of(VANCOUVER.id),
            ids.SELF_AUDIT: subject_of(VANCOUVER.id),
            ids.TODAY: subject_of(VANCOUVER.id),
            ids.REFERRAL: self.ground.referral,
            ids.REFERRAL_CARD: self.ground.held_referral,
        }
        return fitting.get(purpose, self.scene.request) or NOTHING

    def press(self, action: str, value: str = "", view: dict[str, Any] | None = None) -> Any:
        """Make the payload of a button."""
        return press(self.ground, self.who, action, value, view)

    def sheet(self, **values: Any) -> dict[str, Any]:
        """Return a modal that carries the request as administrators' modals do."""
        return self.modal(ids.SHEET, self.scene.request, values)

    def modal(
        self, purpose: str, record: UUID | None, values: dict[str, Any] | None = None, **meta: str
    ) -> dict[str, Any]:
        """Return a modal with a handle in its hidden metadata."""
        held = {"p": self.programme, "h": self.handle(purpose, record)} | meta
        return modal(self.ground, ids.VIEW_PAGE, values=values, **held)


Way = Callable[[Press, str], Any]
"""Makes the payload for an id."""


def plainly(at: Press, action: str) -> Any:
    """Press a button that names no record, in the menu."""
    return at.press(action, VANCOUVER.id, modal(at.ground, ids.VIEW_MENU, p=VANCOUVER.id))


def choosing(value: str) -> Way:
    """Choose something in the request form or the menu."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, modal(at.ground, ids.VIEW_REQUEST, p=VANCOUVER.id))

    return way


def typing(at: Press, command: str) -> Any:
    """Type the command."""
    return {"command": command, "text": "", "user_id": at.who.user, "team_id": at.who.team, "trigger_id": "T1"}


def by_shortcut(at: Press, callback: str) -> Any:
    """Use the shortcut."""
    return {key: value for key, value in at.press("").items() if key != "actions"} | {
        "type": "shortcut",
        "callback_id": callback,
    }


def opening_home(at: Press, event: str) -> Any:
    """Open Home."""
    inner = {"type": event, "user": at.who.user, "tab": "home"}
    return {"type": "event_callback", "team_id": at.who.team, "event_id": f"E{at.ground.number()}", "event": inner}


FORM = {
    ids.IN_ROLE: "physician",
    ids.IN_MODALITIES: ["phone"],
    ids.IN_REACH: scenes.PHONE,
    ids.IN_NAME: scenes.SECRET,
}


def changing_account(at: Press, event: str) -> Any:
    """Have Slack say that an account changed."""
    inner = {"type": event, "user": {"id": at.who.user, "team_id": at.who.team}}
    return {"type": "event_callback", "team_id": at.who.team, "event_id": f"E{at.ground.number()}", "event": inner}


def telling_of_removal(at: Press, event: str) -> Any:
    """Have Slack say that the app was removed; it names nobody."""
    inner = {"type": event}
    return {"type": "event_callback", "team_id": at.who.team, "event_id": f"E{at.ground.number()}", "event": inner}


def page(purpose: str, number: int) -> Way:
    """Press a button that carries a handle for the number of a page or step."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, at.handle(purpose, UUID(int=number)), modal(at.ground, ids.VIEW_PAGE))

    return way


def at_home(value: str) -> Way:
    """Press a button in Home that names no record."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, home_tab(at.ground))

    return way


def asking(at: Press, callback: str) -> Any:
    """Send the request form."""
    return submit(at.ground, at.who, modal(at.ground, callback, values=FORM, p=VANCOUVER.id))


def passing_on(at: Press, callback: str) -> Any:
    """Send the form of a referral."""
    values = {ids.IN_ATTEST: ["attested"], ids.IN_COLLEAGUE_NAME: "Fern Dell", ids.IN_COLLEAGUE_REACH: scenes.PHONE}
    view = modal(at.ground, callback, values=values | {ids.IN_TELLS: "tell_not"}, p=VANCOUVER.id)
    return submit(at.ground, at.who, view | {"blocks": [{"type": "input", "block_id": ids.IN_COLLEAGUE}]})


def saying_yes(at: Press, callback: str) -> Any:
    """Send the request form of somebody who was referred."""
    held = at.handle(ids.REFERRAL, at.ground.referral)
    return submit(at.ground, at.who, modal(at.ground, callback, values=FORM, p=at.programme, r=held))


def on_note(at: Press, action: str) -> Any:
    """Press a button of the note to somebody who was referred."""
    held = at.handle(ids.REFERRAL, at.ground.referral)
    return at.press(action, held, modal(at.ground, ids.VIEW_REFERRAL_NOTE, p=at.programme))


def on_referral_card(at: Press, action: str) -> Any:
    """Press the button of a referral's card, whose handle is the same for all administrators."""
    return at.press(action, at.handle(ids.REFERRAL_CARD, at.ground.held_referral, card=True))


def changing(at: Press, callback: str) -> Any:
    """Send one's own request changed."""
    view = at.modal(ids.OWN, at.scene.request, FORM) | {"callback_id": callback}
    return submit(at.ground, at.who, view)


def own(at: Press, action: str) -> Any:
    """Press a button of one's own request, in Home."""
    return at.press(action, at.handle(ids.OWN, at.scene.request), home_tab(at.ground))


def message(purpose: str) -> Way:
    """Press the button of a direct message."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, at.handle(purpose, at.record(purpose)))

    way.__qualname__ = f"message_{purpose}"
    return way


def in_home(purpose: str) -> Way:
    """Press a button in Home that carries a handle."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, at.handle(purpose, at.record(purpose)), home_tab(at.ground))

    return way


def in_modal(purpose: str, value: str = "") -> Way:
    """Press a button in a modal that carries a handle."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, at.modal(purpose, at.record(purpose)))

    return way


def on_card(at: Press, action: str) -> Any:
    """Press a button of the card in the administrators' channel, whose handle is the same for all of them."""
    return at.press(action, at.handle(ids.CARD, at.scene.request, card=True))


def on_sheet(at: Press, action: str) -> Any:
    """Press a button of the sheet."""
    return at.press(action, "", at.sheet())


def on_sheet_choosing(value: str) -> Way:
    """Choose something in the sheet that names no record."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, at.sheet())

    return way


def on_row(at: Press, action: str) -> Any:
    """Press the button of a request in the queue."""
    return at.press(action, at.handle(ids.SHEET, at.scene.request), modal(at.ground, ids.VIEW_QUEUE, p=at.programme))


def in_queue(at: Press, action: str) -> Any:
    """Turn to another part or page of the queue."""
    view = modal(at.ground, ids.VIEW_QUEUE, p="nowhere" if at.unknown else VANCOUVER.id)
    return at.press(action, "needs.0", view)


def in_referrals(at: Press, action: str) -> Any:
    """Choose which open referrals are listed."""
    view = modal(at.ground, ids.VIEW_REFERRALS, p="nowhere" if at.unknown else VANCOUVER.id)
    return at.press(action, "all", view)


def on_offer_in_sheet(at: Press, action: str) -> Any:
    """Press the button beside an offer in the sheet."""
    return at.press(action, at.handle(ids.ASKED, at.scene.offer), at.sheet())


def to_colleague(at: Press, action: str) -> Any:
    """Choose another administrator in the sheet."""
    return at.press(action, at.handle(ids.HAND_OVER, at.ground.members[scenes.BACKUP]), at.sheet())


def offering(at: Press, callback: str) -> Any:
    """Send the form of candidates."""
    picked = at.handle(ids.PICK, at.ground.entries[scenes.FREE])
    return submit(at.ground, at.who, at.sheet(first=picked) | {"callback_id": callback})


def closing(at: Press, callback: str) -> Any:
    """Send the form that closes a request."""
    return submit(at.ground, at.who, at.sheet(outcome="none_available") | {"callback_id": callback})


def in_programme(at: Press, action: str) -> Any:
    """Press a button in Home that names the programme."""
    return at.press(action, "nowhere" if at.unknown else VANCOUVER.id, home_tab(at.ground))


def looking_up(at: Press, callback: str) -> Any:
    """Send the reference of a request."""
    reference = "A0-0000" if at.unknown else at.scene.reference
    view = modal(at.ground, callback, values={ids.IN_REFERENCE: reference}, p=VANCOUVER.id)
    return submit(at.ground, at.who, view)


def on_found(at: Press, action: str) -> Any:
    """Press the button that shows a request, in what two have to agree on."""
    return at.press(action, at.handle(ids.SHEET, at.scene.request), modal(at.ground, ids.VIEW_PAGE, p=at.programme))


def asking_two(at: Press, callback: str) -> Any:
    """Send the form that asks for a deed of two."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_WHY: "law"}, a="extend_retention")
    return submit(at.ground, at.who, view | {"callback_id": callback})


def erasing(at: Press, callback: str) -> Any:
    """Send the form that erases a request for somebody who phoned."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_REACHED: [REACHED]})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def saying_why(at: Press, callback: str) -> Any:
    """Send the form that asks why an identity is opened."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_REASON: "safety"})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def raising(at: Press, callback: str) -> Any:
    """Send the form that raises a safety concern."""
    values = {ids.IN_TOLD: "first", ids.IN_PLAN: "yes", ids.IN_ROUTE: "lead"}
    return submit(at.ground, at.who, at.modal(ids.MATCH, at.scene.request, values) | {"callback_id": callback})


def ending(at: Press, callback: str) -> Any:
    """Send the form that closes a safety concern."""
    view = at.modal(ids.CONCERN, at.record(ids.CONCERN), {ids.IN_ENDING: "safe_now"})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def in_register(at: Press, action: str) -> Any:
    """Press a button of the register."""
    return at.press(action, "0", modal(at.ground, ids.VIEW_SUPPORTERS, p="nowhere" if at.unknown else VANCOUVER.id))


def on_entry(at: Press, action: str) -> Any:
    """Press the button of one entry."""
    value = at.handle(ids.SUPPORTER, at.ground.entries[scenes.FREE])
    return at.press(action, value, modal(at.ground, ids.VIEW_SUPPORTERS, p=at.programme))


def on_opener(at: Press, action: str) -> Any:
    """Choose one person in the list of openings."""
    value = at.handle(ids.OPENER, at.ground.members[scenes.BACKUP])
    return at.press(action, value, modal(at.ground, ids.VIEW_LEDGER, p=at.programme))


ENTRY = {"name": "Fern Dell", "modalities": ["phone"], "languages": ["en"], "limit": "2", "status": "active"}


def saving_entry(at: Press, callback: str) -> Any:
    """Send one entry of the register."""
    view = at.modal(ids.SUPPORTER, at.ground.entries[scenes.FREE], ENTRY, v="1")
    return submit(at.ground, at.who, view | {"callback_id": callback})


def saving_profile(at: Press, callback: str) -> Any:
    """Send one's own profile."""
    programme = "nowhere" if at.unknown else VANCOUVER.id
    return submit(at.ground, at.who, modal(at.ground, callback, values=ENTRY, p=programme, v="1"))
