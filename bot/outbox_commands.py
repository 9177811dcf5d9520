"""`peersupport outbox`: what was given up, without a word of whom it is about, and how it goes again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from bot.machine import SystemClock
from bot.refusals import StartRefused
from bot.settings import Settings
from store.queue import ParkedRow
from store.store import Store

Command = Callable[..., None]
MOST_SHOWN = 100


def line(row: ParkedRow, now: datetime) -> str:
    """Return one row for a person to look at: its own id, its kind, Slack's word, and for how long it lies there."""
    return f"{row.id}  {row.kind:22}  {row.code:32}  {_age(now - row.parked_at)}"


def _age(age: timedelta) -> str:
    minutes = max(0, round(age.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def add(
    cli: typer.Typer,
    plainly: Callable[[Command], Command],
    settings: Callable[[], Settings],
    store: Callable[[Settings], AbstractAsyncContextManager[Store]],
) -> None:
    """Register the commands."""
    outbox = typer.Typer(help="Messages and timers that were given up.", no_args_is_help=True)
    cli.add_typer(outbox, name="outbox")

    @outbox.command("list")
    @plainly
    def list_() -> None:
        """Show what was given up; nothing of anybody.

        Each by its id, kind, why, and for how long.
        """
        known = settings()

        async def look() -> list[ParkedRow]:
            async with store(known) as opened:
                return await opened.queue.parked(MOST_SHOWN)

        rows, now = asyncio.run(look()), SystemClock().now()
        for row in rows:
            typer.echo(line(row, now))
        typer.echo(f"{len(rows)} message(s) or timer(s) given up." if rows else "Nothing was given up.")

    @outbox.command()
    @plainly
    def retry(
        row: Annotated[str, typer.Argument(help="The id of one row, as `outbox list` shows it; without it, all.")] = "",
    ) -> None:
        """Let what was given up go again: one row, or all of them."""
        known = settings()
        try:
            one = UUID(row) if row else None
        except ValueError:
            raise StartRefused("That is no id; `peersupport outbox list` shows them.") from None

        async def put() -> int:
            async with store(known) as opened:
                return int(await opened.queue.revive(one)) if one else await opened.queue.revive_all()

        found = asyncio.run(put())
        if one and not found:
            raise StartRefused("There is no such row among those that were given up.")
        typer.echo(f"{found} message(s) and timer(s) go again.")
