"""One unit of work is one transaction: the repositories, the outbox and the audit, committed together or not at all."""

from peersupport import consent_link, partner_keys, ports, ports_beside, ports_doors, ports_partner
from peersupport.notifications import Result
from peersupport.ports import Clock
from store.audit import Audit
from store.outbox import Claim, Outbox
from store.repositories.approvals import Approvals
from store.repositories.concerns import Concerns
from store.repositories.consent_links import ConsentLinks
from store.repositories.cover_choices import CoverChoices
from store.repositories.members import Members
from store.repositories.notices import Notices
from store.repositories.offers import Offers
from store.repositories.partner_keys import PartnerKeys
from store.repositories.partner_people import PartnerPeople
from store.repositories.posts import Posts
from store.repositories.preferences import Preferences
from store.repositories.put_off import PutOffs
from store.repositories.receipts import Receipts
from store.repositories.referrals import Referrals
from store.repositories.reports import Reports
from store.repositories.requests import Requests
from store.repositories.silences import Silences
from store.repositories.supporters import Supporters
from store.repositories.tallies import Tallies
from store.transaction import Transaction
from store.unsealing import Secrets


class UnitOfWork:
    """Implements ``peersupport.ports.UnitOfWork``."""

    def __init__(self, transaction: Transaction, secrets: Secrets, clock: Clock) -> None:
        """Only the store makes one."""
        self._transaction = transaction
        self._outbox = Outbox(transaction, clock)
        self._audit = Audit(transaction)
        self._tallies = Tallies(transaction)
        self.outbox: ports.Outbox = self._outbox
        self.audit: ports.Audit = self._audit
        self.tallies: ports_beside.Tallies = self._tallies
        self.requests: ports.Requests = Requests(transaction, secrets)
        self.offers: ports.Offers = Offers(transaction, secrets)
        self.approvals: ports.Approvals = Approvals(transaction)
        self.supporters: ports.Supporters = Supporters(transaction, secrets)
        self.members: ports.Members = Members(transaction, secrets)
        self.receipts: ports_beside.Receipts = Receipts(transaction, secrets, clock)
        self.preferences: ports_beside.Preferences = Preferences(transaction, secrets)
        self.concerns: ports_beside.Concerns = Concerns(transaction)
        self.cover_choices: ports_beside.CoverChoices = CoverChoices(transaction, secrets)
        self.reports: ports_beside.Reports = Reports(transaction)
        self.put_off: ports_beside.PutOffs = PutOffs(transaction)
        self.notices: ports_partner.Notices = Notices(transaction, secrets)
        self.partner_people: ports_partner.PartnerPeople = PartnerPeople(transaction, secrets)
        self.partner_keys: partner_keys.PartnerKeys = PartnerKeys(transaction, secrets)
        self.consent_links: consent_link.ConsentLinks = ConsentLinks(transaction, secrets)
        self.posts: ports.Posts = Posts(transaction, secrets)
        self.referrals: ports_doors.Referrals = Referrals(transaction, secrets)
        self.silences: ports_doors.Silences = Silences(transaction, secrets)

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
