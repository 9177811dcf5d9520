"""The table of contents: every (kind, id) that is answered, and by which function."""

from __future__ import annotations

from handlers import (
    announcements,
    approvals,
    by_phone,
    cafe,
    check_ins,
    column,
    consent_links,
    cover,
    danger,
    departures,
    editing,
    erasure,
    feedback,
    home,
    informal,
    introductions,
    ledger,
    listings,
    lookup,
    menu,
    messages,
    mydata,
    offers,
    organise,
    organise_changes,
    organise_forms,
    outreach,
    own,
    partners,
    presenting,
    queue,
    rating,
    referral_calls,
    referral_list,
    referrals,
    removal,
    reports,
    requests,
    run_sheets,
    safety,
    services,
    sessions,
    supporters,
    triage,
)
from handlers.hear import Kind, Listener

_JOURNEYS = (
    menu,
    home,
    cover,
    reports,
    requests,
    referrals,
    own,
    partners,
    messages,
    triage,
    queue,
    offers,
    outreach,
    safety,
    feedback,
    rating,
    supporters,
    ledger,
    approvals,
    lookup,
    by_phone,
    consent_links,
    referral_calls,
    referral_list,
    departures,
    removal,
    mydata,
    danger,
    erasure,
    # Sessions
    sessions,
    organise,
    organise_forms,
    organise_changes,
    run_sheets,
    presenting,
    # Meetings and themes
    cafe,
    # The column, announcements and resources
    column,
    announcements,
    editing,
    services,
    # Colleague to colleague
    informal,
    introductions,
    listings,
    check_ins,
)


def table() -> dict[tuple[Kind, str], Listener]:
    """Return every listener; an id claimed by two journeys is a bug and raises ValueError."""
    found: dict[tuple[Kind, str], Listener] = {}
    for journey in _JOURNEYS:
        for key, listener in journey.LISTENERS.items():
            if key in found:
                raise ValueError(f"{key[0]} {key[1]} is answered twice")
            found[key] = listener
    return found


def public() -> frozenset[tuple[Kind, str]]:
    """Return what guests and outsiders may use too: help lines and public information."""
    return frozenset(key for journey in _JOURNEYS for key in getattr(journey, "PUBLIC", ()))


def doors() -> frozenset[tuple[Kind, str]]:
    """Return what programmes' doors are made of that stand open to every member, but not to a partner's people."""
    return frozenset(key for journey in _JOURNEYS for key in getattr(journey, "DOORS", ()))
