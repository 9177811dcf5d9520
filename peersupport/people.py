"""Who people are to the product: opaque addresses, roles, and the one policy that says who may do and see what.

Every other file reads facts and asks here; none compares a role or an id of its own (a house test looks).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address as Address
from peersupport.requests import MATCHED, OPEN_STATES, Outcome, State, SupportRequest


class Role(StrEnum):
    """What a person may be to a programme."""

    ADMIN = "admin"
    BACKUP_ADMIN = "backup_admin"
    SAFETY_LEAD = "safety_lead"
    SUPPORTER = "supporter"
    FACILITATOR = "facilitator"
    """Who leads sessions, courses and meetings; no request is theirs to see."""
    EDITOR = "editor"
    """Who reads what people offer to write for the column; nothing else of the programme is theirs to see."""
    PARTNER = "partner"
    """Somebody who may notify for a partner organisation; none of the programme's own people."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The facts about a caller that the policy needs, read from the database in the same transaction.

    `member` is the caller's row as administrator or lead of the request's programme, `supporter` as supporter,
    `requester` says that the request is the caller's own, `excluded` that the requester asked not to involve them.
    `asked` says that the offer at hand asks them, `former` that the request was with them and no longer is,
    `alerted` that somebody else's safety concern about it is open, `seized` that they have that concern, `holding` that
    it still holds an erasure back.
    """

    member: UUID | None = None
    roles: frozenset[Role] = frozenset()
    supporter: UUID | None = None
    requester: bool = False
    excluded: bool = False
    asked: bool = False
    former: bool = False
    alerted: bool = False
    seized: bool = False
    holding: bool = False


class Deed(StrEnum):
    """Everything that can be done to or seen of a request."""

    FIND = "find"
    """Learn where a request stands, by its reference or what has come of it; also once it is erased."""
    SEE_SHEET = "see_sheet"
    """See who was asked and whom it is with, until it is erased."""
    CLAIM = "claim"
    OPEN_IDENTITY = "open_identity"
    PUT_OFF = "put_off"
    """Put a request off in the queue, while every clock of it goes on."""
    OFFER = "offer"
    REASSIGN = "reassign"
    CLOSE = "close"
    REOPEN_IDENTITY = "reopen_identity"
    """Open the identity of a closed request; two administrators have to agree besides."""
    KEEP_LONGER = "keep_longer"
    """Keep a request longer than the programme says; two administrators have to agree besides."""
    SEE_HELD = "see_held"
    """See everything held about a request, for the person who asks by phone."""
    ERASE = "erase"
    """Erase a request, for the person who asks by phone."""
    SPEAK_FOR = "speak_for"
    """Say for a requester whom the app can show nothing what they said by phone."""
    AGREE = "agree"
    """Ask for, agree to or decline a deed on this request that needs two administrators."""
    SEE_MATCHED = "see_matched"
    OPEN_MATCHED_IDENTITY = "open_matched_identity"
    REPORT_CONTACT = "report_contact"
    HAND_BACK = "hand_back"
    ANSWER_OFFER = "answer_offer"
    """See an offer and answer it, which the one it asks may, until it is over."""
    HEAR_IT_IS_OVER = "hear_it_is_over"
    """Be told that it is over, and say that nothing noted is left."""
    RAISE_CONCERN = "raise_concern"
    """Raise a safety concern, which the supporter it is with may; also once it is finished, until it is erased."""
    HEAR_CONCERN = "hear_concern"
    """Learn that a safety concern is open, by reference, and take it."""
    ANSWER_CONCERN = "answer_concern"
    """See an open safety concern whole, and close it."""
    OPEN_CONCERNED = "open_concerned"
    """Open who asked, because of an open concern; of a closed request only while the concern holds its erasure back."""
    SEE_OWN = "see_own"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    ASK_FOR_SOMEONE_ELSE = "ask_for_someone_else"
    DELETE_OWN = "delete_own"
    """Have one's own request erased, in whatever state it is."""
    SEE_RESOURCES = "see_resources"
    RATE = "rate"
    """Answer the one question, which both people of a finished request may."""


class Duty(StrEnum):
    """Everything that can be done or seen in a programme without a request at hand."""

    LOOK_AFTER = "look_after"
    """Be told of requests, and have them handed over."""
    SEE_QUEUE = "see_queue"
    LOOK_UP = "look_up"
    """Look a request up by its reference."""
    RECORD_BY_PHONE = "record_by_phone"
    """Open a request for somebody who phones."""
    KEEP_REGISTER = "keep_register"
    SEE_OPENINGS = "see_openings"
    """See who opened which request, and when."""
    SEE_REPORT = "see_report"
    AGREE = "agree"
    """Ask for, agree to or decline what needs two administrators."""
    RECORD_NOTICE = "record_notice"
    """Write down a partner's notice that came by voicemail."""
    KEEP_PARTNERS = "keep_partners"
    """Keep the list of who may notify for a partner."""
    ORGANISE = "organise"
    """Make, move, skip and cancel sessions, and see how many have registered."""
    FACILITATE = "facilitate"
    """See the names that people chose for a session, its themes and its run-sheet, and count who came."""
    KEEP_PAGES = "keep_pages"
    """Keep announcements, the front-door message and the list of resources."""
    READ_OFFERS = "read_offers"
    """Be told of what people offer to write for the column, read it, and erase it once it is answered."""
    NOTIFY = "notify"
    """Ask for outreach to a provider, for a partner: the one thing that a partner's people do."""
    KEEP_OWN_ENTRY = "keep_own_entry"
    """See and keep one's own entry in the register, and pause it."""
    HEAR_OF_SAFETY = "hear_of_safety"
    """Be told at once of a safety concern."""
    ASK = "ask"
    SEE_OWN_DATA = "see_own_data"
    """See, correct and delete what is held about oneself; what that is, is found by one's own address alone."""


_ADMINISTRATORS = frozenset({Role.ADMIN, Role.BACKUP_ADMIN})
_OF_EVERYBODY = frozenset({Duty.ASK, Duty.SEE_OWN_DATA})
_OF_SUPPORTERS = frozenset({Duty.KEEP_OWN_ENTRY})

ADMIN_DEEDS = frozenset(
    {
        Deed.FIND,
        Deed.SEE_SHEET,
        Deed.CLAIM,
        Deed.PUT_OFF,
        Deed.OPEN_IDENTITY,
        Deed.OFFER,
        Deed.REASSIGN,
        Deed.CLOSE,
        Deed.REOPEN_IDENTITY,
        Deed.KEEP_LONGER,
        Deed.SEE_HELD,
        Deed.ERASE,
        Deed.SPEAK_FOR,
        Deed.AGREE,
    }
)
"""What administrators do to a request; none of it to their own, or to one whose requester keeps them out."""

_IN_ANY_STATE = frozenset({Deed.FIND, Deed.KEEP_LONGER, Deed.SEE_HELD, Deed.ERASE, Deed.AGREE})
_MATCHED_DEEDS = frozenset({Deed.SEE_MATCHED, Deed.OPEN_MATCHED_IDENTITY, Deed.REPORT_CONTACT, Deed.HAND_BACK})
_OWN_DEEDS = frozenset({Deed.SEE_OWN, Deed.CHANGE, Deed.WITHDRAW, Deed.ASK_FOR_SOMEONE_ELSE})
_CONCERN_DEEDS = frozenset({Deed.HEAR_CONCERN, Deed.ANSWER_CONCERN, Deed.OPEN_CONCERNED})


def may_in_programme(duty: Duty, roles: Collection[Role]) -> bool:
    """Say whether somebody with these roles in a programme, none for most people, may do this there."""
    if duty in _OF_EVERYBODY:
        return True
    if duty in _OF_SUPPORTERS:
        return Role.SUPPORTER in roles
    if duty is Duty.NOTIFY:
        return Role.PARTNER in roles
    if duty is Duty.READ_OFFERS:
        return Role.EDITOR in roles
    if duty is Duty.FACILITATE:
        return Role.FACILITATOR in roles
    if duty is Duty.ORGANISE and Role.FACILITATOR in roles:
        return True
    if duty is Duty.HEAR_OF_SAFETY:
        return Role.SAFETY_LEAD in roles
    return not _ADMINISTRATORS.isdisjoint(roles)


def comes_first(roles: Collection[Role]) -> bool:
    """Say whether somebody is an administrator rather than a backup: told first, and counted where two are needed."""
    return Role.ADMIN in roles


def gained(before: Collection[Role], after: Collection[Role]) -> frozenset[Role]:
    """Return the roles that are new to somebody; an administrator who becomes a backup gains nothing."""
    new = frozenset(after) - frozenset(before)
    return new - _ADMINISTRATORS if comes_first(before) else new


def may(deed: Deed, actor: Actor, request: SupportRequest) -> bool:
    """Say whether the actor may do the deed to this request now; false for every doubt."""
    if deed in ADMIN_DEEDS:
        return _looks_after(actor) and _state_allows(deed, request)
    if deed in _OWN_DEEDS:
        return actor.requester and request.state in OPEN_STATES
    if deed in (Deed.SEE_RESOURCES, Deed.DELETE_OWN):
        return actor.requester
    if deed is Deed.RATE:
        finished = request.state is State.CLOSED and request.outcome is Outcome.DONE
        return finished and (actor.requester or _is_with(actor, request))
    if deed in _CONCERN_DEEDS:
        reachable = deed is not Deed.OPEN_CONCERNED or request.state in OPEN_STATES or actor.holding
        return reachable and _is_alerted(deed, actor)
    if actor.requester or actor.supporter is None:
        return False
    if deed is Deed.RAISE_CONCERN:
        finished = request.state is State.CLOSED and request.outcome is Outcome.DONE and request.erased_at is None
        # Nothing holds back, or anew, what the person has asked to be erased since.
        finished = finished and request.erase_asked_at is None
        return _is_with(actor, request) and (request.state in MATCHED or finished)
    if deed in _MATCHED_DEEDS:
        return _is_with(actor, request) and request.state in MATCHED
    if deed is Deed.ANSWER_OFFER:
        return actor.asked
    return deed is Deed.HEAR_IT_IS_OVER and actor.former


def may_know(deed: Deed, actor: Actor, request: SupportRequest) -> bool:
    """Say whether somebody who may not do the deed may learn that only the request's state forbids it."""
    if deed in ADMIN_DEEDS:
        return may(Deed.FIND, actor, request)
    if deed in _OWN_DEEDS:
        return actor.requester
    if deed in _CONCERN_DEEDS:
        return may(deed, replace(actor, alerted=True), request)
    return deed in {Deed.RAISE_CONCERN, *_MATCHED_DEEDS} and may(Deed.HEAR_IT_IS_OVER, actor, request)


def _looks_after(actor: Actor) -> bool:
    return may_in_programme(Duty.LOOK_AFTER, actor.roles) and not actor.requester and not actor.excluded


def _is_alerted(deed: Deed, actor: Actor) -> bool:
    """Say whether somebody hears of an open concern; whole it is for the safety leads, and whoever has it."""
    if not actor.alerted or actor.requester or actor.excluded:
        return False
    if may_in_programme(Duty.HEAR_OF_SAFETY, actor.roles):
        return True
    return _looks_after(actor) and (deed is Deed.HEAR_CONCERN or actor.seized)


def _state_allows(deed: Deed, request: SupportRequest) -> bool:
    if deed is Deed.SEE_SHEET:
        return request.erased_at is None
    if deed is Deed.REOPEN_IDENTITY:
        return request.state not in OPEN_STATES and request.erased_at is None
    if deed is Deed.SPEAK_FOR:
        return request.state in OPEN_STATES and request.off_slack_at is not None
    return deed in _IN_ANY_STATE or request.state in OPEN_STATES


def _is_with(actor: Actor, request: SupportRequest) -> bool:
    return actor.supporter is not None and actor.supporter == request.supporter
