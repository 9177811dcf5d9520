"""Counts for the metrics, once a minute, how the promises of open requests stand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from bot.metrics import Meter
from peersupport.ports import Clock, StoreUnavailable
from peersupport.programme import Programme
from peersupport.promises import counted
from store.errors import StoreError
from store.store import Store

LOOK_SECONDS = 60.0


async def keep_counting(store: Store, programmes: Mapping[str, Programme], clock: Clock, meter: Meter) -> None:
    """Count until cancelled; while the database is away the last numbers stand."""
    while True:
        with suppress(StoreUnavailable, StoreError):
            meter.promises = counted(await store.promises.open(), programmes, clock.now())
        await asyncio.sleep(LOOK_SECONDS)
