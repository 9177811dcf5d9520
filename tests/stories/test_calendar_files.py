"""The file for one's own calendar: offered where there are pages, for whoever has the address, and about nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import icalendar
import pytest
import pytest_asyncio

from handlers import ids
from peersupport import schedule
from peersupport.session_changes import Cancel, Change, apply
from simulator.people import Actor
from tests.front.web_stage import Answered, Site, assert_strict
from tests.stories.consent import PUBLIC
from tests.stories.test_sessions import THRIVING, series_of
from tests.stories.town import PROGRAMME, Places, Town, open_town


@pytest_asyncio.fixture
async def reached(places: Places) -> AsyncIterator[Town]:
    """Give a town whose app has pages, with a second programme, of conversations and courses."""
    async with open_town(places, PROGRAMMES=f"{PROGRAMME},{THRIVING}", PUBLIC_URL=PUBLIC) as town:
        yield town


def address_of(who: Actor) -> str:
    """Return the path of the file that their own place offers."""
    assert who.modal is not None
    buttons = [each for block in who.modal.content["blocks"] for each in block.get("elements", ())]
    [url] = [each["url"] for each in buttons if each.get("action_id") == ids.TO_FILE]
    assert url.startswith(f"{PUBLIC}/calendar/")
    return str(url).removeprefix(PUBLIC)


async def fetch(town: Town, path: str) -> Answered:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        site = Site(int(town.settings["PORT"]), None, session)  # type: ignore[arg-type] # only its client is used
        found = await site.get(path)
    assert_strict(dict(found.headers))
    return found


def events(found: Answered) -> list[Any]:
    assert found.status == 200
    assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert found.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    return list(icalendar.Calendar.from_ical(found.words).walk("VEVENT"))


@pytest.mark.req("G7", "T4", "T11")
@pytest.mark.threat("T28")
async def test_the_file_has_a_neutral_name_and_what_is_off_is_off_in_it(reached: Town) -> None:
    quinn, farah = reached.person("quinn"), reached.address("farah")
    await quinn.types("/peersupport")
    await quinn.presses(action_id="sessions", near="and courses", where="modal")
    await quinn.presses("Take a place", near="Providers Thriving Together", where="modal")
    await quinn.fills("The name to call you by", "Cedar")
    await quinn.submits()
    await quinn.sees("Your place is kept.", 'called "Meeting"', where="modal")
    path = address_of(quinn)
    series = await series_of(reached, "providers-thriving-together")
    found = await fetch(reached, path)
    assert {str(each["summary"]) for each in events(found)} == {"Meeting"}
    for word in ("Cedar", "Quinn", "Thriving", "thriving", str(series.id), "ATTENDEE", "ORGANIZER", "http"):
        assert word not in found.words
    async with reached.house.store.work() as work:
        rows = await work.meeting_dates.of_series(series.id)
    coming = schedule.coming(series, rows, reached.clock.now(), limit=2)
    told = {each["dtstart"].dt for each in events(found)}
    assert {schedule.instant(series, each) for each in coming} <= told
    async with reached.house.store.work() as work:
        programme = reached.house._files.programmes[THRIVING]
        made = await apply(work, programme, farah, series.id, Cancel(coming[0].on), now=reached.clock.now())
    assert isinstance(made, Change)
    states = {each["dtstart"].dt: str(each["status"]) for each in events(await fetch(reached, path))}
    assert states[schedule.instant(series, coming[0])] == "CANCELLED"
    assert states[schedule.instant(series, coming[1])] == "CONFIRMED"
    for wrong in ("/calendar", f"{path.partition('?')[0][:-2]}zz", "/calendar/a", f"/calendar/{series.id}"):
        refused = await fetch(reached, wrong)
        assert refused.status == 404
        assert "9-8-8" in refused.words
    reached.clock.move(days=401)
    assert (await fetch(reached, path)).status == 404


@pytest.mark.req("G7")
async def test_who_chose_the_real_title_finds_it_in_the_file_in_french_too(reached: Town) -> None:
    luc = reached.person("luc")
    await luc.types("/peersupport")
    await luc.presses(action_id="sessions", near="formations", where="modal")
    await luc.presses("Prendre une place", near="Providers Thriving Together", where="modal")
    path = await _place_of(luc)
    assert {str(each["summary"]) for each in events(await fetch(reached, path))} == {"Rencontre"}
    await luc.presses("Je ne peux pas venir", where="modal")
    await luc.closes(everything=True)
    reached.clock.move(minutes=11)
    await luc.types("/peersupport")
    await luc.presses(action_id="sessions", near="formations", where="modal")
    await luc.presses("Prendre une place", near="Providers Thriving Together", where="modal")
    await luc.chooses("Nom dans votre calendrier", ["Montrer le vrai titre"])
    path = await _place_of(luc)
    assert {str(each["summary"]) for each in events(await fetch(reached, path))} == {"Providers Thriving Together"}


async def _place_of(luc: Actor) -> str:
    await luc.submits()
    await luc.sees("Votre place est gardée.", where="modal")
    return address_of(luc)
