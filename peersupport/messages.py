"""The outbox rows that the workflows put: each bound to one version of its subject, so that a repeat is harmless."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from peersupport.exceptional import Approval
from peersupport.notifications import Kind, Message
from peersupport.offers import Offer
from peersupport.requests import SupportRequest
from peersupport.supporters import Supporter
from peersupport.upkeep import subject_of


def card(request: SupportRequest) -> Message:
    """Make the administrators' card equal this version of the request."""
    return Message(Kind.CARD, request.id, f"card:{request.id}:{request.version}", request.programme)


def tell_member(request: SupportRequest, member: UUID, mark: str = "") -> Message:
    """Tell one administrator that this version of the request waits for them; `mark` tells reminders apart."""
    return _to(Kind.TELL_MEMBER, request, member, mark)


def card_withheld(request: SupportRequest, member: UUID) -> Message:
    """Tell one administrator, once for a request, by themselves, because its card cannot be posted."""
    return Message(Kind.TELL_MEMBER, request.id, f"withheld:{request.id}:{member}", request.programme, audience=member)


def offer_not_told(request: SupportRequest, offer: Offer, member: UUID) -> Message:
    """Tell one administrator, once for an offer, that the supporter who is asked cannot be written to."""
    return Message(Kind.TELL_MEMBER, request.id, f"not_told:{offer.id}:{member}", request.programme, audience=member)


def openings_limited(programme: str, actor: UUID, until: datetime, member: UUID) -> Message:
    """Tell one administrator, once for each wait, that somebody opened so many identities that they must wait."""
    key = f"{Kind.TELL_OPENINGS}:{actor}:{_stamp(until)}:{member}"
    return Message(Kind.TELL_OPENINGS, subject_of(programme), key, programme, audience=member)


def tell_supporter(request: SupportRequest, supporter: UUID) -> Message:
    """Tell a supporter that something about this request has changed."""
    return _to(Kind.TELL_SUPPORTER, request, supporter)


def tell_requester(request: SupportRequest, mark: str = "") -> Message:
    """Tell the requester that something has changed; delivered only to those who ticked it."""
    return Message(Kind.TELL_REQUESTER, request.id, _key(Kind.TELL_REQUESTER, request) + mark, request.programme)


def tell_offer(request: SupportRequest, offer: Offer) -> Message:
    """Tell a supporter that they are asked."""
    key = f"{Kind.TELL_SUPPORTER_OFFER}:{offer.id}"
    return Message(Kind.TELL_SUPPORTER_OFFER, offer.id, key, request.programme, audience=offer.supporter_id)


def home_requester(request: SupportRequest, mark: str = "") -> Message:
    """Publish the requester's Home again; `mark` tells apart deeds that leave the version as it is."""
    key = _key(Kind.HOME_REQUESTER, request) + mark
    return Message(Kind.HOME_REQUESTER, request.id, key, request.programme)


def home_supporter(
    request: SupportRequest, supporter: UUID, mark: str = "", *, run_at: datetime | None = None
) -> Message:
    """Publish a supporter's Home again, now or later; `mark` tells apart deeds that leave the version as it is."""
    key = f"{_key(Kind.HOME_SUPPORTER, request)}:{supporter}{mark}"
    return Message(Kind.HOME_SUPPORTER, supporter, key, request.programme, audience=supporter, run_at=run_at)


def home_of(supporter: Supporter) -> Message:
    """Publish a supporter's Home again after their entry has changed."""
    key = f"{Kind.HOME_SUPPORTER}:{supporter.id}:{supporter.version}"
    return Message(Kind.HOME_SUPPORTER, supporter.id, key, supporter.programme, audience=supporter.id)


def home_member(request: SupportRequest, member: UUID) -> Message:
    """Publish an administrator's Home again."""
    key = f"{_key(Kind.HOME_MEMBER, request)}:{member}"
    return Message(Kind.HOME_MEMBER, member, key, request.programme, audience=member)


def home_after_change(programme: str, member: UUID, now: datetime) -> Message:
    """Publish somebody's Home again after their roles have changed."""
    key = f"{Kind.HOME_MEMBER}:{member}:{now.timestamp()}"
    return Message(Kind.HOME_MEMBER, member, key, programme, audience=member)


def tell_approval(approval: Approval, member: UUID | None, step: str) -> Message:
    """Tell one administrator, or without one the privacy contact, that a deed for two waits for them."""
    key = f"{Kind.TELL_APPROVAL}:{approval.id}:{member or 'privacy'}:{step}"
    return Message(Kind.TELL_APPROVAL, approval.id, key, approval.programme, audience=member)


def home_of_approval(approval: Approval, member: UUID, step: str, *, run_at: datetime | None = None) -> Message:
    """Publish an administrator's Home again after a step towards a deed for two, or once it lapses."""
    key = f"{Kind.HOME_MEMBER}:{approval.id}:{member}:{step}"
    return Message(Kind.HOME_MEMBER, member, key, approval.programme, audience=member, run_at=run_at)


def close_approval_messages(
    approval: Approval, step: str, member: UUID | None = None, *, run_at: datetime | None = None
) -> Message:
    """Edit direct messages about a deed for two down: one administrator's or, without one, everybody's."""
    key = f"{Kind.CLOSE_MESSAGES}:{approval.id}:{member or 'all'}:{step}"
    return Message(Kind.CLOSE_MESSAGES, approval.id, key, approval.programme, audience=member, run_at=run_at)


def close_request_messages(request: SupportRequest) -> Message:
    """Edit the app's own direct messages about a closed request down, but for those that ask a supporter to delete."""
    return Message(Kind.CLOSE_MESSAGES, request.id, f"{Kind.CLOSE_MESSAGES}:{request.id}", request.programme)


def close_supporter_messages(request: SupportRequest, supporter: UUID) -> Message:
    """Edit what one former supporter was sent about a request down, once nothing is asked of them any more."""
    key = f"{Kind.CLOSE_MESSAGES}:{request.id}:{supporter}"
    return Message(Kind.CLOSE_MESSAGES, request.id, key, request.programme, audience=supporter)


def close_offer_messages(request: SupportRequest, offer: Offer) -> Message:
    """Edit the app's own direct message about an offer down to "closed"."""
    return Message(Kind.CLOSE_MESSAGES, offer.id, f"{Kind.CLOSE_MESSAGES}:{offer.id}", request.programme)


def erase_contact(request: SupportRequest, run_at: datetime) -> Message:
    """Destroy the contact at that instant."""
    return Message(
        Kind.ERASE_CONTACT, request.id, f"{Kind.ERASE_CONTACT}:{request.id}", request.programme, run_at=run_at
    )


def erase(request: SupportRequest, run_at: datetime) -> Message:
    """Destroy everything that names the requester at that instant."""
    return Message(Kind.ERASE, request.id, f"{Kind.ERASE}:{request.id}", request.programme, run_at=run_at)


def reminder(kind: Kind, request: SupportRequest, run_at: datetime) -> Message:
    """Remind of this request at that instant, once for each kind."""
    return Message(kind, request.id, f"{kind}:{request.id}", request.programme, run_at=run_at)


def ask_requester(request: SupportRequest) -> Message:
    """Ask the requester at the promised time whether anyone has reached them, once for each promise."""
    key = f"{Kind.ASK_REQUESTER}:{request.id}:{_stamp(request.due_at)}"
    return Message(Kind.ASK_REQUESTER, request.id, key, request.programme, run_at=request.due_at)


def _to(kind: Kind, request: SupportRequest, audience: UUID, mark: str = "") -> Message:
    return Message(kind, request.id, f"{_key(kind, request)}:{audience}{mark}", request.programme, audience=audience)


def _stamp(instant: datetime) -> int:
    """Return whole milliseconds, the same before and after a database has kept the instant."""
    return round(instant.timestamp() * 1000)


def _key(kind: Kind, request: SupportRequest) -> str:
    return f"{kind}:{request.id}:{request.version}"
