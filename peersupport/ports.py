"""Protocols of what the rules need from the outside: a unit of work with its repositories, handles, clock and ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.audit import Deeds, Entry, Event
from peersupport.consent_link import ConsentLinks
from peersupport.exceptional import Approval
from peersupport.notifications import Kind, Message
from peersupport.offers import Offer, OfferState
from peersupport.partner_keys import PartnerKeys
from peersupport.people import Address, Role
from peersupport.ports_beside import Concerns, CoverChoices, Preferences, PutOffs, Receipts, Reports, Tallies
from peersupport.ports_doors import Referrals, Silences
from peersupport.ports_group import GroupRepositories
from peersupport.ports_partner import Notices, PartnerPeople
from peersupport.requests import Contact, Needs, State, SupportRequest
from peersupport.supporters import Outline, Profile, Supporter


class Clock(Protocol):
    """Tells the time; passed in so that tests can move it."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class Ids(Protocol):
    """Makes ids; passed in so that tests can foresee them."""

    def new(self) -> UUID:
        """Return a new random 128-bit id."""

    def reference(self) -> str:
        """Return a new short reference such as K7-4Q2M, easy to say on the phone, without look-alike letters."""


class Handles(Protocol):
    """Opaque tokens for buttons and hidden metadata, bound to a purpose and a viewer, with an end."""

    def make(self, purpose: str, record: UUID, viewer: str, expires_at: datetime) -> str:
        """Return a token that only this viewer can use, for this purpose, until then."""

    def open(self, token: str, purpose: str, viewer: str, now: datetime) -> UUID | None:
        """Return the record's id, or None for anything unknown, expired, foreign, malformed or of another purpose."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role in a programme other than supporter. The address is sealed in the database."""

    id: UUID
    programme: str
    roles: frozenset[Role]
    address: Address
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What changed when a programme's members were made equal to a list: ids only."""

    added: tuple[UUID, ...] = ()
    changed: tuple[UUID, ...] = ()
    removed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A member as far as can be told without unsealing who they are."""

    id: UUID
    roles: frozenset[Role]
    named: bool
    """Whether they are one of the people who were asked about."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is across the installation: member rows and supporter rows by programme."""

    members: Mapping[str, tuple[UUID, frozenset[Role]]]
    supporters: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Post:
    """A message of ours that stands somewhere: kept so that it can be updated and, at the end, edited down."""

    id: UUID
    subject: UUID
    kind: str
    channel: str
    ts: str
    audience: UUID | None = None
    stripped: bool = False
    """True for a card that was taken down because others than the administrators could read it."""


class Requests(Protocol):
    """Support requests, one row each, with their sealed parts."""

    async def add(self, request: SupportRequest, needs: Needs, contact: Contact) -> bool:
        """Store a new request under new data keys; False where this person has an open one or the reference is used."""

    async def get(self, id: UUID, *, lock: bool = False) -> SupportRequest | None:
        """Return one request; `lock` holds the row until the transaction ends."""

    async def of(self, who: Address, *, open_only: bool = True) -> list[SupportRequest]:
        """Return the person's own requests, newest first, by keyed hash."""

    async def held_of(self, who: Address) -> list[SupportRequest]:
        """Return the person's own closed requests about which a safety concern is open, newest first."""

    async def is_requester(self, id: UUID, who: Address) -> bool:
        """Say whether this request is that person's own, by keyed hash."""

    async def in_states(
        self, programme: str, states: frozenset[State], *, limit: int, after: UUID | None = None
    ) -> list[SupportRequest]:
        """Return up to `limit` requests of a programme, the earliest due first."""

    async def closed_since(self, programme: str, since: datetime, *, limit: int) -> list[SupportRequest]:
        """Return up to `limit` requests of a programme that closed since then, the newest first."""

    async def by_reference(self, programme: str, reference: str) -> SupportRequest | None:
        """Return the request with this reference, in whatever state."""

    async def unerased(self, *, limit: int, after: UUID | None = None) -> list[SupportRequest]:
        """Return up to `limit` closed requests of every programme that are not erased, by id, those after `after`."""

    async def of_supporter(self, supporter: UUID) -> list[SupportRequest]:
        """Return the requests now with this supporter, the earliest due first."""

    async def finished_of_supporter(self, supporter: UUID, *, limit: int) -> list[SupportRequest]:
        """Return up to `limit` finished requests that were with them last, newest first; none erased or to be."""

    async def save(self, request: SupportRequest) -> bool:
        """Write the plain columns where the stored version still is `request.version` and raise it; else False."""

    async def needs(self, id: UUID) -> Needs | None:
        """Unseal the needs; None once erased."""

    async def contact(self, id: UUID) -> Contact | None:
        """Unseal the contact; None once erased."""

    async def reseal(self, id: UUID, needs: Needs, contact: Contact) -> None:
        """Replace both sealed parts under the keys they have."""

    async def erase_contact(self, id: UUID) -> None:
        """Destroy the contact key, then blank the contact. Safe to repeat."""

    async def erase(self, id: UUID) -> None:
        """Destroy every key of the request, then blank its sealed columns and the requester's hash. Safe to repeat."""


class Offers(Protocol):
    """Offers of a request to supporters."""

    async def add(self, offers: Sequence[Offer]) -> None:
        """Store new offers."""

    async def get(self, id: UUID) -> Offer | None:
        """Return one offer."""

    async def with_request(
        self, id: UUID, *, lock: bool = False, who: Address | None = None
    ) -> tuple[Offer, SupportRequest] | None:
        """Return an offer and its request in one go; `lock` holds the request's row.

        `who` says whose standing will be looked at next. Where the unit presumes, that and the entry of the supporter
        who is asked are read with it, and that nothing of all this changes until the commit is presumed too.
        """

    async def of_request(self, request: UUID) -> list[Offer]:
        """Return every offer of a request in order of position, then age."""

    async def open_of_supporter(self, supporter: UUID) -> list[Offer]:
        """Return the offers now open with a supporter."""

    async def of_supporter(self, supporter: UUID) -> list[tuple[Offer, str]]:
        """Return every offer that a supporter was ever sent, newest first, each with its request's reference."""

    async def save(self, offer: Offer, *, was: OfferState) -> bool:
        """Write the offer where its stored state is still `was`; else False. A request never has two accepted ones."""


class Supporters(Protocol):
    """The register of supporters, with loads counted at reading."""

    async def add(self, supporter: Supporter, profile: Profile) -> bool:
        """Store a new entry under a new data key; False where this person is in the programme's register already."""

    async def get(self, id: UUID) -> tuple[Supporter, Profile] | None:
        """Return one entry."""

    async def held(self, id: UUID) -> Supporter | None:
        """Return one entry's plain part, holding its row so that its load cannot grow until the transaction ends."""

    async def some(self, ids: Sequence[UUID]) -> list[tuple[Supporter, Profile]]:
        """Return these entries in this order, without those that are gone."""

    async def all(self, programme: str) -> list[tuple[Supporter, Profile]]:
        """Return the whole register of a programme."""

    async def outlines(
        self, programme: str, requester: Address, avoided: Collection[Address]
    ) -> list[tuple[Supporter, Outline, bool]]:
        """Return what counts in matching of every active entry; True where it may never be put to the requester.

        That is the requester's own entry, one of a person among `avoided`, and one that avoids the requester.
        """

    async def find(self, programme: str, who: Address) -> tuple[Supporter, Profile] | None:
        """Return a person's own entry, by keyed hash."""

    async def of(self, who: Address) -> list[tuple[Supporter, Profile]]:
        """Return a person's own entries in every programme, ended ones too, by keyed hash."""

    async def save(self, supporter: Supporter, profile: Profile | None = None) -> bool:
        """Write the entry where its version is unchanged; False otherwise. None leaves the profile as it is."""

    async def erase(self, id: UUID) -> None:
        """Destroy the key of an entry, blank what it sealed and forget whose it was. Safe to repeat."""


class Approvals(Protocol):
    """What two administrators must agree on, and how far they are."""

    async def add(self, approval: Approval) -> None:
        """Store a new one."""

    async def get(self, id: UUID, *, lock: bool = False) -> Approval | None:
        """Return one; `lock` holds the row until the transaction ends."""

    async def live(self, programme: str, now: datetime) -> list[Approval]:
        """Return those neither used, ended nor expired, oldest first."""

    async def save(self, approval: Approval) -> None:
        """Write one whose row is held."""


class Members(Protocol):
    """Administrators, backups and safety leads."""

    async def seed(self, programme: str, members: Sequence[Member]) -> bool:
        """Store these where the programme has none yet; True where it did."""

    async def keep(self, programme: str, members: Sequence[Member]) -> Kept:
        """Make the programme's members equal these; who is not among them loses every role and stays known by id."""

    async def all(self, programme: str) -> list[Member]:
        """Return a programme's members."""

    async def get(self, id: UUID) -> Member | None:
        """Return one member, also one who was removed."""

    async def standing(self, who: Address) -> Standing:
        """Return what this person is in every programme, by keyed hash, active rows only, in one query."""

    async def of(self, who: Address) -> list[tuple[Member, bool]]:
        """Return a person's own rows in every programme, each with whether they have the roles still."""

    async def which(self, programme: str, people: Sequence[Address]) -> list[UUID]:
        """Return the ids of those among these people who are members of the programme."""

    async def seats(self, programme: str, people: Sequence[Address]) -> list[Seat]:
        """Return a programme's members, each with whether they are among these people, by keyed hash."""


class Outbox(Protocol):
    """Messages and timers due, in the same transaction as the deed."""

    async def put(self, *messages: Message) -> None:
        """Add rows; one whose dedupe key exists already is left out silently."""

    async def waiting(self, subject: UUID) -> frozenset[Kind]:
        """Return which kinds wait for a subject, now or later."""

    async def forget(self, subject: UUID, kinds: frozenset[Kind]) -> None:
        """Drop what is done about a subject, and what waits of these kinds."""


class Audit(Protocol):
    """The append-only, hash-chained ledger."""

    async def write(self, *entries: Entry) -> None:
        """Append entries."""

    async def of(self, subject: UUID, event: Event | None = None) -> list[Entry]:
        """Return the entries about a subject, oldest first."""

    async def openings(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: UUID | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[tuple[int, Entry]]:
        """Return who opened which identity, newest first, each with its place in the ledger to go on before."""

    async def opened_since(self, actor: UUID, since: datetime) -> int:
        """Return how many identities somebody opened since then."""

    async def by(self, actor: UUID) -> list[Deeds]:
        """Return what somebody did, by kind of deed."""


class Posts(Protocol):
    """The ledger of the app's own messages. Where they stand is sealed."""

    async def add(self, post: Post) -> None:
        """Remember a message that was posted."""

    async def of(self, subject: UUID) -> list[Post]:
        """Return the messages about a subject."""

    async def cards(self, programme: str, *, stripped: bool = False) -> list[Post]:
        """Return a programme's cards that stand; or, of open requests, those that were taken down."""

    async def mark(self, id: UUID, *, stripped: bool) -> None:
        """Keep whether a card was taken down."""

    async def drop(self, id: UUID) -> None:
        """Drop the row of one message, once it is edited down."""

    async def forget(self, subject: UUID) -> None:
        """Drop the ledger's rows about a subject."""


class UnitOfWork(GroupRepositories, Protocol):
    """One transaction: repositories, outbox and audit. Commits on a clean exit, rolls back on an exception."""

    requests: Requests
    offers: Offers
    approvals: Approvals
    supporters: Supporters
    members: Members
    outbox: Outbox
    audit: Audit
    receipts: Receipts
    preferences: Preferences
    cover_choices: CoverChoices
    concerns: Concerns
    tallies: Tallies
    reports: Reports
    posts: Posts
    put_off: PutOffs
    referrals: Referrals
    silences: Silences
    notices: Notices
    partner_people: PartnerPeople
    consent_links: ConsentLinks
    partner_keys: PartnerKeys

    @property
    def has_messages(self) -> bool:
        """Whether the outbox got rows here; no deed that changes a record leaves it without."""

    @property
    def has_changes(self) -> bool:
        """Whether something was changed and committed here."""

    def presume(self) -> None:
        """Take what nearly always succeeds for done until the commit, which raises Presumed where it could not be.

        That is: a new request and its receipt are saved, and nobody else changes what an answer to an offer goes by.
        """

    async def rollback(self) -> None:
        """Undo everything so far and leave nothing to commit; the way out of a refusal."""


class Work(Protocol):
    """Opens units of work."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Return a new unit of work; raises StoreUnavailable where the database or the keyring is out of reach."""


class Presumed(Exception):
    """What was taken for done could not be; nothing was saved. Whoever presumed does it again without."""


class StoreUnavailable(Exception):
    """The database or the keyring cannot be used now; nothing was saved. Its text never holds a value."""


class Undone(StoreUnavailable):
    """The database undid everything, because others wanted the same at once; done again at once it may go through."""
