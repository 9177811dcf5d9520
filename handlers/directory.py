"""What Slack says of a member: language, zone, whether they are a guest or gone. Kept for minutes, in memory only."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.i18n import language_of
from peersupport.addresses import Address
from peersupport.ports import Clock

KEPT_FOR = timedelta(minutes=5)
MOST_KEPT = 1000
PATIENCE = 1.2


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """The few facts the app uses about a member. `full` is False for guests, bots, strangers and ended accounts."""

    name: str
    language: str | None
    zone: str | None
    full: bool
    gone: bool

    def __repr__(self) -> str:
        return "Facts(...)"


class Directory:
    """Looks members up with `users.info`, one call at a time a person, with a short memory."""

    def __init__(self, client: AsyncWebClient, clock: Clock, team: str) -> None:
        self._client = client
        self._clock = clock
        self._team = team
        self._kept: OrderedDict[str, tuple[datetime, Facts]] = OrderedDict()
        self._settled: OrderedDict[str, tuple[datetime, str]] = OrderedDict()

    async def facts(self, who: Address, *, fresh: bool = False) -> Facts | None:
        """Return the facts about a member; None where Slack does not answer in time. `fresh` asks again."""
        kept = self._kept.get(who.user)
        if kept and not fresh and self._clock.now() - kept[0] < KEPT_FOR:
            return kept[1]
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.users_info(user=who.user, include_locale=True)
        except SlackApiError as error:
            known = isinstance(error.response.get("error"), str) and error.response["error"] in _NOBODY
            return Facts("", None, None, full=False, gone=True) if known else None
        except (TimeoutError, ClientError, ValueError, OSError):
            return None
        facts = self._read(answer.get("user"), who)
        self._kept.pop(who.user, None)
        self._kept[who.user] = (self._clock.now(), facts)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return facts

    def let_go(self) -> None:
        """Drop what is older than it may be; called once a minute, whether anybody asks or not."""
        before = self._clock.now() - KEPT_FOR
        for memory in (self._kept, self._settled):
            while memory and next(iter(memory.values()))[0] <= before:
                memory.popitem(last=False)

    def forget(self, who: Address) -> None:
        """Ask anew the next time: something about this member has changed."""
        self._kept.pop(who.user, None)

    def _read(self, user: object, who: Address) -> Facts:
        if not isinstance(user, dict):
            return Facts("", None, None, full=False, gone=False)
        gone = user.get("deleted") is True
        outside = any(user.get(flag) for flag in ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger"))
        foreign = user.get("team_id", self._team) != self._team or who.team != self._team
        held = user.get("profile")
        profile = held if isinstance(held, dict) else {}
        name = profile.get("real_name") or user.get("real_name") or user.get("name") or ""
        return Facts(
            name=str(name),
            language=language_of(user.get("locale")),
            zone=user.get("tz") if isinstance(user.get("tz"), str) else None,
            full=not (gone or outside or foreign),
            gone=gone,
        )

    def language(self, who: Address) -> str | None:
        """Return the language that was settled lately: the chosen one, or Slack's where none was chosen; else None."""
        kept = self._settled.get(who.user)
        return kept[1] if kept and self._clock.now() - kept[0] < KEPT_FOR else None

    def guess(self, who: Address) -> str | None:
        """Return the best that memory has of the language, for a first view that waits for nothing; may be None."""
        kept = self._kept.get(who.user)
        return self.language(who) or (kept[1].language if kept else None)

    def settle(self, who: Address, language: str) -> None:
        """Keep a language in memory, as chosen or as read."""
        self._settled.pop(who.user, None)
        self._settled[who.user] = (self._clock.now(), language)
        while len(self._settled) > MOST_KEPT:
            self._settled.popitem(last=False)


_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
