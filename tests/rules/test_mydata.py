"""What is held about a person: all of theirs, in every state, and nobody else's."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from peersupport import answers, conversations, mydata, own, queue, safety, triage
from peersupport.audit import ActorKind, Event
from peersupport.concerns import Concern, Ending, Route, Told
from peersupport.held import AfterClosing, Codes, Named, Opening, Section, Sent, Step, Tally, Topic, Words
from peersupport.people import Address
from peersupport.ports_beside import PutOff
from peersupport.requests import Contact, Needs, Outcome, SupportRequest
from peersupport.reveals import Reason
from peersupport.supporters import Profile, Supporter
from tests.rules.world import ADA, LENA, ROBIN, VANCOUVER, World, address, ask

SUNE = address("U0SUNE")
KAI = address("U0KAI")
REASON = VANCOUVER.form.reasons[0].id


@pytest.fixture
def world() -> World:
    return World()


async def held(world: World, who: Address) -> list[Section]:
    async with world.memory() as work:
        return list(await mydata.of_person(work, {world.programme.id: world.programme}, who, now=world.now))


async def about(world: World, who: Address, topic: Topic) -> dict[str, Any]:
    """The lines of the one section about something, by what they are; of several alike, a list."""
    (found,) = [each for each in await held(world, who) if each.topic is topic]
    lines: dict[str, Any] = {}
    for each in found.lines:
        value = each.value.text if isinstance(each.value, Words) else each.value
        if each.what in ("step", "opened", "deeds", "offer", "wish", "with_me"):
            lines.setdefault(each.what, []).append(value)
        else:
            lines[each.what] = value
    return lines


def told(sections: list[Section]) -> str:
    """Everything in it, as one text."""
    return "\n".join(repr(_open(line.value)) for section in sections for line in section.lines)


def _open(value: object) -> object:
    """The value with what its own repr keeps closed."""
    names = getattr(type(value), "__slots__", ())
    return {name: getattr(value, name) for name in names} if names else value


@pytest.mark.req("G17")
async def test_everything_that_was_told_is_there(world: World) -> None:
    asked = ask(name="Robin R.", reach="604-555-0142", reasons=(REASON,), avoid_members=(KAI,), avoid_names=("Vane",))
    await world.opens(asked=asked)
    lines = await about(world, ROBIN, Topic.REQUEST)
    assert (lines["name"], lines["reach"], lines["avoid_names"]) == ("Robin R.", "604-555-0142", "Vane")
    assert lines["avoid_members"].people == (KAI,)
    assert lines["notice_version"] == world.programme.consent.notice_version
    assert lines["readers"] == Codes("reader", ("yourself", "administrators_but"))
    assert lines["name_goes"] == AfterClosing(world.programme.retention.identity_days_after_close)
    assert [each.event for each in lines["step"]] == [Event.REQUEST_OPENED]


HELD_ELSEWHERE = {
    "id": "an internal number",
    "programme": "the heading",
    "version": "counts changes, for the app",
    "reference": "the heading",
    "private_card": "would tell whether somebody they named looks after requests",
    "claimed_by": "an administrator; the time is there",
    "supporter": "by name, once they said yes",
    "hidden_from": "whoever referred them; with the referral they were told, where that person agreed",
    "supporter_going_on_at": "what the supporter answered, for themselves",
}


@pytest.mark.req("G17")
@pytest.mark.threat("T64")
async def test_no_field_is_left_out(world: World) -> None:
    wish = world.programme.form.wishes[0]
    asked = ask(
        avoid_members=(KAI,),
        avoid_names=("Vane",),
        reasons=(REASON,),
        times=(world.programme.form.times[0].id,),
        wishes={wish.id: wish.options[0].id},
        department=world.programme.form.avoid.departments[0].id if world.programme.form.avoid.departments else "",
    )
    request = await world.accepted(asked=asked)
    lines = await about(world, ROBIN, Topic.REQUEST)
    here = {
        "created_at": "sent_at",
        "requester": "account",
        "opened_by": "account",
        "wishes": "wish",
    }
    if not asked.needs.department:
        here |= {"department": "zone", "not_my_department": "zone"}
    late = {"outcome", "name_agreed_at", "contacted_at", "not_yet_at", "closed_at", "talks", "attempts"}
    late |= {"fourth_agreed", "none_left", "erased_at", "keep_until", "not_my_department", "voicemail"}
    late |= {
        "promised_at",
        "missed_at",
        "none_told_at",
        "waits_at",
        "unreached_at",
        "quiet_since",
        "going_on_at",
        "erase_asked_at",
        "off_slack_at",
        "phoned_at",
    }
    for kind in (Needs, Contact, SupportRequest):
        for each in fields(kind):
            known = each.name in HELD_ELSEWHERE or each.name in late or here.get(each.name, each.name) in lines
            assert known, each.name
    assert request.reference == next(iter(await held(world, ROBIN))).reference


OF_A_CONCERN = {
    "raised_at": "concern_at",
    "told": "concern_told",
    "joint_plan": "concern_plan",
    "route": "concern_route",
    "taken_at": "concern_taken",
    "closed_at": "concern_closed",
    "ending": "concern_ending",
}
NOT_OF_A_CONCERN = {
    "id": "an internal number",
    "programme": "the heading",
    "request_id": "the heading, or the line with the reference",
    "supporter_id": "whoever the request is with, who is named while it is; for the supporter, it is their own entry",
    "hold_until": "when the erasure goes on, told while it is held back",
    "pages": "how often safety leads were paged, which is theirs",
    "next_page_at": "when they are paged next, which is theirs",
    "paged": "which leads were paged, which is theirs",
    "taken_by": "a safety lead; the time is there",
    "closed_by": "a safety lead; the time is there",
}
OF_A_PUT_OFF = {"until": "put_off_until"}
NOT_OF_A_PUT_OFF = {
    "request": "the heading",
    "programme": "the heading",
    "version": "counts changes, for the app",
}
REPORT = safety.Report(Told.FIRST, joint_plan=False, route=Route.PHYSICIAN_PROGRAM)


async def concerned(world: World, report: safety.Report) -> Concern:
    """Have a concern raised about Robin's request."""
    world.supporter("U0SUNE", "Sune Holt")
    request = await world.accepted("U0SUNE")
    outcome = await world.do(safety.raise_concern, SUNE, request.id, report, ids=world.ids)
    assert isinstance(outcome, safety.Watch)
    assert outcome.concern is not None
    return outcome.concern


@pytest.mark.req("G17")
@pytest.mark.threat("T64")
async def test_no_field_of_a_concern_is_left_out(world: World) -> None:
    concern = await concerned(world, REPORT)
    await world.do(safety.take, LENA, concern.id)
    await world.do(safety.close, LENA, concern.id, Ending.OTHER_HELP)
    facts = {
        "concern_at": concern.raised_at,
        "concern_told": Codes("told", ("first",)),
        "concern_plan": False,
        "concern_route": Codes("route", ("physician_program",)),
        "concern_taken": world.now,
        "concern_closed": world.now,
        "concern_ending": Codes("ending", ("other_help",)),
    }
    assert {each.name for each in fields(Concern)} == OF_A_CONCERN.keys() | NOT_OF_A_CONCERN.keys()
    assert facts.keys() == set(OF_A_CONCERN.values())
    assert facts.items() <= (await about(world, ROBIN, Topic.REQUEST)).items()
    assert facts.items() <= (await about(world, SUNE, Topic.SUPPORTER)).items()
    async with world.memory() as work:
        (by_phone,) = await mydata.of_request(work, world.programme, concern.request_id, now=world.now)
    assert {each.what for each in by_phone.lines} & set(OF_A_CONCERN.values()) == {"concern_at"}


@pytest.mark.req("G17")
async def test_who_was_not_told_first_reads_nothing_of_it_until_a_lead_has_closed_it(world: World) -> None:
    concern = await concerned(world, replace(REPORT, told=Told.NOT_SAFE))
    hidden = set(OF_A_CONCERN.values())
    assert hidden.isdisjoint(await about(world, ROBIN, Topic.REQUEST))
    await world.do(safety.take, LENA, concern.id)
    assert hidden.isdisjoint(await about(world, ROBIN, Topic.REQUEST))
    await world.do(safety.close, LENA, concern.id, Ending.SAFE_NOW)
    assert hidden <= (await about(world, ROBIN, Topic.REQUEST)).keys()


@pytest.mark.req("G17")
async def test_who_asked_reads_until_when_it_was_put_off(world: World) -> None:
    request = await world.confirmed()
    assert "put_off_until" not in await about(world, ROBIN, Topic.REQUEST)
    await world.do(queue.put_off, ADA, request.id, queue.Until.HOURS)
    assert (await about(world, ROBIN, Topic.REQUEST))["put_off_until"] == world.now + queue.HOURS
    assert {each.name for each in fields(PutOff)} == OF_A_PUT_OFF.keys() | NOT_OF_A_PUT_OFF.keys()


async def test_the_supporter_who_said_yes_is_named_and_no_longer_once_it_is_over(world: World) -> None:
    world.supporter("U0SUNE", "Sune Holt")
    request = await world.accepted("U0SUNE")
    assert (await about(world, ROBIN, Topic.REQUEST))["supporter"] == "Sune Holt"
    await world.do(own.someone_else, ROBIN, request.id)
    assert "Sune Holt" not in told(await held(world, ROBIN))


@pytest.mark.req("G17")
async def test_each_opening_is_told_by_role_and_time(world: World) -> None:
    request = await world.accepted("U0SUNE", asked=ask(ask_first=True))
    assert (await about(world, ROBIN, Topic.REQUEST))["readers"].codes[-1] == "supporter_later"
    world.later(hours=13)
    assert (await about(world, ROBIN, Topic.REQUEST))["readers"].codes[-1] == "supporter"
    await world.do(conversations.open_person, SUNE, request.id)
    opened = (await about(world, ROBIN, Topic.REQUEST))["opened"]
    assert opened == [Opening(ActorKind.SUPPORTER, world.now, Reason.MAKE_CONTACT)]


async def test_a_closed_request_says_when_the_rest_is_erased(world: World) -> None:
    request = await world.confirmed()
    await world.do(triage.close_request, ADA, request.id, Outcome.HANDED_OVER)
    lines = await about(world, ROBIN, Topic.REQUEST)
    kept = world.programme.retention
    assert lines["name_goes"] == world.now + timedelta(days=kept.identity_days_after_close)
    assert lines["readers"] == Codes("reader", ("yourself", "two_administrators"))
    assert lines["outcome"] == Codes("outcome", ("handed_over",))


async def test_a_withdrawn_request_leads_to_nobody(world: World) -> None:
    request = await world.opens()
    await world.do(own.withdraw, ROBIN, request.id)
    async with world.memory() as work:
        await work.requests.erase(request.id)
        assert (await mydata.of_request(work, world.programme, request.id, now=world.now))[0].lines
    assert [each for each in await held(world, ROBIN) if each.topic is Topic.REQUEST] == [Section(Topic.REQUEST)]


@pytest.mark.req("G17")
async def test_supporters_are_told_profile_offers_answers_and_what_the_ledger_counts(world: World) -> None:
    id = world.supporter("U0SUNE", "Sune Holt", profile_has={"avoid_members": (KAI,), "department": ""})
    request = await world.accepted("U0SUNE")
    lines = await about(world, SUNE, Topic.SUPPORTER)
    assert (lines["shown_name"], lines["load"], lines["with_me"]) == ("Sune Holt", 1, [request.reference])
    assert lines["avoid_members"].people == (KAI,)
    assert lines["deeds"] == [Tally(Event.OFFER_ACCEPTED, 1, world.now, world.now)]
    (sent,) = (await about(world, SUNE, Topic.OFFERS))["offer"]
    offer = world.offers(request.id)[0]
    assert offer.sent_at is not None
    assert sent == Sent(request.reference, offer.sent_at, offer.state, offer.decided_at)
    spelled = {"address": "account", "name": "shown_name", "traits": "zone", "department": "zone", "times": "zone"}
    for kind in (Supporter, Profile):
        for each in fields(kind):
            skipped = each.name in ("id", "programme", "version", "paused_until", "erase_asked_at")
            assert skipped or spelled.get(each.name, each.name) in lines, each.name
    assert id.hex not in told(await held(world, SUNE))


async def test_a_decline_is_told_and_gives_no_reason(world: World) -> None:
    world.supporter("U0SUNE")
    request = await world.offered(*world.memory.tables.supporters)
    await world.do(answers.decline, SUNE, world.offer(request.id).id)
    (sent,) = (await about(world, SUNE, Topic.OFFERS))["offer"]
    assert sent.state == "declined"
    assert (await about(world, ROBIN, Topic.REQUEST))["asked_so_far"] == 1


@pytest.mark.req("G17")
async def test_administrators_are_told_their_roles_and_their_deeds(world: World) -> None:
    await world.confirmed()
    lines = await about(world, ADA, Topic.ROLES)
    assert lines["roles"] == Codes("role", ("admin",))
    assert [each.event for each in lines["deeds"]] == [Event.REQUEST_CLAIMED]
    assert (await about(world, ROBIN, Topic.ROLES)) == {}


async def test_what_was_chosen_for_the_app_is_told(world: World) -> None:
    async with world.memory() as work:
        await work.preferences.choose_language(ROBIN, "fr")
        await work.preferences.choose_discreet(ROBIN, discreet=True)
    lines = await about(world, ROBIN, Topic.CHOSEN)
    assert (lines["spoken"], lines["discreet"], lines["hidden"]) == (Codes("language", ("fr",)), True, False)


@pytest.mark.threat("T64")
async def test_nobody_learns_that_somebody_named_them(world: World) -> None:
    world.supporter("U0SUNE", "Sune Holt")
    before = told(await held(world, SUNE)), told(await held(world, ADA))
    await world.opens(asked=ask(avoid_members=(SUNE, ADA), avoid_names=("Sune Holt",)))
    assert (told(await held(world, SUNE)), told(await held(world, ADA))) == before


@pytest.mark.req("U55")
async def test_who_tells_it_by_phone_reads_how_many_are_kept_out_and_never_who(world: World) -> None:
    request = await world.opens(asked=ask(avoid_members=(SUNE, KAI), avoid_names=("Vane",)))
    async with world.memory() as work:
        (found,) = await mydata.of_request(work, world.programme, request.id, now=world.now)
        assert await mydata.of_request(work, world.programme, world.ids.new(), now=world.now) == ()
    assert {each.what: each.value for each in found.lines}["kept_out"] == 3
    assert "Vane" not in told([found])
    assert not [each for each in found.lines if isinstance(each.value, Named)]


async def test_a_refused_stranger_is_no_step_of_the_request(world: World) -> None:
    request = await world.opens()
    await world.do(own.withdraw, KAI, request.id)
    assert (await about(world, ROBIN, Topic.REQUEST))["step"] == [Step(Event.REQUEST_OPENED, world.now)]
