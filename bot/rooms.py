"""What the daily jobs work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.health import Health
from bot.metrics import Meter
from handlers.departures import Reconciliation
from handlers.hear import Front
from handlers.notifier import Notifier
from store.store import Store


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a job may use."""

    front: Front
    notifier: Notifier
    store: Store
    health: Health
    meter: Meter = field(default_factory=Meter)
    reconciliation: Reconciliation = field(init=False)
    """The nightly look at everybody's account."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reconciliation", Reconciliation(self.front))
