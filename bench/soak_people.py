"""The people of the soak: those who ask, look after requests, talk, or only look, each at their own Slack client."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from bench.soak_town import SoakTown
from handlers import ids
from peersupport.asking import PENDING
from peersupport.requests import State, SupportRequest
from simulator.people import Actor
from tests.stories.town import ADMINS, CHANNEL, PROGRAMME, fill_form, opens_identity, reference_on

TRIES = 6
PATIENCE = 8.0
"""Seconds after which somebody who sees nothing presses again."""
ROLE = {False: "Physician in active practice in Vancouver", True: "Médecin en exercice à Vancouver"}
BY_PHONE = {False: "By phone", True: "Par téléphone"}
SUPPORTERS = 20

Look = Callable[[SupportRequest], bool]
"""Whether the database says of a request what somebody was told."""


class Unclear(Exception):
    """Somebody tried again and again and did not get through."""


def _has_moved_on(request: SupportRequest) -> bool:
    """Say that the next is asked, or that nobody was left to ask."""
    return request.state in (State.OFFERED, State.MATCHING)


def is_asked(_request: SupportRequest) -> bool:
    """Say that it is there."""
    return True


@dataclass
class Story:
    """One request, as those who have to do with it know it."""

    number: int
    key: str
    chance: Random
    french: bool
    reference: str = ""
    stands: Look = is_asked
    """What the people last put it into."""
    deed: str = "ask"
    contact: str = ""
    supporter: str = ""
    admin: str = ""


@dataclass
class People:
    """Everybody of a town, one deed at a time each; what they did and what became of it is counted."""

    town: SoakTown
    pause: float
    """The longest rest between two deeds of a story, in seconds."""
    done: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    """Deeds that had to be tried again, as somebody saw nothing of the first."""
    silent: int = 0
    """Deeds that were done although the person saw nothing of it."""
    wrong: list[str] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    _busy: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @property
    def supporters(self) -> list[str]:
        """The handles of those who talk."""
        return [f"supporter{number:02}" for number in range(SUPPORTERS)]

    async def gather(self) -> None:
        """Put the supporters into the register."""
        for key in self.supporters:
            self.town.newcomer(key)
        await self.town.register(*self.supporters, limit=9)

    # --- doing, and doing again ---------------------------------------------------------------------------------------

    async def does(
        self, story: Story, key: str, deed: str, do: Callable[[Actor], Awaitable[None]], stands: Look | None = None
    ) -> None:
        """Let somebody do something until they, or else the database, say that it is done; raises Unclear."""
        who = self._actor(key)
        last = ""
        async with self._busy[key]:
            for attempt in range(TRIES):
                try:
                    await do(who)
                    break
                except (AssertionError, LookupError) as error:
                    self._tidy(who)
                    await asyncio.sleep(1 + attempt)
                    request = await self._request(story)
                    if stands is not None and request is not None and stands(request):
                        self.silent += 1
                        break
                    self.again[deed] += 1
                    last = f"{error}".partition("\n")[0]
            else:
                raise Unclear(f"{story.reference or story.key}: {deed} did not get through: {last}")
            self._tidy(who)
        self.done[deed] += 1
        if stands is not None:
            story.deed, story.stands = deed, stands
            request = await self._request(story)
            if request is None or not stands(request):
                self.wrong.append(f"{story.reference}: {deed} was acknowledged and is not in the database")
        await self.rest(story)

    async def rest(self, story: Story) -> None:
        """Wait as people do between one thing and the next."""
        await asyncio.sleep(story.chance.uniform(0.3, 1.0) * self.pause)

    def _actor(self, key: str) -> Actor:
        found = self.town.sim.person(key)
        found.patience = PATIENCE
        return found

    async def _request(self, story: Story) -> SupportRequest | None:
        if story.reference:
            return await self.town.request(story.reference)
        found = await self.town.request_of(story.key)
        story.reference = found.reference if found else ""
        return found

    def _tidy(self, who: Actor) -> None:
        who.desk.modals.clear()
        who.desk.notices.clear()

    # --- those who look ---------------------------------------------------------------------------------------------

    async def looks(self, number: int, chance: Random) -> None:
        """Let somebody open the menu, or Home, and read on."""
        key, french = f"looker{number % 60:02}", number % 3 == 0
        story = Story(number, key, chance, french)
        if number < 60:
            self.town.newcomer(key, french=french)

        async def menu(who: Actor) -> None:
            words = ("/peersupport", "/peersupport help", "/peersupport aide")
            if chance.random() < 0.2:
                await who.uses_shortcut(ids.SHORTCUT)
            else:
                await who.types(chance.choice(words))
            await who.sees("9-8-8", where="modal")
            await who.presses(action_id=chance.choice((ids.WHO_SEES, ids.HELP_NOW, ids.QUESTIONS, ids.ASK)))

        async def home(who: Actor) -> None:
            await who.opens_home()
            await who.sees("9-8-8", where="home")

        try:
            await self.does(story, key, *(("menu", menu) if chance.random() < 2 / 3 else ("Home", home)))
        except Unclear as unclear:
            self.wrong.append(str(unclear))

    # --- one request ------------------------------------------------------------------------------------------------

    async def tells(self, number: int, seed: str) -> None:
        """Let one request go its way, from asking to its end."""
        chance = Random(f"{seed}:{number}")
        story = Story(number, f"asker{number:03}", chance, french=number % 3 == 1)
        self.town.newcomer(story.key, french=story.french)
        self.stories.append(story)
        way = chance.random()
        try:
            await self._asks(story)
            if chance.random() < 0.3:
                await self._changes(story)
            if way < 0.06:
                return await self._withdraws(story)
            await self._claims(story)
            if way < 0.10:
                return await self._withdraws(story)
            await self._is_matched(story)
            if 0.10 < way < 0.18:
                await self._someone_else(story)
                await self._is_matched(story)
            if way > 0.92:
                return await self._withdraws(story)
            await self._talks(story)
        except Unclear as unclear:
            self.wrong.append(str(unclear))

    async def _asks(self, story: Story) -> None:
        story.contact = f"604-555-{story.number % 100 + 100:04}"

        async def ask(who: Actor) -> None:
            await who.types("/peersupport")
            await who.presses(action_id=ids.ASK)
            await fill_form(who, role=ROLE[story.french], modality=[BY_PHONE[story.french]], contact=story.contact)
            await who.submits()
            story.reference = reference_on(who.screen("modal"))

        await self.does(story, story.key, "ask", ask, is_asked)

    async def _changes(self, story: Story) -> None:
        wanted = f"604-555-{story.number % 100 + 200:04}"

        async def change(who: Actor) -> None:
            await who.opens_home()
            await who.presses(action_id=ids.CHANGE, where="home")
            await who.fills("reach", wanted)
            form = who.modal
            await who.submits()
            assert form is not None
            assert who.modal is not form or form.callback_id != ids.VIEW_CHANGE, "not saved"

        await self.does(story, story.key, "change", change)
        story.contact = wanted

    async def _withdraws(self, story: Story) -> None:
        async def withdraw(who: Actor) -> None:
            await who.opens_home()
            await who.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")
            await who.sees_no_more(story.reference, where="home")

        await self.does(story, story.key, "withdraw", withdraw, lambda it: it.state is State.CLOSED)

    async def _claims(self, story: Story) -> None:
        story.admin = story.chance.choice(ADMINS)

        async def claim(who: Actor) -> None:
            await who.sees(story.reference, where=CHANNEL)
            await who.presses(action_id=ids.CLAIM, near=story.reference, where=CHANNEL)
            await self._until(story, lambda it: it.claimed_by is not None)

        async def reads(who: Actor) -> None:
            await who.presses(action_id=ids.OPEN_SHEET, near=story.reference, where=CHANNEL)
            await who.sees(story.reference, where="modal")
            if story.number % 7 == 0:
                await opens_identity(who)
                await who.sees(story.contact, where="modal")

        async def queue(who: Actor) -> None:
            await who.opens_home()
            await who.sees(story.reference, where="home")

        await self.does(story, story.admin, "claim", claim, lambda it: it.claimed_by is not None)
        await self.does(story, story.admin, "details", reads)
        if story.number % 4 == 0:
            await self.does(story, story.admin, "administrator's Home", queue)

    async def _until(self, story: Story, stands: Look) -> None:
        """Wait until the database says so, where a card says it to everybody and not to the one who pressed."""
        for _ in range(20):
            request = await self._request(story)
            if request is not None and stands(request):
                return
            await asyncio.sleep(0.2)
        raise AssertionError("nothing came of it")

    async def _is_matched(self, story: Story) -> None:
        """Let the administrator ask two supporters in turn, until one of them says yes."""

        async def offer(who: Actor) -> None:
            await who.presses(action_id=ids.FIND, near=story.reference, where=CHANNEL)
            await who.sees(story.reference, where="modal")
            others = [key for key in self.supporters if key != story.supporter]
            for place in ("first", "second"):
                for key in story.chance.sample(others, len(others)):
                    try:
                        await who.chooses(place, self.town.sim.workspace.person(key).real_name)
                    except LookupError:
                        continue
                    others.remove(key)
                    break
            await who.submits()
            await self._until(story, lambda it: it.state is State.OFFERED)

        await self.does(story, story.admin, "offer", offer, lambda it: it.state is State.OFFERED)
        asked = await self._asked(story)
        if len(asked) > 1 and story.chance.random() < 0.3:
            await self._declines(story, asked[0])
            asked = await self._asked(story)
        if not asked:
            # Whoever was to be asked next has taken on as much as the programme allows: the request came back.
            await self._is_matched(story)
            return
        story.supporter = asked[0]
        await self._accepts(story)

    async def _asked(self, story: Story) -> list[str]:
        """Return who is asked and who is next, as the app has it: an administrator who tried twice may not know."""
        known = {self.town.address(key): key for key in self.supporters}
        async with self.town.house.store.work() as work:
            request = await work.requests.by_reference(PROGRAMME, story.reference)
            offers = await work.offers.of_request(request.id) if request else []
            entries = [
                await work.supporters.get(each.supporter_id)
                for each in sorted(offers, key=lambda each: each.position)
                if each.state in PENDING
            ]
        return [known[entry[1].address] for entry in entries if entry]

    async def _declines(self, story: Story, key: str) -> None:
        async def decline(who: Actor) -> None:
            if key not in await self._asked(story):
                return  # It was done the first time, though nothing was seen of it.
            await self._opens(who, ids.OPEN_OFFER, story)
            await who.presses(action_id=ids.DECLINE)
            await who.sees("Someone else will be asked.", where="modal")

        await self.does(story, key, "decline", decline)
        story.deed, story.stands = "decline", _has_moved_on

    async def _accepts(self, story: Story) -> None:
        async def accept(who: Actor) -> None:
            if story.number % 5 == 0:
                await self._reads_message(who)
            await self._opens(who, ids.OPEN_OFFER, story)
            await who.presses(action_id=ids.ACCEPT)
            await who.sees("It is with you now.", where="modal")

        async def contact(who: Actor) -> None:
            await self._opens(who, ids.OPEN_MATCH, story)
            await who.presses(action_id=ids.SHOW_CONTACT)
            await who.sees(story.contact, where="modal")

        await self.does(story, story.supporter, "accept", accept, lambda it: it.supporter is not None)
        await self.does(story, story.supporter, "name and contact", contact)

    async def _opens(self, who: Actor, action_id: str, story: Story) -> None:
        await who.opens_home()
        await who.presses(action_id=action_id, near=story.reference, where="home")
        await who.sees(story.reference, where="modal")

    async def _reads_message(self, who: Actor) -> None:
        """Open the newest message, whatever it is about, and close what it shows."""
        await who.presses("Open", where="messages")
        self._tidy(who)

    async def _someone_else(self, story: Story) -> None:
        async def other(who: Actor) -> None:
            await who.opens_home()
            await who.presses(action_id=ids.SOMEONE_ELSE, where="home")
            await self._until(story, lambda it: it.supporter is None)

        await self.does(story, story.key, "someone else", other, lambda it: it.supporter is None)

    async def _talks(self, story: Story) -> None:
        async def reached(who: Actor) -> None:
            await self._opens(who, ids.OPEN_MATCH, story)
            await who.presses(action_id=ids.REACHED)
            await who.sees("The clock has stopped.", where="modal")

        await self.does(story, story.supporter, "made contact", reached, lambda it: it.contacted_at is not None)
        for number in range(1, story.chance.randint(1, 2) + 1):
            await self._talked(story, number)

        async def finish(who: Actor) -> None:
            await self._opens(who, ids.OPEN_MATCH, story)
            await who.presses(action_id=ids.FINISH, confirm="accept")
            await who.sees("Name and contact are closed to you now", where="modal")

        async def rate(who: Actor) -> None:
            await who.opens_home()
            await who.presses(
                action_id=story.chance.choice((ids.RATE_HELPED, ids.RATE_A_LITTLE, ids.RATE_NOT_REALLY)), where="home"
            )

        if story.chance.random() < 0.8:
            await self.does(story, story.supporter, "close", finish, lambda it: it.state is State.CLOSED)
            await self.does(story, story.key, "rating", rate)

    async def _talked(self, story: Story, number: int) -> None:
        async def talked(who: Actor) -> None:
            await self._opens(who, ids.OPEN_MATCH, story)
            await who.presses(action_id=ids.TALKED)
            await self._until(story, lambda it: it.talks >= number)

        await self.does(story, story.supporter, "talked", talked, lambda it: it.talks >= number)

    # --- what is left in the end ------------------------------------------------------------------------------------

    def cards(self, reference: str) -> list[str]:
        """Return what stands on the cards of a request, oldest first."""
        channel = self.town.sim.workspace.channel(CHANNEL)
        written = (json.dumps(message.blocks, ensure_ascii=False) for message in channel.messages)
        return [words for words in written if reference in words]
