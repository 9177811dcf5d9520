"""What a partner's people and the administrators of its programme send, made by hand."""

from __future__ import annotations

from typing import Any

from handlers import ids
from tests.rules.partner_world import IMPACT
from tests.threats.presses import Press, home_tab, modal, submit

NOTICE = {
    ids.IN_PROVIDER: "Sage Willow",
    ids.IN_PROFESSION: "rural_physician",
    ids.IN_PROVIDER_REACH: "250-555-0177",
    ids.IN_CRITERIA: ["child_involved"],
}
VOICEMAIL = NOTICE | {ids.IN_PARTNER: "ptc", ids.IN_LEFT_ON: "2026-11-20", ids.IN_LEFT_AT: "09:00"}


def at_partners(at: Press, action: str) -> Any:
    """Press a button in Home that names the programme with partners."""
    return at.press(action, "nowhere" if at.unknown else IMPACT.id, home_tab(at.ground))


def notifying(at: Press, callback: str) -> Any:
    """Send the form of a partner's people, of an administrator for a voicemail, or the list."""
    programme = "nowhere" if at.unknown else IMPACT.id
    return submit(at.ground, at.who, modal(at.ground, callback, values=VOICEMAIL, p=programme))


def at_their_door(at: Press, action: str) -> Any:
    """Press something in a form of the programme with partners."""
    return at.press(action, view=modal(at.ground, ids.VIEW_REQUEST, p="nowhere" if at.unknown else IMPACT.id))


def choosing_role(at: Press, action: str) -> Any:
    """Choose a role in that programme's form."""
    form = modal(at.ground, ids.VIEW_REQUEST, p="nowhere" if at.unknown else IMPACT.id)
    return at.press(action, IMPACT.eligibility.roles[0].id, form)
