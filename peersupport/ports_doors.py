"""Protocols of what is kept of the doors that somebody else opens: referrals, and refusals that last."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from peersupport.addresses import Address
from peersupport.referral import Colleague, Passed, Referral, Scope, Silence


class Referrals(Protocol):
    """Referrals, one row each, with colleague and referrer sealed apart."""

    async def add(self, referral: Referral, colleague: Colleague | None, referrer: Address) -> bool:
        """Store a new one; False where its reference is used, or another that is open asks this colleague here.

        Without a colleague it only counts for the referrer; it takes the same statements.
        """

    async def get(self, id: UUID, *, lock: bool = False) -> Referral | None:
        """Return one; `lock` holds the row until the transaction ends."""

    async def colleague(self, id: UUID) -> Colleague | None:
        """Unseal whom it is about; None once erased, or where nobody is asked."""

    async def referrer(self, id: UUID) -> Address | None:
        """Unseal who passed it on; None once they wanted it forgotten."""

    async def is_colleague(self, id: UUID, who: Address) -> bool:
        """Say whether it is about this person, by keyed hash."""

    async def is_referrer(self, id: UUID, who: Address) -> bool:
        """Say whether this person passed it on, by keyed hash; also where they wanted it forgotten."""

    async def open_of(self, who: Address) -> list[Referral]:
        """Return the open ones that are about a person, the newest first, by keyed hash; held ones too."""

    async def passed_on(self, referrer: Address) -> list[Passed]:
        """Return what a person passed on, newest first, by keyed hash."""

    async def hold(self, referrer: Address) -> None:
        """Let no other transaction hold this referrer until this one ends, so that their count stays as it was read."""

    async def count_since(self, referrer: Address, since: datetime) -> int:
        """Return how many a person passed on since then, in every programme, also those that they wanted forgotten."""

    async def in_programme(
        self, programme: str, *, open_only: bool = True, limit: int = 100, after: UUID | None = None
    ) -> list[Referral]:
        """Return up to `limit` of a programme, the oldest first, those after `after`."""

    async def concerning(self, programme: str, who: Address) -> frozenset[UUID]:
        """Return which open ones of a programme are about a person or were passed on by them, by keyed hash."""

    async def save(self, referral: Referral) -> bool:
        """Write the plain columns where the stored version still is `referral.version` and raise it; else False."""

    async def erase(self, id: UUID) -> None:
        """Destroy the colleague's key, then blank what it sealed and whose it was. Safe to repeat."""

    async def forget_referrer(self, id: UUID) -> None:
        """Destroy the referrer's key, then blank what it sealed. Safe to repeat.

        Only a keyed hash is left, which counts against their limit until `drop_count`.
        """

    async def drop_count(self, id: UUID) -> None:
        """Blank whose a forgotten one was."""


class Silences(Protocol):
    """Refusals by keyed hash, which outlive everything else of a person."""

    async def keep(
        self, programme: str, scope: Scope, who: Address, *, from_who: Address | None = None, now: datetime
    ) -> None:
        """Keep one. Safe to repeat."""

    async def has(self, programme: str, scope: Scope, who: Address, *, from_who: Address | None = None) -> bool:
        """Say whether it is kept."""

    async def of(self, who: Address) -> list[Silence]:
        """Return what a person refused, the earliest first; not the distrust of them."""

    async def lift(self, programme: str, scope: Scope, who: Address) -> None:
        """Drop what a person refused, from whomever."""
