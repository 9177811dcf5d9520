"""The clock and the chance of this process; everything else is handed them."""

from __future__ import annotations

import ctypes
import gc
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


# The numbers of glibc's <malloc.h>.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


@contextmanager
def without(module: str) -> Iterator[None]:
    """Let what is imported here find that a module is not installed, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment] # it is how Python itself says that there is none
    try:
        yield
    finally:
        del sys.modules[module]


def settle_memory() -> None:
    """Leave what the start made out of the collector's rounds, and let it come round less often.

    Modules, texts and programmes stay until the end; to look at them again and again took a fifth of the processor
    time of an acknowledgement.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    _give_back_early()


def _give_back_early() -> None:
    """Have the C library hand freed memory back, and not open an arena for each thread; elsewhere than with glibc, not.

    Left to itself it holds back ever more once a few large blocks came and went, as forms and views do.
    """
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((_TRIM_THRESHOLD, 1 << 19), (_MMAP_THRESHOLD, 1 << 18), (_ARENA_MAX, 2)):
            mallopt(option, value)
