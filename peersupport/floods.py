"""What is said where a partner sends more than it may: one line a day in the administrators' channel, not one each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from peersupport.notifications import Kind, Message
from peersupport.programme import Programme


def line(programme: Programme, sender: UUID, now: datetime) -> Message:
    """Say once a day that this key, or this person of a partner, is asked to wait; it names neither."""
    day = now.astimezone(programme.clock.zone).date()
    return Message(Kind.PARTNER_FLOOD, sender, f"{Kind.PARTNER_FLOOD}:{sender}:{day.isoformat()}", programme.id)
