"""T20 and T21 as people live them: looked up by reference, asked, agreed by another, used once; in both languages."""

from __future__ import annotations

import json
import re

import pytest

from bot.installation import Files, load_files
from bot.people import follow_files
from bot.settings import load_settings
from peersupport import approvals
from peersupport.approvals import Act
from peersupport.audit import Event
from peersupport.membership import AwaitsTwo
from peersupport.people import Role
from peersupport.ports import Kept
from tests.stories.test_leaving import kept
from tests.stories.town import CHANNEL, PHONE, PROGRAMME, TEAM, Town, press_newest

NOBODY = "There is no request with this reference for you here. Please check each letter."


async def closes(town: Town, key: str, reference: str) -> None:
    """Let an administrator close a request from its card."""
    who = town.person(key)
    await who.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await who.presses(action_id="close_request")
    await who.chooses("outcome", "No supporter was available; they were told")
    await who.submits()
    await who.closes(everything=True)


async def looks_up(town: Town, key: str, typed: str) -> None:
    """Let an administrator look a request up from Home."""
    who = town.person(key)
    await who.opens_home()
    await who.presses(action_id="look_up", where="home")
    await who.fills("reference", typed)
    await who.submits()


async def ready(town: Town, act: Act, reference: str) -> bool:
    """Say whether two have agreed on a deed about a request, which is what the deed itself asks."""
    request, _ = await kept(town, reference)
    async with town.house.store.work() as work:
        now = town.clock.now()
        return await approvals.agreed(work, PROGRAMME, act, subject=request.id, now=now) is not None


@pytest.mark.threat("T20")
async def test_a_closed_request_needs_two_to_be_opened(town: Town) -> None:
    farah, gwen = town.person("farah"), town.person("gwen")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await closes(town, "farah", reference)
    await looks_up(town, "farah", reference.lower().replace("-", " "))
    await farah.sees(reference, "Closed", "Who asked is not shown here")
    await farah.presses(action_id="ask_reopen")
    await farah.sees("You count as the first.")
    await farah.chooses("why", "A complaint about the support")
    await farah.submits()
    await farah.sees("It is asked.", reference, "You have said yes. A different person has to agree as well.")
    farah.sees_nothing_of("Agree", PHONE, where="modal")
    assert not await ready(town, Act.REOPEN_IDENTITY, reference)

    await gwen.sees("There is something for you in the app.", where="messages")
    await gwen.opens_home()
    await gwen.sees("Waiting for a second yes", reference, where="home")
    await press_newest(gwen)
    await gwen.sees(reference, "An administrator", "A complaint about the support", "It waits for a second yes.")
    gwen.sees_nothing_of("Farah", where="modal")
    await gwen.presses(action_id="agree_approval", confirm="accept")
    await gwen.sees("Two have agreed now.")
    assert await ready(town, Act.REOPEN_IDENTITY, reference)
    await gwen.closes(everything=True)
    await gwen.sees("Two have agreed. One of the two can do it now, once.", where="home")
    await gwen.sees("Closed.", where="messages")

    await farah.closes(everything=True)
    await farah.sees("There is something for you in the app.", where="messages")
    await press_newest(farah)
    await farah.presses(action_id="show_found")
    await farah.sees(reference, "Who asked is not shown here", where="modal")
    farah.sees_nothing_of("Ask to open the details", where="modal")
    await town.at_rest()
    assert reference not in json.dumps([each.request for each in town.sim.calls("chat.postMessage")][1:])
    town.clock.move(hours=1, minutes=1)
    assert not await ready(town, Act.REOPEN_IDENTITY, reference)
    await farah.closes(everything=True)
    await farah.sees_no_more("Waiting for a second yes", where="home")
    await gwen.sees_no_more("Waiting for a second yes", where="home")


@pytest.mark.req("G30")
@pytest.mark.threat("T20")
async def test_in_french_one_no_is_enough(town: Town) -> None:
    for key in ("farah", "gwen"):
        town.sim.workspace.person(key).locale = "fr-CA"
    farah, gwen = town.person("farah"), town.person("gwen")
    reference = await town.asks("ava")
    await farah.sees(reference, where=CHANNEL)
    await farah.presses(action_id="claim", near=reference, where=CHANNEL)
    await farah.sees("Find a supporter", where=CHANNEL)
    await farah.presses(action_id="open_sheet", near=reference, where=CHANNEL)
    await farah.presses(action_id="close_request")
    await farah.chooses("outcome", "Personne de soutien non disponible; l'information a été donnée")
    await farah.submits()
    await farah.closes(everything=True)
    await looks_up(town, "farah", "rien du tout")
    await farah.sees("Une référence ressemble à K7-4Q2M")
    await farah.fills("reference", reference)
    await farah.submits()
    await farah.presses("Demander de la conserver plus longtemps")
    await farah.chooses("why", "La loi l'exige")
    await farah.submits()
    await farah.sees("C'est demandé.", "Une autre personne doit aussi donner son accord.")
    await gwen.opens_home()
    await gwen.sees("En attente d'un second oui", "Conserver une demande fermée plus longtemps", where="home")
    await gwen.presses("Voir", where="home")
    await gwen.sees("Une personne de l'administration", "La loi l'exige", "Il manque un second oui.")
    await gwen.presses("Refuser", confirm="accept")
    await gwen.sees("C'est terminé. Personne ne peut agir.", "Cela a été refusé ou retiré.")
    await gwen.closes(everything=True)
    await gwen.sees_no_more("En attente d'un second oui", where="home")
    assert not await ready(town, Act.EXTEND_RETENTION, reference)
    await farah.closes(everything=True)
    await press_newest_in_french(town, "farah")
    await farah.sees("Cela a été refusé ou retiré.")


async def press_newest_in_french(town: Town, key: str) -> None:
    """Press the button of the newest message, in French."""
    await town.person(key).sees("Ouvrir", where="messages")
    await town.person(key).presses("Ouvrir", where="messages")


@pytest.mark.req("G27")
@pytest.mark.threat("T21")
async def test_one_who_is_kept_out_reads_the_same_as_for_an_unknown_reference(town: Town) -> None:
    reference = await town.asks("ava", avoid_people=["gwen"])
    unknown = "Z9-9ZZZ" if reference != "Z9-9ZZZ" else "Z8-9ZZZ"
    gwen = town.person("gwen")
    await gwen.opens_home()
    answers = []
    for typed in (reference, unknown):
        await town.at_rest()
        before = len(town.sim.workspace.log)
        await looks_up(town, "gwen", typed)
        await gwen.sees(NOBODY)
        log = town.sim.workspace.log[before:]
        answers.append([(each.way, each.kind, each.title, each.status) for each in log])
        submitted = next(each for each in log if each.title.startswith("view_submission"))
        assert submitted.response == {"response_action": "errors", "errors": {"reference": NOBODY}}
        await gwen.closes(everything=True)
    assert answers[0] == answers[1]
    await looks_up(town, "farah", reference)
    await town.person("farah").sees(reference, "Open details")


def name(town: Town, *keys: str) -> Files:
    """Give people a place among the administrators in the files."""
    path = town.places.folder / "people.yml"
    people = json.loads(path.read_text())
    there = people[PROGRAMME]
    there["admins"] += [town.address(key).user for key in keys]
    there["backup_admins"] = [each for each in there["backup_admins"] if each not in there["admins"]]
    path.write_text(json.dumps(people))
    return load_files(load_settings(town.settings, town.places.folder))


async def runs(town: Town, files: Files) -> Kept | AwaitsTwo:
    """Run what the operator runs."""
    return await follow_files(files, PROGRAMME, TEAM, town.house.store.work, town.clock, town.house.ids)


@pytest.mark.req("U19")
@pytest.mark.threat("T20")
@pytest.mark.threat("T21")
async def test_two_read_the_same_code_before_somebody_is_named(town: Town) -> None:
    farah, gwen, hugo = town.person("farah"), town.person("gwen"), town.person("hugo")
    reference = await town.asks("ava", avoid_people=["bruno"])
    other = await town.asks("emil")
    await farah.sees(reference, where=CHANNEL)
    await farah.sees(other, where=CHANNEL)
    files = name(town, "bruno")
    first = await runs(town, files)
    assert isinstance(first, AwaitsTwo)
    code = str(first.approval.code)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    for who in (farah, gwen):
        await who.sees("There is something for you in the app.", where="messages")
        await press_newest(who)
        await who.sees(code, "The operator of the app", "Agree only if both are what you expect.")
        await who.presses(action_id="agree_approval", confirm="accept")
        await who.sees("Two have agreed now." if who is gwen else "Your yes is kept.")
        await who.closes(everything=True)
        if who is farah:
            assert isinstance(await runs(town, files), AwaitsTwo)
    await hugo.opens_home()
    await hugo.sees(code, "peut agir maintenant, une seule fois.", where="home")
    done = await runs(town, files)
    assert isinstance(done, Kept)
    assert len(done.added) == 1
    async with town.house.store.work() as work:
        _, roles = (await work.members.standing(town.address("bruno"))).members[PROGRAMME]
        assert roles == {Role.ADMIN}
        used = await work.audit.of(first.approval.id, Event.APPROVAL_USED)
        assert len(used) == 1
    await hugo.sees_no_more(code, where="home")
    assert (await kept(town, reference))[0].private_card
    assert not (await kept(town, other))[0].private_card
    await farah.sees(f"Request {reference}: closed", where=CHANNEL)
    bruno = town.person("bruno")
    await bruno.opens_home()
    await bruno.sees(other, where="home")
    bruno.sees_nothing_of(reference, where="home")
    await farah.sees("There is something for you in the app.", where="messages")
    await press_newest(farah)
    await farah.sees(reference, where="modal")


@pytest.mark.threat("T20")
async def test_where_one_administrator_is_left_the_privacy_contact_is_the_second(town: Town) -> None:
    farah, nora = town.person("farah"), town.person("nora")
    reference = await town.asks("ava")
    await town.claims("farah", reference)
    await closes(town, "farah", reference)
    async with town.house.store.work() as work:
        left = [town.address(key) for key in ("farah", "nora")]
        members = [each for each in await work.members.all(PROGRAMME) if each.address in left]
        assert len((await work.members.keep(PROGRAMME, members)).removed) == 3
    await looks_up(town, "farah", reference)
    await farah.presses(action_id="ask_keep")
    await farah.chooses("why", "The law asks for it")
    await farah.submits()
    await farah.sees("It is asked.")
    await nora.sees("There is something for you in the app.", where="messages")
    await nora.opens_home()
    await nora.sees("Waiting for a second yes", reference, where="home")
    nora.sees_nothing_of("Look up by reference", where="home")
    await press_newest(nora)
    await nora.presses(action_id="agree_approval", confirm="accept")
    await nora.sees("Two have agreed now.")
    nora.sees_nothing_of("Go on with this request", where="modal")
    assert await ready(town, Act.EXTEND_RETENTION, reference)
