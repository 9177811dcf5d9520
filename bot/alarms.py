"""What Slack refuses and only the operator can mend: written down once, and present until the method works again.

Or until nothing of the kind was heard for a while: what was refused may have been one row, which is parked since.
"""

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
LASTS = timedelta(minutes=15)
"""For how long an alarm is present that is not heard again."""
_ELSEWHERE = TOKEN_REFUSED | {NO_MESSAGES_TAB}
"""Refusals with a reason of their own."""


class Alarms:
    """Hears what came of every call, and keeps what nobody but the operator can mend."""

    def __init__(self, clock: Clock, meter: Meter, health: Health) -> None:
        self._clock, self._meter, self._health = clock, meter, health
        self._present: dict[str, datetime] = {}
        self._told: dict[tuple[str, str], datetime] = {}

    def heard(self, method: str, code: str) -> None:
        """Note what Slack said to a call; an empty code is a call that worked."""
        if not code:
            if self._present.pop(method, None) is not None:
                self.look()
            return
        self._meter.refused(fault_of(method, code))
        # Whoever asks whose token it is says in a sentence what came of it.
        if not is_alarming(method, code) or (method == "auth.test" and code in TOKEN_REFUSED):
            return
        self._tell(method, code)
        if code not in _ELSEWHERE:
            self._present[method] = self._clock.now()
            self.look()

    def look(self) -> None:
        """Say whether an alarm is present still."""
        since = self._clock.now() - LASTS
        self._present = {method: at for method, at in self._present.items() if at > since}
        self._health.put(Reason.REFUSES, present=bool(self._present))

    def _tell(self, method: str, code: str) -> None:
        now, key = self._clock.now(), (method, code)
        if key not in self._told or now - self._told[key] >= AGAIN:
            self._told[key] = now
            logs.trouble("slack.alarm", method=method, code=code, kind=fault_of(method, code).value)
