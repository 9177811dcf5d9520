"""Says what the outbox holds, by the one gateway: cards to the private channel, one constant sentence to people.

Every row of the outbox carries ids only; the record is read again here, in a transaction of its own, and what is
posted is built from its plain columns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random, SystemRandom
from uuid import UUID

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from handlers import among, announcing, home, ids, referral_cards, session_notices, tokens
from handlers.card_rows import NOWHERE, CardRows, looks_after
from handlers.channels import Channels
from handlers.gateway import Gateway, Refused, Unclear
from handlers.hear import Front
from handlers.i18n import Translator
from handlers.letters import Letter
from handlers.middleware import language_for
from handlers.pace import Pace, Shared, TooEarly
from handlers.slack_codes import NO_PERSON, Patience, code_of, is_away, judge
from handlers.views import cards
from peersupport import cover, messages, paging
from peersupport.actors import administrators
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Due, Kind, Later, Parked, Result
from peersupport.offers import OfferState
from peersupport.ports import Ids, Post, StoreUnavailable
from peersupport.programme import Programme
from peersupport.requests import OPEN_STATES, Outcome

LEAVE_SECONDS = 3.0
PACED = "paced"
"""The code of a row that was too early."""
_UNCLEAR = "outcome_unclear"
_UNCLEAR_TWICE = "outcome_unclear_twice"


class Notifier:
    """Carries out what the outbox holds, except erasures."""

    def __init__(self, front: Front, chance: Random | None = None, pace: Pace | None = None) -> None:
        """`chance` spreads the waits in an outage; `pace` says how fast messages may follow each other."""
        self._front = front
        self._patience = Patience(chance or SystemRandom())
        self._pace = pace or Pace()
        self._shared = Shared(front.paces, self._pace)
        self._gateway = Gateway(front, self._pace)
        self.channels = Channels(front)
        """Who can read the administrators' channels."""
        self._cards = CardRows(front, self._gateway, self.channels)
        of_referrals = referral_cards.ReferralCards(front, self._gateway, self.channels, self._cards)
        self._carry: dict[Kind, Callable[[Due], Awaitable[Result]]] = {
            **self._cards.carry,
            **of_referrals.carry,
            **announcing.Announcing(front, self._gateway).carry,
            Kind.TELL_MEMBER: self._tell_member,
            Kind.TELL_OPENINGS: lambda due: self._tell_seated(due, ids.LEDGER),
            Kind.TELL_CHANNEL: lambda due: self._tell_seated(due, ids.CHANNEL),
            Kind.TELL_SELF_AUDIT: lambda due: self._tell_seated(due, ids.SELF_AUDIT),
            Kind.TELL_DIGEST: lambda due: self._tell_seated(due, ids.TODAY),
            Kind.TELL_APPROVAL: self._tell_approval,
            Kind.TELL_COVER: self._tell_cover,
            Kind.TELL_READER: self._tell_reader,
            Kind.TELL_EDITOR: self._tell_editor,
            Kind.TELL_SAFETY: self._tell_safety,
            Kind.TELL_SUPPORTER_OFFER: self._tell_offer,
            Kind.TELL_SUPPORTER: self._tell_supporter,
            Kind.TELL_REQUESTER: self._tell_requester,
            Kind.TELL_COLLEAGUE: self._tell_colleague,
            Kind.TELL_REFERRAL: self._tell_referral,
            Kind.TELL_REMINDER: lambda due: self._tell_whoever(due, session_notices.reminded, ids.REGISTRATION),
            Kind.TELL_PLACE: lambda due: self._tell_whoever(due, session_notices.placed, ids.REGISTRATION),
            Kind.TELL_CHANGED: lambda due: self._tell_whoever(due, session_notices.changed, ids.REGISTRATION),
            Kind.TELL_PRESENTER: lambda due: self._tell_whoever(due, session_notices.presenter, ids.PROPOSAL),
            Kind.TELL_ORGANISER: lambda due: self._tell_whoever(due, session_notices.organiser, ids.LED),
            Kind.HOME_REQUESTER: self._home_requester,
            Kind.HOME_SUPPORTER: self._home_supporter,
            Kind.HOME_MEMBER: self._home_member,
            Kind.CLOSE_MESSAGES: self._close_messages,
            **among.carry(front, self._tell),
        }

    @property
    def ids(self) -> Ids:
        """What makes ids for records that a timer adds."""
        return self._front.ids

    def programme(self, due: Due) -> Programme | None:
        """Return the programme of a row; None where it is not enabled any more."""
        return self._front.programmes.get(due.programme)

    async def take_leave(self, due: Due) -> None:
        """Publish the requester's Home and edit their messages down before an erasure, after which both are lost.

        As well as it goes: an erasure never waits for Slack.
        """
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._home_requester(due)
                await self._edit_down(due, lambda post: post.kind == Kind.TELL_REQUESTER)
        except (Refused, SlackApiError, TimeoutError, ClientError, OSError, StoreUnavailable):
            return

    async def deliver(self, due: Due) -> Result:
        """Carry one row out and say what came of it; Slack's refusals are answered, not raised."""
        if due.programme not in self._front.programmes:
            return Parked("programme_not_enabled")
        result = await self._try(due)
        if due.kind is Kind.CARD and _is_hopeless(result):
            await self._cards.tell_alone(due.subject)
        return result

    async def _try(self, due: Due) -> Result:
        try:
            if due.attempts:
                # What may stand there already is repeated only while Slack answers at all.
                await self._front.client.auth_test()
            result = await self._carry[due.kind](due)
        except Refused:
            self._front.note("message.refused", None)
            return Parked("message_refused")
        except TooEarly as early:
            return Later(early.seconds, PACED, counts=False)
        except Unclear:
            return self._after_no_answer(due)
        except SlackApiError as error:
            return judge(error, due.kind, self._patience)
        except (TimeoutError, ClientError, OSError):
            return Later(self._patience.wait(due.kind), "slack_unreachable", counts=False)
        self._patience.over(due.kind)
        return result

    def _after_no_answer(self, due: Due) -> Result:
        """Repeat a message once where nobody knows whether it stands there; after that a person has to look."""
        self._front.note("message.unclear", None)
        if due.attempts:
            return Parked(_UNCLEAR_TWICE)
        return Later(self._patience.wait(due.kind), _UNCLEAR)

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

    async def _tell_seated(self, due: Due, purpose: str) -> Result:
        """Tell somebody who still looks after the programme of something that is no one request's."""
        async with self._front.work() as work:
            seated = next((each for each in await work.members.all(due.programme) if each.id == due.audience), None)
        return await self._tell(due, seated.address, purpose) if seated else Delivered()

    async def _tell_approval(self, due: Due) -> Result:
        """Tell somebody who may say yes, or said it; without an audience the privacy contact is meant."""
        if due.audience is not None:
            return await self._tell_seated(due, ids.APPROVAL)
        people = self._front.programmes[due.programme].people
        return await self._tell(due, Address(self._front.team, people.privacy_contact), ids.APPROVAL)

    async def _tell_safety(self, due: Due) -> Result:
        """Page somebody on a safety concern, where nobody has it still."""
        async with self._front.work() as work:
            who = await paging.recipient(work, self._front.programmes[due.programme], due)
        return await self._tell(due, who, ids.CONCERN) if who else Delivered()

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
        if not needs.requester.on_slack:
            return Delivered()
        return await self._tell(due, needs.requester, ids.OWN)

    async def _tell_colleague(self, due: Due) -> Result:
        """Tell somebody who was referred that there is something for them, while the question is theirs."""
        who = await referral_cards.colleague(self._front, due)
        return await self._tell(due, who, ids.REFERRAL) if who else Delivered()

    async def _tell_referral(self, due: Due) -> Result:
        """Tell an administrator of a referral that waits for one of them."""
        who = await referral_cards.administrator(self._front, due)
        return await self._tell(due, who, ids.REFERRAL_CARD) if who else Delivered()

    async def _tell_whoever(
        self, due: Due, whom: Callable[[Front, Due], Awaitable[Address | None]], purpose: str
    ) -> Result:
        """Tell whoever a row is for by now; where that is nobody any more, nothing is said."""
        who = await whom(self._front, due)
        return await self._tell(due, who, purpose) if who else Delivered()

    async def _tell_cover(self, due: Due) -> Result:
        """Tell somebody enrolled in notices, about nothing.

        Where it stands is not kept: nothing ever edits a note, whatever becomes of whoever got it.
        """
        async with self._front.work() as work:
            who = await cover.recipient(work, due)
        if who is None:
            return Delivered()
        facts = await self._front.directory.facts(who, fresh=True)
        if facts is not None and not facts.full:
            async with self._front.work() as work:
                await work.cover_choices.forget(who)
            return Delivered()
        return await self._tell(due, who, ids.COVER)

    async def _tell_reader(self, due: Due) -> Result:
        """Tell somebody who asked for the monthly note, while they still want it; where it stands is not kept."""
        async with self._front.work() as work:
            reader = await work.readers.get(due.audience) if due.audience else None
        return await self._tell(due, reader.who, ids.READING) if reader else Delivered()

    async def _tell_editor(self, due: Due) -> Result:
        """Tell an administrator of an offer to write, while it waits."""
        async with self._front.work() as work:
            waits = bool(await work.pitches.all(due.programme))
        return await self._tell_seated(due, ids.EDITOR) if waits else Delivered()

    async def _tell(self, due: Due, who: Address, purpose: str) -> Result:
        t = await self._texts_for(who)
        value = tokens.for_message(self._front.handles, purpose, due.subject, who, self._front.clock.now())
        try:
            letter = Letter(*cards.direct(t, value), due.subject)
            place = self._cards.unkept.of(due) or await self._gateway.post(who.user, letter, _whose(due))
        except SlackApiError as error:
            if code_of(error) not in NO_PERSON:
                raise
            return await self._give_up(due, code_of(error))
        if due.kind not in (Kind.TELL_COVER, Kind.TELL_READER, *among.UNKEPT):
            post = Post(self._front.ids.new(), due.subject, due.kind, *place, due.audience)
            await self._cards.unkept.note(self._front, due, post)
        return Delivered()

    async def _give_up(self, due: Due, code: str) -> Result:
        """Stop writing to somebody whom no message reaches; where it was an offer, its administrator is told."""
        self._front.note(f"message.given_up.{code}", None)
        if due.kind is Kind.TELL_SAFETY:
            async with self._front.work() as work:
                now = self._front.clock.now()
                await paging.not_reached(work, self._front.programmes[due.programme], due, now)
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
        letter = Letter(*cards.direct_closed(t), due.subject)
        for post in posts:
            try:
                await self._gateway.edit(post.channel, post.ts, letter, urgent=due.kind is Kind.ERASE)
            except SlackApiError as error:
                # A channel that went is as good as a message that went; the others are still to be edited.
                if code_of(error) not in NOWHERE:
                    raise
            async with self._front.work() as work:
                await work.posts.drop(post.id)
        return Delivered()

    # Homes

    async def _home_requester(self, due: Due) -> Result:
        async with self._front.work() as work:
            needs = await work.requests.needs(due.subject)
        return await self._home(due, needs.requester) if needs and needs.requester.on_slack else Delivered()

    async def _home_supporter(self, due: Due) -> Result:
        async with self._front.work() as work:
            found = await work.supporters.get(due.subject)
        return await self._home(due, found[1].address) if found else Delivered()

    async def _home_member(self, due: Due) -> Result:
        async with self._front.work() as work:
            member = await work.members.get(due.subject)
        return await self._home(due, member.address) if member else Delivered()

    async def _home(self, due: Due, who: Address) -> Result:
        language = await language_for(self._front, who)
        if due.kind is not Kind.ERASE:
            await self._shared.look("views.publish")
        try:
            with self._pace.home(due.id, urgent=due.kind is Kind.ERASE):
                async with self._front.lanes.alone(who):
                    view = await home.build(self._front, who, language)
                    await self._front.client.views_publish(user_id=who.user, view=view)
        except SlackApiError as error:
            if is_away(error) or not await self._is_gone(who):
                raise
        return Delivered()

    # Parts

    async def _is_gone(self, who: Address) -> bool:
        """Say whether an account ended: nobody sees its Home."""
        facts = await self._front.directory.facts(who, fresh=True)
        return facts is not None and facts.gone

    async def _texts_for(self, who: Address) -> Translator:
        return self._front.texts.in_language(await language_for(self._front, who))


def _whose(due: Due) -> UUID | None:
    """Return the record that leads to whom a direct message is for, where that is not its subject."""
    return None if due.kind in (Kind.TELL_REMINDER, Kind.TELL_CHANGED) else due.audience


def _is_hopeless(result: Result) -> bool:
    """Say whether a row can never go as it is, so that nobody should wait for it."""
    if isinstance(result, Parked):
        return True
    return isinstance(result, Later) and result.counts and result.code != _UNCLEAR


def _is_over(post: Post, due: Due) -> bool:
    """Say whether a message is one of those to edit down."""
    if due.audience is not None:
        return post.audience == due.audience
    return post.kind not in (Kind.CARD, Kind.REFERRAL_CARD, Kind.TELL_SUPPORTER)
