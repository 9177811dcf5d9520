"""The page that says who sees what: readers, limits, how long, what Slack can see, and the way without Slack."""

from __future__ import annotations

import pytest

from handlers import ids
from handlers.views.information import READERS
from tests.front.screen import every_element
from tests.front.stage import Stage
from tests.rules.world import VANCOUVER


@pytest.mark.req("G18", "V28")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_it_names_every_reader_and_what_each_sees(language: str) -> None:
    stage = Stage()
    robin = stage.person("U0ROBIN", locale=f"{language}-CA")
    await robin.opens_home()
    await robin.presses(ids.WHO_SEES, on_home=True)
    t = stage.front.texts.in_language(language)
    for reader in READERS:
        assert t(f"privacy.{reader}") in robin.sees
        assert t(f"privacy.{reader}.see") in robin.sees
    for words in VANCOUVER.notice(language):
        assert words in robin.sees
    assert t("information.kept_withdrawn") in robin.sees
    assert str(VANCOUVER.people.office.phone) in robin.sees
    assert VANCOUVER.consent.notice_version in robin.sees


@pytest.mark.req("U51")
async def test_a_guest_reads_it_and_finds_no_way_further() -> None:
    stage = Stage()
    guest = stage.person("U0GUEST", is_restricted=True)
    await guest.opens_home()
    await guest.presses(ids.WHO_SEES, on_home=True)
    assert "Slack" in guest.sees
    assert not list(every_element(guest.top.view))
