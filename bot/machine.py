"""The clock and the chance of this process; everything else is handed them."""

from __future__ import annotations

import gc
import secrets
from datetime import UTC, datetime
from uuid import UUID, uuid4

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class RandomIds:
    """Makes ids nobody can foresee."""

    def new(self) -> UUID:
        """Return a new random 128-bit id."""
        return uuid4()

    def reference(self) -> str:
        """Return a reference such as K7-4QM2: easy to say on the phone, without I, L, O, 0 and 1."""
        either = _LETTERS + _DIGITS
        tail = "".join(secrets.choice(either) for _ in range(3))
        return f"{secrets.choice(_LETTERS)}{secrets.choice(_DIGITS)}-{secrets.choice(_DIGITS)}{tail}"


def settle_memory() -> None:
    """Leave what the start made out of the collector's rounds, and let it come round less often.

    Modules, texts and programmes stay until the end; to look at them again and again took a fifth of the processor
    time of an acknowledgement.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
