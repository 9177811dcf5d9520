"""`peersupport audit`: whether the ledger is whole, and who opened what; never whose it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from bot.installation import load_files
from bot.machine import SystemClock
from bot.refusals import StartRefused
from bot.settings import Settings
from peersupport import ledger, lookup
from peersupport.audit import ActorKind
from peersupport.ledger import Account, Opening
from store.store import Store

Command = Callable[..., None]
OpenedStore = AbstractAsyncContextManager[Store]
BROKEN = 1
"""The exit code where a line of the ledger is not as it was written."""

_KINDS = {ActorKind.ADMIN: "administrator", ActorKind.SUPPORTER: "supporter"}


def add(
    cli: typer.Typer,
    plainly: Callable[[Command], Command],
    settings: Callable[[], Settings],
    store: Callable[[Settings], OpenedStore],
) -> None:
    """Register the commands."""
    audit = typer.Typer(help="Ask the ledger: is it whole, who opened what?")
    cli.add_typer(audit, name="audit")

    @audit.command()
    @plainly
    def verify() -> None:
        """Walk the whole ledger; code 1 where it is broken.

        The first line is named that is not as it was written.
        """
        broken = asyncio.run(_verify(store(settings())))
        if broken is not None:
            typer.echo(broken)
            raise typer.Exit(BROKEN)
        typer.echo(
            "The ledger is whole: every line follows from the one before, to the last, and it fits what was noted in "
            "the keyring."
        )

    @audit.command()
    @plainly
    def accept() -> None:
        """Take the ledger as it is after a restore by hand.

        The keyring forgets what does not fit.
        """
        count = asyncio.run(_accept(store(settings())))
        typer.echo(f"{count} mark(s) forgotten, which the ledger says from now on." if count else "All marks fit.")

    @audit.command()
    @plainly
    def who(reference: Annotated[str, typer.Argument(help="A request's reference, such as K7-4Q2M.")]) -> None:
        """List who opened this reference, when and why."""
        known = settings()
        wanted = lookup.read_reference(reference)
        if wanted is None:
            raise StartRefused("That is not a reference; one looks like K7-4Q2M.")
        found = asyncio.run(_who(store(known), tuple(load_files(known).programmes), wanted))
        if not found:
            raise StartRefused("No request of these programmes has this reference.")
        for line in who_lines(found):
            typer.echo(line)

    @audit.command()
    @plainly
    def opened(
        account: Annotated[str, typer.Argument(help="The Slack account's member id, such as U0123ABCD.")],
        since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD, UTC.")],
        until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD, UTC; without it, today.")] = "",
    ) -> None:
        """List which references this account opened.

        From one day to another, also where it has no role any more.
        """
        known, now = settings(), SystemClock().now()
        first, last = _day(since), _day(until) if until else now.astimezone(UTC).date()
        if last < first:
            raise StartRefused("The last day is before the first; change them round.")
        found = asyncio.run(_opened(store(known), account, _midnight(first), _midnight(last + timedelta(days=1))))
        for line in opened_lines(found):
            typer.echo(line)


async def _verify(store: OpenedStore) -> str | None:
    async with store as opened:
        broken = await opened.verify_audit()
    if broken is None:
        return None
    return broken.sentence


async def _accept(store: OpenedStore) -> int:
    async with store as opened:
        return await opened.accept_ledger()


async def _who(store: OpenedStore, programmes: Sequence[str], reference: str) -> dict[str, tuple[Opening, ...]]:
    async with store as opened, opened.work() as work:
        now = SystemClock().now()
        found = {each: await ledger.who_opened(work, each, reference, now=now) for each in programmes}
    return {programme: openings for programme, openings in found.items() if openings is not None}


async def _opened(store: OpenedStore, account: str, since: datetime, until: datetime) -> Account:
    async with store as opened, opened.work() as work:
        return await ledger.opened_by(work, account, since, until, now=SystemClock().now())


def who_lines(found: dict[str, tuple[Opening, ...]]) -> list[str]:
    """Return what is printed about one reference, programme by programme."""
    lines = []
    for programme, openings in found.items():
        lines.append(f"{programme}: opened {len(openings)} time(s)." if openings else f"{programme}: never opened.")
        lines += [_line(each) for each in openings]
    return lines


def opened_lines(found: Account) -> list[str]:
    """Return what is printed about one account."""
    references = len({each.reference for each in found.openings})
    lines = [f"{len(found.openings)} opening(s) of {references} reference(s)."]
    lines += [f"{each.reference or 'no longer on file'}  {_line(each)}" for each in found.openings]
    if found.untold:
        lines.append(f"{found.untold} further opening(s) were by supporters whose entries are erased since.")
    return lines


def _line(each: Opening) -> str:
    when = each.at.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    again = "  after closing" if each.again else ""
    return f"{when}  {_KINDS.get(each.kind, each.kind.value)} {each.actor}  {each.reason or 'no reason'}{again}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StartRefused("Write the day like 2026-11-20.") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
