"""A partner's notice: one receipt whoever it is about, and what becomes of it afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peersupport import own
from peersupport.addresses import own_reach
from peersupport.notice import Noticed
from peersupport.notices import (
    InvalidNotice,
    NothingTicked,
    NoticeFault,
    NoticePart,
    Noticing,
    Received,
    TooManyNotices,
)
from peersupport.notifications import Kind
from peersupport.outcomes import Refused
from peersupport.programme_partner import Channel
from peersupport.referral import Scope
from peersupport.requests import Door, Outcome, State
from tests.rules.fake_tables import Tables
from tests.rules.partner_world import ASH, IMPACT, KIM, OWN_LINE, SHARED_LINE, PartnerWorld, noticed
from tests.rules.world import ADA, BEN, LENA, ROBIN, STRANGER, address, ask

ROWAN = address("U0ROWAN")


@pytest.mark.req("I1", "I2", "I10")
async def test_a_notice_becomes_a_request_of_its_own_door_due_in_72_hours() -> None:
    world = PartnerWorld()
    assert await world.notifies() == Received(1)
    assert world.partners() == []
    await world.looks()
    request = world.only()
    assert (request.door, request.state, request.due_at) == (
        Door.PARTNER,
        State.RECEIVED,
        world.now + timedelta(hours=72),
    )
    needs = world.told_of(request)
    assert (needs.name, needs.role, needs.reasons) == ("Rowan Alder", "rural_physician", ("incident_with_child",))
    assert (needs.modalities, needs.department, needs.notify) == (("phone", "video"), "terrace", False)
    assert needs.opened_by == KIM
    assert world.memory.tables.contacts[request.id].reach == OWN_LINE
    assert world.memory.told(Kind.CARD, request.id)
    assert not world.memory.told(Kind.TELL_REQUESTER)
    assert not world.memory.told(Kind.HOME_REQUESTER)


@pytest.mark.req("I12")
@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("  terrace ", "terrace"),
        ("Fort St. John", "fort_st_john"),
        ("fort st john", "fort_st_john"),
        ("somewhere up the coast", ""),
        ("Une autre localité, ou aucune", "another_community"),
        ("", ""),
    ],
)
async def test_a_community_is_known_however_it_is_written(written: str, known: str) -> None:
    world = PartnerWorld()
    await world.notifies(noticed(community=written))
    await world.looks()
    needs = world.told_of(world.only())
    assert (needs.department, needs.not_my_department) == (known, bool(known))


@pytest.mark.req("I3")
async def test_without_a_tick_it_ends_politely_and_nothing_is_kept() -> None:
    world = PartnerWorld()
    before = world.memory.tables.copied()
    assert await world.notifies(noticed(criteria=())) == NothingTicked()
    assert world.memory.tables == before


@pytest.mark.req("I4", "I10")
async def test_the_clock_of_a_voicemail_started_when_it_was_left() -> None:
    world = PartnerWorld()
    left = world.now - timedelta(hours=20)
    assert await world.records(noticed(noticed_at=left), ADA) == Received()
    await world.looks()
    assert world.due() == left + timedelta(hours=72)
    assert world.told_of(world.only()).opened_by is None


@pytest.mark.req("I4")
@pytest.mark.parametrize(("who", "partner"), [(LENA, "ptc"), (KIM, "ptc"), (STRANGER, "ptc"), (ADA, "elsewhere")])
async def test_nobody_but_an_administrator_writes_a_voicemail_down(who: object, partner: str) -> None:
    world = PartnerWorld()
    assert await world.records(noticed(), who, partner) == Refused()  # type: ignore[arg-type]
    await world.looks()
    assert world.partners() == []


@pytest.mark.req("I1")
@pytest.mark.parametrize("who", [ROBIN, ADA, LENA])
async def test_nobody_but_a_member_of_the_partner_has_the_door(who: object) -> None:
    world = PartnerWorld()
    assert await world.notifies(who=who) == Refused()  # type: ignore[arg-type]


@pytest.mark.req("I6", "I17")
async def test_two_notices_for_one_provider_are_one_request_and_nobody_who_sent_them_learns_it() -> None:
    world = PartnerWorld()
    assert await world.notifies(who=KIM) == Received(1)
    await world.looks()
    world.later(days=3)
    again = noticed(name="R. Alder", reach="+1 (250) 555-0142", criteria=("poor_outcome",))
    assert await world.notifies(again, who=ASH) == Received(1)
    await world.looks()
    assert world.times(world.only()) == 2
    assert f":{world.only().version}" in world.memory.told(Kind.CARD, world.only().id)[-1].dedupe
    assert world.due() == world.only().created_at + timedelta(hours=72)


@pytest.mark.req("I6")
@pytest.mark.parametrize(
    "other",
    [
        noticed(reach="250-555-0199"),
        noticed(reach_is_own=False),
        noticed(reach="", reach_is_own=False),
    ],
    ids=["another line", "the same line, shared", "the name alone"],
)
async def test_a_name_or_a_shared_line_alone_makes_nobody_the_same(other: Noticed) -> None:
    world = PartnerWorld()
    await world.notifies()
    await world.looks()
    await world.notifies(other)
    await world.looks()
    assert len(world.partners()) == 2


@pytest.mark.req("I6")
async def test_two_who_share_a_line_are_two() -> None:
    world = PartnerWorld()
    for name in ("Rowan Alder", "Sage Willow"):
        await world.notifies(noticed(name=name, reach=SHARED_LINE, reach_is_own=False))
        await world.looks()
    assert len(world.partners()) == 2


@pytest.mark.req("I6")
async def test_one_who_was_reached_this_week_is_not_begun_with_again_but_later_is() -> None:
    world = PartnerWorld()
    await world.notifies()
    await world.looks()
    closed = replace(world.only(), state=State.CLOSED, outcome=Outcome.DONE, closed_at=world.now)
    world.memory.tables.requests[closed.id] = closed
    world.later(days=6)
    await world.notifies()
    await world.looks()
    assert world.times(world.only()) == 2
    world.later(days=2)
    await world.notifies()
    await world.looks()
    assert len(world.partners()) == 2


@pytest.mark.req("U35", "I8")
@pytest.mark.parametrize("known_by", ["line", "place in Slack"])
async def test_a_notice_about_somebody_who_asked_goes_into_their_own_request(known_by: str) -> None:
    world = PartnerWorld()
    asked = ask(requester=ROWAN, role="rural_physician", reach=f"{OWN_LINE}, evenings")
    own_request = await world.opens(ROWAN, asked)
    form = noticed() if known_by == "line" else noticed(reach="", reach_is_own=False, member=ROWAN)
    outcome = await world.records(form, ADA)
    assert outcome == Received()
    rows = set(world.memory.tables.outbox)
    await world.looks()
    assert world.partners() == []
    stands = world.request(own_request.id)
    assert (stands.door, stands.version, stands.due_at) == (Door.SELF, own_request.version, own_request.due_at)
    assert set(world.memory.tables.outbox) == rows
    (notice,) = world.memory.tables.notices.values()
    assert (notice.request_id, notice.partner) == (own_request.id, "ptc")
    assert world.memory.tables.told == {}
    await world.do(own.withdraw, ROWAN, own_request.id)
    assert world.request(own_request.id).state is State.CLOSED


@pytest.mark.req("U34", "I8")
@pytest.mark.parametrize("known_by", ["line", "place in Slack"])
async def test_somebody_who_wants_none_is_left_alone_and_the_partner_sees_the_same(known_by: str) -> None:
    world = PartnerWorld()
    await _silenced(world)
    before = world.memory.tables.copied()
    form = noticed() if known_by == "line" else noticed(reach="", reach_is_own=False, member=ROWAN)
    assert await world.records(form, ADA) == Received()
    await world.looks()
    after = world.memory.tables
    assert (after.requests, after.notices, after.told, after.audit) == (
        before.requests,
        before.notices,
        before.told,
        before.audit,
    )
    assert {each.kind for each in after.outbox.values()} == {Kind.TAKE_NOTICE}
    opened = await world.opens(ROWAN, ask(requester=ROWAN, role="rural_physician", reach=OWN_LINE))
    assert opened.door is Door.SELF


def _shape(before: Tables, after: Tables) -> dict[str, int]:
    names = ("requests", "needs", "contacts", "outbox", "audit", "receipts", "notices", "told", "tallies")
    return {name: len(getattr(after, name)) - len(getattr(before, name)) for name in names}


@pytest.mark.threat("T30")
@pytest.mark.req("I11", "U34")
async def test_receipt_and_writes_are_the_same_in_every_state_of_the_provider() -> None:
    async def unknown(_: PartnerWorld) -> None: ...

    async def asked(world: PartnerWorld) -> None:
        await world.opens(ROWAN, ask(requester=ROWAN, role="rural_physician", reach=OWN_LINE))

    async def notified(world: PartnerWorld) -> None:
        await world.notifies(who=ASH)
        await world.looks()

    async def closed(world: PartnerWorld) -> None:
        await notified(world)
        over = replace(world.only(), state=State.CLOSED, outcome=Outcome.DONE, closed_at=world.now)
        world.memory.tables.requests[over.id] = over

    async def wants_none(world: PartnerWorld) -> None:
        await _silenced(world)

    seen: set[tuple[Noticing, tuple[tuple[str, int], ...]]] = set()
    for state in (unknown, asked, notified, closed, wants_none):
        world = PartnerWorld()
        await state(world)
        before = world.memory.tables.copied()
        outcome = await world.notifies()
        seen.add((outcome, tuple(_shape(before, world.memory.tables).items())))
    assert len(seen) == 1, seen


async def _silenced(world: PartnerWorld) -> None:
    """Somebody said that no notice shall lead to them again."""
    line = own_reach(OWN_LINE)
    assert line is not None
    async with world.memory() as work:
        for each in (ROWAN, line):
            await work.silences.keep(world.programme.id, Scope.NOTICES, each, now=world.now)


@pytest.mark.req("I11")
async def test_a_repeat_of_the_same_submission_counts_once() -> None:
    world = PartnerWorld()
    assert await world.notifies(key="once") == Received(1)
    assert await world.notifies(key="once") == Received(1)
    await world.looks()
    assert len(world.partners()) == 1


@pytest.mark.threat("T66")
async def test_only_the_one_who_sends_too_many_is_slowed_and_only_for_the_day() -> None:
    few = IMPACT.model_copy(update={"partner_notification": IMPACT.outreach.model_copy(update={"notices_per_day": 2})})
    world = PartnerWorld(programme=few)
    for number in range(2):
        assert isinstance(await world.notifies(noticed(reach=f"250-555-01{number:02}")), Received)
    assert await world.notifies() == TooManyNotices()
    assert await world.notifies(who=ASH) == Received(1)
    world.later(days=1)
    assert await world.notifies() == Received(3)


@pytest.mark.req("U36")
@pytest.mark.parametrize(
    ("part", "form"),
    [
        (NoticePart.NAME, noticed(name="patient 9698 658 215")),
        (NoticePart.COMMUNITY, noticed(community="Terrace, Dr. Rowan Alder")),
        (NoticePart.COMMUNITY, noticed(community="Terrace, 94-year-old")),
        (NoticePart.REACH, noticed(reach="MRN 4412097", reach_is_own=False)),
        (NoticePart.REACH, noticed(reach="250-555-0142, seen 2026-11-19", reach_is_own=False)),
    ],
)
async def test_detail_of_a_patient_is_refused_and_kept_nowhere(part: NoticePart, form: Noticed) -> None:
    world = PartnerWorld()
    before = world.memory.tables.copied()
    outcome = await world.notifies(form)
    assert isinstance(outcome, InvalidNotice)
    assert (part, NoticeFault.PATIENT) in outcome.faults
    assert world.memory.tables == before


@pytest.mark.req("I2")
@pytest.mark.parametrize(
    ("part", "fault", "form"),
    [
        (NoticePart.NAME, NoticeFault.MISSING, noticed(name=" ")),
        (NoticePart.NAME, NoticeFault.TOO_LONG, noticed(name="R" * 200)),
        (NoticePart.PROFESSION, NoticeFault.MISSING, noticed(profession="")),
        (NoticePart.PROFESSION, NoticeFault.UNKNOWN, noticed(profession="astronaut")),
        (NoticePart.CRITERIA, NoticeFault.UNKNOWN, noticed(criteria=("weather",))),
        (NoticePart.REACH, NoticeFault.NOT_A_REACH, noticed(reach="at the clinic")),
        (NoticePart.REACH, NoticeFault.NOT_A_REACH, noticed(reach="250-555-0142 or 250-555-0143")),
        (NoticePart.NOTICED_AT, NoticeFault.IN_THE_FUTURE, noticed(noticed_at=PartnerWorld().now + timedelta(hours=1))),
        (NoticePart.NOTICED_AT, NoticeFault.TOO_OLD, noticed(noticed_at=PartnerWorld().now - timedelta(days=15))),
    ],
)
async def test_a_form_that_cannot_be_taken_says_where(part: NoticePart, fault: NoticeFault, form: Noticed) -> None:
    assert await PartnerWorld().records(form, ADA) == InvalidNotice(((part, fault),))


@pytest.mark.req("U37", "I14")
async def test_somebody_whom_the_programme_does_not_serve_becomes_one_invitation_elsewhere() -> None:
    world = PartnerWorld()
    await world.notifies(noticed(profession="nurse"))
    await world.looks()
    role = world.programme.role(world.told_of(world.only()).role)
    assert role is not None
    assert (role.eligible, role.to) == (False, ("care_to_speak",))


@pytest.mark.req("U38")
async def test_without_a_way_to_reach_the_provider_administrators_are_told_once_and_it_ends() -> None:
    world = PartnerWorld()
    await world.notifies(noticed(reach="", reach_is_own=False))
    await world.looks()
    request = world.only()
    told = world.memory.told(Kind.TELL_MEMBER, request.id)
    assert {each.audience for each in told} == {world.member(ADA), world.member(BEN)}
    await world.clockwork.until(request.due_at + timedelta(days=7))
    assert world.only().state is State.CLOSED


@pytest.mark.req("G27", "U19")
async def test_a_notice_about_an_administrator_never_goes_to_the_channel_they_are_in() -> None:
    world = PartnerWorld()
    await world.records(noticed(member=ADA, reach="", reach_is_own=False), BEN)
    await world.looks()
    request = world.only()
    assert request.private_card
    assert world.member(ADA) not in {each.audience for each in world.memory.told(Kind.TELL_MEMBER, request.id)}


async def test_a_notice_that_was_looked_at_is_not_looked_at_again() -> None:
    world = PartnerWorld()
    await world.notifies()
    await world.looks()
    (row,) = world.memory.told(Kind.TAKE_NOTICE)
    world.clockwork.done.discard(row.dedupe)
    await world.looks()
    assert len(world.partners()) == 1


async def test_every_way_in_is_a_channel_that_the_partner_has() -> None:
    world = PartnerWorld()
    assert await world.system(noticed()) == Received()
    partner = world.programme.outreach.partners[0].model_copy(update={"channels": (Channel.SLACK,)})
    rules = world.programme.outreach.model_copy(update={"partners": (partner,)})
    world.programme = world.programme.model_copy(update={"partner_notification": rules})
    assert await world.system(noticed()) == Refused()
