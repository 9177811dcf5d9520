"""What may be said to whom: a kind, an audience, an id; never words or names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """Everything the outbox can carry. `subject` and `audience` below say what the two ids of a row mean."""

    CARD = "card"
    """Make the administrators' card equal the request. subject = request."""
    STRIP_CARD = "strip_card"
    """Take the cards of a request down where others than the administrators can read them. subject = request."""
    PARTNER_FLOOD = "partner_flood"
    """One constant line in the administrators' channel: a partner sends more than it may and is asked to wait. subject
    = the partner's key or person."""
    TELL_MEMBER = "tell_member"
    """Constant message to one administrator or lead. subject = request, audience = member."""
    TELL_OPENINGS = "tell_openings"
    """Constant message to one administrator: somebody opens many identities. subject = upkeep's, audience = member."""
    TELL_APPROVAL = "tell_approval"
    """Constant message about a deed that needs two. subject = approval, audience = member; without one, the privacy
    contact."""
    TELL_CHANNEL = "tell_channel"
    """Constant message to one administrator: their channel cannot be used. subject = upkeep's, audience = member."""
    TELL_SELF_AUDIT = "tell_self_audit"
    """Constant message to one administrator: something was left of what should be gone. subject = upkeep's, audience =
    member."""
    TELL_COVER = "tell_cover"
    """Constant message to somebody enrolled in notices, once a month, about nothing. subject = audience = the member,
    the supporter, the choice or the request."""
    TELL_SAFETY = "tell_safety"
    """Constant message to a safety lead or an administrator: a concern waits for somebody. subject = concern,
    audience = member."""
    TELL_DIGEST = "tell_digest"
    """Constant message to one administrator: this morning there is something to do. subject = upkeep's, audience =
    member."""
    TELL_SUPPORTER_OFFER = "tell_supporter_offer"
    """Constant message to a supporter who has an offer. subject = offer, audience = supporter."""
    TELL_SUPPORTER = "tell_supporter"
    """Constant message to a supporter about a request they have or had. subject = request, audience = supporter."""
    TELL_REQUESTER = "tell_requester"
    """Constant message to the requester, if they ticked it. subject = request."""
    HOME_REQUESTER = "home_requester"
    """Publish the requester's Home again. subject = request."""
    HOME_SUPPORTER = "home_supporter"
    """Publish a supporter's Home again. subject = audience = supporter."""
    HOME_MEMBER = "home_member"
    """Publish an administrator's Home again. subject = audience = member."""
    CLOSE_MESSAGES = "close_messages"
    """Edit direct messages about the subject (request or offer) down to "closed": an audience's, or, without one,
    everybody's but those to supporters, whose button confirms that they deleted what they noted."""
    ERASE_CONTACT = "erase_contact"
    """Destroy the contact key and blank the contact. subject = request."""
    ERASE = "erase"
    """Destroy every key of a closed request and blank its sealed columns. subject = request."""
    REMIND_ADMINS = "remind_admins"
    """Remind the administrators, if nobody has claimed the request by then. subject = request."""
    REMIND_BACKUPS = "remind_backups"
    """Bring in the backups too, if nobody has claimed the request by then. subject = request."""
    ASK_REQUESTER = "ask_requester"
    """Ask the requester whether anyone has reached them, if no contact is known by then. subject = request."""
    ALERT_RISK = "alert_risk"
    """Tell administrators and backups that the promise is at risk, if no contact is known. subject = request."""
    NONE_LEFT = "none_left"
    """Tell the requester honestly that nobody is there who could be asked, if it is so. subject = request."""
    OFFER_UNASKED = "offer_unasked"
    """Ask the best-ranked supporter, if no administrator has acted by then. subject = request."""
    NOTE_REQUESTER = "note_requester"
    """Write to the requester, after their quiet hours, of a note in Home that still stands. subject = request."""
    LAPSE_OFFER = "lapse_offer"
    """End an offer that nobody has answered, and ask the next on the list. subject = offer."""
    NUDGE_SUPPORTER = "nudge_supporter"
    """Remind a supporter, once, of a request they accepted. subject = request, audience = supporter."""
    ASK_GOING_ON = "ask_going_on"
    """Ask one side whether the talks go on, if it has been quiet. subject = request, audience = supporter; without one
    the requester."""
    CLOSE_UNREACHED = "close_unreached"
    """Close a request whose requester could not be reached, if they still were not. subject = request."""
    REMIND_OUTREACH = "remind_outreach"
    """Remind the supporter of the second attempt to reach somebody who did not ask. subject = request."""
    END_OUTREACH = "end_outreach"
    """Close and erase what a partner told of somebody, if no answer has come. subject = request."""
    TAKE_NOTICE = "take_notice"
    """Look at a partner's notice that came in: who it is about decides only now. subject = notice."""
    PAGE_SAFETY = "page_safety"
    """Page the next safety lead, or everybody, if nobody has the concern by then. subject = concern."""
    TELL_COLLEAGUE = "tell_colleague"
    """Constant message to a colleague in Slack: a private note is there. subject = referral."""
    TELL_REFERRAL = "tell_referral"
    """Constant message to one administrator: a referral waits for them. subject = referral, audience = member."""
    REFERRAL_CARD = "referral_card"
    """Make the administrators' card equal the referral. subject = referral."""
    REMIND_REFERRAL = "remind_referral"
    """Remind, once, of a referral that nobody has answered by then. subject = referral."""
    EXPIRE_REFERRAL = "expire_referral"
    """Close a referral that nobody has answered, and erase whom it is about. subject = referral."""
    RECONCILE = "reconcile"
    """Look whether the accounts of people with a role or an open request still exist. subject = upkeep's."""
    RETAIN = "retain"
    """Destroy whatever outlived its time. subject = upkeep's."""
    COVER = "cover"
    """Put down the notes of the month, on their day, and forget choices that nothing depends on. subject = upkeep's."""
    DIGEST = "digest"
    """On the morning of a weekday, tell the administrators who have something to do. subject = upkeep's."""
    SELF_AUDIT = "self_audit"
    """Look whether anything is left of what was erased. subject = upkeep's."""

    # Sessions

    PLAN_SESSIONS = "plan_sessions"
    """Put down the timers of the dates to come, by the zone data of the day. subject = upkeep's."""
    REMIND_DATE = "remind_date"
    """Remind whoever wants it of a date, if one of its reminders is due. subject = date."""
    DECIDE_DATE = "decide_date"
    """Ask whoever leads a date what becomes of it, if too few have registered. subject = date."""
    DECIDE_SERIES = "decide_series"
    """Ask whoever leads a course what becomes of it, if too few have enrolled. subject = series."""
    END_DATE = "end_date"
    """End a date: erase its themes, and ask for the number who came. subject = date."""
    TELL_REMINDER = "tell_reminder"
    """Constant message to somebody who registered: a date is near. subject = registration, audience = date."""
    TELL_CHANGED = "tell_changed"
    """Constant message to somebody who registered: when they meet has changed. subject = registration, audience = date;
    without one the whole series."""
    TELL_PRESENTER = "tell_presenter"
    """Constant message to whoever offered to present: a date is asked of them. subject = proposal."""
    TELL_ORGANISER = "tell_organiser"
    """Constant message to whoever leads a session: it asks something of them. subject = date or series, audience =
    member."""

    OFFER_PLACE_ENDS = "offer_place_ends"
    """End the offer of a place that was not taken in time. subject = registration."""
    TELL_PLACE = "tell_place"
    """Constant message to somebody who waits: a place is kept for them. subject = registration."""

    # Meetings and themes

    # The column, announcements and resources
    TELL_READER = "tell_reader"
    """Constant message to somebody who asked for a monthly note. subject = upkeep's, audience = reader."""
    TELL_EDITOR = "tell_editor"
    """Constant message to one administrator: offers to write wait. subject = upkeep's, audience = member."""
    ANNOUNCE = "announce"
    """Make a public message equal what it announces, or take it down. subject = announcement."""
    READERS = "readers"
    """Once a month, write to those who asked for the note. subject = upkeep's."""

    # Colleague to colleague
    TELL_ASKED = "tell_asked"
    """Constant message to a listed colleague: somebody asks for ten minutes. subject = introduction."""
    TELL_ASKER = "tell_asker"
    """Constant message to whoever asked: there is an answer, or it ended. subject = introduction."""
    END_INTRODUCTION = "end_introduction"
    """Take apart what linked two colleagues; whoever asked in vain is told. subject = introduction."""
    TELL_LISTED = "tell_listed"
    """Constant message to a listed colleague: does the listing stay? subject = listing."""
    REVIEW_LISTING = "review_listing"
    """Ask whether a listing stays, where it is due. subject = listing."""
    END_LISTING = "end_listing"
    """Erase a listing whose question nobody answered. subject = listing."""
    TELL_CHECK_IN = "tell_check_in"
    """Constant message to oneself: it is time to check in with somebody. subject = reminder."""


@dataclass(frozen=True, slots=True)
class Message:
    """A row to put into the outbox; `dedupe` makes a repeat of the same deed harmless."""

    kind: Kind
    subject: UUID
    dedupe: str
    programme: str
    audience: UUID | None = None
    run_at: datetime | None = None
    """Not before this instant; None means now."""


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the outbox that is to be carried out now."""

    id: UUID
    kind: Kind
    subject: UUID
    programme: str
    audience: UUID | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """Carried out, or no longer needed."""


@dataclass(frozen=True, slots=True)
class Later:
    """Try again after so many seconds; `counts` is False where it was nobody's fault, as when Slack says slow down."""

    seconds: float
    code: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Parked:
    """Never going to work as it is; kept for a person to look at. `code` is a fixed word, never a value."""

    code: str


Result = Delivered | Later | Parked


def place_of(whose: UUID) -> str:
    """Return the name of the place where messages to one person go, by the record that leads to them."""
    return f"person:{whose}"
