"""The outbox rows of referrals: each bound to what it is about, so that a repeat is harmless."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from peersupport.notifications import Kind, Message
from peersupport.programme import Programme
from peersupport.referral import Referral, ReferralState, Route


def card(referral: Referral) -> Message:
    """Make the administrators' card equal this version of the referral."""
    return _row(Kind.REFERRAL_CARD, referral, str(referral.version))


def tell_colleague(referral: Referral, mark: str = "first") -> Message:
    """Tell the colleague that a note is there; whether there is anybody to tell is judged when it is delivered."""
    return _row(Kind.TELL_COLLEAGUE, referral, f"{_stamp(referral.asked_at)}:{mark}")


def tell_members(referral: Referral, members: Iterable[UUID], mark: str = "first") -> tuple[Message, ...]:
    """Tell administrators that a referral waits for them."""
    key = f"{_stamp(referral.asked_at)}:{mark}"
    return tuple(_row(Kind.TELL_REFERRAL, referral, f"{key}:{member}", member) for member in members)


def timers(programme: Programme, referral: Referral) -> tuple[Message, ...]:
    """Return the timers that start when a referral is passed on, or released."""
    mark = str(_stamp(referral.asked_at))
    remind = _row(Kind.REMIND_REFERRAL, referral, mark, run_at=remind_at(programme, referral))
    return remind, _row(Kind.EXPIRE_REFERRAL, referral, mark, run_at=referral.expires_at)


def close_messages(referral: Referral) -> Message:
    """Edit the messages about a closed referral down to "closed"."""
    return _row(Kind.CLOSE_MESSAGES, referral, "closed")


def close_again(referral: UUID, programme: str, day: date) -> tuple[Message, ...]:
    """Edit what stands about a closed referral down once more; the same rows all day."""
    kinds = (Kind.REFERRAL_CARD, Kind.CLOSE_MESSAGES)
    return tuple(Message(each, referral, f"{each}:{referral}:again:{day.isoformat()}", programme) for each in kinds)


def remind_at(programme: Programme, referral: Referral) -> datetime:
    """Return when the one reminder of a referral is due."""
    kept = programme.consent.referral
    since = referral.asked_at or referral.created_at
    return referral.expires_at if kept is None else since + kept.remind_after


def asks_administrators(referral: Referral) -> bool:
    """Say whether an open referral waits for an administrator, and not for the colleague themselves."""
    return referral.is_open and (referral.state is ReferralState.HELD or referral.route is Route.OUTSIDE)


def _row(
    kind: Kind, referral: Referral, mark: str, audience: UUID | None = None, run_at: datetime | None = None
) -> Message:
    return Message(kind, referral.id, f"{kind}:{referral.id}:{mark}", referral.programme, audience, run_at)


def _stamp(instant: datetime | None) -> int:
    """Return whole milliseconds, the same before and after a database has kept the instant."""
    return 0 if instant is None else round(instant.timestamp() * 1000)
