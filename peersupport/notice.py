"""A partner's notice: what its form holds, who sent it, what is kept of it, and the people who may send one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peersupport.addresses import Address
from peersupport.programme_partner import Channel


@dataclass(frozen=True, slots=True, repr=False)
class Noticed:
    """The form: a provider and ticks, nothing about a patient. `profession` and `criteria` are the programme's ids."""

    name: str
    profession: str
    community: str = ""
    reach: str = ""
    """A phone number or an e-mail address; empty where the partner knows none."""
    reach_is_own: bool = False
    """True where it is the provider's own number or mailbox, which nobody else answers."""
    criteria: tuple[str, ...] = ()
    noticed_at: datetime | None = None
    """When the voicemail was left; None means now."""
    member: Address | None = None
    """The provider as a member of the workspace, where an administrator has said so."""
    tells_who: bool = False
    """True where whoever sends it agrees that the provider may learn their name."""
    teller: str = ""
    """That name, where a partner's system sends the notice; of others it is known from who they signed in as."""

    def __repr__(self) -> str:
        return "Noticed(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Notifier:
    """Who sends a notice, and by which way. `person` is a partner person, a partner's key or, of a voicemail, a member.

    `address` is the notifier as a member of the workspace, who is then never asked to take the request.
    """

    partner: str
    channel: Channel
    person: UUID | None = None
    address: Address | None = None

    def __repr__(self) -> str:
        return "Notifier(...)"


@dataclass(frozen=True, slots=True)
class Notice:
    """The plain part of a notice: nothing in it says who the provider is, or who let the programme know."""

    id: UUID
    programme: str
    partner: str
    channel: Channel
    version: int
    noticed_at: datetime
    received_at: datetime
    request_id: UUID | None = None
    """The request that it stands beside; None until it was looked at, which is seconds after it came in."""
    times: int = 1
    """How many notices about this provider it stands for."""


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """The sealed part of a notice."""

    form: Noticed
    notifier: Notifier

    def __repr__(self) -> str:
        return "Told(...)"


class PartnerRoute(StrEnum):
    """Where a person of a partner finds their one door."""

    SLACK = "slack"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class PartnerPerson:
    """The plain part of a person who may notify for a partner."""

    id: UUID
    programme: str
    partner: str
    route: PartnerRoute
    active: bool = True
    sent: int = 0
    """How many notices they have sent: the one figure that they are shown."""
    day_began: datetime | None = None
    day_sent: int = 0
    """How many since then; the day's limit goes by it."""
    last_step: int | None = None
    """The time step of the authenticator code that was used last, which opens nothing again."""
    failed: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PartnerIdentity:
    """Who they are: a member of the workspace or the name they sign in by, and what their codes are made from."""

    address: Address
    name: str
    secret: str = ""

    def __repr__(self) -> str:
        return "PartnerIdentity(...)"
