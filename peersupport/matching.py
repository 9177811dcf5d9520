"""Who could be offered a request, in what order, and why: pure scoring, wishes rank and never block."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport.programme import Programme
from peersupport.requests import Needs
from peersupport.supporters import Profile, Supporter, can_be_offered

Entry = tuple[Supporter, Profile]
"""One entry of the register."""


class Reason(StrEnum):
    """Why a supporter stands where they stand; the ones from NO_SHARED_LANGUAGE on speak against."""

    SHARED_LANGUAGE = "shared_language"
    SHARED_MODALITY = "shared_modality"
    SHARED_TIME = "shared_time"
    WISH_MET = "wish_met"
    FREE = "free"
    NO_SHARED_LANGUAGE = "no_shared_language"
    NO_SHARED_MODALITY = "no_shared_modality"
    NO_SHARED_TIME = "no_shared_time"


@dataclass(frozen=True, slots=True)
class Why:
    """A reason with the programme's own ids, or the load and limit, that belong in its words."""

    reason: Reason
    params: tuple[str, ...] = ()

    @property
    def against(self) -> bool:
        """Say whether this speaks against asking."""
        return self.reason.value.startswith("no_")


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A supporter who could be asked, for administrators only: it holds a name and a load."""

    supporter: Supporter
    profile: Profile
    why: tuple[Why, ...]

    def __repr__(self) -> str:
        return "Candidate(...)"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who could be asked, best first, and how many could not, without saying who or which of the causes."""

    candidates: tuple[Candidate, ...]
    excluded: int
    """Kept out by the requester, by themselves, or because they said no to this request before."""
    away: int
    """Paused, at their limit, or without training or agreement on record."""


_WEIGHTS = {
    Reason.SHARED_LANGUAGE: 8,
    Reason.SHARED_MODALITY: 6,
    Reason.SHARED_TIME: 3,
    Reason.WISH_MET: 2,
}


def rank(
    needs: Needs, register: Iterable[Entry], programme: Programme, now: datetime, said_no: Collection[UUID] = ()
) -> Ranking:
    """Return the supporters who could be asked, best first: what is shared, then wishes, then the lighter load."""
    candidates: list[tuple[int, float, int, str, Candidate]] = []
    excluded = away = 0
    for supporter, profile in register:
        if not supporter.active:
            continue
        if is_excluded(needs, supporter, profile, said_no):
            excluded += 1
        elif not is_available(supporter, profile, programme, now):
            away += 1
        else:
            why = reasons(needs, supporter, profile, programme)
            score = sum(_WEIGHTS.get(each.reason, 0) for each in why)
            share = supporter.load / room(supporter, programme)
            order = (-score, share, supporter.load, supporter.id.hex)
            candidates.append((*order, Candidate(supporter, profile, why)))
    candidates.sort(key=lambda row: row[:4])
    return Ranking(tuple(row[4] for row in candidates), excluded, away)


def room(supporter: Supporter, programme: Programme) -> int:
    """Return how many requests may be with this supporter at a time: the programme's number, or fewer by choice."""
    return min(supporter.limit, programme.match.max_open)


def is_available(supporter: Supporter, profile: Profile, programme: Programme, now: datetime) -> bool:
    """Say whether this supporter may receive an offer now, whoever asks."""
    requires = programme.match.requires
    return (
        can_be_offered(supporter, now, trained="trained" in requires, agreement="agreement_signed" in requires)
        and supporter.load < room(supporter, programme)
        and ("rural_practice" not in requires or profile.traits.get("rural_practice") == "yes")
    )


def is_excluded(needs: Needs, supporter: Supporter, profile: Profile, said_no: Collection[UUID] = ()) -> bool:
    """Say whether this supporter may never receive this request, because of either side."""
    return (
        profile.address == needs.requester
        or profile.address in needs.avoid_members
        or needs.requester in profile.avoid_members
        or supporter.id in said_no
        or any(same_name(typed, profile.name) for typed in needs.avoid_names)
        or (needs.not_my_department and bool(needs.department) and _same(needs.department, profile.department))
    )


def reasons(needs: Needs, supporter: Supporter, profile: Profile, programme: Programme) -> tuple[Why, ...]:
    """Return what speaks for and against a supporter, in the order in which it counts."""
    pairs = (
        ((needs.language,), profile.languages, Reason.SHARED_LANGUAGE, Reason.NO_SHARED_LANGUAGE),
        (needs.modalities, profile.modalities, Reason.SHARED_MODALITY, Reason.NO_SHARED_MODALITY),
        (needs.times, profile.times, Reason.SHARED_TIME, Reason.NO_SHARED_TIME),
    )
    found: list[Why] = []
    for wanted, had, good, bad in pairs:
        shared = tuple(each for each in wanted if each in had)
        if shared:
            found.append(Why(good, shared))
        elif wanted and had:
            found.append(Why(bad))
    for wish, option in sorted(needs.wishes.items()):
        if option and profile.traits.get(wish) == option:
            found.append(Why(Reason.WISH_MET, (wish, option)))
    found.append(Why(Reason.FREE, (str(supporter.load), str(room(supporter, programme)))))
    return tuple(sorted(found, key=lambda why: why.against))


_TITLES = frozenset({"dr", "dre", "doctor", "docteur", "docteure", "md", "prof", "mr", "mrs", "ms", "mme"})
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name without accents, case, punctuation or titles."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(word for word in re.findall(r"\w+", re.sub(r"['’]", "", bare)) if word not in _TITLES)


def same_name(typed: str, name: str) -> bool:
    """Say whether a typed name may mean this person; a family name alone does, so that nobody slips through."""
    one, other = words_of(typed), words_of(name)
    return _within(one, other) or _within(other, one)


def _within(some: Sequence[str], others: Sequence[str]) -> bool:
    if not any(len(word) > 1 for word in some):
        return False
    return all(any(word == other or (len(word) == 1 and other.startswith(word)) for other in others) for word in some)


def _same(one: str, other: str) -> bool:
    return " ".join(words_of(one)) == " ".join(words_of(other))
