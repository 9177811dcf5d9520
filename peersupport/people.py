"""Who people are to the product: opaque addresses, roles, and the one policy that says who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address as Address
from peersupport.requests import OPEN_STATES, State, SupportRequest


class Role(StrEnum):
    """What a person may be to a programme."""

    ADMIN = "admin"
    BACKUP_ADMIN = "backup_admin"
    SAFETY_LEAD = "safety_lead"
    SUPPORTER = "supporter"


@dataclass(frozen=True, slots=True)
class Actor:
    """The facts about a caller that the policy needs, read from the database in the same transaction.

    `member` is the caller's row as administrator or lead of the request's programme, `supporter` as supporter,
    `requester` says that the request is the caller's own, `excluded` that the requester asked not to involve them.
    """

    member: UUID | None = None
    roles: frozenset[Role] = frozenset()
    supporter: UUID | None = None
    requester: bool = False
    excluded: bool = False


class Deed(StrEnum):
    """Everything that can be done to or seen of a request."""

    SEE_SHEET = "see_sheet"
    CLAIM = "claim"
    OPEN_IDENTITY = "open_identity"
    OFFER = "offer"
    REASSIGN = "reassign"
    CLOSE = "close"
    SEE_MATCHED = "see_matched"
    OPEN_MATCHED_IDENTITY = "open_matched_identity"
    REPORT_CONTACT = "report_contact"
    HAND_BACK = "hand_back"
    SEE_OWN = "see_own"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    ASK_FOR_SOMEONE_ELSE = "ask_for_someone_else"


_ADMIN_DEEDS = frozenset({Deed.SEE_SHEET, Deed.CLAIM, Deed.OPEN_IDENTITY, Deed.OFFER, Deed.REASSIGN, Deed.CLOSE})
_SUPPORTER_DEEDS = frozenset({Deed.SEE_MATCHED, Deed.OPEN_MATCHED_IDENTITY, Deed.REPORT_CONTACT, Deed.HAND_BACK})
_MATCHED_STATES = frozenset({State.ACCEPTED, State.CONTACTED, State.TALKING})


def may(deed: Deed, actor: Actor, request: SupportRequest) -> bool:
    """Say whether the actor may do the deed to this request now; false for every doubt."""
    if deed in _ADMIN_DEEDS:
        allowed = bool(actor.roles & {Role.ADMIN, Role.BACKUP_ADMIN}) and not actor.requester and not actor.excluded
        return allowed and (deed is Deed.SEE_SHEET or request.state in OPEN_STATES)
    if deed in _SUPPORTER_DEEDS:
        matched = actor.supporter is not None and actor.supporter == request.supporter
        return matched and not actor.requester and request.state in _MATCHED_STATES
    return actor.requester and request.state in OPEN_STATES
