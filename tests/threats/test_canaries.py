"""T22, T31: what somebody told us is seen only by those entitled to it, and messages say the same of everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.report_commands import written
from handlers import ids
from peersupport import reports
from peersupport.exceptional import Act
from simulator.workspace import LogEntry
from tests.faults.ground import Ground
from tests.stories.town import CHANNEL, PROGRAMME, ROOT, Town, fill_form, open_town, reference_on
from tests.threats import canaries
from tests.threats.canaries import CANARIES, found_in
from tests.threats.day import Day
from tests.threats.everything import accepts, fill_canary

ENTITLED = {
    "name": {"canary", "farah", "gwen", "iris", "jonas", "kaya", "nora"},
    "phone": {"canary", "farah", "gwen", "iris", "jonas", "kaya", "nora"},
    "email": {"canary", "farah", "gwen", "iris", "jonas", "kaya", "nora"},
    "avoided": {"canary"},
    "danger": {"canary", "farah"},
    "profile": {"canary"},
    "user": {"canary", "farah"},
}
"""Who may see which canary: its owner, the administrators, the supporters who accepted, and a lead for safety.

A Slack id is shown to its owner, and to an administrator whom the owner asked by phone what is held."""
MESSAGES = {
    "Request REF: please open the card in this channel.",
    "Urgent request REF: please open the card in this channel.",
    "There is something for you in the app.",
    "Il y a quelque chose pour vous dans l'appli.",
    "Closed.",
    "Request REF: closed",
}
TITLES = {
    "A deed that needs two", "Ask for a second yes", "Delete my data", "Erase by reference", "Look up a request",
    "My data", "Report", "What is held",
    "A request for you", "A supporter's entry", "Add a supporter", "Ask for support", "Before you open it",
    "Change my request", "Opened details",
    "Close the request", "Find a supporter", "Help right now", "My profile", "My request", "Name and contact",
    "Other help", "Other services", "Peer support", "Questions and answers", "Request details", "Soutien par les pairs",
    "Close the concern", "Requests", "Safety concern", "Supporters", "Thank you", "Who will see this?", "With you",
}  # fmt: skip
REFERENCE = re.compile(r"\b[A-Z][0-9]-[0-9A-Z]{4}\b")


def views_shown(log: list[LogEntry], people: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every view that the app sent, with the handle of the person who saw it."""
    owners: dict[str, str] = {}
    triggers: dict[str, str] = {}
    for entry in log:
        if entry.way == "to app":
            triggers[str(entry.request.get("trigger_id"))] = entry.person
            answer = entry.response
            if isinstance(answer, dict) and "view" in answer:
                yield people[entry.person], answer["view"]
            shown = entry.request.get("view")
            if isinstance(shown, dict):
                owners[shown["id"]] = entry.person
        elif entry.title.startswith("views."):
            view = entry.request["view"]
            view = json.loads(view) if isinstance(view, str) else view
            asked = entry.request
            owner = asked.get("user_id") or owners.get(asked.get("view_id")) or triggers[asked["trigger_id"]]
            if entry.response.get("ok"):
                owners[entry.response["view"]["id"]] = owner
            yield people[owner], view


def said(log: list[LogEntry]) -> Iterator[dict[str, Any]]:
    """Give everything but views that the app sent, without the address of a message."""
    for entry in log:
        if entry.way == "from app" and not entry.title.startswith("views.") and entry.title != "users.info":
            yield {key: value for key, value in entry.request.items() if key not in ("channel", "ts")}


@pytest.mark.threat("T22")
def test_the_day_shows_each_canary_to_whom_it_may_concern(day: Day) -> None:
    people = {person.id: person.key for person in day.town.sim.workspace.people.values()}
    seen: dict[str, set[str]] = {key: set() for key in CANARIES}
    for who, view in views_shown(day.log, people):
        shown = json.dumps(view, ensure_ascii=False).encode()
        for key, word in CANARIES.items():
            if found_in(shown, **{key: word}):
                seen[key].add(who)
    assert {key: seen[key] - ENTITLED[key] for key in seen} == {key: set() for key in seen}
    assert seen["name"] >= {"canary", "farah", "iris"}  # or the day would show nothing


@pytest.mark.threat("T22")
def test_no_message_of_the_day_holds_a_canary(day: Day) -> None:
    messages = list(said(day.log))
    assert len(messages) > 50
    for message in messages:
        assert found_in(json.dumps(message, ensure_ascii=False).encode()) == []
    assert {key for message in messages for key in message} <= PARTS, "nothing goes along with a message"


PARTS = {"text", "blocks", "unfurl_links", "unfurl_media"}
"""What a message consists of: there is no metadata."""


@pytest.mark.threat("T22")
def test_hidden_metadata_holds_language_programme_handle_and_no_more(day: Day) -> None:
    people = {person.id: person.key for person in day.town.sim.workspace.people.values()}
    for _, view in views_shown(day.log, people):
        meta = json.loads(view["private_metadata"])
        assert set(meta) <= {"l", "p", "h", "v", "x", "m", "w", "a"}
        assert meta["l"] in ("en", "fr")
        assert meta.get("p", "vancouver-peer-support") == "vancouver-peer-support"
        assert re.fullmatch(r"[A-Za-z0-9_-]*", meta.get("h", ""))
        assert re.fullmatch(r"[A-Za-z0-9_-]*", meta.get("w", ""))
        assert meta.get("a", "reopen_identity") in set(Act)
        assert re.fullmatch(r"(\d{4}-\d\d)?", meta.get("m", ""))
        assert re.fullmatch(r"\d*", meta.get("v", ""))
        assert meta.get("x", "typed") == "typed"


@pytest.mark.threat("T31")
def test_titles_and_previews_are_constants(day: Day) -> None:
    people = {person.id: person.key for person in day.town.sim.workspace.people.values()}
    titles = {view["title"]["text"] for _, view in views_shown(day.log, people) if view["type"] == "modal"}
    assert titles == TITLES
    texts = {REFERENCE.sub("REF", message["text"]) for message in said(day.log) if "text" in message}
    assert texts - MESSAGES == set()
    for person in day.town.sim.workspace.people.values():
        bodies = {REFERENCE.sub("REF", one.body) for one in day.town.sim.workspace.desk(person.id).notifications}
        assert bodies <= MESSAGES


@pytest.mark.threat("T31")
async def test_two_requests_give_the_same_messages(sqlite_ground: Ground, tmp_path: Path) -> None:
    async with open_town(await sqlite_ground.places(tmp_path)) as town:
        canaries.settle(town.sim.workspace)
        await town.register("iris")
        first = await _story(town, "bruno", everything=False)
        second = await _story(town, "canary", everything=True)
        assert _messages(town, first) == _messages(town, second)


async def _story(town: Town, key: str, *, everything: bool) -> str:
    """Let somebody ask, with little or with everything, be matched, and withdraw."""
    who, iris = town.person(key), town.person("iris")
    await who.types("/peersupport")
    await who.presses(action_id=ids.ASK)
    await (fill_canary(who) if everything else fill_form(who))
    await who.submits()
    reference = reference_on(who.screen("modal"))
    await who.closes(everything=True)
    await town.claims("farah", reference)
    await town.offers("farah", reference, "Iris Wintergreen")
    # Each state is waited for on the card: one that is over before its turn is never posted.
    await town.person("farah").sees("A supporter has been asked", where=CHANNEL)
    await accepts(iris, reference)
    await iris.closes(everything=True)
    await town.person("farah").sees("A supporter has said yes", where=CHANNEL)
    await who.opens_home()
    await who.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")
    await town.person("farah").sees(f"{reference}: closed", where=CHANNEL)
    await town.at_rest()
    return reference


def _messages(town: Town, reference: str) -> set[str]:
    """Return everything that was posted in the channel about a request, with what may differ taken out."""
    found = set()
    for entry in town.sim.workspace.log:
        if entry.title in ("chat.postMessage", "chat.update") and reference in json.dumps(entry.request):
            words = json.dumps(
                [entry.title, entry.request.get("text"), entry.request.get("blocks")], ensure_ascii=False
            )
            words = re.sub(r'\\?"value\\?": \\?"[^"\\]*\\?"', '"value": "HANDLE"', words.replace(reference, "REF"))
            found.add(re.sub(r"\w+ \d{1,2} \w+, \d\d:\d\d", "DUE", words))
    assert found
    return found


@pytest.mark.threat("T22")
def test_what_the_day_answered_over_http_holds_no_canary_outside_views(day: Day) -> None:
    answers = [entry.response for entry in day.log if entry.way == "to app"]
    bare = [each for each in answers if not (isinstance(each, dict) and ("view" in each or "errors" in each))]
    assert len(answers) > 100
    assert found_in(json.dumps(bare, ensure_ascii=False).encode()) == []
    # Addresses are written down on the way: not even the path of a call holds anybody.
    assert found_in(json.dumps([entry.title for entry in day.log], ensure_ascii=False).encode()) == []


@pytest.mark.threat("T22")
async def test_pages_and_counts_hold_no_canary(day: Day) -> None:
    url = f"http://127.0.0.1:{day.town.settings['PORT']}"
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz", "/", "/slack/events"):
            async with session.get(url + path) as page:
                assert found_in(f"{dict(page.headers)} {await page.text()}".encode()) == []


@pytest.mark.threat("T22", "T27")
async def test_reports_of_the_day_hold_no_canary(day: Day) -> None:
    programme = day.front.programmes[PROGRAMME]
    async with day.town.house.store.work() as work:
        found = await reports.published(work, programme, now=day.town.clock.now() + timedelta(days=100))
        await work.rollback()  # nothing was published on that day
    assert found
    for report in found:
        for as_csv in (False, True):
            told = written(programme, report, as_csv=as_csv)
            assert found_in(told.encode()) == []
            assert not re.search(r"(?<![\d<-])[1-4](?!\d)", told.partition("\n")[2].replace(report.period.id, ""))


@pytest.mark.threat("T22", "T27")
@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").iterdir()), ids=lambda path: path.name)
def test_pictures_hold_no_canary(picture: Path) -> None:
    assert found_in(picture.read_bytes()) == []
