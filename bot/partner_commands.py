"""`peersupport partner`: the keys of partners' systems, and the people who use the partner's page."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated
from uuid import UUID

import pyotp
import typer

from bot.installation import load_files
from bot.machine import RandomIds, SystemClock
from bot.refusals import StartRefused
from bot.settings import Settings
from peersupport import authenticator
from peersupport.addresses import signing_name
from peersupport.audit import ActorKind, Entry, Event
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.partner_keys import PartnerKey
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_partner import Channel
from store.store import Store

Command = Callable[..., None]
OpenedStore = AbstractAsyncContextManager[Store]
LONGEST_NAME = 80
ProgrammeId = Annotated[str, typer.Option("--programme", help="The programme's id.")]
PartnerId = Annotated[str, typer.Option("--partner", help="The partner's id, as the programme file has it.")]
Name = Annotated[str, typer.Option("--name", help="The name that the person signs in by.")]


def add(
    cli: typer.Typer,
    plainly: Callable[[Command], Command],
    settings: Callable[[], Settings],
    store: Callable[[Settings], OpenedStore],
) -> None:
    """Register the commands."""
    partner = typer.Typer(help="Partners: keys of their systems, people of their page.", no_args_is_help=True)
    cli.add_typer(partner, name="partner")
    desk = _Desk(settings, store)

    @partner.command("add-key")
    @plainly
    def add_key(programme: ProgrammeId, partner: PartnerId) -> None:
        """Make a key for a partner's system and show it once."""
        id, secret = asyncio.run(desk.add_key(programme, partner))
        typer.echo(f"Key:    {id.hex}\nSecret: {secret}\n")
        typer.echo("The secret is shown this once. Pass it on by a safe way, and end the key it takes over from.")

    @partner.command("end-key")
    @plainly
    def end_key(key: Annotated[str, typer.Argument(help="The key, as `partner list` shows it.")]) -> None:
        """End a key for good; what it is made of is destroyed."""
        try:
            id = UUID(key)
        except ValueError:
            raise StartRefused("That is no key; `peersupport partner list` shows them.") from None
        asyncio.run(desk.end_key(id))
        typer.echo("The key is ended: whatever is signed with it is refused from now on.")

    @partner.command("add-user")
    @plainly
    def add_user(programme: ProgrammeId, partner: PartnerId, name: Name) -> None:
        """Let a person use the partner's page; show their secret once."""
        secret = asyncio.run(desk.add_user(programme, partner, name))
        typer.echo(f"Address for the authenticator app: {authenticator.enrolment(secret, name.strip())}")
        typer.echo(f"Or typed in by hand:               {secret}\n")
        typer.echo("Both are shown this once. Pass one on by a safe way, to this person alone.")

    @partner.command("end-user")
    @plainly
    def end_user(programme: ProgrammeId, name: Name) -> None:
        """Let a person use the partner's page no more."""
        asyncio.run(desk.end_user(programme, name))
        typer.echo("Ended: this name opens nothing any more.")

    @partner.command("list")
    @plainly
    def list_(programme: ProgrammeId) -> None:
        """Show a programme's keys and people; no secret."""
        for line in asyncio.run(desk.list_(programme)):
            typer.echo(line)


class _Desk:
    """What the commands do."""

    def __init__(self, settings: Callable[[], Settings], store: Callable[[Settings], OpenedStore]) -> None:
        self._settings, self._store = settings, store
        self._clock, self._ids = SystemClock(), RandomIds()

    async def add_key(self, programme: str, partner: str) -> tuple[UUID, str]:
        """Store a new key and return its id and its secret."""
        known = self._settings()
        chosen = _partner(known, programme, partner, Channel.ENDPOINT)
        key = PartnerKey(self._ids.new(), chosen.id, partner, self._clock.now())
        secret = secrets.token_urlsafe(32)
        async with self._work(known) as work:
            await work.partner_keys.add(key, secret.encode("ascii"))
            await work.audit.write(self._entry(Event.PARTNER_ADDED, key.id))
        return key.id, secret

    async def end_key(self, id: UUID) -> None:
        """End a key; raises StartRefused where there is none to end."""
        async with self._work(self._settings()) as work:
            if await work.partner_keys.end(id, self._clock.now()) is None:
                raise StartRefused(
                    "There is no such key, or it was ended before; `peersupport partner list` shows them."
                )
            await work.audit.write(self._entry(Event.PARTNER_ENDED, id))

    async def add_user(self, programme: str, partner: str, name: str) -> str:
        """Store a person of the page and return what their codes are made from."""
        known, written = self._settings(), name.strip()
        chosen = _partner(known, programme, partner, Channel.WEB)
        if not signing_name(written).user or len(written) > LONGEST_NAME:
            raise StartRefused(f"Give a name of at most {LONGEST_NAME} characters.")
        person = PartnerPerson(self._ids.new(), chosen.id, partner, PartnerRoute.WEB)
        identity = PartnerIdentity(signing_name(written), written, pyotp.random_base32())
        async with self._work(known) as work:
            if not await work.partner_people.add(person, identity):
                raise StartRefused(
                    "Somebody signs in by this name already; end them first, or write the name otherwise."
                )
            await work.audit.write(self._entry(Event.PARTNER_ADDED, person.id))
        return identity.secret

    async def end_user(self, programme: str, name: str) -> None:
        """Erase a person of the page; raises StartRefused where there is none by this name."""
        known = self._settings()
        chosen = _programme(known, programme)
        async with self._work(known) as work:
            found = await work.partner_people.find(chosen.id, signing_name(name))
            if found is None:
                raise StartRefused("Nobody signs in by this name; `peersupport partner list` shows who does.")
            await work.partner_people.erase(found.id)
            await work.audit.write(self._entry(Event.PARTNER_ENDED, found.id))

    async def list_(self, programme: str) -> list[str]:
        """Return a line for each key and person."""
        known = self._settings()
        chosen = _programme(known, programme)
        async with self._work(known) as work:
            keys = await work.partner_keys.all(chosen.id)
            people = [each for each in await work.partner_people.all(chosen.id) if each[0].route is PartnerRoute.WEB]
        lines = [
            f"key    {key.id.hex}  {key.partner}  made {key.made_at.date()}"
            + (f", ended {key.ended_at.date()}" if key.ended_at else "")
            for key in keys
        ]
        lines += [f"person {identity.name}  {person.partner}" for person, identity in people]
        return lines or ["No keys and no people yet."]

    @asynccontextmanager
    async def _work(self, known: Settings) -> AsyncIterator[UnitOfWork]:
        async with self._store(known) as store, store.work() as work:
            yield work

    def _entry(self, event: Event, subject: UUID) -> Entry:
        return Entry(event, self._clock.now(), ActorKind.SYSTEM, None, subject)


def _programme(settings: Settings, id: str) -> Programme:
    programmes = load_files(settings).programmes
    if id not in programmes:
        raise StartRefused(f"There is no such programme; the ids are {', '.join(programmes)}.")
    return programmes[id]


def _partner(settings: Settings, id: str, partner: str, channel: Channel) -> Programme:
    """Return the programme, if this partner may notify it in this way; raises StartRefused."""
    programme = _programme(settings, id)
    if not programme.doors.partner_notification:
        raise StartRefused("This programme takes no notices: its door partner_notification is shut.")
    if partner not in {each.id for each in programme.outreach.by(channel)}:
        known = ", ".join(each.id for each in programme.outreach.by(channel)) or "none"
        raise StartRefused(
            f'The programme file gives this partner no channel "{channel}"; those that have it: {known}.'
        )
    return programme
