"""The one way in: who is this, which language, which listener; one table look-up, one deadline, one error path."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers import errors, ids, partners
from handlers.directory import Facts
from handlers.hear import Answer, Front, Hear, Kind, Listener, Listeners
from handlers.i18n import LANGUAGES, Texts
from handlers.parsing import Heard, read
from handlers.trace import Trace
from peersupport.addresses import Address
from peersupport.ports import StoreUnavailable, Undone

DEADLINE = 2.0
"""Seconds for a listener; Slack gives three for everything."""
AGAIN_SECONDS = (0.01, 0.05)
"""How long a listener waits before it runs again, where the database undid what it did."""


class Dispatcher:
    """Answers every payload from one table; an exception never leaves it."""

    def __init__(
        self,
        front: Front,
        listeners: Listeners,
        public: frozenset[tuple[Kind, str]],
        doors: frozenset[tuple[Kind, str]] = frozenset(),
    ) -> None:
        """`public` is what guests and outsiders may use too, `doors` what is every member's but a partner's people."""
        self._front = front
        self._listeners = listeners
        self._public = public
        self._doors = doors

    async def answer(self, body: object) -> Answer:
        """Return what to acknowledge a decoded body with."""
        heard = read(body)
        if heard is None:
            return None
        listener = self._listeners.get((heard.kind, heard.id))
        if listener is None and heard.kind is Kind.EVENT:
            return None
        at_once = listener is not None and self._is_at_once(heard)
        hear = self._hear(heard)
        try:
            if at_once and listener is not None:
                # What only opens menus in tasks of its own needs no trace.
                return await listener(hear if heard.kind is Kind.COMMAND else _traced(hear, self._front.texts))
            async with asyncio.timeout(DEADLINE):
                hear = await self._settle_language(hear)
                if listener is None:
                    return await errors.unknown(hear)
                texts = hear.front.texts
                if (hear.kind, hear.id) not in self._public:
                    facts = await self._facts(hear)
                    if not facts.full:
                        return await errors.outsider(hear)
                    texts = texts.read_in(facts.zone)
                hear = _traced(hear, texts)
                return await self._answered(listener, hear)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets kind words and Slack its answer
            self._front.note("listener.failed", error)
            return await errors.failed(hear, error)

    async def _answered(self, listener: Listener, hear: Hear) -> Answer:
        """Run a listener; where the database undid it and nothing else was done yet, run it again from its start."""
        for pause in AGAIN_SECONDS:
            try:
                return await self._run(listener, hear)
            except Undone:
                if hear.trace.spent:
                    raise
            hear.trace.forged = False
            await asyncio.sleep(pause)
        return await self._run(listener, hear)

    async def _run(self, listener: Listener, hear: Hear) -> Answer:
        if (hear.kind, hear.id) in self._doors and await partners.shut(hear):
            return await errors.refused(hear)
        answer = await listener(hear)
        if hear.trace.unopened:
            await errors.unopened(hear)
        return answer

    def _is_at_once(self, heard: Heard) -> bool:
        """Say whether it waits for nothing, so that it needs no timer; none of these is ever run again."""
        at_once = heard.kind is Kind.COMMAND or heard.id in ids.OF_NOBODY
        return at_once and (heard.kind, heard.id) in self._public

    def _hear(self, heard: Heard) -> Hear:
        known = heard.meta.get("l")
        language = known if known in LANGUAGES else self._front.directory.guess(heard.who)
        return Hear(
            kind=heard.kind,
            id=heard.id,
            front=self._front,
            payload=heard.payload,
            who=heard.who,
            now=self._front.clock.now(),
            language=language or self._front.default_language,
            key=heard.key,
            trace=Trace(self._front.work),
            meta=heard.meta,
        )

    async def _settle_language(self, hear: Hear) -> Hear:
        """Look the language up where nothing in memory tells it; a slash command never waits for that."""
        if hear.kind in (Kind.COMMAND, Kind.SHORTCUT, Kind.SUBMIT, Kind.CLOSE) or hear.meta.get("l") in LANGUAGES:
            return hear
        settled = self._front.directory.language(hear.who)
        return replace(hear, language=settled or await language_for(self._front, hear.who))

    async def _facts(self, hear: Hear) -> Facts:
        facts = await self._front.directory.facts(hear.who)
        if facts is None:
            raise StoreUnavailable("Slack did not say who this is")
        return facts


def _traced(hear: Hear, texts: Texts) -> Hear:
    """Return it with these texts, and with all that its listener may do noted in its trace; in one go, for speed."""
    front, trace = hear.front, hear.trace
    noted = replace(
        front,
        work=trace,
        screens=front.screens.telling(trace.spend),
        spawn=trace.before(front.spawn),
        answer_url=trace.before(front.answer_url),
        texts=texts,
    )
    return replace(hear, front=noted)


async def language_for(front: Front, who: Address) -> str:
    """Return the person's language: the chosen one, else Slack's, else the installation's; remembers it in memory."""
    try:
        async with front.work() as work:
            chosen = await work.preferences.language(who)
            known = True
    except StoreUnavailable:
        chosen, known = None, False
    if chosen not in LANGUAGES:
        facts = await front.directory.facts(who)
        chosen = facts.language if facts else None
    meanwhile = front.directory.language(who)
    if meanwhile is not None:
        # Chosen while we were reading: the choice stands.
        return meanwhile
    if chosen is not None and known:
        front.directory.settle(who, chosen)
    return chosen or front.default_language


_WRITER = json.JSONEncoder(separators=(",", ":"))


class FrontDoor(AsyncMiddleware):
    """Bolt's side of it: the only listener Bolt ever runs."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt names the arguments
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002
    ) -> BoltResponse:
        """Answer in place; Bolt's own matching is never reached."""
        return as_response(await self._dispatcher.answer(req.body))


def as_response(answer: dict[str, Any] | None) -> BoltResponse:
    """Return a 200 with the answer as JSON, or an empty one."""
    if answer is None:
        return BoltResponse(status=200, body="")
    # Escaped, because half a surrogate pair that somebody sent could not be written otherwise.
    return BoltResponse(status=200, body=_WRITER.encode(answer))
