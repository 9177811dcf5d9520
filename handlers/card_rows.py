"""Carries out what the outbox holds about cards: posts them, keeps them equal their request, and takes them down."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from uuid import UUID

from slack_sdk.errors import SlackApiError

from handlers import tokens
from handlers.channels import Channels, Sight
from handlers.gateway import Gateway, Unclear
from handlers.hear import Front
from handlers.letters import Letter
from handlers.slack_codes import CHANNEL_PATIENCE, CHANNEL_TROUBLE, GONE, NO_PERSON, code_of
from handlers.views import cards
from peersupport import messages
from peersupport.actors import administrators, first_asked
from peersupport.notifications import Delivered, Due, Kind, Later, Result
from peersupport.ports import Member, Post, StoreUnavailable, Undone, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import Door, State, SupportRequest

ANOTHERS = "cant_update_message"
"""Slack's word for a message that another bot than this one posted."""
MOST_UNKEPT = 1000
_TRIES = 3
NOWHERE = GONE | NO_PERSON | CHANNEL_TROUBLE
"""Refusals after which a message cannot be edited down: it or its channel is out of reach for good."""


class CardRows:
    """The administrators' cards: nothing is posted or shown where others than the administrators can read it."""

    def __init__(self, front: Front, gateway: Gateway, channels: Channels) -> None:
        self._front = front
        self._gateway = gateway
        self._channels = channels
        self.unkept = Unkept()
        """What was posted and could not be written down."""
        self.carry: dict[Kind, Callable[[Due], Awaitable[Result]]] = {
            Kind.CARD: self._card,
            Kind.STRIP_CARD: self._strip,
            Kind.PARTNER_FLOOD: self._flood,
        }

    async def _card(self, due: Due) -> Result:
        """Post the card or, where it stands already, make it equal the request."""
        programme = self._front.programmes[due.programme]
        channel = programme.people.admin_channel
        async with self._front.work() as work:
            request = await work.requests.get(due.subject)
            posts = [post for post in await work.posts.of(due.subject) if post.kind == Kind.CARD]
            member = await work.members.get(request.claimed_by) if request and request.claimed_by else None
            notice = await work.notices.of_request(due.subject) if request and request.door is Door.PARTNER else None
        if request is None:
            return Delivered()
        for old in (each for each in posts if each.channel != channel and not each.stripped):
            await self.take_down(old)
        here = sorted((each for each in posts if each.channel == channel), key=lambda each: each.ts)
        post = here[-1] if here else None
        for older in here[:-1]:
            await self._supersede(older)
        if post is None and (request.private_card or request.state is State.CLOSED):
            return Delivered()
        if post is None:
            self._gateway.ahead(channel, request.id)
        sight = await self._channels.look(channel)
        if sight is Sight.OURS:
            letter = await self._letter(programme, request, member, notice.times if notice else 0)
            return await (self._renew(due, post, letter) if post else self._post(due, channel, request, letter))
        if post is None:
            return await self._withhold(request)
        if sight is Sight.SHUT:
            return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)
        await self.take_down(post)
        return Delivered()

    async def _strip(self, due: Due) -> Result:
        """Take the request's cards down, but for one that stands where the administrators alone can read it."""
        channel = self._front.programmes[due.programme].people.admin_channel
        async with self._front.work() as work:
            posts = [post for post in await work.posts.of(due.subject) if post.kind == Kind.CARD and not post.stripped]
        for post in posts:
            if post.channel != channel or await self._channels.look(channel) is not Sight.OURS:
                await self.take_down(post)
        return Delivered()

    async def _flood(self, due: Due) -> Result:
        """Say in one line that a partner sends too much; it is not looked after any more."""
        programme = self._front.programmes[due.programme]
        channel, t = programme.people.admin_channel, self._front.texts.in_language(programme.languages.default)
        if await self._channels.look(channel) is not Sight.OURS:
            return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)
        await self._gateway.post(channel, Letter(*cards.flood(t), due.subject))
        return Delivered()

    async def _letter(self, programme: Programme, request: SupportRequest, member: Member | None, times: int) -> Letter:
        t = self._front.texts.in_language(programme.languages.default)
        facts = await self._front.directory.facts(member.address) if member else None
        name = facts.name if facts else ""
        handle = tokens.for_card(self._front.handles, request.id, self._front.clock.now())
        text, blocks = (
            cards.closed(request, t) if request.private_card else cards.card(request, programme, t, handle, name, times)
        )
        return Letter(text, blocks, request.id, request, member, name)

    async def _post(self, due: Due, channel: str, request: SupportRequest, letter: Letter) -> Result:
        try:
            place = self.unkept.of(due) or await self._gateway.post(channel, letter)
        except SlackApiError as error:
            if code_of(error) not in CHANNEL_TROUBLE:
                raise
            return await self._withhold(request)
        await self.unkept.note(self._front, due, Post(self._front.ids.new(), request.id, Kind.CARD, *place))
        return Delivered()

    async def _renew(self, due: Due, post: Post, letter: Letter) -> Result:
        request = letter.request
        try:
            await self._gateway.edit(post.channel, post.ts, letter)
        except SlackApiError as error:
            if code_of(error) not in GONE:
                raise
            if (
                code_of(error) == ANOTHERS
                and request
                and request.state is not State.CLOSED
                and not request.private_card
            ):
                # The app was installed again since, as another bot: its old cards stand for ever, and say nothing new.
                result = await self._post(due, post.channel, request, letter)
                if isinstance(result, Delivered):
                    await self._drop(post)
                return result
        await self._mark(post, stripped=False)
        if letter.request is not None and letter.request.state is State.CLOSED:
            async with self._front.work() as work:
                # Erased meanwhile, or long ago: nothing will change the card any more.
                request = await work.requests.get(letter.request.id)
                if request is not None and request.erased_at is not None:
                    await work.posts.drop(post.id)
        return Delivered()

    async def _supersede(self, post: Post) -> None:
        """Say on a card for which there is a newer one that there is; it is not looked after any more."""
        t = self._front.texts.in_language(self._front.default_language)
        try:
            await self._gateway.edit(post.channel, post.ts, Letter(*cards.superseded(t), post.subject))
        except SlackApiError as error:
            if code_of(error) not in NOWHERE:
                raise
        await self._drop(post)

    async def _drop(self, post: Post) -> None:
        async with self._front.work() as work:
            await work.posts.drop(post.id)

    async def take_down(self, post: Post) -> None:
        """Leave one constant sentence of a card; where it is out of reach, it is not tried again."""
        t = self._front.texts.in_language(self._front.default_language)
        try:
            await self._gateway.edit(post.channel, post.ts, Letter(*cards.stripped(t), post.subject))
        except SlackApiError as error:
            if code_of(error) not in NOWHERE:
                raise
            self._front.note(f"card.out_of_reach.{code_of(error)}", None)
        await self._mark(post, stripped=True)

    async def _mark(self, post: Post, *, stripped: bool) -> None:
        if post.stripped is not stripped:
            async with self._front.work() as work:
                await work.posts.mark(post.id, stripped=stripped)

    async def tell_alone(self, subject: UUID) -> None:
        """Tell those who look after a request once, each alone, because its card cannot go as it is."""
        async with self._front.work() as work:
            request = await work.requests.get(subject)
            if request is not None:
                await _tell_each(work, request)

    async def _withhold(self, request: SupportRequest) -> Result:
        """Keep the card back, and tell those who look after the request once, each alone."""
        async with self._front.work() as work:
            await _tell_each(work, request)
        return Later(CHANNEL_PATIENCE, "channel_not_private", counts=False)


class Unkept:
    """Where messages stand that could not be written down: kept in memory, so that their rows post nothing again."""

    def __init__(self) -> None:
        self._places: OrderedDict[UUID, tuple[str, str]] = OrderedDict()

    def of(self, due: Due) -> tuple[str, str] | None:
        """Return where this row's message stands already, if this process posted it."""
        return self._places.get(due.id)

    async def note(self, front: Front, due: Due, post: Post) -> None:
        """Keep where a message stands; raises Unclear where that cannot be kept: another process would not know."""
        for _ in range(_TRIES):
            try:
                async with front.work() as work:
                    await work.posts.add(post)
            except Undone:
                continue
            except StoreUnavailable:
                break
            self._places.pop(due.id, None)
            return
        self._places[due.id] = (post.channel, post.ts)
        while len(self._places) > MOST_UNKEPT:
            self._places.popitem(last=False)
        raise Unclear


async def _tell_each(work: UnitOfWork, request: SupportRequest) -> None:
    await work.outbox.put(*(messages.card_withheld(request, member) for member in await looks_after(work, request)))


async def looks_after(work: UnitOfWork, request: SupportRequest) -> list[UUID]:
    """Return the administrator who claimed the request or, without one, those who are asked first."""
    concerned = await administrators(work, request)
    own = [member for member in concerned if member.id == request.claimed_by]
    return [member.id for member in own or first_asked(concerned)]
