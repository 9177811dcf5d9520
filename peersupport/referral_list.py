"""The open referrals, for administrators: which of them wait for somebody, and which end soon in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from peersupport.actors import entitled, refuse
from peersupport.addresses import Address
from peersupport.outcomes import Refused
from peersupport.people import Duty
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.referral import Referral, ReferralState, Route
from peersupport.referral_desk import is_late

MOST = 100
"""So many open referrals are looked at, the oldest first; each ends by itself within days."""
SOON = timedelta(days=1)


class Filter(StrEnum):
    """Which of the open referrals are shown."""

    ALL = "all"
    HELD = "held"
    """Those about which an administrator decides."""
    CALL = "call"
    """Those whose colleague an administrator is to ask by phone or e-mail."""
    ENDS = "ends"
    """Those that end within a day if nobody says anything."""


@dataclass(frozen=True, slots=True)
class Row:
    """One open referral, without whom it is about."""

    referral: Referral
    late: bool
    """True where nobody has answered within the time in which the programme promises a first contact."""
    ends_soon: bool
    """True where silence ends it within a day."""

    @property
    def waits(self) -> bool:
        """Say whether it waits for an administrator."""
        return needs_somebody(self.referral)


@dataclass(frozen=True, slots=True)
class Listing:
    """The open referrals that pass a filter, first those that wait for an administrator, and how many pass each."""

    rows: tuple[Row, ...]
    counts: Mapping[Filter, int]
    filter: Filter = Filter.ALL


def needs_somebody(referral: Referral) -> bool:
    """Say whether an administrator is to do something for it: decide about it, or ask the colleague."""
    return referral.is_open and (referral.state is ReferralState.HELD or referral.route is Route.OUTSIDE)


def passes(row: Row, chosen: Filter) -> bool:
    """Say whether a referral is shown under a filter."""
    match chosen:
        case Filter.HELD:
            return row.referral.state is ReferralState.HELD
        case Filter.CALL:
            return row.referral.state is ReferralState.ASKED and row.referral.route is Route.OUTSIDE
        case Filter.ENDS:
            return row.ends_soon
    return True


async def listed(
    work: UnitOfWork, programme: Programme, who: Address, *, now: datetime, chosen: Filter = Filter.ALL
) -> Listing | Refused:
    """Return the open referrals, but those that are about this administrator or that they passed on themselves."""
    if await entitled(work, programme, who, Duty.LOOK_AFTER) is None:
        return await refuse(work, now)
    theirs = await work.referrals.concerning(programme.id, who)
    found = [each for each in await work.referrals.in_programme(programme.id, limit=MOST) if each.id not in theirs]
    # What is over and only waits to be erased is nobody's work any more.
    rows = [
        Row(each, is_late(programme, each, now), each.expires_at - now <= SOON)
        for each in found
        if now < each.expires_at
    ]
    rows.sort(key=lambda row: (not row.waits, row.referral.expires_at, row.referral.id))
    counts = {each: sum(passes(row, each) for row in rows) for each in Filter}
    return Listing(tuple(row for row in rows if passes(row, chosen)), counts, chosen)
