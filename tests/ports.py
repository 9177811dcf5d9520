"""Ports for what a test starts: each is given out once, below those that the system gives to connections."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator

RANGE = range(20_000, 32_000)


def _ports() -> Iterator[int]:
    # Processes that test side by side take turns, so that none is given a port that another is about to listen on.
    turns = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = RANGE[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) :: turns]
    first = random.SystemRandom().randrange(len(mine))
    while True:
        yield from mine[first:]
        yield from mine[:first]


_free = _ports()


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    for _, port in zip(RANGE, _free, strict=False):
        with socket.socket() as probe:
            # As a server does that may follow another on its port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("every port is taken")
