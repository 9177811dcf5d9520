"""What the database holds, counted from outside: no screen can show that something is gone."""

from __future__ import annotations

import asyncio

from sqlalchemy import Table, func, select

from store.database import make_engine
from tests.play.telling import Telling

PAUSE_SECONDS = 0.1


async def rows(t: Telling, table: Table, wanted: int) -> list[str]:
    """Wait until a table has so many rows; returns what is wrong, where there are more or fewer in the end."""
    engine = make_engine(t.app.database)
    limit = asyncio.get_running_loop().time() + t.person("farah").patience
    try:
        while True:
            async with engine.connect() as connection:
                found = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            if found == wanted:
                return []
            if asyncio.get_running_loop().time() > limit:
                return [f"{found} rows, not {wanted}"]
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        await engine.dispose()
