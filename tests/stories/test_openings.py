"""Opening who asked: with a reason, a limited number of times, on a ledger that the administrators read together."""

import asyncio
import os
import sys
from uuid import UUID

import pytest
from sqlalchemy import text

from peersupport.audit import OPENINGS, ActorKind, Entry, Event
from peersupport.requests import SupportRequest
from peersupport.upkeep import subject_of
from simulator.people import Actor
from store.database import Database
from tests.stories.test_leaving import kept
from tests.stories.test_people_change import remove
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, ROOT, Town, opens_identity, press_newest

MOST = 12
"""What the shipped programme allows in an hour."""


async def sheet(town: Town, key: str, reference: str) -> Actor:
    """Let an administrator open a sheet from its card."""
    who = town.person(key)
    await who.sees(reference, where=CHANNEL)
    await who.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await who.sees("Request details", reference)
    return who


async def events(town: Town, request: UUID) -> list[Event]:
    async with town.house.store.work() as work:
        return [each.event for each in await work.audit.of(request)]


async def member(town: Town, key: str) -> UUID:
    async with town.house.store.work() as work:
        return (await work.members.standing(town.address(key))).members[PROGRAMME][0]


async def opened_before(town: Town, key: str, request: SupportRequest, times: int) -> None:
    """Write down that an administrator opened a request so often just now."""
    line = Entry(
        Event.IDENTITY_OPENED, town.clock.now(), ActorKind.ADMIN, await member(town, key), request.id, "safety"
    )
    async with town.house.store.work() as work:
        await work.audit.write(*[line] * times)


@pytest.mark.req("G11")
@pytest.mark.threat("T17", "T18")
async def test_an_administrator_removed_before_saying_why_sees_nothing(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah = await sheet(town, "farah", reference)
    await farah.presses(action_id="show_identity")
    await farah.chooses("opening_why", "For somebody's safety")
    await remove(town, "farah", "hugo")
    await farah.submits()
    await farah.sees("There is nothing here for you now.")
    farah.sees_nothing_of("Ava", PHONE)
    request, _ = await kept(town, reference)
    assert not set(await events(town, request.id)) & set(OPENINGS)


@pytest.mark.req("G11")
@pytest.mark.threat("T19")
async def test_without_slacks_word_that_they_are_a_member_nothing_opens(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah = await sheet(town, "farah", reference)
    await farah.presses(action_id="show_identity")
    await farah.chooses("opening_why", "For somebody's safety")
    town.sim.faults.add("users.info", "error", count=100, error="internal_error")
    await farah.submits()
    await farah.sees("was not sent")
    farah.sees_nothing_of("Ava", PHONE)
    request, _ = await kept(town, reference)
    assert not set(await events(town, request.id)) & set(OPENINGS)
    town.sim.faults.clear()
    await farah.submits()
    await farah.sees("Ava Larkspur", PHONE)
    # From the same sheet once more: one more line.
    await farah.closes()
    await opens_identity(farah, "To arrange the contact")
    await farah.sees("Ava Larkspur", PHONE)
    async with town.house.store.work() as work:
        lines = await work.audit.of(request.id, Event.IDENTITY_OPENED)
    assert [each.reason for each in lines] == ["safety", "arrange_contact"]


@pytest.mark.req("G11")
async def test_whoever_opens_many_has_to_wait_and_the_others_hear_of_it(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    request, _ = await kept(town, reference)
    await opened_before(town, "farah", request, MOST)
    farah = await sheet(town, "farah", reference)
    await opens_identity(farah)
    await farah.sees("It works again from", "UTC\u22120")
    farah.sees_nothing_of("Ava", PHONE)
    await farah.closes(everything=True)
    assert (await events(town, request.id)).count(Event.IDENTITY_OPENED) == MOST
    assert (await events(town, request.id))[-1] is Event.OPENING_LIMITED
    gwen, hugo = town.person("gwen"), town.person("hugo")
    for who in (gwen, hugo):
        await who.sees(
            "There is something for you in the app." if who is gwen else "Il y a quelque chose", where="messages"
        )
    farah.sees_nothing_of("There is something for you")
    await press_newest(gwen)
    await gwen.sees("Opened details", f"opened details {MOST} times in this month", "Farah Meadowrue, administrator")
    await gwen.closes(everything=True)

    town.clock.move(hours=1)
    farah = await sheet(town, "farah", reference)
    await opens_identity(farah)
    await farah.sees("Ava Larkspur", PHONE)


@pytest.mark.req("G11", "V12")
async def test_a_supporter_who_looks_again_and_again_has_to_wait_too(town: Town) -> None:
    reference = await town.matched()
    iris, ava = town.person("iris"), town.person("ava")
    request, _ = await kept(town, reference)
    line = Entry(Event.IDENTITY_OPENED, town.clock.now(), ActorKind.SUPPORTER, request.supporter, request.id)
    async with town.house.store.work() as work:
        await work.audit.write(*[line] * (MOST - 1))
    await iris.presses(action_id="show_contact")
    await iris.sees("Ava Larkspur", PHONE)
    await iris.closes()
    await iris.presses(action_id="show_contact")
    await iris.sees("It works again from", "Request", reference)
    iris.sees_nothing_of("Ava", PHONE)
    await ava.opens_home()
    await ava.sees("by your supporter", "(to make contact with you)", where="home")
    assert (await events(town, request.id)).count(Event.IDENTITY_OPENED) == MOST


@pytest.mark.req("G11", "G41")
async def test_administrators_read_together_who_opened_what(town: Town) -> None:
    reference = await town.matched(avoid_people=[])
    iris, gwen = town.person("iris"), town.person("gwen")
    await iris.presses(action_id="show_contact")
    await iris.sees("Ava Larkspur")
    await iris.closes(everything=True)
    request, _ = await kept(town, reference)
    await opened_before(town, "farah", request, 22)
    await gwen.opens_home()
    await gwen.presses(action_id="openings_open", where="home")
    await gwen.sees("22 times", reference, "Farah Meadowrue, administrator: For somebody's safety")
    await gwen.sees("That you looked here is recorded.")
    gwen.sees_nothing_of("Ava", "Larkspur", PHONE)
    gwen.sees_nothing_of("Iris Wintergreen, supporter")
    await gwen.presses(action_id="openings_older")
    await gwen.sees("Iris Wintergreen, supporter: To make contact")
    await gwen.presses(action_id="openings_newer")
    await gwen.sees_no_more("Iris Wintergreen, supporter")
    await gwen.chooses("openings_person", "Iris Wintergreen")
    await gwen.sees("Iris Wintergreen, supporter: To make contact")
    await gwen.presses(action_id="openings_text")
    await gwen.sees(f"| {reference} | Iris Wintergreen, supporter | To make contact")
    gwen.sees_nothing_of("Ava", "Larkspur", PHONE)
    await gwen.presses(action_id="openings_list")
    await gwen.chooses("openings_person", "Everybody")
    await gwen.sees("Farah Meadowrue, administrator")
    await gwen.chooses("openings_month", f"{town.clock.now().replace(day=1):%B} {town.clock.now().year - 1}")
    await gwen.sees("Nothing was opened.", "0 times")
    async with town.house.store.work() as work:
        looked = await work.audit.of(subject_of(PROGRAMME), Event.OPENINGS_SEEN)
    assert len(looked) == 8
    assert {each.actor for each in looked} == {await member(town, "gwen")}


@pytest.mark.req("G27", "U19")
async def test_an_administrator_does_not_find_their_own_request_in_the_list(town: Town) -> None:
    farah, gwen = town.person("farah"), town.person("gwen")
    reference = await town.asks("farah")
    await farah.closes(everything=True)
    await press_newest(gwen)
    await gwen.presses(action_id="claim")
    await opens_identity(gwen)
    await gwen.sees("Farah Meadowrue", PHONE)
    await gwen.closes(everything=True)
    await farah.opens_home()
    await farah.presses(action_id="openings_open", where="home")
    await farah.sees("Nothing was opened.", "0 times")
    assert reference not in farah.screen("modal")
    await farah.closes()
    await farah.sees("(to find a supporter)", where="home")
    await gwen.opens_home()
    await gwen.presses(action_id="openings_open", where="home")
    await gwen.sees(reference, "Gwen")


@pytest.mark.req("G30")
async def test_the_reason_and_the_list_are_in_french_too(town: Town) -> None:
    reference = await town.asks("ava")
    hugo = town.person("hugo")
    await hugo.sees(reference, where=CHANNEL)
    await hugo.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await hugo.presses(action_id="show_identity")
    await hugo.sees("Pourquoi consultez-vous le nom et les coordonnées?")
    await hugo.chooses("opening_why", "À la demande de la personne")
    await hugo.submits()
    await hugo.sees("Ava Larkspur", PHONE)
    await hugo.closes(everything=True)
    await hugo.opens_home()
    await hugo.presses(action_id="openings_open", where="home")
    await hugo.sees("Détails consultés", "Hugo Cédrat, administration: À la demande de la personne")


async def finished(town: Town) -> tuple[str, SupportRequest]:
    """A request that was carried to its end and is not erased yet."""
    reference = await town.matched()
    iris = town.person("iris")
    await iris.presses(action_id="reached")
    await iris.presses(action_id="finish", confirm="accept")
    await iris.sees("Name and contact are closed to you now")
    await iris.closes(everything=True)
    return reference, (await kept(town, reference))[0]


async def looks_up(town: Town, key: str, reference: str) -> Actor:
    who = town.person(key)
    await who.opens_home()
    await who.presses(action_id="look_up", where="home")
    await who.fills("reference", reference)
    await who.submits()
    await who.sees(reference, where="modal")
    return who


@pytest.mark.req("G11")
@pytest.mark.threat("T20")
async def test_a_closed_request_opens_once_on_two_yeses_within_the_hour(town: Town) -> None:
    reference, request = await finished(town)
    farah = await looks_up(town, "farah", reference)
    farah.sees_nothing_of("Show name and contact", where="modal")
    await farah.presses(action_id="ask_reopen")
    await farah.chooses("why", "The person asked for it")
    await farah.submits()
    await farah.closes(everything=True)
    gwen = town.person("gwen")
    await press_newest(gwen)
    await gwen.presses(action_id="agree_approval", confirm="accept")
    await gwen.sees("Two have agreed now.")
    await gwen.closes(everything=True)

    hugo = await looks_up(town, "hugo", reference)
    hugo.sees_nothing_of("Afficher nom", where="modal")
    await hugo.closes(everything=True)
    farah, gwen = await looks_up(town, "farah", reference), await looks_up(town, "gwen", reference)
    await farah.presses(action_id="reopen_identity")
    await farah.sees("Ava Larkspur", "recorded")
    farah.sees_nothing_of(PHONE, where="modal")
    await gwen.presses(action_id="reopen_identity")
    await gwen.sees("This works once")
    gwen.sees_nothing_of("Ava", "Larkspur")
    found = await events(town, request.id)
    assert found.count(Event.IDENTITY_REOPENED) == 1
    assert found.index(Event.APPROVAL_USED) < found.index(Event.IDENTITY_REOPENED)
    await gwen.closes(everything=True)
    await gwen.presses(action_id="openings_open", where="home")
    await gwen.sees("Farah Meadowrue, administrator: The person asked for it (after closing, agreed by two)")


@pytest.mark.threat("T20")
async def test_the_hour_of_two_yeses_passes(town: Town) -> None:
    reference, request = await finished(town)
    farah = await looks_up(town, "farah", reference)
    await farah.presses(action_id="ask_reopen")
    await farah.chooses("why", "Somebody's safety")
    await farah.submits()
    await farah.closes(everything=True)
    gwen = town.person("gwen")
    await press_newest(gwen)
    await gwen.presses(action_id="agree_approval", confirm="accept")
    await gwen.sees("Two have agreed now.")
    farah = await looks_up(town, "farah", reference)
    await farah.sees("Show name and contact")
    town.clock.move(minutes=61)
    await farah.presses(action_id="reopen_identity")
    await farah.sees("This works once")
    farah.sees_nothing_of("Ava", "Larkspur")
    assert Event.IDENTITY_REOPENED not in await events(town, request.id)


# The command line


async def audit(town: Town, *arguments: str) -> tuple[int, str]:
    """Run `peersupport audit` as a process of its own; returns its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "audit",
        *arguments,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **town.settings, "LOG_LEVEL": "warning"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


@pytest.mark.req("G39", "G11")
@pytest.mark.long
async def test_a_breach_question_is_answered_without_a_name(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah = await sheet(town, "farah", reference)
    await opens_identity(farah, "To arrange the contact")
    await farah.sees("Ava Larkspur")
    day, account = f"{town.clock.now():%Y-%m-%d}", town.address("farah").user
    farahs = await member(town, "farah")
    code, told = await audit(town, "who", reference.lower())
    assert (code, told.splitlines()[0]) == (0, f"{PROGRAMME}: opened 1 time(s).")
    assert told.splitlines()[1].endswith(f"administrator {farahs}  arrange_contact")
    code, told_too = await audit(town, "opened", account, "--since", "2020-01-01", "--until", day)
    assert (code, told_too.splitlines()[0]) == (0, "1 opening(s) of 1 reference(s).")
    assert told_too.splitlines()[1].startswith(f"{reference}  {day[:4]}")
    _, none = await audit(town, "opened", town.address("gwen").user, "--since", day, "--until", day)
    assert none == "0 opening(s) of 0 reference(s).\n"
    for words in (told, told_too, none):
        for secret in ("Ava", "Larkspur", PHONE, town.address("ava").user):
            assert secret not in words
    refused = [("who", "Q9-0000"), ("who", "Ava"), ("opened", account, "--since", "yesterday")]
    assert [(await audit(town, *each))[0] for each in refused] == [2, 2, 2]
    async with town.house.store.work() as work:
        assert Event.OPENINGS_SEEN in [each.event for each in await work.audit.of((await kept(town, reference))[0].id)]


@pytest.mark.threat("T63")
@pytest.mark.long
async def test_a_reason_changed_behind_its_back_is_named_and_the_ledger_names_nobody(town: Town) -> None:
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    farah = await sheet(town, "farah", reference)
    await opens_identity(farah, "To arrange the contact")
    await farah.sees("Ava Larkspur")
    await town.at_rest()
    whole = (
        "The ledger is whole: every line follows from the one before, to the last, "
        "and it fits what was noted in the keyring.\n"
    )
    assert await audit(town, "verify") == (0, whole)
    database = Database(town.places.url)
    async with database.begin() as connection:
        rows = (await connection.execute(text("SELECT * FROM audit"))).mappings().all()
        embedded = town.places.url.startswith("sqlite")
        drop = "DROP TRIGGER audit_no_update" if embedded else "ALTER TABLE audit DISABLE TRIGGER USER"
        await connection.execute(text(drop))
        await connection.execute(text("UPDATE audit SET reason = 'safety' WHERE reason = 'arrange_contact'"))
    await database.close()
    [at] = [row["seq"] for row in rows if row["reason"] == "arrange_contact"]
    for secret in ("Ava", "Larkspur", PHONE, *(town.address(key).user for key in ("ava", "farah"))):
        assert secret not in str(rows)
    broken = f"Line {at} of the ledger is the first that is not as it was written: a line was changed.\n"
    assert await audit(town, "verify") == (1, broken)
