"""A partner lets the programme know: the same receipt whatever becomes of it, which is looked at only afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peersupport.notice import Noticed, Notifier
from peersupport.outcomes import Refused
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme


class NoticePart(StrEnum):
    """A part of the form that can be wrong."""

    NAME = "name"
    PROFESSION = "profession"
    COMMUNITY = "community"
    REACH = "reach"
    CRITERIA = "criteria"
    NOTICED_AT = "noticed_at"


class NoticeFault(StrEnum):
    """What can be wrong with it; none of it depends on the provider."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    NOT_A_REACH = "not_a_reach"
    PATIENT = "patient"
    """It may point to a patient; nothing of the form was kept."""
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"


@dataclass(frozen=True, slots=True)
class Received:
    """The one receipt. `sent` is how many notices this person has sent, and nothing else."""

    sent: int = 0


@dataclass(frozen=True, slots=True)
class NothingTicked:
    """No criterion applies: a polite end, and nothing was kept."""


@dataclass(frozen=True, slots=True)
class InvalidNotice:
    """The form cannot be taken as it is; at most one fault for a part, nothing was kept."""

    faults: tuple[tuple[NoticePart, NoticeFault], ...]


@dataclass(frozen=True, slots=True)
class TooManyNotices:
    """This person has sent as many as they may in a day, whatever became of them."""


Noticing = Received | NothingTicked | InvalidNotice | TooManyNotices | Refused


async def notify(
    work: UnitOfWork,
    programme: Programme,
    notifier: Notifier,
    form: Noticed,
    *,
    key: str,
    now: datetime,
    ids: Ids,
) -> Noticing:
    """Take a notice in: the same writes and the same receipt, whoever the provider is and whatever is known of them.

    `key` tells a repeat of the same submission, which gets the same receipt. `take` looks at it afterwards.
    """
    raise NotImplementedError
