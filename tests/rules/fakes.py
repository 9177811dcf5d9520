"""A store in memory for the rules: one transaction at a time, undone on an exception or a rollback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport import consent_link, partner_keys, ports, ports_beside, ports_doors, ports_partner
from peersupport.audit import OPENINGS, Deeds, Entry, Event
from peersupport.notifications import Kind, Message
from peersupport.offers import Offer, OfferState
from peersupport.people import Address, Role
from peersupport.ports import Kept, Member, Post, Seat, Standing
from peersupport.requests import MATCHED, OPEN_STATES, Contact, Needs, Outcome, State, SupportRequest
from tests.rules.fake_approvals import Approvals
from tests.rules.fake_concerns import Concerns
from tests.rules.fake_consent_links import ConsentLinks
from tests.rules.fake_cover import CoverChoices
from tests.rules.fake_group import FakeGroup
from tests.rules.fake_partner import Notices, PartnerPeople
from tests.rules.fake_partner_keys import PartnerKeys
from tests.rules.fake_put_off import PutOffs
from tests.rules.fake_referrals import Referrals, Silences
from tests.rules.fake_reports import Reports
from tests.rules.fake_supporters import Supporters
from tests.rules.fake_tables import Ids as Ids
from tests.rules.fake_tables import Tables as Tables


class _Part:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @property
    def _now(self) -> Tables:
        return self._unit.tables


class Requests(_Part):
    async def add(self, request: SupportRequest, needs: Needs, contact: Contact) -> bool:
        mine = [self._now.requests[each] for each, who in self._now.requesters.items() if who == needs.requester]
        taken = {each.reference for each in self._now.requests.values()}
        if request.reference in taken or any(
            each.state in OPEN_STATES and each.programme == request.programme for each in mine
        ):
            return False
        self._now.requests[request.id] = request
        self._now.requesters[request.id] = needs.requester
        self._now.needs[request.id], self._now.contacts[request.id] = needs, contact
        return True

    async def get(self, id: UUID, *, lock: bool = False) -> SupportRequest | None:
        return self._now.requests.get(id)

    async def of(self, who: Address, *, open_only: bool = True) -> list[SupportRequest]:
        mine = [self._now.requests[each] for each, asked in self._now.requesters.items() if asked == who]
        kept = [each for each in mine if each.state in OPEN_STATES or not open_only]
        return sorted(kept, key=lambda each: each.created_at, reverse=True)

    async def held_of(self, who: Address) -> list[SupportRequest]:
        held = {each.request_id for each in self._now.concerns.values() if each.is_open}
        return [each for each in await self.of(who, open_only=False) if each.id in held and each.state is State.CLOSED]

    async def is_requester(self, id: UUID, who: Address) -> bool:
        return self._now.requesters.get(id) == who

    async def in_states(
        self, programme: str, states: frozenset[State], *, limit: int, after: UUID | None = None
    ) -> list[SupportRequest]:
        found = [each for each in self._now.requests.values() if each.programme == programme and each.state in states]
        found.sort(key=lambda each: (each.due_at, each.id))
        if after is not None:
            last = self._now.requests[after]
            found = [each for each in found if (each.due_at, each.id) > (last.due_at, last.id)]
        return found[:limit]

    async def closed_since(self, programme: str, since: datetime, *, limit: int) -> list[SupportRequest]:
        of_programme = [each for each in self._now.requests.values() if each.programme == programme]
        found = [(each.closed_at, each) for each in of_programme if each.closed_at and each.closed_at >= since]
        return [each for _, each in sorted(found, key=lambda pair: pair[0], reverse=True)][:limit]

    async def by_reference(self, programme: str, reference: str) -> SupportRequest | None:
        found = (each for each in self._now.requests.values() if each.reference == reference)
        return next((each for each in found if each.programme == programme), None)

    async def unerased(self, *, limit: int, after: UUID | None = None) -> list[SupportRequest]:
        found = [each for each in self._now.requests.values() if each.state is State.CLOSED and not each.erased_at]
        return sorted((each for each in found if after is None or each.id > after), key=lambda each: each.id)[:limit]

    async def of_supporter(self, supporter: UUID) -> list[SupportRequest]:
        found = [each for each in self._now.requests.values() if each.supporter == supporter and each.state in MATCHED]
        return sorted(found, key=lambda each: each.due_at)

    async def finished_of_supporter(self, supporter: UUID, *, limit: int) -> list[SupportRequest]:
        found = [each for each in self._now.requests.values() if each.supporter == supporter and not each.erased_at]
        done = [each for each in found if each.outcome is Outcome.DONE and not each.erase_asked_at]
        over = [(each.closed_at, each) for each in done if each.closed_at]
        return [each for _, each in sorted(over, key=lambda pair: pair[0], reverse=True)][:limit]

    async def save(self, request: SupportRequest) -> bool:
        stored = self._now.requests.get(request.id)
        if stored is None or stored.version != request.version:
            return False
        self._now.requests[request.id] = replace(request, version=request.version + 1)
        return True

    async def needs(self, id: UUID) -> Needs | None:
        return self._now.needs.get(id)

    async def contact(self, id: UUID) -> Contact | None:
        return self._now.contacts.get(id)

    async def reseal(self, id: UUID, needs: Needs, contact: Contact) -> None:
        if id in self._now.needs:
            self._now.needs[id], self._now.contacts[id] = needs, contact

    async def erase_contact(self, id: UUID) -> None:
        self._now.contacts.pop(id, None)

    async def erase(self, id: UUID) -> None:
        for sealed in (self._now.needs, self._now.contacts, self._now.requesters):
            sealed.pop(id, None)


class Offers(_Part):
    async def add(self, offers: Sequence[Offer]) -> None:
        self._now.offers.update({each.id: each for each in offers})

    async def get(self, id: UUID) -> Offer | None:
        return self._now.offers.get(id)

    async def with_request(
        self, id: UUID, *, lock: bool = False, who: Address | None = None
    ) -> tuple[Offer, SupportRequest] | None:
        found = self._now.offers.get(id)
        return (found, self._now.requests[found.request_id]) if found else None

    async def of_request(self, request: UUID) -> list[Offer]:
        found = [each for each in self._now.offers.values() if each.request_id == request]
        return sorted(found, key=lambda each: (each.position, each.created_at))

    async def open_of_supporter(self, supporter: UUID) -> list[Offer]:
        wanted = (supporter, OfferState.OPEN)
        return [each for each in self._now.offers.values() if (each.supporter_id, each.state) == wanted]

    async def of_supporter(self, supporter: UUID) -> list[tuple[Offer, str]]:
        found = [each for each in self._now.offers.values() if each.supporter_id == supporter and each.sent_at]
        found.sort(key=lambda each: str(each.sent_at), reverse=True)
        return [(each, self._now.requests[each.request_id].reference) for each in found]

    async def save(self, offer: Offer, *, was: OfferState) -> bool:
        stored = self._now.offers.get(offer.id)
        if stored is None or stored.state is not was:
            return False
        if offer.state is OfferState.ACCEPTED and any(
            each.state is OfferState.ACCEPTED and each.request_id == offer.request_id and each.id != offer.id
            for each in self._now.offers.values()
        ):
            return False
        self._now.offers[offer.id] = offer
        return True


class Members(_Part):
    async def seed(self, programme: str, members: Sequence[Member]) -> bool:
        if await self.all(programme):
            return False
        self._now.members.update({each.id: each for each in members})
        return True

    async def keep(self, programme: str, members: Sequence[Member]) -> Kept:
        known = {each.address: each for each in (*self._now.former.values(), *await self.all(programme))}
        known = {who: each for who, each in known.items() if each.programme == programme}
        before = {each.id: each for each in await self.all(programme)}
        after = [replace(each, id=known[each.address].id if each.address in known else each.id) for each in members]
        now = {each.id: each for each in after}
        self._now.members = {id: each for id, each in self._now.members.items() if id not in before} | now
        self._now.former = {id: each for id, each in (self._now.former | before).items() if id not in now}
        changed = tuple(id for id in now.keys() & before.keys() if now[id] != before[id])
        return Kept(tuple(now.keys() - before.keys()), changed, tuple(before.keys() - now.keys()))

    async def all(self, programme: str) -> list[Member]:
        return [each for each in self._now.members.values() if each.programme == programme]

    async def get(self, id: UUID) -> Member | None:
        return self._now.members.get(id) or self._now.former.get(id)

    async def standing(self, who: Address) -> Standing:
        members: dict[str, tuple[UUID, frozenset[Role]]] = {
            each.programme: (each.id, each.roles) for each in self._now.members.values() if each.address == who
        }
        supporters = {
            each.programme: each.id
            for each, profile in self._now.supporters.values()
            if profile.address == who and each.active
        }
        return Standing(members, supporters)

    async def of(self, who: Address) -> list[tuple[Member, bool]]:
        rows = [(each, True) for each in self._now.members.values()]
        rows += [(each, False) for each in self._now.former.values()]
        return sorted((each for each in rows if each[0].address == who), key=lambda each: each[0].programme)

    async def which(self, programme: str, people: Sequence[Address]) -> list[UUID]:
        return [each.id for each in await self.all(programme) if each.address in people]

    async def seats(self, programme: str, people: Sequence[Address]) -> list[Seat]:
        return [Seat(each.id, each.roles, each.address in people) for each in await self.all(programme)]


class Outbox(_Part):
    async def put(self, *messages: Message) -> None:
        for message in messages:
            self._now.outbox.setdefault(message.dedupe, message)

    async def waiting(self, subject: UUID) -> frozenset[Kind]:
        return frozenset(each.kind for each in self._now.outbox.values() if each.subject == subject)

    async def forget(self, subject: UUID, kinds: frozenset[Kind]) -> None:
        rows = self._now.outbox.items()
        self._now.outbox = {key: each for key, each in rows if each.subject != subject or each.kind not in kinds}


class Audit(_Part):
    async def write(self, *entries: Entry) -> None:
        self._now.audit.extend(entries)

    async def of(self, subject: UUID, event: Event | None = None) -> list[Entry]:
        return [each for each in self._now.audit if each.subject == subject and event in (None, each.event)]

    async def openings(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: UUID | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[tuple[int, Entry]]:
        found = [
            (seq, each)
            for seq, each in enumerate(self._now.audit, 1)
            if each.event in OPENINGS
            and (since is None or each.at >= since)
            and (until is None or each.at < until)
            and actor in (None, each.actor)
            and (before is None or seq < before)
        ]
        return found[::-1][:limit]

    async def opened_since(self, actor: UUID, since: datetime) -> int:
        return len(await self.openings(since=since, actor=actor, limit=len(self._now.audit)))

    async def by(self, actor: UUID) -> list[Deeds]:
        found: dict[Event, list[datetime]] = {}
        for each in self._now.audit:
            if each.actor == actor:
                found.setdefault(each.event, []).append(each.at)
        return [Deeds(event, len(at), min(at), max(at)) for event, at in sorted(found.items())]


class Receipts(_Part):
    async def find(self, key: str) -> tuple[bool, UUID | None]:
        return key in self._now.receipts, self._now.receipts.get(key)

    async def keep(self, key: str, result: UUID | None = None) -> bool:
        if key in self._now.receipts:
            return False
        self._now.receipts[key] = result
        return True


class Preferences(_Part):
    async def language(self, who: Address) -> str | None:
        return self._now.languages.get(who)

    async def choose_language(self, who: Address, language: str) -> None:
        self._now.languages[who] = language

    async def discreet(self, who: Address) -> bool:
        return who in self._now.discreet

    async def choose_discreet(self, who: Address, *, discreet: bool) -> None:
        self._now.discreet = self._now.discreet | {who} if discreet else self._now.discreet - {who}

    async def cover(self, who: Address) -> tuple[bool, bool]:
        return who in self._now.discreet, who in self._now.hidden

    async def hide(self, who: Address, *, hidden: bool) -> None:
        self._now.hidden = self._now.hidden | {who} if hidden else self._now.hidden - {who}

    async def forget(self, who: Address) -> None:
        self._now.languages.pop(who, None)
        self._now.discreet, self._now.hidden = self._now.discreet - {who}, self._now.hidden - {who}


class Tallies(_Part):
    async def add(self, programme: str, what: str, now: datetime) -> None:
        self._now.tallies[programme, f"{now:%Y-%m}", what] += 1

    async def read(self, programme: str) -> dict[tuple[str, str], int]:
        return {(month, what): count for (held, month, what), count in self._now.tallies.items() if held == programme}


class Posts(_Part):
    async def add(self, post: Post) -> None:
        self._now.posts[post.id] = post

    async def of(self, subject: UUID) -> list[Post]:
        return [each for each in self._now.posts.values() if each.subject == subject]

    async def cards(self, programme: str, *, stripped: bool = False) -> list[Post]:
        found = [each for each in self._now.posts.values() if each.kind == Kind.CARD and each.stripped is stripped]
        of = [(each, self._now.requests[each.subject]) for each in found]
        return [each for each, r in of if r.programme == programme and (not stripped or r.state in OPEN_STATES)]

    async def mark(self, id: UUID, *, stripped: bool) -> None:
        self._now.posts[id] = replace(self._now.posts[id], stripped=stripped)

    async def drop(self, id: UUID) -> None:
        self._now.posts.pop(id, None)

    async def forget(self, subject: UUID) -> None:
        self._now.posts = {id: each for id, each in self._now.posts.items() if each.subject != subject}


class Unit(FakeGroup):
    """One transaction."""

    def __init__(self, tables: Tables) -> None:
        self._before = tables
        self.tables = tables.copied()
        self.requests: ports.Requests = Requests(self)
        self.offers: ports.Offers = Offers(self)
        self.approvals: ports.Approvals = Approvals(self)
        self.supporters: ports.Supporters = Supporters(self)
        self.members: ports.Members = Members(self)
        self.outbox: ports.Outbox = Outbox(self)
        self.audit: ports.Audit = Audit(self)
        self.receipts: ports_beside.Receipts = Receipts(self)
        self.preferences: ports_beside.Preferences = Preferences(self)
        self.concerns: ports_beside.Concerns = Concerns(self)
        self.cover_choices: ports_beside.CoverChoices = CoverChoices(self)
        self.tallies: ports_beside.Tallies = Tallies(self)
        self.reports: ports_beside.Reports = Reports(self)
        self.put_off: ports_beside.PutOffs = PutOffs(self)
        self.referrals: ports_doors.Referrals = Referrals(self)
        self.silences: ports_doors.Silences = Silences(self)
        self.consent_links: consent_link.ConsentLinks = ConsentLinks(self)
        self.partner_keys: partner_keys.PartnerKeys = PartnerKeys(self)
        self.posts: ports.Posts = Posts(self)
        self.notices: ports_partner.Notices = Notices(self)
        self.partner_people: ports_partner.PartnerPeople = PartnerPeople(self)

    @property
    def has_messages(self) -> bool:
        return self.tables.outbox.keys() != self._before.outbox.keys()

    @property
    def has_changes(self) -> bool:
        return self.tables != self._before

    def presume(self) -> None:
        """Nothing is ever left until the commit here."""

    async def rollback(self) -> None:
        self.tables = self._before.copied()


class Memory:
    """A whole store; calling it opens a unit of work."""

    def __init__(self) -> None:
        self.tables = Tables()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[ports.UnitOfWork]:
        unit = Unit(self.tables)
        yield unit
        self.tables = unit.tables

    def told(self, kind: Kind, subject: UUID | None = None) -> list[Message]:
        """Return the outbox rows of one kind, of one subject where one is given, in the order they were put."""
        return [each for each in self.tables.outbox.values() if each.kind is kind and subject in (None, each.subject)]

    def deeds(self, subject: UUID) -> list[Event]:
        """Return what was written down about a subject."""
        return [each.event for each in self.tables.audit if each.subject == subject]
