"""Keeps secrets out of what the system shows or stores of this process."""

from __future__ import annotations

import ctypes
import resource
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def no_core_dumps() -> None:
    """See that a crash leaves no copy of the memory behind, also where the system pipes dumps to a program."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # Only Linux has it; such a pipe does not ask for the limit, but gets no memory to see.
        Path("/proc/self/coredump_filter").write_text("0")


def wipe_environment(names: Iterable[str]) -> None:
    """Overwrite the values of these variables where the system shows what a process was started with."""
    if not sys.platform.startswith("linux"):
        return
    starts = tuple(f"{name}=".encode() for name in names)
    try:
        block = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
    except (OSError, ValueError):
        return  # Another C library keeps it elsewhere.
    number = 0
    while block[number]:
        address = block[number]
        words = ctypes.string_at(address)
        start = next((start for start in starts if words.startswith(start)), None)
        if start is not None:
            ctypes.memset(address + len(start), 0, len(words) - len(start))
        number += 1
