"""How the promises of the open requests stand: what the operator is told of them, as numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peersupport.programme import Programme


class Promise(StrEnum):
    """How the promised first contact of an open request stands: the whole list."""

    WAITING = "waiting"
    """No contact yet, and time enough."""
    AT_RISK = "at_risk"
    """No contact yet, and so late that administrators hear of it."""
    MISSED = "missed"
    """The promised time has passed, and nothing was said of it yet: more than a few for long is a fault."""
    MISSED_ANNOUNCED = "missed_announced"
    """The promised time has passed, and the person reads so."""
    NOT_REACHED = "not_reached"
    """The supporter has tried in vain as often as is asked of them."""
    IN_TIME = "in_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Open:
    """What of an open request's record tells how its promise stands. Times are aware."""

    programme: str
    created_at: datetime
    promised_at: datetime | None
    due_at: datetime
    contacted_at: datetime | None
    missed_at: datetime | None
    unreached_at: datetime | None


def promise_of(request: Open, programme: Programme, now: datetime) -> Promise:
    """Say how the promise of one open request stands."""
    if request.contacted_at is not None:
        return Promise.IN_TIME if request.contacted_at <= request.due_at else Promise.LATE
    if request.unreached_at is not None:
        return Promise.NOT_REACHED
    if request.missed_at is not None:
        return Promise.MISSED_ANNOUNCED
    if request.due_at <= now:
        return Promise.MISSED
    at_risk = programme.later(request.promised_at or request.created_at, programme.timing.contact_alert_admin)
    return Promise.AT_RISK if at_risk <= now else Promise.WAITING


def counted(requests: Iterable[Open], programmes: Mapping[str, Programme], now: datetime) -> Counter[Promise]:
    """Count the open requests of every enabled programme together."""
    return Counter(
        promise_of(each, programmes[each.programme], now) for each in requests if each.programme in programmes
    )
