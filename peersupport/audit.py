"""Which deeds are written down, and with how little: a deed, who did it by internal id, on which subject, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Event(StrEnum):
    """The deeds that are written down."""

    REQUEST_OPENED = "request.opened"
    REQUEST_CHANGED = "request.changed"
    REQUEST_CLAIMED = "request.claimed"
    REQUEST_REASSIGNED = "request.reassigned"
    REQUEST_CLOSED = "request.closed"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_ERASED = "request.erased"
    IDENTITY_OPENED = "identity.opened"
    OFFER_SENT = "offer.sent"
    OFFER_WITHDRAWN = "offer.withdrawn"
    OFFER_ACCEPTED = "offer.accepted"
    OFFER_DECLINED = "offer.declined"
    MATCH_RELEASED = "match.released"
    CONTACT_MADE = "contact.made"
    CONTACT_FAILED = "contact.failed"
    INVITED = "invited"
    """A supporter tried to reach somebody who did not ask, whom a partner told of."""
    TALKED = "talked"
    FOURTH_AGREED = "fourth.agreed"
    RESOURCES_OFFERED = "resources.offered"
    CONTACT_DELETED = "contact.deleted"
    SUPPORTER_SAVED = "supporter.saved"
    SUPPORTER_PAUSED = "supporter.paused"
    MEMBER_SEEDED = "member.seeded"
    MEMBER_REMOVED = "member.removed"
    OPENING_LIMITED = "opening.limited"
    """Somebody was refused an identity because they had opened so many lately."""
    OPENINGS_SEEN = "openings.seen"
    """Somebody looked at the list of who opened which request."""
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_GIVEN = "approval.given"
    APPROVAL_DECLINED = "approval.declined"
    APPROVAL_USED = "approval.used"
    IDENTITY_REOPENED = "identity.reopened"
    """The identity of a closed request was opened, which two administrators had agreed on."""
    RETENTION_EXTENDED = "retention.extended"
    ERASURE_ASKED = "erasure.asked"
    """An administrator erased a request for somebody who asked by phone."""
    SAID_BY_PHONE = "said.by_phone"
    """An administrator put down what somebody who is not on Slack said by phone; the reason says what."""
    CONSENT_LINK_MADE = "consent_link.made"
    """An administrator made a link with which somebody outside Slack can answer on a page."""
    ACCOUNT_ENDED = "account.ended"
    """The Slack account of somebody with a role or an open request is gone."""
    OWN_DATA_SEEN = "own_data.seen"
    OWN_DATA_DELETED = "own_data.deleted"
    SAFETY_RAISED = "safety.raised"
    """A supporter raised a safety concern; the subject is the concern."""
    SAFETY_TAKEN = "safety.taken"
    SAFETY_CLOSED = "safety.closed"
    LIST_JOINED = "list.joined"
    """Somebody was put on the list of those who see a programme's meetings."""
    LIST_LEFT = "list.left"
    LINE_TAKEN_UP = "line.taken_up"
    """A line for a department, of no known author, was taken up and erased."""
    PARTNER_ADDED = "partner.added"
    """An operator made a key for a partner's system, or let somebody use the partner's page; the subject is either."""
    PARTNER_ENDED = "partner.ended"
    ANNOUNCED = "announced"
    """Something was announced in channels, made new there or taken down."""
    PITCH_OPENED = "pitch.opened"
    """What somebody offered to write was opened."""
    REFERRAL_PASSED_ON = "referral.passed_on"
    """Somebody passed a colleague's name on; the subject is the referral."""
    REFERRAL_RELEASED = "referral.released"
    """An administrator had a colleague asked whose referral was held."""
    REFERRAL_RECORDED = "referral.recorded"
    """An administrator wrote down that a colleague outside Slack answered; not what."""
    REFERRAL_CLOSED = "referral.closed"
    """A referral ended, and whom it was about is erased; nothing says why."""
    SESSION_CHANGED = "session.changed"
    """An organiser moved, skipped, called off or added a date, or decided about a course; the subject is either."""
    KEYS_ROTATED = "keys.rotated"
    LEDGER_ACCEPTED = "ledger.accepted"
    """An operator who put a backup back had the keyring forget what it had noted of the lines that are gone."""
    SELF_AUDIT_FAILED = "self_audit.failed"
    REFUSED = "refused"


OPENINGS = (Event.IDENTITY_OPENED, Event.IDENTITY_REOPENED)
"""The deeds that showed somebody who a person is."""


class ActorKind(StrEnum):
    """In what capacity somebody acted; this, and never a name, is what the requester is shown."""

    REQUESTER = "requester"
    ADMIN = "admin"
    LEAD = "lead"
    SUPPORTER = "supporter"
    SYSTEM = "system"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `actor` is a member or supporter id; None for the requester and the system."""

    event: Event
    at: datetime
    kind: ActorKind
    actor: UUID | None = None
    subject: UUID | None = None
    reason: str | None = None
    """A code from a fixed list, such as why an identity was opened; never words of anybody."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """How often somebody did one kind of thing, the first time and the last."""

    event: Event
    count: int
    first: datetime
    last: datetime
