"""T64 on both databases: what is held about one person has all of theirs, in every state, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from handlers.i18n import LANGUAGES, Texts
from handlers.views.held import texts
from peersupport import answers, conversations, intake, mydata, own, triage
from peersupport.audit import ActorKind, Deeds, Entry, Event
from peersupport.held import Named, Section, Topic
from peersupport.intake import Ask, Opened
from peersupport.offers import OfferState
from peersupport.people import Address, Role
from peersupport.ports import Member
from peersupport.requests import MATCHED, Contact, Needs, Outcome, State
from peersupport.supporters import Profile, Supporter
from store.store import Store
from tests.rules.world import ADA, BEN, START, VANCOUVER, address

FORM = VANCOUVER.form
WISH = FORM.wishes[0]
ALEX, SAM = address("U0ALEXCANARY"), address("U0SAMCANARY")
IRIS, NEITHER = address("U0IRISCANARY"), address("U0NOBODY")
Workflow = Callable[..., Coroutine[Any, Any, Any]]
TEXTS = Texts.load()


class Ids:
    """New ids, and references that do not meet."""

    def new(self) -> UUID:
        return uuid4()

    def reference(self) -> str:
        return f"K7-{uuid4().hex[:8].upper()}"


def canaries(who: Address) -> dict[str, str]:
    """What only this person ever typed or is."""
    mark = who.user.removeprefix("U0").removesuffix("CANARY").lower()
    return {
        "name": f"Canary-name-{mark}",
        "reach": f"604-555-0142 canary-reach-{mark}",
        "avoid": f"Canary-avoid-{mark}",
        "member": f"U0AVOIDED{mark.upper()}",
        "account": who.user,
    }


def everything(who: Address) -> Ask:
    """A form with every field filled."""
    mine = canaries(who)
    needs = Needs(
        requester=who,
        name=mine["name"],
        language="fr",
        role="physician",
        modalities=tuple(each.id for each in FORM.modalities),
        reasons=tuple(each.id for each in FORM.reasons),
        times=tuple(each.id for each in FORM.times),
        zone="America/Halifax",
        wishes={wish.id: wish.options[-1].id for wish in FORM.wishes},
        avoid_members=(address(mine["member"]),),
        avoid_names=(mine["avoid"],),
        notify=True,
    )
    reach = f"{mine['reach']} {mine['reach'].split()[1]}@clinic.example"
    return Ask(needs, Contact(reach, voicemail=True, private=True), ask_first=True, urgent=True)


async def do(
    store: Store, workflow: Workflow, who: Address, *args: Any, at: timedelta = timedelta(), **more: Any
) -> Any:
    async with store.work() as work:
        return await workflow(work, VANCOUVER, who, *args, now=START + at, **more)


async def held(store: Store, who: Address) -> tuple[Section, ...]:
    async with store.work() as work:
        return await mydata.of_person(work, {VANCOUVER.id: VANCOUVER}, who, now=START)


async def read(store: Store, who: Address, language: str = "en") -> str:
    """All of it in words, people by their ids."""
    t = TEXTS.in_language(language)
    return "\n".join(text for section in await held(store, who) for text in texts(t, VANCOUVER, section))


@pytest.fixture(autouse=True)
async def people(store: Store) -> None:
    """Two administrators, and Iris in the register."""
    profile = Profile(
        IRIS,
        canaries(IRIS)["name"],
        modalities=tuple(each.id for each in FORM.modalities),
        languages=("en", "fr"),
        avoid_members=(address(canaries(IRIS)["member"]),),
    )
    async with store.work() as work:
        await work.members.seed(
            VANCOUVER.id,
            [Member(uuid4(), VANCOUVER.id, frozenset({Role.ADMIN}), who, "604-555-0100") for who in (ADA, BEN)],
        )
        assert await work.supporters.add(
            Supporter(uuid4(), VANCOUVER.id, 1, date(2026, 3, 1), date(2026, 3, 2), 4), profile
        )


async def opens(store: Store, who: Address) -> UUID:
    outcome = await do(store, intake.open_request, who, everything(who), key=f"key-{uuid4()}", ids=Ids())
    assert isinstance(outcome, Opened)
    return outcome.request.id


async def to_state(store: Store, who: Address, state: State) -> UUID:
    """Open a request and bring it as far as that state."""
    request = await opens(store, who)
    path: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: do(store, triage.claim, ADA, request),
        lambda: _offer(store, request),
        lambda: _accept(store, request),
        lambda: do(store, conversations.contact_made, IRIS, request, at=timedelta(hours=13)),
        lambda: do(store, conversations.talked, IRIS, request, 1, at=timedelta(hours=14)),
    ]
    steps = {
        State.RECEIVED: 0,
        State.CONFIRMED: 1,
        State.OFFERED: 2,
        State.MATCHING: 2,
        State.ACCEPTED: 3,
        State.CONTACTED: 4,
        State.TALKING: 5,
        State.CLOSED: 1,
    }
    for step in path[: steps[state]]:
        await step()
    if state is State.MATCHING:
        offer = await _open_offer(store, request)
        await do(store, answers.decline, IRIS, offer)
    if state is State.CLOSED:
        await do(store, triage.close_request, ADA, request, Outcome.HANDED_OVER)
    async with store.work() as work:
        found = await work.requests.get(request)
    assert found is not None
    assert found.state is state
    return request


async def _offer(store: Store, request: UUID) -> None:
    async with store.work() as work:
        entry = await work.supporters.find(VANCOUVER.id, IRIS)
    assert entry is not None
    outcome = await do(store, triage.offer, ADA, request, [entry[0].id], ids=Ids())
    assert isinstance(outcome, triage.Offered), outcome


async def _open_offer(store: Store, request: UUID) -> UUID:
    async with store.work() as work:
        return next(each.id for each in await work.offers.of_request(request) if each.state is OfferState.OPEN)


async def _accept(store: Store, request: UUID) -> None:
    outcome = await do(store, answers.accept, IRIS, await _open_offer(store, request))
    assert isinstance(outcome, answers.Accepted), outcome


@pytest.mark.req("G17")
@pytest.mark.threat("T64")
@pytest.mark.parametrize("state", [each for each in State if each is not State.INVITED], ids=str)
async def test_all_of_theirs_and_nobody_elses_in_every_state(store: Store, state: State) -> None:
    request = await to_state(store, ALEX, state)
    await to_state(store, SAM, state)
    for language in LANGUAGES:
        alex, sam = await read(store, ALEX, language), await read(store, SAM, language)
        contact_gone = state is State.CLOSED and VANCOUVER.retention.contact_days_after_close == 0
        for what, canary in canaries(ALEX).items():
            assert canary in alex or (what == "reach" and contact_gone), what
            assert canary not in sam, what
        for what, canary in canaries(SAM).items():
            assert canary not in alex, what
        matched = state in MATCHED
        assert (canaries(IRIS)["name"] in alex) == matched
        for who in (IRIS, ADA, BEN, NEITHER):
            others = await read(store, who, language)
            assert not [each for each in (*canaries(ALEX).values(), *canaries(SAM).values()) if each in others]
    async with store.work() as work:
        (phoned,) = await mydata.of_request(work, VANCOUVER, request, now=START)
    assert not [each for each in phoned.lines if isinstance(each.value, Named)]


@pytest.mark.threat("T64")
async def test_who_is_named_by_another_finds_nothing_of_it(store: Store) -> None:
    named = address(canaries(ALEX)["member"])
    async with store.work() as work:
        assert await work.supporters.add(
            Supporter(uuid4(), VANCOUVER.id, 1, date(2026, 3, 1), date(2026, 3, 2), 2), Profile(named, "Named Person")
        )
    before = await read(store, named)
    await opens(store, ALEX)
    assert await read(store, named) == before


@pytest.mark.req("G17")
async def test_a_supporter_and_an_administrator_find_all_of_theirs(store: Store) -> None:
    await to_state(store, ALEX, State.TALKING)
    iris, ada = await read(store, IRIS), await read(store, ADA)
    for canary in (canaries(IRIS)["name"], canaries(IRIS)["member"], IRIS.user, "you said yes", "offer accepted"):
        assert canary in iris
    for words in ("administrator", "604-555-0100", ADA.user, "request confirmed by an administrator: once"):
        assert words in ada
    assert "You are not in the register" in ada


@pytest.mark.req("G17")
async def test_once_erased_nothing_leads_to_anybody(store: Store) -> None:
    request = await to_state(store, ALEX, State.ACCEPTED)
    await do(store, own.withdraw, ALEX, request)
    async with store.work() as work:
        await work.requests.erase(request)
        (left,) = await mydata.of_request(work, VANCOUVER, request, now=START)
    words = "\n".join(texts(TEXTS.in_language("en"), VANCOUVER, left))
    assert not [each for each in canaries(ALEX).values() if each in words]
    assert "nobody; it is erased" in words
    assert [each.lines for each in await held(store, ALEX) if each.topic is Topic.REQUEST] == [()]


async def test_what_is_found_about_a_person_is_read_the_same_on_both(store: Store) -> None:
    member, other = uuid4(), uuid4()
    later = START + timedelta(days=1)
    async with store.work() as work:
        await work.audit.write(
            Entry(Event.REQUEST_CLAIMED, START, ActorKind.ADMIN, member, other),
            Entry(Event.REQUEST_CLAIMED, later, ActorKind.ADMIN, member, other),
            Entry(Event.TALKED, START, ActorKind.SUPPORTER, other, member),
        )
        assert await work.audit.by(member) == [Deeds(Event.REQUEST_CLAIMED, 2, START, later)]
        assert await work.audit.by(uuid4()) == []
    async with store.work() as work:
        await work.preferences.choose_discreet(ALEX, discreet=True)
        assert await work.preferences.cover(ALEX) == (True, False)
        await work.preferences.hide(ALEX, hidden=True)
        assert await work.preferences.cover(ALEX) == (True, True)
        assert await work.preferences.cover(SAM) == (False, False)
        await work.preferences.forget(ALEX)
        assert await work.preferences.cover(ALEX) == (False, False)


async def test_ended_roles_and_entries_are_still_found(store: Store) -> None:
    async with store.work() as work:
        before = await work.members.of(BEN)
        keep = [each for each in await work.members.all(VANCOUVER.id) if each.address != BEN]
        await work.members.keep(VANCOUVER.id, keep)
        entry, _ = (await work.supporters.of(IRIS))[0]
    async with store.work() as work:
        assert [(each.id, active) for each, active in await work.members.of(BEN)] == [(before[0][0].id, False)]
        assert [each[0].id for each in await work.supporters.of(IRIS)] == [entry.id]
        assert await work.members.of(NEITHER) == []
        assert await work.supporters.of(NEITHER) == []
        await work.supporters.erase(entry.id)
    async with store.work() as work:
        assert await work.supporters.of(IRIS) == []
