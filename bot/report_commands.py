"""`peersupport report`: what administrators see in the app, as text or CSV."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from bot.installation import load_files
from bot.machine import SystemClock
from bot.refusals import StartRefused
from bot.settings import Settings
from peersupport.programme import Programme
from peersupport.reports import Report, lines, published
from store.store import Store

Command = Callable[..., None]


def add(
    cli: typer.Typer,
    plainly: Callable[[Command], Command],
    settings: Callable[[], Settings],
    store: Callable[[Settings], AbstractAsyncContextManager[Store]],
) -> None:
    """Register the command."""

    @cli.command("report")
    @plainly
    def report(
        programme: Annotated[str, typer.Option(help="The programme's id.")],
        period: Annotated[str, typer.Option(help="Such as 2026-Q3; without it, the latest that is over.")] = "",
        as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values.")] = False,
    ) -> None:
        """Print the report on a period that is over.

        Small counts are withheld as in the app.
        """
        known = settings()
        programmes = load_files(known).programmes
        if programme not in programmes:
            raise StartRefused(f"There is no such programme; the ids are {', '.join(programmes)}.")
        found = asyncio.run(_published(store(known), programmes[programme]))
        typer.echo(written(programmes[programme], _chosen(found, period), as_csv=as_csv), nl=False)


async def _published(store: AbstractAsyncContextManager[Store], programme: Programme) -> tuple[Report, ...]:
    async with store as opened, opened.work() as work:
        return await published(work, programme, now=SystemClock().now())


def _chosen(found: tuple[Report, ...], period: str) -> Report:
    if not found:
        raise StartRefused("There is no report yet: one is made when a period is over.")
    chosen = next((each for each in found if period in ("", each.period.id)), None)
    if chosen is None:
        raise StartRefused(f"There is no such report; there are {', '.join(each.period.id for each in found)}.")
    return chosen


def written(programme: Programme, report: Report, *, as_csv: bool) -> str:
    """Return the report as text, or as CSV with the columns period, line and count."""
    rows = [(row.value, shown) for _, several in lines(programme, report) for row, shown in several]
    if as_csv:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("period", "line", "count"))
        writer.writerows((report.period.id, *row) for row in rows)
        return out.getvalue()
    wide = max((len(name) for name, _ in rows), default=0)
    head = f"{programme.id} {report.period.id} (1 to {programme.reports.min_cell - 1} withheld, others rounded to 5)"
    return "\n".join([head, *(f"{name:{wide}}  {shown:>5}" for name, shown in rows)]) + "\n"
