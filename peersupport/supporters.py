"""The register of supporters: training, profile, availability, limits and pauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from peersupport.people import Address


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """What a supporter keeps about themselves, sealed under the supporter's own key."""

    address: Address
    name: str
    languages: tuple[str, ...] = ("en",)
    modalities: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    zone: str = "America/Vancouver"
    department: str = ""
    traits: dict[str, str] = field(default_factory=dict)
    """The programme's own wish ids, for example specialty_group or career_stage, to the option chosen."""
    avoid_members: tuple[Address, ...] = ()

    def __repr__(self) -> str:
        return "Profile(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Outline:
    """What of a profile counts in matching; it says neither who the supporter is nor whom they avoid."""

    languages: tuple[str, ...]
    modalities: tuple[str, ...]
    times: tuple[str, ...]
    department: str
    traits: frozenset[tuple[str, str]]

    def __repr__(self) -> str:
        return "Outline(...)"


def outline_of(profile: Profile) -> Outline:
    """Return what counts of a profile."""
    traits = frozenset(profile.traits.items())
    return Outline(profile.languages, profile.modalities, profile.times, profile.department, traits)


@dataclass(frozen=True, slots=True)
class Supporter:
    """The plain part of a supporter's entry, with the load counted at reading."""

    id: UUID
    programme: str
    version: int
    trained_on: date | None
    agreement_on: date | None
    limit: int
    paused_until: datetime | None = None
    """A far future instant means paused until further notice."""
    active: bool = True
    erase_asked_at: datetime | None = None
    """When they wanted their ended entry erased; None again for one who is taken in anew."""
    load: int = 0
    """How many requests are with this supporter now (accepted, contacted or talking)."""


def can_be_offered(supporter: Supporter, now: datetime, *, trained: bool = True, agreement: bool = True) -> bool:
    """Say whether this supporter may receive an offer now, under the programme's requirements."""
    return (
        supporter.active
        and (supporter.trained_on is not None or not trained)
        and (supporter.agreement_on is not None or not agreement)
        and (supporter.paused_until is None or supporter.paused_until <= now)
        and supporter.load < supporter.limit
    )
