"""The administrators' channels: who can read them now, and what follows when that is not the administrators alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from handlers import errors
from handlers.entitled import looked_after
from handlers.hear import Answer, Front, Hear
from handlers.slack_codes import code_of, is_away
from handlers.views import pages
from peersupport import channel_messages as messages
from peersupport.notifications import Kind
from peersupport.ports import Post, UnitOfWork
from peersupport.programme import Programme

MOST_LOOKED_UP = 20
"""People of a channel who are looked up in one go; the others are, the next time."""
_SHARED = ("is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared")
_OTHERS = ("pending_shared", "pending_connected_team_ids")
_GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")


class Sight(StrEnum):
    """Who can read a channel."""

    OURS = "ours"
    """Its members alone, all of this workspace: cards may stand there."""
    SEEN = "seen"
    """Others too, because it is public or shared or a guest is in it."""
    SHUT = "shut"
    """Nobody now, or nobody knows: archived, or out of the app's reach."""


class Channels:
    """Looks at channels, and sees that no card stands where others can read it."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._full: set[str] = set()
        self._full_on: date | None = None
        self._with_guests: set[str] = set()
        self._begun: set[str] = set()

    async def look(self, channel: str, *, closely: bool = False) -> Sight:
        """Say who can read a channel now; any doubt is not ours, but an outage raises the call's own errors.

        `closely` also looks at who is in it; otherwise what was found the last time stands.
        """
        if closely:
            await self._look_for_guests(channel)
        try:
            answer = await self._front.client.conversations_info(channel=channel)
        except SlackApiError as error:
            if is_away(error):
                raise
            # The app may read about private channels only: one that it may not read about is public.
            return Sight.SEEN if code_of(error) == "missing_scope" else Sight.SHUT
        found = answer.get("channel")
        if not isinstance(found, dict):
            return Sight.SHUT
        if found.get("is_private") is not True or _shared(found) or channel in self._with_guests:
            return Sight.SEEN
        return Sight.SHUT if found.get("is_archived") else Sight.OURS

    async def watch(self) -> bool:
        """Look at every channel and put down what follows; True where all are the administrators' alone."""
        sights = []
        for programme in self._front.programmes.values():
            channel = programme.people.admin_channel
            sight = await self.look(channel, closely=True)
            async with self._front.work() as work:
                await self._follow(work, programme, sight)
            sights.append(sight)
        return all(sight is Sight.OURS for sight in sights)

    async def _follow(self, work: UnitOfWork, programme: Programme, sight: Sight) -> None:
        """Have cards taken down or made equal again, and the administrators told one by one."""
        now = self._front.clock.now()
        if programme.id not in self._begun:
            self._begun.add(programme.id)
            channel = programme.people.admin_channel
            elsewhere = [each for each in await work.posts.cards(programme.id) if each.channel != channel]
            await _put(work, programme, elsewhere, Kind.STRIP_CARD, now.timestamp())
            await _put(work, programme, elsewhere, Kind.CARD, now.timestamp())
        if sight is Sight.OURS:
            stripped = await work.posts.cards(programme.id, stripped=True)
            await _put(work, programme, stripped, Kind.CARD, now.timestamp())
            return
        if sight is Sight.SEEN:
            await _put(work, programme, await work.posts.cards(programme.id), Kind.STRIP_CARD, now.timestamp())
        day = now.astimezone(programme.clock.zone).date()
        members = await work.members.all(programme.id)
        await work.outbox.put(*(messages.tell_channel(programme.id, each.id, sight, day) for each in members))

    async def _look_for_guests(self, channel: str) -> None:
        """Remember whether somebody from outside is in a channel, as far as Slack tells."""
        today = self._front.clock.now().date()
        if today != self._full_on:
            # Once a day everybody is looked up anew: members become guests too.
            self._full, self._full_on = set(), today
        try:
            answer = await self._front.client.conversations_members(channel=channel)
            listed = answer.get("members")
            here = {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()
            guests = [user for user in sorted(here - self._full)[:MOST_LOOKED_UP] if not await self._is_full(user)]
        except (SlackApiError, ClientError, TimeoutError, OSError):
            # What was found the last time stands; whether the channel itself can be looked at is seen right after.
            return
        if guests:
            self._with_guests.add(channel)
        else:
            self._with_guests.discard(channel)

    async def _is_full(self, user: str) -> bool:
        answer = await self._front.client.users_info(user=user)
        found: Any = answer.get("user")
        facts = found if isinstance(found, dict) else {}
        foreign = facts.get("team_id", self._front.team) != self._front.team
        full = not foreign and not any(facts.get(flag) for flag in _GUEST)
        if full:
            self._full.add(user)
        return full


def _shared(found: dict[str, Any]) -> bool:
    teams = found.get("shared_team_ids")
    several = isinstance(teams, list) and len(teams) > 1
    return several or any(found.get(flag) for flag in (*_SHARED, *_OTHERS))


async def _put(work: UnitOfWork, programme: Programme, posts: list[Post], kind: Kind, mark: float) -> None:
    """Put one row for each card for which none of this kind waits."""
    for request in {post.subject: None for post in posts}:
        if kind not in await work.outbox.waiting(request):
            await work.outbox.put(messages.card_again(programme.id, request, kind, mark))


async def open_notice(hear: Hear, record: UUID) -> Answer:
    """Say to an administrator what is wrong with their channel, looked at anew."""
    programme = await looked_after(hear, record)
    if programme is None:
        return await errors.refused(hear)
    sight = await Channels(hear.front).look(programme.people.admin_channel, closely=True)
    t = hear.t
    await hear.open(pages.notice(hear.front, hear.language, t("channel.title"), t(f"channel.{sight}")))
    return None
