"""A colleague's referral: passed on by somebody who says that they agreed; then the colleague alone decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address

LIMIT = 3
"""So many referrals one person can pass on within the window, whatever became of them."""
WINDOW = timedelta(days=30)


class ReferralState(StrEnum):
    """Where a referral stands."""

    HELD = "held"
    """An administrator looks first, as somebody said that this person had referred them without their consent."""
    ASKED = "asked"
    """It waits for the colleague's word; also where, in silence, nobody is asked."""
    CLOSED = "closed"


class Route(StrEnum):
    """How the colleague is asked."""

    SLACK = "slack"
    OUTSIDE = "outside"
    """By an administrator, by phone or e-mail."""


class Answer(StrEnum):
    """What the colleague can say besides yes."""

    NO = "no"
    LATER = "later"
    NEVER = "never"
    """No referral ever again, by anybody, in this programme."""
    NEVER_FROM = "never_from"
    """None from this person."""
    MISTAKE = "mistake"
    """They never agreed to it."""


@dataclass(frozen=True, slots=True)
class Referral:
    """The plain part of a referral: nothing in it says who, by whom, or what the answer was. Times are in UTC."""

    id: UUID
    reference: str
    programme: str
    state: ReferralState
    route: Route
    version: int
    created_at: datetime
    expires_at: datetime
    """From when on silence is taken for no."""
    asked_at: datetime | None = None
    """Since when the colleague's answer is waited for; None while it is held."""
    later_at: datetime | None = None
    """When the colleague put it off."""
    closed_at: datetime | None = None
    tells_who: bool = False
    """True where the colleague may be told who passed it on."""
    private_card: bool = False
    """True where the card may not go to the channel, because someone it concerns may be in it."""

    @property
    def is_open(self) -> bool:
        """Say whether it waits for somebody."""
        return self.state is not ReferralState.CLOSED


@dataclass(frozen=True, slots=True, repr=False)
class Colleague:
    """Whom it is about: sealed under a key of its own, which goes with their answer or their silence.

    The address is theirs in Slack, or what `addresses.own_reach` and `addresses.outside` make of others.
    """

    address: Address
    name: str = ""
    reach: str = ""

    def __repr__(self) -> str:
        return "Colleague(...)"


@dataclass(frozen=True, slots=True)
class Passed:
    """That somebody passed a referral on, and when: all that they are ever told."""

    id: UUID
    programme: str
    at: datetime


class Scope(StrEnum):
    """What somebody refused for good, or is watched for."""

    REFERRALS = "referrals"
    """They want no referral ever again."""
    REFERRALS_FROM = "referrals_from"
    """They want none from one person."""
    DISTRUST = "distrust"
    """Somebody said that this person referred them without consent: what they pass on is held."""
    NOTICES = "notices"
    """They want no partner's notice to lead to them again."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A refusal that lasts."""

    programme: str
    scope: Scope
    since: datetime


@dataclass(frozen=True, slots=True, repr=False)
class PassOn:
    """What the referrer's form holds; whoever names a member of the workspace needs to give nothing else."""

    attested: bool
    """That the colleague agreed to it."""
    colleague_member: Address | None = None
    name: str = ""
    reach: str = ""
    tells_who: bool = False

    def __repr__(self) -> str:
        return "PassOn(...)"


class Part(StrEnum):
    """A part of the referrer's form that can be wrong."""

    ATTESTED = "attested"
    COLLEAGUE = "colleague"
    NAME = "name"
    REACH = "reach"


class Fault(StrEnum):
    """What can be wrong with it: never anything about how it stands with the colleague."""

    MISSING = "missing"
    SELF = "self"
    TOO_LONG = "too_long"
    NEEDS_PHONE_OR_EMAIL = "needs_phone_or_email"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The one answer to every referral, whatever comes of it; nothing in it tells one from another."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The referrer passed on as many as one may within the window; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """The form cannot be taken as it is; nothing was kept."""

    faults: tuple[tuple[Part, Fault], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The colleague's word counts; `later` where the question stays open."""

    later: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """What the colleague sees; who passed it on only where that person said yes to it."""

    referral: Referral
    referrer: Address | None = None

    def __repr__(self) -> str:
        return "Note(...)"
