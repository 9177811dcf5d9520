"""The report of a programme of sessions: at a glance in Home, whole behind its button, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peersupport.disclosure import Row
from peersupport.reports import period_of
from peersupport.waits import Fact
from tests.stories.test_sessions import THRIVING
from tests.stories.test_sessions import both as both
from tests.stories.town import Town

COUNTS = ((Fact.HELD, 3), (Row.REGISTRATIONS, 22), (Row.IN_COURSES, 4), (Row.ATTENDANCES, 61))


async def a_quarter_of(town: Town) -> None:
    """Let the sessions of the last quarter have been counted as they took place."""
    then = period_of(town.clock.now(), 3).start - timedelta(days=10)
    async with town.house.store.work() as work:
        for what, count in COUNTS:
            for _ in range(count):
                await work.tallies.add(THRIVING, what, then)


@pytest.mark.req("T21", "G20", "U54")
async def test_an_administrator_reads_draws_and_copies_what_a_quarter_came_to(both: Town) -> None:
    farah, iris = both.person("farah"), both.person("iris")
    await a_quarter_of(both)
    await farah.opens_home()
    farah.sees_nothing_of("Sessions: 3", where="home")
    await farah.presses("Report: Thriving Project", where="home")
    await farah.sees("Sessions held", "Registrations", "about 20", "Words to copy for a funder", where="modal")
    await farah.sees("Sessions held: 3; Registrations: about 20; Places taken in courses: <5", where="modal")
    await farah.sees("Rencontres tenues\u00a0: 3; Inscriptions\u00a0: environ 20", where="modal")
    farah.sees_nothing_of("22", where="modal")
    farah.sees_nothing_of("61", where="modal")
    await farah.closes(everything=True)
    await farah.opens_home()
    await farah.sees("Sessions 3,", "Registrations 20,", "Came 60", "In courses: <5", where="home")
    await farah.chooses("language", "Français", where="home")
    await farah.sees("Rencontres\u00a0: 3 · Inscriptions\u00a0: environ 20 · En formation\u00a0: <5", where="home")
    await farah.presses("Rapport\u00a0: Projet Thriving", where="home")
    await farah.sees("Rencontres tenues", "environ 20", "Texte à copier pour un bailleur de fonds", where="modal")
    await iris.opens_home()
    iris.sees_nothing_of("Report", where="home")
