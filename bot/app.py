"""The composition root: puts the rooms together, keeps an eye on what they need, and takes them apart again."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from random import SystemRandom
from typing import Any

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot import identity, logs, upkeep
from bot.alarms import Alarms
from bot.calm import Calm
from bot.closed import Closed
from bot.door import Door, Identity
from bot.health import Health, Reason
from bot.help_page import help_page
from bot.installation import (
    Files,
    Places,
    check_master_key,
    load_files,
    master_key,
    members_of,
    open_places,
)
from bot.machine import RandomIds, SystemClock, settle_memory
from bot.memory import no_core_dumps
from bot.metrics import Exporter, Meter, Waiting
from bot.promise_watch import keep_counting
from bot.refusals import StartRefused
from bot.server import Seal, Server
from bot.settings import Mode, Settings
from bot.slack import is_loopback, make_bolt, make_client, make_session
from bot.socket import Socket
from bot.store_watch import LOOK_SECONDS, StoreWatch
from bot.tasks import Tasks
from bot.token_source import TokenSource
from bot.token_watch import TokenWatch
from bot.upkeep import Rooms
from bot.web import Web, front_of
from bot.web_client import Client
from bot.worker import Worker
from bot.zones import use_packaged_zones
from handlers.directory import Directory
from handlers.hear import Front
from handlers.i18n import Texts
from handlers.middleware import Dispatcher, FrontDoor
from handlers.notifier import Notifier
from handlers.pace import Pace, whole
from handlers.screens import Screens
from handlers.slack_codes import NO_MESSAGES_TAB, code_of
from handlers.table import doors, public, table
from peersupport.departures import lacks_people
from peersupport.ports import Clock, Ids, StoreUnavailable
from store.errors import StoreError
from store.store import Store

CHANNEL_SECONDS = 60.0
OUTBOX_SECONDS = 4.0
CHANNEL_TROUBLE_SECONDS = 10.0
_SLACK_RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
_UNREACHABLE = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)


class House:
    """One process of the app: the front, the worker, or both."""

    def __init__(
        self,
        settings: Settings,
        *,
        serve: bool = True,
        work: bool = True,
        clock: Clock | None = None,
        tokens: TokenSource | None = None,
    ) -> None:
        """Reads the files; raises StartRefused where they must be mended. Nothing connects yet.

        `tokens` is where a new bot token is looked for once Slack does not take the present one any more.
        """
        self._bot_tokens = tokens or TokenSource("SLACK_BOT_TOKEN")
        self._settings = settings
        self._serve, self._work = serve, work
        self._files: Files = load_files(settings)
        self._texts = Texts.load()
        self._clock: Clock = clock or SystemClock()
        self._ids = RandomIds()
        self._master = master_key(settings)
        self._places: Places = open_places(settings, self._master, self._clock)
        self._health = Health(Reason.STARTING)
        self._watch = StoreWatch(self._places, self._health)
        self.work = self._watch.work
        self._meter = Meter()
        self._alarms = Alarms(self._clock, self._meter, self._health)
        self._calm = Calm()
        self._closed = Closed(self._files, self._texts)
        self._door = Door("", self._meter, self._calm, when_closed=self._closed.answer)
        self._tasks, self._errands = Tasks(), Tasks()
        self._notifier: Notifier | None = None
        self._front_door: FrontDoor | None = None
        self._worker: Worker | None = None
        self._rooms: Rooms | None = None
        self._directory: Directory | None = None
        self._socket: Socket | None = None
        self._runner: web.AppRunner | None = None
        self._exporter: Exporter | None = None
        self._seeded = False

    @property
    def store(self) -> Store:
        """The store of this process."""
        return self._places.store

    @property
    def ids(self) -> Ids:
        """What makes ids and references in this process."""
        return self._ids

    @property
    def ready(self) -> bool:
        """Whether everything is in reach."""
        return self._health.ready

    @property
    def troubles(self) -> tuple[str, ...]:
        """The codes of what is out of reach, as /readyz says them."""
        return self._health.reasons

    async def run(self, *, migrate: bool = False, stop: asyncio.Event | None = None) -> None:
        """Start, serve until told to stop, end within ten seconds; raises StartRefused before anything is served."""
        stopping = stop or _on_signals()
        try:
            await check_master_key(self._master)
            await self._watch.first_look(migrate=migrate)
            await self._serve_until(stopping)
        finally:
            await self._places.store.close()
        logs.note("app.stopped")

    async def _serve_until(self, stopping: asyncio.Event) -> None:
        settings = self._settings
        async with make_session() as session:
            client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
            try:
                known = await self._first_question(client)
                if self._serve and settings.slack_mode is Mode.SOCKET:
                    self._socket = self._make_socket(client)
                    if known is not None:
                        await self._socket.ask_first()
                # Only now: what stops the start is said in a sentence, and not as an alarm.
                client.tell_of_calls(self._alarms.heard)
                client.tell_of_holds(self._keep_hold)
                await self._open_server()
                if settings.metrics_port:
                    self._exporter = Exporter(self._meter, lambda: self._health.reasons, settings.metrics_port)
                    counting = keep_counting(self._places.store, self._files.programmes, self._clock, self._meter)
                    self._tasks.spawn(counting)
                self._tasks.spawn(self._watch.keep_looking())
                self._tasks.spawn(self._watch_outbox())
                self._tasks.spawn(self._keep_slack(client, session, known))
                if self._socket is not None:
                    self._tasks.spawn(self._socket.keep())
                logs.note("app.started", mode=settings.slack_mode.value)
                await stopping.wait()
                logs.note("app.stopping")
                self._health.put(Reason.STOPPING, present=True)
                await asyncio.sleep(settings.drain_seconds)
            finally:
                await self._close()

    # Start

    async def _first_question(self, client: Client) -> Identity | None:
        try:
            return await identity.ask(client, self._settings)
        except _UNREACHABLE as error:
            logs.trouble("slack.unreachable", error)
            self._health.put(Reason.SLACK, present=True)
            return None

    async def _open_server(self) -> None:
        if not self._serve:
            return
        settings = self._settings
        http = settings.slack_mode is Mode.HTTP
        seal = Seal(settings.signing_secrets, self._clock.now) if http else None
        page = help_page(self._closed, self._texts)
        front = front_of(
            self.work, self._files, self._texts, self._clock, self._ids, self.store.handles, lambda: self._directory
        )
        pages = Web(front) if settings.public_url else None
        self._runner = Server(self._door, self._health, seal, self._meter, help_page=page, pages=pages).runner()
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, settings.host, settings.port).start()
        except OSError:
            raise StartRefused(
                f"Port {settings.port} of {settings.host} cannot be used (something else may hold it); set PORT."
            ) from None
        logs.note("server.listening", port=self._runner.addresses[0][1])

    def _open_rooms(self, client: Client, session: aiohttp.ClientSession, known: Identity) -> None:
        """Put front and notifier together, now that the workspace is known, and open the door."""
        directory, pace = Directory(client, self._clock, known.team), Pace()
        self._directory = directory
        front = Front(
            work=self.work,
            handles=self._places.store.handles,
            client=client,
            programmes=self._files.programmes,
            resources=self._files.resources,
            texts=self._texts,
            clock=self._clock,
            ids=self._ids,
            directory=directory,
            screens=Screens(client, logs.note, opened=pace.opened),
            team=known.team,
            default_language=next(iter(self._files.programmes.values())).languages.default,
            note=logs.tell,
            spawn=self._errands.spawn,
            answer_url=lambda url, body: _answer(session, url, body),
            ailing=lambda: self._health.is_ailing,
            public_url=self._settings.public_url,
            paces=self._places.store.paces,
        )
        self._notifier = Notifier(front, pace=pace)
        self._front_door = FrontDoor(Dispatcher(front, table(), public(), doors()))
        self._open_door(client, session, known)
        if self._work:
            ready = lambda: self._health.can_keep  # noqa: E731 - asked at every turn
            store = self._places.store
            self._rooms = Rooms(front, self._notifier, store, self._health, self._meter)
            self._worker = Worker(
                store, self._notifier, self._clock, SystemRandom(), ready, self._meter, self._calm, self._rooms
            )
            self._tasks.spawn(self._worker.run())
            self._tasks.spawn(store.ears.keep(lambda what: logs.note(f"outbox.{what}")))

    def _open_door(self, client: Client, session: aiohttp.ClientSession, known: Identity) -> None:
        if self._serve:
            assert self._front_door is not None
            bolt = make_bolt(known, client.token or "", self._settings.slack_api_url, session, self._front_door)
            self._door.open(bolt, known)

    # While it runs

    async def _keep_slack(self, client: Client, session: aiohttp.ClientSession, known: Identity | None) -> None:
        tries = 0
        while known is None:
            await asyncio.sleep(_SLACK_RETRY_SECONDS[min(tries, len(_SLACK_RETRY_SECONDS) - 1)])
            tries += 1
            try:
                known = await identity.ask(client, self._settings)
            except StartRefused:
                logs.trouble("slack.token_refused")
            except _UNREACHABLE as error:
                logs.trouble("slack.unreachable", error, attempt=tries)
        self._health.put(Reason.SLACK, present=False)
        self._open_rooms(client, session, known)
        watch = TokenWatch(client, session, self._settings, self._bot_tokens, self._health, close=self._door.close)
        while True:
            if client.refused:
                known = await watch.new_token(known)
                self._open_door(client, session, known)
            await self._seed(known)
            await self._look_at_channels()
            if self._directory is not None:
                self._directory.let_go()
            pause = CHANNEL_SECONDS if self._health.ready else CHANNEL_TROUBLE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(watch.over.wait(), pause if self._seeded else LOOK_SECONDS)

    async def _seed(self, known: Identity) -> None:
        """Put the people of the programme files into an empty register, once; nothing is asked for before that."""
        if self._seeded:
            return
        try:
            async with self._places.store.work() as work:
                for programme in self._files.programmes.values():
                    await work.members.seed(programme.id, members_of(programme, known.team, self._ids))
            if self._rooms is not None:
                await upkeep.plan(self._rooms)
        except (StoreUnavailable, StoreError):
            return
        self._seeded = True
        self._health.put(Reason.STARTING, present=False)

    async def _look_at_channels(self) -> None:
        assert self._notifier is not None
        try:
            async with self._places.store.work() as work:
                members = [await work.members.all(programme) for programme in self._files.programmes]
            self._health.put(Reason.PEOPLE, present=self._seeded and any(map(lacks_people, members)))
            private = await self._notifier.channels.watch()
        except (StoreUnavailable, StoreError):
            return
        except _UNREACHABLE as error:
            if not isinstance(error, SlackApiError) or code_of(error) != "ratelimited":
                self._health.put(Reason.SLACK, present=True)
            return
        self._health.put(Reason.SLACK, present=False)
        self._health.put(Reason.CHANNEL, present=not private)

    async def _watch_outbox(self) -> None:
        """Say whether rows were given up, or wait because nobody can be written to."""
        queue = self._places.store.queue
        while True:
            await asyncio.sleep(OUTBOX_SECONDS)
            try:
                stands = await queue.backlog()
                no_tab = await queue.waits_with(NO_MESSAGES_TAB)
            except (StoreUnavailable, StoreError):
                continue
            now = self._clock.now()
            waiting = max(0.0, (now - stands.oldest).total_seconds()) if stands.oldest else 0.0
            self._meter.outbox = Waiting(stands.due, waiting, stands.parked)
            self._alarms.look()
            self._health.put(Reason.PARKED, present=stands.parked > 0)
            self._health.put(Reason.MESSAGES_TAB, present=no_tab)

    def _keep_hold(self, method: str, seconds: float) -> None:
        """Let every process know that a method is to be left alone, and this one after a restart."""
        self._errands.spawn(self._places.store.paces.hold(whole(method), seconds))

    def _make_socket(self, client: Client) -> Socket:
        token = self._settings.slack_app_token
        assert token is not None
        source = TokenSource("SLACK_APP_TOKEN")
        return Socket(self._door, self._health, token.get_secret_value(), client, source)

    # The end

    async def _close(self) -> None:
        """Take nothing more, finish what is under way, drain the worker."""
        if self._socket is not None:
            await self._socket.close(patience=2.5)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._worker is not None:
            await self._worker.stop(patience=4.0)
        if self._exporter is not None:
            self._exporter.close()
        await self._errands.finish(patience=1.0)
        await self._tasks.finish(patience=0.0)


async def _answer(session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> None:
    """Answer through a one-time address; it is a capability, so it goes nowhere else and into no log."""
    if not url.startswith("https://") and not is_loopback(url):
        return
    try:
        async with session.post(
            url, json=body, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=3)
        ) as answer:
            await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        logs.trouble("answer.lost", error)


def _on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


def run(settings: Settings, *, serve: bool = True, work: bool = True, migrate: bool = False) -> None:
    """Run one process of the app until it is told to stop; raises StartRefused where it cannot start."""
    no_core_dumps()
    use_packaged_zones()
    asyncio.run(_watched(House(settings, serve=serve, work=work), migrate=migrate))


async def _watched(house: House, *, migrate: bool) -> None:
    logs.watch_loop(asyncio.get_running_loop())
    settle_memory()
    await house.run(migrate=migrate)
