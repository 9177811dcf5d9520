"""The outbox rows about an administrators' channel: cards taken down or made equal again, administrators told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from peersupport.notifications import Kind, Message
from peersupport.upkeep import subject_of


def card_again(programme: str, request: UUID, kind: Kind, mark: float) -> Message:
    """Take a request's cards down, or make them equal the request again; `mark` tells occasions apart."""
    return Message(kind, request, f"{kind}:{request}:again:{mark}", programme)


def tell_channel(programme: str, member: UUID, what: str, day: date) -> Message:
    """Tell one administrator, once a day, by themselves, that their channel cannot be used."""
    key = f"{Kind.TELL_CHANNEL}:{programme}:{member}:{what}:{day.isoformat()}"
    return Message(Kind.TELL_CHANNEL, subject_of(programme), key, programme, audience=member)
