"""Carries out what the outbox holds about announcements: posts them, keeps them equal what they announce, ends them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from handlers.card_rows import NOWHERE, Unkept
from handlers.gateway import Gateway
from handlers.hear import Front
from handlers.letters import Letter
from handlers.slack_codes import CHANNEL_TROUBLE, code_of
from handlers.views import announcements as views
from peersupport import announcements
from peersupport.announcements import REMOVED
from peersupport.notifications import Delivered, Due, Kind, Later, Result
from peersupport.ports import Post
from peersupport.ports_pages import Announcement

DELETED, NO_CHANNEL = "deleted", "no_channel"
"""Why an announcement does not stand: somebody deleted it in Slack, or the app cannot write in the channel."""
ARCHIVED = "is_inactive"
"""What Slack says of an edit in a channel that is archived: everybody can read there on, and it can come back."""
PATIENCE = 3600.0
"""Seconds between two looks whether what is to be taken down can be edited again."""


class Announcing:
    """Public messages; a channel gets one, which is edited for as long as it stands."""

    def __init__(self, front: Front, gateway: Gateway) -> None:
        self._front = front
        self._gateway = gateway
        self._unkept = Unkept()
        self.carry: dict[Kind, Callable[[Due], Awaitable[Result]]] = {Kind.ANNOUNCE: self._announce}

    async def _announce(self, due: Due) -> Result:
        async with self._front.work() as work:
            found = await work.announcements.get(due.subject)
            item = await announcements.item_of(work, found) if found else None
            posts = [post for post in await work.posts.of(due.subject) if post.kind == Kind.ANNOUNCE]
        if found is None:
            return Delivered()
        programme = self._front.programmes[due.programme]
        if found.state == REMOVED or item is None:
            return await self._take_down(found, posts)
        letter = Letter(*views.message(self._front.texts, programme, item), found.id)
        letter = replace(letter, public=views.words_of(self._front.texts, programme, item))
        return await (self._renew(found, posts[-1], letter) if posts else self._post(due, found, letter))

    async def _post(self, due: Due, found: Announcement, letter: Letter) -> Result:
        try:
            place = self._unkept.of(due) or await self._gateway.post(found.channel, letter)
        except SlackApiError as error:
            if code_of(error) not in CHANNEL_TROUBLE:
                raise
            return await self._note(found, NO_CHANNEL)
        await self._unkept.note(self._front, due, Post(self._front.ids.new(), found.id, Kind.ANNOUNCE, *place))
        return await self._note(found, "")

    async def _renew(self, found: Announcement, post: Post, letter: Letter) -> Result:
        """Edit it; one that somebody deleted is not posted again, but for an administrator who publishes it anew."""
        try:
            await self._gateway.edit(post.channel, post.ts, letter)
        except SlackApiError as error:
            if code_of(error) not in NOWHERE | {ARCHIVED}:
                raise
            trouble = NO_CHANNEL if code_of(error) in CHANNEL_TROUBLE | {ARCHIVED} else DELETED
            if trouble == DELETED:
                await self._drop(post)
                async with self._front.work() as work:
                    await work.announcements.drop(found.id)
                return Delivered()
            return await self._note(found, trouble)
        return await self._note(found, "")

    async def _take_down(self, found: Announcement, posts: list[Post]) -> Result:
        """Leave one constant sentence of it, wherever it can still be edited, and forget it.

        In a channel that is archived it waits until that channel is back.
        """
        t = self._front.texts.in_language(self._front.programmes[found.programme].languages.default)
        for post in posts:
            try:
                await self._gateway.edit(post.channel, post.ts, Letter(*views.taken_down(t), found.id))
            except SlackApiError as error:
                if code_of(error) == ARCHIVED:
                    return Later(PATIENCE, ARCHIVED, counts=False)
                if code_of(error) not in NOWHERE:
                    raise
            await self._drop(post)
        async with self._front.work() as work:
            await work.announcements.drop(found.id)
        return Delivered()

    async def _drop(self, post: Post) -> None:
        async with self._front.work() as work:
            await work.posts.drop(post.id)

    async def _note(self, found: Announcement, trouble: str) -> Result:
        """Keep whether it stands there, and since when."""
        async with self._front.work() as work:
            now = await work.announcements.get(found.id, lock=True)
            if now is not None:
                posted = None if trouble else now.posted_at or self._front.clock.now()
                await work.announcements.save(replace(now, trouble=trouble, posted_at=posted))
        return Delivered()
