"""What is held about a person, as facts: sections of lines, whose words a view adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from peersupport.addresses import Address
from peersupport.audit import ActorKind, Event
from peersupport.offers import OfferState


class Topic(StrEnum):
    """What a section is about."""

    REQUEST = "request"
    SUPPORTER = "supporter"
    OFFERS = "offers"
    ROLES = "roles"
    REFERRED = "referred"
    """Somebody passed the person's name on, and they have not answered."""
    PASSED_ON = "passed_on"
    """The person passed names on; not whose."""
    PRESENTING = "presenting"
    """The person offered to present a session."""
    REFUSED = "refused"
    """What the person refused for good."""
    MEETINGS = "meetings"
    """A place on a list, terms, themes."""
    READING = "reading"
    """Monthly notes, offers to write, and what the person would come to."""
    COLLEAGUES = "colleagues"
    """A listing, two who may talk, reminders to check in."""
    SESSIONS = "sessions"
    """What the person registered for."""
    CHOSEN = "chosen"
    COUNTED = "counted"


class List(StrEnum):
    """The lists of a programme from which people choose."""

    ROLE = "role"
    MODALITY = "modality"
    REASON = "reason"
    TIME = "time"
    WISH = "wish"
    DEPARTMENT = "department"
    PARTNER = "partner"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """Somebody's own words, or a reference: shown as they stand."""

    text: str

    def __repr__(self) -> str:
        return "Words(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Chosen:
    """What was chosen from one of the programme's own lists; `wish` says from which, where there are several."""

    of: List
    ids: tuple[str, ...]
    wish: str = ""

    def __repr__(self) -> str:
        return "Chosen(...)"


@dataclass(frozen=True, slots=True)
class Codes:
    """Words of the app's own, each by its code in one of the app's lists."""

    of: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """People whom the person named themselves, by their place in Slack."""

    people: tuple[Address, ...]

    def __repr__(self) -> str:
        return "Named(...)"


@dataclass(frozen=True, slots=True)
class AfterClosing:
    """So many days after the request closes."""

    days: int


@dataclass(frozen=True, slots=True)
class AfterEnding:
    """So many days after a supporter has left the register."""

    days: int


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening of name and contact: in what capacity, when, and why; `again` where the request was closed."""

    kind: ActorKind
    at: datetime
    reason: str | None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the ledger; the reason is a code, of what two administrators agreed on with its act in front."""

    event: Event
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often somebody did one kind of thing."""

    event: Event
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """An offer that a supporter was sent, and their answer."""

    reference: str
    at: datetime
    state: OfferState
    decided: datetime | None


Value = (
    Words
    | Chosen
    | Codes
    | Named
    | AfterClosing
    | AfterEnding
    | Opening
    | Step
    | Tally
    | Sent
    | datetime
    | date
    | int
    | bool
)
"""What a line can hold; instants are aware, in UTC."""


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One thing that is held: what it is, and its value."""

    what: str
    value: Value

    def __repr__(self) -> str:
        return f"Line({self.what})"


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """What is held under one heading; without lines nothing is held there."""

    topic: Topic
    programme: str | None = None
    reference: str = ""
    lines: tuple[Line, ...] = ()

    def __repr__(self) -> str:
        return f"Section({self.topic}, {len(self.lines)})"


def given(*pairs: tuple[str, Value | None]) -> Iterator[Line]:
    """Return the lines that have a value."""
    return (Line(what, value) for what, value in pairs if value is not None)
