"""The only file that posts messages: cards to the private channel, one constant sentence to people. Never a name.

Every row of the outbox carries ids only; the record is read again here, in a transaction of its own, and what is
posted is built from its plain columns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random, SystemRandom
from typing import Any
from uuid import UUID

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from handlers import home, ids, tokens
from handlers.hear import Front
from handlers.i18n import Translator
from handlers.middleware import language_for
from handlers.slack_codes import CHANNEL_PATIENCE, CHANNEL_TROUBLE, GONE, NO_PERSON, Patience, code_of, is_away, judge
from handlers.views import cards
from peersupport import messages
from peersupport.actors import administrators, first_asked
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Due, Kind, Later, Parked, Result
from peersupport.offers import OfferState
from peersupport.ports import Post, StoreUnavailable, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Outcome, State, SupportRequest

LEAVE_SECONDS = 3.0


class Notifier:
    """Carries out what the outbox holds, except erasures."""

    def __init__(self, front: Front, chance: Random | None = None) -> None:
        """`chance` spreads the waits in an outage."""
        self._front = front
        self._patience = Patience(chance or SystemRandom())
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
            result = await self._carry[due.kind](due)
        except SlackApiError as error:
            return judge(error, due.kind, self._patience)
        except (TimeoutError, ClientError, OSError):
            return Later(self._patience.wait(due.kind), "slack_unreachable", counts=False)
        self._patience.over(due.kind)
        return result

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
            return await self._withhold(request)
        try:
            answer = await self._front.client.chat_postMessage(
                channel=channel, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )
        except SlackApiError as error:
            if code_of(error) not in CHANNEL_TROUBLE:
                raise
            return await self._withhold(request)
        post = Post(self._front.ids.new(), request.id, Kind.CARD, str(answer["channel"]), str(answer["ts"]))
        await self._remember(post)
        return Delivered()

    async def _withhold(self, request: SupportRequest) -> Result:
        """Keep the card back, and tell those who look after the request once, each alone."""
        async with self._front.work() as work:
            await work.outbox.put(
                *(messages.card_withheld(request, member) for member in await looks_after(work, request))
            )
        return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)

    async def is_private(self, channel: str) -> bool:
        """Say whether a channel is private, ours alone and open; any doubt is a no, but an outage is no doubt."""
        try:
            answer = await self._front.client.conversations_info(channel=channel)
        except SlackApiError as error:
            if is_away(error):
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
        try:
            answer = await self._front.client.chat_postMessage(
                channel=who.user, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )
        except SlackApiError as error:
            if code_of(error) not in NO_PERSON:
                raise
            return await self._give_up(due, code_of(error))
        post = Post(
            self._front.ids.new(), due.subject, due.kind, str(answer["channel"]), str(answer["ts"]), due.audience
        )
        await self._remember(post)
        return Delivered()

    async def _give_up(self, due: Due, code: str) -> Result:
        """Stop writing to somebody whom no message reaches; where it was an offer, its administrator is told."""
        self._front.note(f"message.given_up.{code}", None)
        if due.kind is not Kind.TELL_SUPPORTER_OFFER:
            return Delivered()
        async with self._front.work() as work:
            found = await work.offers.with_request(due.subject)
            if found is not None:
                offer, request = found
                members = await looks_after(work, request)
                await work.outbox.put(*(messages.offer_not_told(request, offer, member) for member in members))
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
            # A channel that went is as good as a message that went; the others are still to be edited.
            await self._edit(post, text, blocks, GONE | NO_PERSON | CHANNEL_TROUBLE)
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

    async def _edit(self, post: Post, text: str, blocks: list[dict[str, Any]], gone: frozenset[str] = GONE) -> Result:
        try:
            await self._front.client.chat_update(channel=post.channel, ts=post.ts, text=text, blocks=blocks)
        except SlackApiError as error:
            if code_of(error) not in gone:
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


async def looks_after(work: UnitOfWork, request: SupportRequest) -> list[UUID]:
    """Return the administrator who claimed the request or, without one, those who are asked first."""
    concerned = await administrators(work, request)
    own = [member for member in concerned if member.id == request.claimed_by]
    return [member.id for member in own or first_asked(concerned)]
