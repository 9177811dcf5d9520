"""What people share with others, in the programmes of the matrix: sessions, themes, the column, colleagues."""

from __future__ import annotations

from datetime import datetime

from peersupport.addresses import Address
from peersupport.programme import Programme
from store.store import Store
from tests.threats.scene_cafe import with_themes
from tests.threats.scene_informal import among_themselves, with_colleagues
from tests.threats.scene_pages import open_pages, with_column
from tests.threats.scene_sessions import open_sessions


def with_shared(*programmes: Programme) -> dict[str, Programme]:
    """Return these programmes by their id, with the doors to it."""
    return with_colleagues(with_column(with_themes(*programmes)))


async def open_shared(store: Store, presents: Address, other: Address, free: Address, now: datetime) -> None:
    """Put all of it down: `presents` and `free` have to do with a session, `other` asks `free`."""
    await open_pages(store)
    await open_sessions(store, presents, free)
    await among_themselves(store, other, free, now)
