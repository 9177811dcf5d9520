"""A support request: its states, the moves allowed between them, and what is held about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address


class Door(StrEnum):
    """How a request came in."""

    SELF = "self"
    COLLEAGUE = "colleague"
    PARTNER = "partner"


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    MATCHING = "matching"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    INVITED = "invited"
    """The supporter has called or written to somebody who did not ask; only a partner's notice gets here."""
    CONTACTED = "contacted"
    TALKING = "talking"
    CLOSED = "closed"


class Outcome(StrEnum):
    """Why a request is closed."""

    DONE = "done"
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    HANDED_OVER = "handed_over"
    NONE_AVAILABLE = "none_available"
    ANSWERED = "answered"
    """Somebody who was invited said that they are fine, or that nobody should write again: not which of the two."""


class Move(StrEnum):
    """What can happen to a request."""

    CLAIM = "claim"
    OFFER = "offer"
    OFFERS_ENDED = "offers_ended"
    ACCEPT = "accept"
    INVITE = "invite"
    CONTACT = "contact"
    TALK = "talk"
    RELEASE = "release"
    CLOSE = "close"


OPEN_STATES = frozenset(State) - {State.CLOSED}
MATCHED = frozenset({State.ACCEPTED, State.INVITED, State.CONTACTED, State.TALKING})
"""Where a request is with a supporter."""

MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.CLAIM: (frozenset({State.RECEIVED}), State.CONFIRMED),
    Move.OFFER: (frozenset({State.CONFIRMED, State.MATCHING}), State.OFFERED),
    Move.OFFERS_ENDED: (frozenset({State.OFFERED}), State.MATCHING),
    Move.ACCEPT: (frozenset({State.OFFERED}), State.ACCEPTED),
    Move.CONTACT: (frozenset({State.ACCEPTED}), State.CONTACTED),
    Move.TALK: (frozenset({State.CONTACTED, State.TALKING}), State.TALKING),
    Move.RELEASE: (MATCHED, State.MATCHING),
    Move.CLOSE: (OPEN_STATES, State.CLOSED),
}
"""What can happen where somebody asked, or said yes."""

OUTREACH: dict[Move, tuple[frozenset[State], State]] = {
    Move.INVITE: (frozenset({State.ACCEPTED, State.INVITED}), State.INVITED),
    Move.CONTACT: (frozenset({State.INVITED}), State.CONTACTED),
}
"""What is otherwise where a partner told of somebody who has not said yes: no contact but through the invitation."""


def after(state: State, move: Move, *, unasked: bool = False) -> State | None:
    """Return the state that the move leads to, or None where it is not allowed from here, by who has asked."""
    moves = MOVES | OUTREACH if unasked else MOVES
    allowed, target = moves.get(move, (frozenset(), state))
    return target if state in allowed else None


@dataclass(frozen=True, slots=True)
class SupportRequest:
    """The plain part of a request: nothing in it says who asked, or why. Times are aware, in UTC."""

    id: UUID
    reference: str
    programme: str
    door: Door
    state: State
    version: int
    created_at: datetime
    due_at: datetime
    notice_version: str
    urgent: bool = False
    private_card: bool = False
    """True where the card may not go to the channel, because someone it concerns is in it."""
    ask_first: bool = False
    """True where the requester wants a say before the supporter sees the name."""
    name_agreed_at: datetime | None = None
    outcome: Outcome | None = None
    claimed_by: UUID | None = None
    claimed_at: datetime | None = None
    supporter: UUID | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    """When contact was made; of somebody who did not ask, when it was first tried. It stops the promise's clock."""
    not_yet_at: datetime | None = None
    """When the requester said that nobody had contacted them; None once somebody has, or somebody else is sought."""
    closed_at: datetime | None = None
    talks: int = 0
    attempts: int = 0
    fourth_agreed: bool = False
    none_left: bool = False
    erased_at: datetime | None = None
    """When everything that named the requester was destroyed."""
    promised_at: datetime | None = None
    """When the promise's clock started anew; None where it still runs from the opening."""
    missed_at: datetime | None = None
    """When it was seen that the promised time had passed without contact; None again with a new promise."""
    none_told_at: datetime | None = None
    """When the requester was told that nobody is there who could be asked."""
    waits_at: datetime | None = None
    """When the requester, told that it takes longer, chose to wait."""
    unreached_at: datetime | None = None
    """When the supporter had tried in vain as often as is asked of them; None once there is contact, or a new try.

    Of somebody who did not ask, when the last attempt was made."""
    quiet_since: datetime | None = None
    """The last sign that the two are in contact."""
    going_on_at: datetime | None = None
    """When the requester said last that the talks go on."""
    supporter_going_on_at: datetime | None = None
    """When the supporter said so."""
    keep_until: datetime | None = None
    """Not to be erased before this instant, where two administrators agreed to keep it longer."""
    erase_asked_at: datetime | None = None
    """When whoever asked wanted the closed request erased, whatever its time would have been."""
    off_slack_at: datetime | None = None
    """Since when the app cannot show the requester anything: an administrator says it to them by phone."""
    phoned_at: datetime | None = None
    """When an administrator last told the requester by phone what they were owed."""

    @property
    def unasked(self) -> bool:
        """Whether a partner told of somebody who has not said yes: nothing of it shows in that person's Home."""
        said_yes = self.state in (State.CONTACTED, State.TALKING) or self.promised_at is not None
        return self.door is Door.PARTNER and not said_yes


@dataclass(frozen=True, slots=True, repr=False)
class Needs:
    """What the requester told us, sealed under the request's identity key. Ids of choices are the programme's own."""

    requester: Address
    name: str
    language: str
    role: str
    modalities: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    zone: str = "UTC"
    wishes: dict[str, str] = field(default_factory=dict)
    department: str = ""
    not_my_department: bool = False
    avoid_members: tuple[Address, ...] = ()
    avoid_names: tuple[str, ...] = ()
    notify: bool = False
    """True where the requester ticked that the app may send them a direct message."""
    opened_by: Address | None = None
    """Who opened the door to it: the requester, as long as nobody can do it for them; None where it is not known."""
    hidden_from: Address | None = None
    """The colleague who referred them, who never learns what came of it, whatever role they have."""

    @property
    def apart(self) -> frozenset[Address]:
        """Who is never asked to take it: who asks, who opened the door for them, and whom they would rather avoid."""
        opener = () if self.opened_by is None else (self.opened_by,)
        return frozenset((self.requester, *opener, *self.avoid_members))

    @property
    def kept_out(self) -> frozenset[Address]:
        """Who never looks after it: who asks, whom they would rather avoid, and who referred them."""
        hidden = () if self.hidden_from is None else (self.hidden_from,)
        return frozenset((self.requester, *self.avoid_members, *hidden))

    def __repr__(self) -> str:
        return "Needs(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """How to reach the requester, sealed under a key of its own that is destroyed when the request closes."""

    reach: str
    voicemail: bool | None = None
    private: bool = False

    def __repr__(self) -> str:
        return "Contact(...)"
