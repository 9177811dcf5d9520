"""What the app needs goes away and comes back: help lines meanwhile, nothing typed is lost, and no restart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from simulator.people import Actor
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts, server_behind
from tests.faults.relay import relay
from tests.stories.town import CHANNEL, PHONE, Places, fill_form, reference_on

pytestmark = pytest.mark.faults

DATABASE, KEYRING = "database", "keyring"
EITHER = [DATABASE, pytest.param(KEYRING, marks=pytest.mark.faults)]
NOT_SENT = "Your form was not sent; what you wrote is still here."
UNREACHABLE = "The app cannot reach its records at the moment"
HELP_LINES = ("9-8-8", "9-1-1", "1-800-663-6729")


@dataclass
class Outage:
    """One of the two databases, which can be taken away."""

    places: Places
    reasons: tuple[str, ...]
    begin: Callable[[], object]
    end: Callable[[], object]


@asynccontextmanager
async def outage(ground: Ground, folder: Path, what: str) -> AsyncIterator[Outage]:
    """Give places of which one can be taken away: a file that is moved, or a server that is cut off."""
    places = await ground.places(folder)
    if ground.postgres is None:
        file = folder / ("main.db" if what == DATABASE else "keyring.db")
        away = folder / "away.db"
        reason = "database_out_of_reach" if what == DATABASE else "keyring_does_not_open"
        yield Outage(places, (reason,), lambda: file.rename(away), lambda: away.rename(file))
        return
    url = places.url if what == DATABASE else places.keyring_url
    async with relay(server_behind(url)) as between:
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
        through = urlunsplit((parts.scheme, f"{user}@127.0.0.1:{between.port}", parts.path, "", ""))
        cut = replace(places, url=through) if what == DATABASE else replace(places, keyring_url=through)
        yield Outage(cut, (f"{what}_out_of_reach",), between.cut, between.mend)


async def _open_form(who: Actor) -> None:
    await who.types("/peersupport")
    await who.presses(action_id="ask")
    await fill_form(who)


async def _help_lines_only(town: Outskirts, who: Actor) -> None:
    """See that the menu and Home open with the help lines, and that the door says so kindly."""
    await who.types("/peersupport")
    await who.sees(*HELP_LINES, "cannot reach its records", where="modal")
    await who.presses(action_id="ask")
    await who.sees(UNREACHABLE, *HELP_LINES, where="modal")
    await who.closes(everything=True)
    await who.opens_home()
    await who.sees(UNREACHABLE, *HELP_LINES, where="home")


async def _all_is_well(town: Outskirts, who: Actor) -> str:
    """Send the form that stands open, with everything that was typed, and see its card."""
    await who.submits()
    reference = reference_on(who.screen("modal"))
    await town.person("farah").sees(reference, where=CHANNEL, within=20)
    return reference


@pytest.mark.req("G29")
@pytest.mark.parametrize("what", EITHER)
async def test_an_outage_while_running_keeps_what_was_typed(ground: Ground, tmp_path: Path, what: str) -> None:
    async with outage(ground, tmp_path, what) as out, outskirts(out.places) as town:
        ava, bruno = town.person("ava"), town.person("bruno")
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            await _open_form(ava)
            out.begin()
            await bot.troubled(*out.reasons)
            await ava.submits()
            await ava.sees(NOT_SENT, where="modal")
            assert PHONE in ava.screen("modal")
            await _help_lines_only(town, bruno)
            out.end()
            await bot.ready()
            await _all_is_well(town, ava)
            await bruno.opens_home()
            await bruno.sees_no_more(UNREACHABLE, where="home")
            assert "Traceback" not in bot.said
            assert await bot.stop() == 0


@pytest.mark.faults
@pytest.mark.req("G29")
async def test_the_form_stays_in_the_very_moment_of_an_outage(ground: Ground, tmp_path: Path) -> None:
    async with outage(ground, tmp_path, DATABASE) as out, outskirts(out.places) as town:
        ava = town.person("ava")
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.ready()
            await _open_form(ava)
            out.begin()
            await ava.submits()
            await ava.sees(NOT_SENT, where="modal")
            out.end()
            await bot.ready()
            await _all_is_well(town, ava)


@pytest.mark.req("G29")
@pytest.mark.parametrize("what", EITHER)
async def test_an_outage_at_the_start_gives_help_lines_first(ground: Ground, tmp_path: Path, what: str) -> None:
    async with outage(ground, tmp_path, what) as out, outskirts(out.places) as town:
        ava = town.person("ava")
        out.begin()
        async with process.running(town.settings, tmp_path, port=town.ports[0]) as bot:
            await bot.troubled("starting", *out.reasons)
            await _help_lines_only(town, ava)
            out.end()
            await bot.ready()
            await _open_form(ava)
            await _all_is_well(town, ava)
            assert "Traceback" not in bot.said
