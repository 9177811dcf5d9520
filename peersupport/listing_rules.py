"""What a listing allows: whether somebody can be asked now, and how often in a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from peersupport.ports_informal import Listing
from peersupport.programme import Programme
from peersupport.programme_informal import InformalConnect

WEEK = timedelta(days=7)
LONGEST_NAME, LONGEST_REACH, LONGEST_COMMUNITY = 60, 150, 60


def part_of(programme: Programme | None) -> InformalConnect | None:
    """Return the rules of a programme whose door stands open to colleagues among themselves."""
    return programme.informal_connect if programme is not None and programme.doors.informal_connect else None


def available(listing: Listing, now: datetime) -> bool:
    """Say whether somebody can be asked now: neither paused, nor asked as often this week as they want."""
    return not listing.paused and asked_this_week(listing, now) < listing.weekly_limit


def asked_this_week(listing: Listing, now: datetime) -> int:
    """Return how often they were asked in the week that runs."""
    return listing.week_count if listing.week_from is not None and now < listing.week_from + WEEK else 0


def asked_once_more(listing: Listing, now: datetime) -> Listing:
    """Return the listing with one question counted; the first after a quiet week begins a new one."""
    count = asked_this_week(listing, now)
    return replace(listing, week_from=listing.week_from if count else now, week_count=count + 1)
