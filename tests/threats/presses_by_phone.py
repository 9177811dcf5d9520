"""What administrators send about people who are not on Slack, made by hand."""

from __future__ import annotations

from typing import Any

from handlers import ids
from handlers.views.by_phone import HEARD
from tests.rules.world import VANCOUVER
from tests.threats.presses import FORM, Press, modal, submit

SPOKEN = FORM | {ids.IN_NAME: "Sorrel", ids.IN_REACH: "604-555-0177", ids.IN_HEARD: [HEARD], ids.IN_SPOKEN: "en"}


def in_spoken_form(at: Press, action: str) -> Any:
    """Choose something in the form that is filled on the phone."""
    programme = "nowhere" if at.unknown else VANCOUVER.id
    return at.press(action, "", modal(at.ground, ids.VIEW_BY_PHONE, values=SPOKEN, p=programme))


def recording(at: Press, callback: str) -> Any:
    """Send the form that was filled on the phone."""
    programme = "nowhere" if at.unknown else VANCOUVER.id
    return submit(at.ground, at.who, modal(at.ground, callback, values=SPOKEN, p=programme))


def putting_down(at: Press, callback: str) -> Any:
    """Send what somebody said by phone."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_SAID: "withdraw"})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def changing_by_phone(at: Press, callback: str) -> Any:
    """Send the form that changes what somebody asked for, as they said by phone."""
    return submit(at.ground, at.who, at.modal(ids.SHEET, at.scene.request, SPOKEN) | {"callback_id": callback})


def for_call(at: Press, action: str) -> Any:
    """Press the button of the call sheet, on the sheet of a referral."""
    return at.press(action, "", at.modal(ids.REFERRAL_CARD, at.ground.called_referral))


def saying_why_to_call(at: Press, callback: str) -> Any:
    """Send the form that asks why a call sheet is opened."""
    view = at.modal(ids.REFERRAL_CARD, at.ground.called_referral, {ids.IN_REASON: "arrange_contact"})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def answering_call(at: Press, callback: str) -> Any:
    """Send what a colleague said on the phone."""
    view = at.modal(ids.CALL_SHEET, at.ground.called_referral, {ids.IN_CALLED: "no"})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def accepting_call(at: Press, callback: str) -> Any:
    """Send the request form of a colleague who said yes on the phone."""
    view = at.modal(ids.CALL_SHEET, at.ground.called_referral, SPOKEN)
    return submit(at.ground, at.who, view | {"callback_id": callback})
