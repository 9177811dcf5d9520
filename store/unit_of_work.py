"""One unit of work is one transaction: the repositories, the outbox and the audit, committed together or not at all."""

from collections.abc import Callable
from typing import Generic, TypeVar

from peersupport import (
    consent_link,
    partner_keys,
    ports,
    ports_beside,
    ports_cafe,
    ports_doors,
    ports_informal,
    ports_organising,
    ports_pages,
    ports_partner,
    ports_sessions,
)
from peersupport.notifications import Result
from peersupport.ports import Clock
from store.audit import Audit
from store.outbox import Claim, Outbox
from store.repositories import cafe
from store.repositories.announcements import Announcements, ServiceEntries
from store.repositories.approvals import Approvals
from store.repositories.check_ins import CheckIns
from store.repositories.concerns import Concerns
from store.repositories.consent_links import ConsentLinks
from store.repositories.cover_choices import CoverChoices
from store.repositories.interests import Interests
from store.repositories.introductions import Introductions
from store.repositories.listings import Listings
from store.repositories.meeting_dates import MeetingDates
from store.repositories.members import Members
from store.repositories.notices import Notices
from store.repositories.offers import Offers
from store.repositories.partner_keys import PartnerKeys
from store.repositories.partner_people import PartnerPeople
from store.repositories.pitches import Pitches
from store.repositories.posts import Posts
from store.repositories.preferences import Preferences
from store.repositories.proposals import Proposals
from store.repositories.put_off import PutOffs
from store.repositories.readers import Readers
from store.repositories.receipts import Receipts
from store.repositories.referrals import Referrals
from store.repositories.registrations import Registrations
from store.repositories.reports import Reports
from store.repositories.requests import Requests
from store.repositories.series import AllSeries
from store.repositories.silences import Silences
from store.repositories.supporters import Supporters
from store.repositories.tallies import Tallies
from store.transaction import Transaction
from store.unsealing import Secrets

T = TypeVar("T")


class _Once(Generic[T]):
    """A repository that is made when a unit first asks for it: there are some twenty, and most need two or three."""

    def __init__(self, make: Callable[[Transaction, Secrets], T]) -> None:
        self._make = make

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: "UnitOfWork", _: type) -> T:
        # In the unit's own dictionary, so that this is not asked again.
        made = unit.__dict__[self._name] = self._make(unit._transaction, unit._secrets)  # noqa: SLF001 - a part of it
        return made


class UnitOfWork:
    """Implements ``peersupport.ports.UnitOfWork``."""

    requests = _Once[ports.Requests](Requests)
    offers = _Once[ports.Offers](Offers)
    approvals = _Once[ports.Approvals](lambda transaction, _: Approvals(transaction))
    supporters = _Once[ports.Supporters](Supporters)
    members = _Once[ports.Members](Members)
    preferences = _Once[ports_beside.Preferences](Preferences)
    concerns = _Once[ports_beside.Concerns](lambda transaction, _: Concerns(transaction))
    cover_choices = _Once[ports_beside.CoverChoices](CoverChoices)
    reports = _Once[ports_beside.Reports](lambda transaction, _: Reports(transaction))
    put_off = _Once[ports_beside.PutOffs](lambda transaction, _: PutOffs(transaction))
    notices = _Once[ports_partner.Notices](Notices)
    partner_people = _Once[ports_partner.PartnerPeople](PartnerPeople)
    partner_keys = _Once[partner_keys.PartnerKeys](PartnerKeys)
    consent_links = _Once[consent_link.ConsentLinks](ConsentLinks)
    posts = _Once[ports.Posts](Posts)
    referrals = _Once[ports_doors.Referrals](Referrals)
    silences = _Once[ports_doors.Silences](Silences)

    # Sessions
    series = _Once[ports_sessions.AllSeries](AllSeries)
    meeting_dates = _Once[ports_sessions.MeetingDates](MeetingDates)
    registrations = _Once[ports_sessions.Registrations](Registrations)
    proposals = _Once[ports_organising.Proposals](Proposals)

    # Meetings and themes
    list_members = _Once[ports_cafe.ListMembers](cafe.ListMembers)
    terms_accepted = _Once[ports_cafe.TermsAccepted](cafe.TermsAccepted)
    themes = _Once[ports_cafe.Themes](cafe.Themes)
    department_lines = _Once[ports_cafe.DepartmentLines](cafe.DepartmentLines)

    # The column, announcements and resources
    readers = _Once[ports_pages.Readers](Readers)
    pitches = _Once[ports_pages.Pitches](Pitches)
    interests = _Once[ports_pages.Interests](Interests)
    announcements = _Once[ports_pages.Announcements](lambda transaction, _: Announcements(transaction))
    service_entries = _Once[ports_pages.ServiceEntries](lambda transaction, _: ServiceEntries(transaction))

    # Colleague to colleague
    listings = _Once[ports_informal.Listings](Listings)
    introductions = _Once[ports_informal.Introductions](Introductions)
    check_ins = _Once[ports_informal.CheckIns](CheckIns)

    def __init__(self, transaction: Transaction, secrets: Secrets, clock: Clock) -> None:
        """Only the store makes one."""
        self._transaction = transaction
        self._secrets = secrets
        self._outbox = Outbox(transaction, clock)
        self._audit = Audit(transaction)
        self._tallies = Tallies(transaction)
        self.outbox: ports.Outbox = self._outbox
        self.audit: ports.Audit = self._audit
        self.tallies: ports_beside.Tallies = self._tallies
        self.receipts: ports_beside.Receipts = Receipts(transaction, secrets, clock)

    @property
    def has_messages(self) -> bool:
        """Whether the outbox got rows, so that a worker should look."""
        return self._outbox.wrote

    @property
    def has_changes(self) -> bool:
        """Whether something was changed and committed here."""
        return self._transaction.changed

    @property
    def erases(self) -> bool:
        """Whether something was erased here."""
        return self._transaction.erases

    def presume(self) -> None:
        """Take what nearly always succeeds for done until the commit, which raises Presumed where it could not be."""
        self._transaction.presumes = True

    async def settle(self, claim: Claim, result: Result) -> bool:
        """Write down what became of an outbox row; False where the lease had passed to another worker."""
        return await self._outbox.settle(claim, result)

    async def rollback(self) -> None:
        """Undo everything so far and leave nothing to commit."""
        for pending in (self._tallies, self._outbox, self._audit):
            pending.discard()
        await self._transaction.rollback()

    async def commit(self) -> None:
        """Write what the outbox, the tallies and the audit hold back, and commit."""
        await self._tallies.flush()
        await self._outbox.flush()
        # Last: whoever appends to the audit holds its end until the commit.
        await self._audit.flush()
        await self._transaction.commit()


def _fits(unit: UnitOfWork) -> ports.UnitOfWork:
    """Mypy proves here that the unit fits its port."""
    return unit
