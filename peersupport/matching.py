"""Who could be offered a request, in what order, and why: pure scoring, wishes rank and never block."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from uuid import UUID

from peersupport.programme import Programme
from peersupport.requests import Needs
from peersupport.supporters import Outline, Profile, Supporter, can_be_offered

Outlined = tuple[Supporter, Outline, bool]
"""An entry of the register as the order needs it; True where the person must never receive the request."""


class Reason(StrEnum):
    """Why a supporter stands where they stand; the ones from NO_SHARED_LANGUAGE on speak against."""

    SAME_PROFESSION = "same_profession"
    RURAL_EXPERIENCE = "rural_experience"
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
    """The first of those who could be asked, and how many could not, without saying who or which of the causes."""

    candidates: tuple[Candidate, ...]
    excluded: int
    """Kept out by the requester, by themselves, or because they said no to this request before."""
    away: int
    """Paused, at their limit, or without training or agreement on record."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everybody who could be asked, best first, and how many could not."""

    best: tuple[Supporter, ...]
    excluded: int
    away: int


PROFESSION, RURAL = "profession", "rural_practice"
"""The wishes of a form by which supporters say their profession, a role's id, and that they work in a rural place."""

WEIGHTS = {
    Reason.SAME_PROFESSION: 64,
    Reason.RURAL_EXPERIENCE: 32,
    Reason.SHARED_LANGUAGE: 8,
    Reason.SHARED_MODALITY: 6,
    Reason.SHARED_TIME: 3,
    Reason.WISH_MET: 2,
}
"""How much each reason counts; what a programme prefers comes before all that is shared."""


def order(
    needs: Needs, register: Iterable[Outlined], programme: Programme, now: datetime, said_no: Collection[UUID] = ()
) -> Order:
    """Put those who could be asked in order: whom the programme prefers, what is shared, wishes, the lighter load."""
    score, departs, available = _scoring(needs, programme), _department_of(needs), _availability(programme, now)
    refused, most = frozenset(said_no), programme.match.max_open
    found: list[tuple[int, float, int, int, Supporter]] = []
    excluded = away = 0
    for supporter, outline, apart in register:
        if not supporter.active:
            continue
        id_, load = supporter.id, supporter.load
        if apart or (refused and id_ in refused) or (departs is not None and departs(outline.department)):
            excluded += 1
        elif not available(supporter, outline):
            away += 1
        else:
            found.append((-score(outline), load / min(supporter.limit, most), load, id_.int, supporter))
    found.sort()  # No two have the same id, so that it never comes to comparing the supporters themselves.
    return Order(tuple([row[4] for row in found]), excluded, away)


def _preferred(needs: Needs, programme: Programme) -> tuple[tuple[Reason, tuple[str, str]], ...]:
    """Return what the programme prefers as the traits it shows in; a profession only where the person wished none."""
    prefer = programme.match.prefer
    found = []
    if "same_profession" in prefer and needs.role and not needs.wishes.get(PROFESSION):
        found.append((Reason.SAME_PROFESSION, (PROFESSION, needs.role)))
    if "rural_experience" in prefer:
        found.append((Reason.RURAL_EXPERIENCE, (RURAL, "yes")))
    return tuple(found)


def _scoring(needs: Needs, programme: Programme) -> Callable[[Outline], int]:
    """Return what adds up the weights of ``reasons``, without making them: it is done for a whole register."""
    language, modalities, times = needs.language, frozenset(needs.modalities), frozenset(needs.times)
    wishes = frozenset([wish for wish in needs.wishes.items() if wish[1]])
    on_language, on_modality = WEIGHTS[Reason.SHARED_LANGUAGE], WEIGHTS[Reason.SHARED_MODALITY]
    on_time, on_wish = WEIGHTS[Reason.SHARED_TIME], WEIGHTS[Reason.WISH_MET]
    preferred = [(trait, WEIGHTS[reason]) for reason, trait in _preferred(needs, programme)]

    def score(outline: Outline) -> int:
        return (
            on_language * (language in outline.languages)
            + on_modality * (not modalities.isdisjoint(outline.modalities))
            + on_time * (not times.isdisjoint(outline.times))
            + on_wish * len(wishes & outline.traits)
            + (sum(on_it for trait, on_it in preferred if trait in outline.traits) if preferred else 0)
        )

    return score


def _department_of(needs: Needs) -> Callable[[str], bool] | None:
    """Return what says whether a department is the one to be kept out, if one is; there are only so many of them."""
    if not needs.not_my_department or not needs.department:
        return None
    return cache(partial(_same, needs.department))


def candidate(needs: Needs, supporter: Supporter, profile: Profile, programme: Programme) -> Candidate:
    """Return somebody who could be asked, with what speaks for and against them."""
    return Candidate(supporter, profile, reasons(needs, supporter, profile, programme))


def room(supporter: Supporter, programme: Programme) -> int:
    """Return how many requests may be with this supporter at a time: the programme's number, or fewer by choice."""
    return min(supporter.limit, programme.match.max_open)


def is_available(supporter: Supporter, profile: Profile | Outline, programme: Programme, now: datetime) -> bool:
    """Say whether this supporter may receive an offer now, whoever asks."""
    return _availability(programme, now)(supporter, profile)


def _availability(programme: Programme, now: datetime) -> Callable[[Supporter, Profile | Outline], bool]:
    """Return what says whether a supporter may receive an offer now: what is the same for all is looked up once."""
    requires, most = programme.match.requires, programme.match.max_open
    trained, agreement, rural = (each in requires for each in ("trained", "agreement_signed", "rural_practice"))

    def available(supporter: Supporter, profile: Profile | Outline) -> bool:
        return (
            can_be_offered(supporter, now, trained=trained, agreement=agreement)
            and supporter.load < most
            and (not rural or dict(profile.traits).get(RURAL) == "yes")
        )

    return available


def is_excluded(needs: Needs, supporter: Supporter, profile: Profile, said_no: Collection[UUID] = ()) -> bool:
    """Say whether this supporter may never receive this request, because of either side."""
    departs = _department_of(needs)
    return is_apart(needs, profile) or supporter.id in said_no or (departs is not None and departs(profile.department))


def is_apart(needs: Needs, profile: Profile) -> bool:
    """Say whether the supporter asked or opened the door, or either named the other to be avoided."""
    return (
        profile.address in needs.apart
        or needs.requester in profile.avoid_members
        or any(same_name(typed, profile.name) for typed in needs.avoid_names)
    )


def reasons(needs: Needs, supporter: Supporter, profile: Profile, programme: Programme) -> tuple[Why, ...]:
    """Return what speaks for and against a supporter, in the order in which it counts."""
    pairs = (
        ((needs.language,), profile.languages, Reason.SHARED_LANGUAGE, Reason.NO_SHARED_LANGUAGE),
        (needs.modalities, profile.modalities, Reason.SHARED_MODALITY, Reason.NO_SHARED_MODALITY),
        (needs.times, profile.times, Reason.SHARED_TIME, Reason.NO_SHARED_TIME),
    )
    preferred = _preferred(needs, programme)
    found = [Why(reason) for reason, (trait, option) in preferred if profile.traits.get(trait) == option]
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
