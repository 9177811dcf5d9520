"""G33: every message goes out by one gateway, which lets pass what the catalogue says and nothing of anybody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from handlers.gateway import Gateway, Refused, readable
from handlers.i18n import Translator
from handlers.identities import pieces
from handlers.letters import Letter
from handlers.views import cards
from peersupport import cover, referrals, safety, triage
from peersupport.addresses import Address
from peersupport.concerns import Route, Told
from peersupport.intake import Ask
from peersupport.notifications import Kind, Later, Message, Parked
from peersupport.programme import Programme
from peersupport.referral import PassOn
from peersupport.requests import Contact, SupportRequest
from tests.front.stage import texts
from tests.rules.test_machine import PEOPLE, REQUESTERS, Everybody
from tests.rules.world import ADA, ROBIN, World, address, ask, needs, vancouver
from tests.threats.canaries import found_in
from tests.threats.post_office import SILENT, SPEAKS, PostOffice
from tests.threats.test_canaries import MESSAGES, REFERENCE

EN = texts().in_language("en")
HANDLE = "h" * 64
SUNE = address("U0SUNE")
REPORT = safety.Report(Told.FIRST, joint_plan=True, route=Route.LEAD)
COVERING = vancouver(privacy={"cover_traffic": True})
TUESDAY = datetime(2026, 12, 8, 17, 0, tzinfo=UTC)
SEATED = (Kind.TELL_OPENINGS, Kind.TELL_APPROVAL, Kind.TELL_CHANNEL, Kind.TELL_SELF_AUDIT, Kind.TELL_DIGEST)


# Whatever happens


class Messages(Everybody):
    """Everybody presses everything, and every message that comes of it is read."""

    heard: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.office = PostOffice(self.world, *(who.user for who in PEOPLE))
        self.words: dict[Address, dict[str, str]] = {}
        self.read = 0

    @initialize(letters=st.lists(st.text("aeioulnrst", min_size=4, max_size=9), min_size=20, max_size=20))
    def everybody_has_words(self, letters: list[str]) -> None:
        for place, who in enumerate(REQUESTERS):
            mine = letters[place * 5 :]
            self.words[who] = {
                "name": f"Zq{mine[0]} Xw{mine[1]}",
                "reach": f"zq{mine[2]}@clinic.example, 604-555-01{place}7",
                "avoided": f"Qx{mine[4]}",
                "user": who.user,
            }

    @rule(kind=st.sampled_from(["public", "private"]), archived=st.booleans(), shared=st.booleans())
    def the_channel_changes(self, kind: Any, archived: bool, shared: bool) -> None:
        channel = self.office.channel
        channel.kind, channel.archived, channel.ext_shared = kind, archived, shared
        self.loop.run_until_complete(self.office.notifier.channels.watch())
        self.carry()

    def act(self, deed: Any, who: Address, *args: Any, **more: Any) -> object:
        given = [self.in_their_words(who, each) if isinstance(each, Ask) else each for each in args]
        outcome = super().act(deed, who, *given, **more)
        self.carry()
        return outcome

    def in_their_words(self, who: Address, asked: Ask) -> Ask:
        words = self.words.get(who)
        if words is None:
            return asked
        told = replace(asked.needs, notify=True, name=words["name"], avoid_names=(words["avoided"],))
        return replace(asked, needs=told, contact=Contact(words["reach"]))

    def carry(self) -> None:
        """Let every row be carried out, and read what was said."""
        for row, result in self.loop.run_until_complete(self.office.carry()):
            assert not isinstance(result, Parked), row
            assert not isinstance(result, Later) or result.code in ("channel_not_private", "channel_trouble"), result
        sent = self.office.slack.messages
        for method, message in sent[self.read :]:
            self.look_at(method, message)
        self.read = len(sent)

    def look_at(self, method: str, message: dict[str, Any]) -> None:
        said = json.dumps([message["text"], message["blocks"]], ensure_ascii=False).encode()
        for who, words in self.words.items():
            looked_for = words if who in REQUESTERS[:2] else words | {"user": words["name"]}
            assert found_in(said, **looked_for) == [], method
        self.heard.add(REFERENCE.sub("REF", message["text"]))
        channel = self.office.channel
        if message["channel"] == channel.id and (channel.kind != "private" or channel.ext_shared):
            assert message["text"] == EN("cards.stripped")
            assert "button" not in json.dumps(message["blocks"])

    @rule(who=st.sampled_from(PEOPLE), number=st.integers(0, 5))
    def raise_a_concern(self, who: Address, number: int) -> None:
        self.act(safety.raise_concern, who, self.pick(number).id, REPORT, ids=self.world.ids)

    async def tell_everybody(self) -> None:
        """Put down what is told in no one request's course: of upkeep and approvals, and the monthly note."""
        ada, programme = self.world.member(ADA), self.world.programme.id
        async with self.world.memory() as work:
            for kind in SEATED:
                await work.outbox.put(Message(kind, self.world.ids.new(), kind, programme, audience=ada))
            assert await cover.plan(work, {programme: COVERING}, TUESDAY)

    def teardown(self) -> None:
        super().teardown()
        self.loop.run_until_complete(self.tell_everybody())
        self.carry()
        assert {*SEATED, Kind.TELL_COVER} <= {row.kind for row in self.world.memory.tables.outbox.values()}
        self.loop.close()


@pytest.mark.req("G33", "G10", "U44")
@pytest.mark.threat("T31", "T22")
def test_whatever_everybody_does_no_message_says_who() -> None:
    Messages.heard.clear()
    run_state_machine_as_test(
        Messages, settings=settings(max_examples=15, stateful_step_count=20, deadline=None, database=None)
    )
    assert Messages.heard - MESSAGES == {EN("cards.stripped")}
    assert len(Messages.heard) > 3


# One message at a time


async def opened(**changes: Any) -> tuple[PostOffice, SupportRequest]:
    """Return a post office and a request whose requester said everything."""
    world = World()
    told = needs(name="Robin Alder", avoid_names=("Vesper Thorn",), notify=True, **changes)
    request = await world.opens(ROBIN, Ask(told, Contact("robin.alder@home.example or (604) 555-0142"), False, False))
    return PostOffice(world), request


def letter(request: SupportRequest, programme: Programme, **changes: Any) -> Letter:
    text, blocks = cards.card(request, programme, EN, HANDLE, "")
    return replace(Letter(text, blocks, request.id, request), **changes)


async def refusal(office: PostOffice, sent: Letter) -> str:
    """Return why a message was refused; nothing of it went out."""
    with pytest.raises(Refused) as refused:
        await Gateway(office.front).post(office.channel.id, sent)
    assert office.slack.messages == []
    return str(refused.value)


@pytest.mark.req("G33")
async def test_what_the_catalogue_says_goes_out() -> None:
    office, request = await opened()
    gateway = Gateway(office.front)
    place = await gateway.post(office.channel.id, letter(request, office.world.programme))
    await gateway.edit(*place, Letter(*cards.stripped(EN), request.id))
    await gateway.post("U0ADA", Letter(*cards.direct(texts().in_language("fr"), f"s.{HANDLE}"), request.id))
    assert [method for method, _ in office.slack.messages] == ["chat.postMessage", "chat.update", "chat.postMessage"]


def spoilt(request: SupportRequest, programme: Programme) -> Iterator[tuple[str, Letter]]:
    """Give messages in which one thing is not as it must be."""
    good = letter(request, programme)
    yield "words of our own", replace(good, text="Something new about a request")
    yield "another reference", replace(good, text=f"Request {request.reference[:-1]}X: closed")
    yield "a word more", replace(good, text=good.text + " Robin")
    yield "no record to fill from", replace(good, request=None)

    def changed(path: str, value: Any) -> Letter:
        blocks = json.loads(json.dumps(good.blocks))
        part: Any = blocks
        *way, last = path.split(".")
        for step in way:
            part = part[int(step)] if step.isdigit() else part[step]
        part[last] = value
        return replace(good, blocks=blocks)

    yield "a person as a value", changed("2.elements.0.value", "U0ROBIN")
    yield "an address", changed("2.elements.0.url", "https://elsewhere.example/robin")
    yield "a label for few", changed("2.elements.0.accessibility_label", "Claim the request of Robin")
    yield "a part unheard of", changed("0.alt_text", "Robin Alder")
    yield "a block of another kind", changed("0.type", "rich_text")
    yield "a hidden name", changed("0.block_id", "robin.alder")
    yield "a style", changed("2.elements.0.style", "danger")
    yield "text that is no text", changed("0.text", 5)
    yield "another action", changed("2.elements.0.action_id", "robin")
    yield "a due time of another day", changed("1.fields.3.text", "Friday 1 May, 10:00 Vancouver time, UTC\u221207:00")


@pytest.mark.req("G33")
@pytest.mark.threat("T22")
async def test_everything_else_is_refused() -> None:
    office, request = await opened()
    for what, sent in spoilt(request, office.world.programme):
        assert await refusal(office, sent), what


@pytest.mark.req("G33")
@pytest.mark.threat("T22")
@pytest.mark.parametrize(
    "name",
    ["Robin Alder", "ROBIN alder", "Alder", "Vesper", "U0ROBIN", "(604) 555 01 42",
     "robin.alder@home.example"],
)  # fmt: skip
async def test_an_identity_is_found_even_where_a_name_may_stand(name: str) -> None:
    office, request = await opened()
    member = office.world.memory.tables.members[office.world.member(ADA)]
    text, blocks = cards.card(request, office.world.programme, EN, HANDLE, name)
    assert await refusal(office, Letter(text, blocks, request.id, request, member, name)) == "an identity"


@pytest.mark.req("G33")
async def test_an_administrator_may_share_a_word_with_the_requester() -> None:
    world = World()
    request = await world.opens(ROBIN, ask(name="Ada"))
    office = PostOffice(world)
    await world.do(triage.claim, ADA, request.id)
    results = [result for row, result in await office.carry() if row.kind is Kind.CARD]
    assert not [each for each in results if isinstance(each, Parked)]
    assert "Ada Aspen" in json.dumps(office.slack.messages)


@pytest.mark.req("G33")
async def test_a_refusal_is_parked_with_an_alarm_and_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    office, request = await opened()

    def careless(request: SupportRequest, programme: Programme, t: Translator, handle: str, *_: object) -> Any:
        text, blocks = cards.direct(t, handle)
        return f"{text} It is from Robin Alder.", blocks

    monkeypatch.setattr(cards, "card", careless)
    results = {row.kind: result for row, result in await office.carry()}
    assert results[Kind.CARD] == Parked("message_refused")
    assert "message.refused" in office.notes
    assert request.reference not in json.dumps([each for each in office.slack.messages if "Robin" in json.dumps(each)])
    assert "Robin" not in json.dumps(office.slack.messages)


@pytest.mark.req("G33")
@pytest.mark.threat("T22")
async def test_an_identity_is_found_whatever_of_a_request_the_message_is_about() -> None:
    world = World()
    told = needs(name="Robin Alder", avoid_names=("Vesper Thorn",))
    asked = Ask(told, Contact("604-555-0142"), False, False)
    request = await world.accepted("U0SUNE", asked=asked)
    raised = await world.do(safety.raise_concern, SUNE, request.id, REPORT, ids=world.ids)
    assert isinstance(raised, safety.Watch)
    assert raised.concern is not None
    office = PostOffice(world)
    await office.carry()
    office.slack.sent.clear()
    for subject in (request.id, world.offers(request.id)[0].id, raised.concern.id):
        for word in ("U0ROBIN", "vesper"):
            text, blocks = cards.direct(EN, word.ljust(64, "h"))
            assert await refusal(office, Letter(text, blocks, subject)) == "an identity", (subject, word)
        await Gateway(office.front).post(ADA.user, Letter(*cards.direct(EN, HANDLE), subject))
        office.slack.sent.clear()


@pytest.mark.req("G33")
@pytest.mark.threat("T22")
async def test_neither_the_colleague_nor_the_referrer_is_in_a_message_about_a_referral() -> None:
    world = World()
    form = PassOn(True, name="Vesper Thorn", reach="604-555-0142")
    async with world.memory() as work:
        await referrals.pass_on(work, world.ids, world.programme, ROBIN, form, world.now)
        [held] = await work.referrals.in_programme(world.programme.id)
    office = PostOffice(world)
    await office.carry()
    assert held.reference in json.dumps(office.slack.messages)
    said = json.dumps(office.slack.messages)
    assert not [word for word in ("Vesper", "Thorn", "555-0142", ROBIN.user) if word in said]
    office.slack.sent.clear()
    for word in ("U0ROBIN", "vesper"):
        text, blocks = cards.referral(held, EN, word.ljust(64, "h"))
        assert await refusal(office, Letter(text, blocks, held.id, referral=held.reference)) == "an identity", word


def test_every_kind_of_row_speaks_or_is_silent() -> None:
    assert set(Kind) == SPEAKS | SILENT
    assert not SPEAKS & SILENT


def test_a_name_is_compared_by_its_parts() -> None:
    found = pieces(needs(name="Zoé Li-Ward", department=" 3B "), Contact("zoe@clinic.example 604 555 0142"))
    assert {"zoé li-ward", "zoé", "ward", "zoe@clinic.example", "u0robin"} <= found
    assert not [each for each in found if len(each) < 3]


def test_every_word_of_a_card_is_read() -> None:
    blocks = [{"type": "section", "fields": [{"type": "plain_text", "text": "one"}, {"type": "mrkdwn", "text": "two"}]}]
    assert list(readable(blocks)) == ["one", "two"]
