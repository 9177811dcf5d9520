"""What Slack refuses and only the operator can mend: written down once, and present until the method works again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import logs
from bot.health import Health, Reason
from bot.metrics import Meter
from bot.web_client import TOKEN_REFUSED
from handlers.slack_codes import NO_MESSAGES_TAB
from handlers.slack_faults import fault_of, is_alarming
from peersupport.ports import Clock

AGAIN = timedelta(hours=1)
"""How long the same refusal is not written down again."""
_ELSEWHERE = TOKEN_REFUSED | {NO_MESSAGES_TAB}
"""Refusals with a reason of their own."""


class Alarms:
    """Hears what came of every call, and keeps what nobody but the operator can mend."""

    def __init__(self, clock: Clock, meter: Meter, health: Health) -> None:
        self._clock, self._meter, self._health = clock, meter, health
        self._present: dict[str, set[str]] = {}
        self._told: dict[tuple[str, str], datetime] = {}

    def heard(self, method: str, code: str) -> None:
        """Note what Slack said to a call; an empty code is a call that worked."""
        if not code:
            if self._present.pop(method, None) is not None:
                self._health.put(Reason.REFUSES, present=bool(self._present))
            return
        self._meter.refused(fault_of(method, code))
        if not is_alarming(method, code):
            return
        self._tell(method, code)
        if code not in _ELSEWHERE:
            self._present.setdefault(method, set()).add(code)
            self._health.put(Reason.REFUSES, present=True)

    def _tell(self, method: str, code: str) -> None:
        now, key = self._clock.now(), (method, code)
        if key not in self._told or now - self._told[key] >= AGAIN:
            self._told[key] = now
            logs.trouble("slack.alarm", method=method, code=code, kind=fault_of(method, code).value)
