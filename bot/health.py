"""What is out of reach now: closed reason codes, for /readyz and the log; never a count, a name or a value."""

from __future__ import annotations

from enum import StrEnum

from bot import logs


class Reason(StrEnum):
    """Why the app shows help lines only, or posts no cards or messages."""

    STARTING = "starting"
    SLACK = "slack_out_of_reach"
    REFUSED = "slack_token_refused"
    REFUSES = "slack_refuses"
    SOCKET = "socket_not_connected"
    DATABASE = "database_out_of_reach"
    SCHEMA = "database_does_not_fit"
    KEYRING = "keyring_out_of_reach"
    KEYRING_SEALED = "keyring_does_not_open"
    CHANNEL = "admin_channel_not_private"
    PEOPLE = "people_missing"
    MESSAGES_TAB = "messages_tab_disabled"
    PARKED = "outbox_parked"
    SELF_AUDIT = "self_audit_failed"
    STOPPING = "stopping"
    """Told to end; what comes is still answered, so that whoever sends it here can look elsewhere first."""


_DELIVERY = frozenset({Reason.REFUSES, Reason.MESSAGES_TAB, Reason.PARKED})
_STORE = frozenset({Reason.STARTING, Reason.DATABASE, Reason.SCHEMA, Reason.KEYRING, Reason.KEYRING_SEALED})


class Health:
    """The set of present troubles."""

    def __init__(self, *reasons: Reason) -> None:
        self._reasons: dict[Reason, None] = dict.fromkeys(reasons)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the codes of the present troubles, in a fixed order."""
        return tuple(reason.value for reason in Reason if reason in self._reasons)

    @property
    def can_keep(self) -> bool:
        """Say whether something can be saved and read: database and keyring are in reach and fit."""
        return not self._reasons.keys() & _STORE

    @property
    def is_ailing(self) -> bool:
        """Say whether messages do not go out for a reason that only the operator can mend."""
        return bool(self._reasons.keys() & _DELIVERY)

    @property
    def ready(self) -> bool:
        """Say whether everything is in reach."""
        return not self._reasons

    def put(self, reason: Reason, *, present: bool) -> None:
        """Note that a trouble began or ended; each change is logged once."""
        if present == (reason in self._reasons):
            return
        if present:
            self._reasons[reason] = None
        else:
            del self._reasons[reason]
        logs.note("trouble.began" if present else "trouble.ended", reason=reason.value)
