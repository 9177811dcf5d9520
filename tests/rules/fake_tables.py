"""What the store in memory holds, and what makes its ids."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from peersupport.audit import Entry
from peersupport.concerns import Concern
from peersupport.consent_link import ConsentLink
from peersupport.exceptional import Approval
from peersupport.notice import Notice, PartnerIdentity, PartnerPerson, Told
from peersupport.notifications import Message
from peersupport.offers import Offer
from peersupport.partner_keys import PartnerKey
from peersupport.people import Address
from peersupport.ports import Member, Post
from peersupport.ports_beside import CoverChoice, PutOff
from peersupport.referral import Colleague, Referral, Scope
from peersupport.requests import Contact, Needs, SupportRequest
from peersupport.supporters import Profile, Supporter


class Ids:
    """Counts up, so that a test can foresee every id; references come from a list where one is given."""

    def __init__(self, references: Sequence[str] = ()) -> None:
        self._count = 0
        self._references = list(references)

    def new(self) -> UUID:
        self._count += 1
        return UUID(int=self._count)

    def reference(self) -> str:
        if self._references:
            return self._references.pop(0)
        self._count += 1
        return f"K7-{self._count:04}"


@dataclass
class Tables:
    """Everything that is kept."""

    requests: dict[UUID, SupportRequest] = field(default_factory=dict)
    requesters: dict[UUID, Address] = field(default_factory=dict)
    needs: dict[UUID, Needs] = field(default_factory=dict)
    contacts: dict[UUID, Contact] = field(default_factory=dict)
    offers: dict[UUID, Offer] = field(default_factory=dict)
    supporters: dict[UUID, tuple[Supporter, Profile]] = field(default_factory=dict)
    members: dict[UUID, Member] = field(default_factory=dict)
    former: dict[UUID, Member] = field(default_factory=dict)
    outbox: dict[str, Message] = field(default_factory=dict)
    audit: list[Entry] = field(default_factory=list)
    receipts: dict[str, UUID | None] = field(default_factory=dict)
    languages: dict[Address, str] = field(default_factory=dict)
    tallies: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    reports: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    posts: dict[UUID, Post] = field(default_factory=dict)
    discreet: set[Address] = field(default_factory=set)
    concerns: dict[UUID, Concern] = field(default_factory=dict)
    cover: dict[Address, CoverChoice] = field(default_factory=dict)
    hidden: set[Address] = field(default_factory=set)
    put_off: dict[UUID, PutOff] = field(default_factory=dict)
    consent_links: dict[UUID, tuple[ConsentLink, str, str]] = field(default_factory=dict)
    approvals: dict[UUID, Approval] = field(default_factory=dict)
    referrals: dict[UUID, Referral] = field(default_factory=dict)
    colleagues: dict[UUID, Colleague] = field(default_factory=dict)
    referrers: dict[UUID, Address] = field(default_factory=dict)
    counted: dict[UUID, Address] = field(default_factory=dict)
    silences: dict[tuple[str, Scope, Address, Address | None], datetime] = field(default_factory=dict)
    notices: dict[UUID, Notice] = field(default_factory=dict)
    told: dict[UUID, Told] = field(default_factory=dict)
    partner_people: dict[UUID, tuple[PartnerPerson, PartnerIdentity]] = field(default_factory=dict)
    partner_keys: dict[UUID, tuple[PartnerKey, bytes]] = field(default_factory=dict)
    partner_hours: dict[UUID, tuple[datetime, int]] = field(default_factory=dict)

    def copied(self) -> Tables:
        """Return the same records in containers of their own; records never change."""
        return Tables(**{each.name: copy.copy(getattr(self, each.name)) for each in fields(self)})
