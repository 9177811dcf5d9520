"""Carries out what the outbox holds about referrals: the administrators' card, and who gets a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError

from handlers import tokens
from handlers.card_rows import ANOTHERS, CardRows
from handlers.channels import Channels, Sight
from handlers.gateway import Gateway
from handlers.hear import Front
from handlers.letters import Letter
from handlers.slack_codes import CHANNEL_PATIENCE, CHANNEL_TROUBLE, GONE, code_of
from handlers.views import cards
from peersupport import referral_rows, referrals
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Due, Kind, Later, Result
from peersupport.ports import Post
from peersupport.referral import Referral, ReferralState


class ReferralCards:
    """The administrators' cards of referrals: under the same watch as those of requests, without a name on them."""

    def __init__(self, front: Front, gateway: Gateway, channels: Channels, cards_of_requests: CardRows) -> None:
        self._front = front
        self._gateway = gateway
        self._channels = channels
        self._rows = cards_of_requests
        self.carry: dict[Kind, Callable[[Due], Awaitable[Result]]] = {Kind.REFERRAL_CARD: self._card}

    async def _card(self, due: Due) -> Result:
        """Post the card or, where it stands already, make it equal the referral."""
        channel = self._front.programmes[due.programme].people.admin_channel
        async with self._front.work() as work:
            referral = await work.referrals.get(due.subject)
            posts = [post for post in await work.posts.of(due.subject) if post.kind == Kind.REFERRAL_CARD]
        if referral is None:
            return Delivered()
        for old in (each for each in posts if each.channel != channel and not each.stripped):
            await self._rows.take_down(old)
        post = max((each for each in posts if each.channel == channel), key=lambda each: each.ts, default=None)
        if post is None and (referral.private_card or referral.state is ReferralState.CLOSED):
            return Delivered()
        if post is None:
            self._gateway.ahead(channel, referral.id)
        if await self._channels.look(channel) is not Sight.OURS:
            if post is not None and not post.stripped:
                await self._rows.take_down(post)
            return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)
        letter = self._letter(due, referral)
        return await (self._renew(due, post, letter, referral) if post else self._post(due, channel, letter))

    def _letter(self, due: Due, referral: Referral) -> Letter:
        t = self._front.texts.in_language(self._front.programmes[due.programme].languages.default)
        handle = tokens.for_referral_card(self._front.handles, referral.id, self._front.clock.now())
        return Letter(*cards.referral(referral, t, handle), referral.id, referral=referral.reference)

    async def _post(self, due: Due, channel: str, letter: Letter) -> Result:
        try:
            place = self._rows.unkept.of(due) or await self._gateway.post(channel, letter)
        except SlackApiError as error:
            if code_of(error) not in CHANNEL_TROUBLE:
                raise
            return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)
        post = Post(self._front.ids.new(), letter.subject, Kind.REFERRAL_CARD, *place)
        await self._rows.unkept.note(self._front, due, post)
        return Delivered()

    async def _renew(self, due: Due, post: Post, letter: Letter, referral: Referral) -> Result:
        over = referral.state is ReferralState.CLOSED
        try:
            await self._gateway.edit(post.channel, post.ts, letter)
        except SlackApiError as error:
            if code_of(error) not in GONE:
                raise
            if code_of(error) == ANOTHERS and not over:
                # The app was installed again since, as another bot: its old cards stand for ever.
                return await self._post(due, post.channel, letter)
            over = True
        async with self._front.work() as work:
            if over:
                await work.posts.drop(post.id)
            elif post.stripped:
                await work.posts.mark(post.id, stripped=False)
        return Delivered()


async def colleague(front: Front, due: Due) -> Address | None:
    """Return who is asked in Slack; None where nobody is, or the answer came."""
    async with front.work() as work:
        referral = await work.referrals.get(due.subject)
        if referral is None or not referrals.is_asked(referral, front.clock.now()):
            return None
        found = await work.referrals.colleague(due.subject)
    return found.address if found is not None and found.address.on_slack else None


async def administrator(front: Front, due: Due) -> Address | None:
    """Return the administrator a row is for, while the referral waits for one of them and is not about them."""
    async with front.work() as work:
        referral = await work.referrals.get(due.subject)
        if referral is None or not referral_rows.asks_administrators(referral):
            return None
        concerned = await referrals.administrators(work, front.programmes[due.programme], referral)
    return next((each.address for each in concerned if each.id == due.audience), None)
