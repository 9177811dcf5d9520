"""The page that says who sees what: readers, limits, how long, what Slack can see, and the way without Slack."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from handlers import ids
from handlers.i18n import LANGUAGES, Texts
from handlers.views.information import READERS
from peersupport.people import Actor, Deed, Role, may
from peersupport.requests import Door, Outcome, State, SupportRequest
from tests.front.screen import every_element
from tests.front.stage import Stage
from tests.rules.world import START, VANCOUVER

REQUEST = SupportRequest(
    UUID(int=904), "K7-4Q2M", VANCOUVER.id, Door.SELF, State.TALKING, 1, START, START, "1", supporter=UUID(int=901)
)


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


WHO_READS = {
    Role.ADMIN: "administrators",
    Role.BACKUP_ADMIN: "administrators",
    Role.SAFETY_LEAD: "lead",
    Role.SUPPORTER: "supporter",
}


@pytest.mark.req("G18", "V28")
def test_everybody_who_may_ever_read_a_name_stands_on_it() -> None:
    closed = replace(REQUEST, state=State.CLOSED, outcome=Outcome.DONE)
    opening = (Deed.OPEN_IDENTITY, Deed.REOPEN_IDENTITY, Deed.SEE_HELD, Deed.OPEN_MATCHED_IDENTITY, Deed.OPEN_CONCERNED)
    for role in Role:
        supporter = REQUEST.supporter if role is Role.SUPPORTER else None
        who = Actor(member=UUID(int=1), roles=frozenset({role}), supporter=supporter, alerted=True, holding=True)
        reads = any(may(deed, who, request) for deed in opening for request in (REQUEST, closed))
        assert not reads or WHO_READS[role] in READERS, role


@pytest.mark.req("G18")
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_is_seen_before_anything_is_opened(language: str) -> None:
    """An offer, and the list from which one is sent, say how, when and in which language without an opening."""
    t = Texts.load().in_language(language)
    said = {"en": ("ways to talk", "good times", "language"), "fr": ("façons de parler", "bons moments", "langue")}
    for reader in ("administrators", "supporter"):
        for words in said[language]:
            assert words in t(f"privacy.{reader}.see"), (reader, words)


@pytest.mark.req("U51")
async def test_a_guest_reads_it_and_finds_no_way_further() -> None:
    stage = Stage()
    guest = stage.person("U0GUEST", is_restricted=True)
    await guest.opens_home()
    await guest.presses(ids.WHO_SEES, on_home=True)
    assert "Slack" in guest.sees
    assert not list(every_element(guest.top.view))
