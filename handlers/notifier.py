"""The only file that posts messages: cards to the private channel, one constant sentence to people. Never a name.

Every row of the outbox carries ids only; the record is read again here, in a transaction of its own, and what is
posted is built from its plain columns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from handlers import home, ids, tokens
from handlers.hear import Front
from handlers.i18n import Translator
from handlers.middleware import language_for
from handlers.views import cards
from peersupport.actors import administrators
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Due, Kind, Later, Parked, Result
from peersupport.offers import OfferState
from peersupport.ports import Post, StoreUnavailable
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Outcome, State, SupportRequest

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
NO_PERSON = frozenset({"user_disabled", "user_not_found", "user_not_visible", "cannot_dm_bot", "messages_tab_disabled"})
CHANNEL_TROUBLE = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_permission"}
)
LEAVE_SECONDS = 3.0
CHANNEL_PATIENCE = 60.0
"""Seconds until a card is tried again while its channel is missing, archived or not private."""


class Notifier:
    """Carries out what the outbox holds, except erasures."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._carry: dict[Kind, Callable[[Due], Awaitable[Result]]] = {
            Kind.CARD: self._card,
            Kind.TELL_MEMBER: self._tell_member,
            Kind.TELL_SUPPORTER_OFFER: self._tell_offer,
            Kind.TELL_SUPPORTER: self._tell_supporter,
            Kind.TELL_REQUESTER: self._tell_requester,
            Kind.HOME_REQUESTER: self._home_requester,
            Kind.HOME_SUPPORTER: self._home_supporter,
            Kind.HOME_MEMBER: self._home_member,
            Kind.CLOSE_MESSAGES: self._close_messages,
        }

    async def take_leave(self, due: Due) -> None:
        """Publish the requester's Home and edit their messages down before an erasure, after which both are lost.

        As well as it goes: an erasure never waits for Slack.
        """
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._home_requester(due)
                await self._edit_down(due, lambda post: post.kind == Kind.TELL_REQUESTER)
        except (SlackApiError, TimeoutError, ClientError, OSError, StoreUnavailable):
            return

    async def deliver(self, due: Due) -> Result:
        """Carry one row out and say what came of it; Slack's refusals are answered, not raised."""
        if due.programme not in self._front.programmes:
            return Parked("programme_not_enabled")
        try:
            return await self._carry[due.kind](due)
        except SlackApiError as error:
            return _judge(error)
        except (TimeoutError, ClientError, OSError):
            return Later(5.0, "slack_unreachable")

    # Cards

    async def _card(self, due: Due) -> Result:
        """Post the card or, where it stands already, make it equal the request."""
        programme = self._front.programmes[due.programme]
        async with self._front.work() as work:
            request = await work.requests.get(due.subject)
            posts = [post for post in await work.posts.of(due.subject) if post.kind == Kind.CARD]
            member = await work.members.get(request.claimed_by) if request and request.claimed_by else None
        if request is None or (request.private_card and not posts):
            return Delivered()
        t = self._front.texts.in_language(programme.languages.default)
        claimed_by = await self._name(member.address) if member else ""
        handle = tokens.for_card(self._front.handles, request.id, self._front.clock.now())
        text, blocks = cards.card(request, programme, t, handle, claimed_by)
        if request.private_card:
            text, blocks = cards.closed(request, t)
        if posts:
            return await self._edit(posts[-1], text, blocks)
        if request.state is State.CLOSED:
            return Delivered()
        return await self._post_card(programme, request, text, blocks)

    async def _post_card(
        self, programme: Programme, request: SupportRequest, text: str, blocks: list[dict[str, Any]]
    ) -> Result:
        channel = programme.people.admin_channel
        if not await self.is_private(channel):
            return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)
        answer = await self._front.client.chat_postMessage(
            channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
        post = Post(self._front.ids.new(), request.id, Kind.CARD, str(answer["channel"]), str(answer["ts"]))
        await self._remember(post)
        return Delivered()

    async def is_private(self, channel: str) -> bool:
        """Say whether a channel is private, ours alone and open; any doubt is a no."""
        try:
            answer = await self._front.client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error.response.get("error") == "ratelimited":
                raise
            return False
        found = answer.get("channel")
        if not isinstance(found, dict):
            return False
        shared = any(
            found.get(flag) for flag in ("is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared")
        )
        return found.get("is_private") is True and not shared and not found.get("is_archived")

    # Direct messages

    async def _tell_member(self, due: Due) -> Result:
        async with self._front.work() as work:
            member = await work.members.get(due.audience) if due.audience else None
            request = await work.requests.get(due.subject)
            concerned = await administrators(work, request) if request else []
        if member is None or request is None or request.state not in OPEN_STATES:
            return Delivered()
        if member.id not in {each.id for each in concerned}:
            return Delivered()
        return await self._tell(due, member.address, ids.SHEET)

    async def _tell_offer(self, due: Due) -> Result:
        async with self._front.work() as work:
            offer = await work.offers.get(due.subject)
            found = await work.supporters.get(offer.supporter_id) if offer else None
        if offer is None or found is None or offer.state is not OfferState.OPEN:
            return Delivered()
        return await self._tell(due, found[1].address, ids.OFFER)

    async def _tell_supporter(self, due: Due) -> Result:
        async with self._front.work() as work:
            found = await work.supporters.get(due.audience) if due.audience else None
        return await self._tell(due, found[1].address, ids.MATCH) if found else Delivered()

    async def _tell_requester(self, due: Due) -> Result:
        async with self._front.work() as work:
            request = await work.requests.get(due.subject)
            needs = await work.requests.needs(due.subject)
        if request is None or needs is None or not needs.notify or request.outcome is Outcome.WITHDRAWN:
            return Delivered()
        return await self._tell(due, needs.requester, ids.OWN)

    async def _tell(self, due: Due, who: Address, purpose: str) -> Result:
        t = await self._texts_for(who)
        value = tokens.for_message(self._front.handles, purpose, due.subject, who, self._front.clock.now())
        text, blocks = cards.direct(t, value)
        answer = await self._front.client.chat_postMessage(
            channel=who.user, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
        post = Post(
            self._front.ids.new(), due.subject, due.kind, str(answer["channel"]), str(answer["ts"]), due.audience
        )
        await self._remember(post)
        return Delivered()

    async def _close_messages(self, due: Due) -> Result:
        """Edit the direct messages about a subject down; the card is edited by its own row."""
        return await self._edit_down(due, lambda post: _is_over(post, due))

    async def _edit_down(self, due: Due, wanted: Callable[[Post], bool]) -> Result:
        async with self._front.work() as work:
            posts = [post for post in await work.posts.of(due.subject) if wanted(post)]
        t = self._front.texts.in_language(self._front.default_language)
        text, blocks = cards.direct_closed(t)
        for post in posts:
            await self._edit(post, text, blocks)
        return Delivered()

    # Homes

    async def _home_requester(self, due: Due) -> Result:
        async with self._front.work() as work:
            needs = await work.requests.needs(due.subject)
        return await self._home(needs.requester) if needs else Delivered()

    async def _home_supporter(self, due: Due) -> Result:
        async with self._front.work() as work:
            found = await work.supporters.get(due.subject)
        return await self._home(found[1].address) if found else Delivered()

    async def _home_member(self, due: Due) -> Result:
        async with self._front.work() as work:
            member = await work.members.get(due.subject)
        return await self._home(member.address) if member else Delivered()

    async def _home(self, who: Address) -> Result:
        language = await language_for(self._front, who)
        view = await home.build(self._front, who, language)
        await self._front.client.views_publish(user_id=who.user, view=view)
        return Delivered()

    # Parts

    async def _edit(self, post: Post, text: str, blocks: list[dict[str, Any]]) -> Result:
        try:
            await self._front.client.chat_update(channel=post.channel, ts=post.ts, text=text, blocks=blocks)
        except SlackApiError as error:
            if error.response.get("error") not in GONE:
                raise
        return Delivered()

    async def _remember(self, post: Post) -> None:
        async with self._front.work() as work:
            await work.posts.add(post)

    async def _texts_for(self, who: Address) -> Translator:
        return self._front.texts.in_language(await language_for(self._front, who))

    async def _name(self, who: Address) -> str:
        facts = await self._front.directory.facts(who)
        return facts.name if facts else ""


def _is_over(post: Post, due: Due) -> bool:
    """Say whether a message is one of those to edit down."""
    if due.audience is not None:
        return post.audience == due.audience
    return post.kind not in (Kind.CARD, Kind.TELL_SUPPORTER)


def _judge(error: SlackApiError) -> Result:
    """Say what a refusal by Slack means for the row."""
    response = error.response
    code = response.get("error") if isinstance(response.data, dict) else None
    if getattr(response, "status_code", 200) == 429 or code == "ratelimited":
        headers = {str(key).lower(): value for key, value in (response.headers or {}).items()}
        return Later(_seconds(headers.get("retry-after")), "ratelimited", counts=False)
    if code in NO_PERSON:
        return Delivered()
    if code in CHANNEL_TROUBLE:
        return Later(CHANNEL_PATIENCE, "channel_trouble", counts=False)
    if isinstance(code, str) and code.isidentifier():
        return Later(10.0, f"slack_{code}"[:60])
    return Later(5.0, "slack_unclear")


def _seconds(value: object) -> float:
    try:
        return min(max(float(str(value)), 1.0), 3600.0)
    except ValueError:
        return 30.0
