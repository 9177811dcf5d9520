"""`peersupport self-audit`: what is left of what was erased, as counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import typer

from bot.installation import load_files
from bot.settings import Settings
from bot.zones import use_packaged_zones
from store.self_audit import Findings
from store.store import Store

Command = Callable[..., None]
FOUND = 1
"""The exit code where something is left."""

SAID = {
    "sealed": "erased request(s) with something sealed left",
    "hashes": "erased request(s) that still lead to whoever asked",
    "keys": "data key(s) that erased requests name or nothing refers to",
    "posts": "message(s) about erased requests not edited down",
    "rows": "message(s) or timer(s) about erased requests that wait or were given up",
    "concerns": "safety concern(s) open about erased requests",
    "overdue": "closed request(s), or entries of supporters who wanted them erased, that outlived their time",
    "shared": "place(s), theme(s), offer(s), listing(s), question(s) between two, or reminder(s) kept too long",
    "ledger": "ledger(s) of deeds that are not as they were written",
    "lookup_key": "look-up key(s) that outlived their time",
    "refusals": "refusal(s) for good made with another key than the keyring holds",
}


def add(
    cli: typer.Typer,
    plainly: Callable[[Command], Command],
    settings: Callable[[], Settings],
    store: Callable[[Settings], AbstractAsyncContextManager[Store]],
) -> None:
    """Register the command."""

    @cli.command("self-audit")
    @plainly
    def self_audit() -> None:
        """Count what is left of what was erased.

        As every night; the exit code is 1 where that is not nothing.
        """
        known = settings()
        use_packaged_zones()
        programmes = load_files(known).programmes
        kept = {programme.id: programme.retention for programme in programmes.values()}

        async def look() -> Findings:
            async with store(known) as opened:
                return await opened.self_audit(kept)

        found = asyncio.run(look())
        for name, count in found.counts.items():
            typer.echo(f"{count:6}  {SAID[name]}")
        if found.total:
            raise typer.Exit(FOUND)
        typer.echo("Nothing is left of what was erased.")
