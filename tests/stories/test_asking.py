"""From the door to the card: a physician asks, and the administrators' channel learns only that somebody has."""

import pytest

from tests.stories.town import CHANNEL, PHONE, Town, fill_form, reference_on


@pytest.mark.req("G2", "G4", "G8", "G9", "G37", "V7")
async def test_a_physician_asks_and_the_card_names_nobody(town: Town) -> None:
    ava, farah, bruno = town.person("ava"), town.person("farah"), town.person("bruno")
    await ava.types("/peersupport")
    await ava.sees("9-8-8", "9-1-1", "1-800-663-6729")
    await ava.presses(action_id="ask")
    await fill_form(ava)
    await ava.submits()
    reference = reference_on(ava.screen("modal"))
    await ava.sees("UTC\u221207:00", "9-8-8")
    await farah.sees(reference, where=CHANNEL)
    farah.sees_nothing_of("Ava", "Larkspur", PHONE)
    assert not bruno.can_see_channel("peer-support-admin")
    bruno.sees_nothing_of(reference)
    said = town.said()
    assert "Larkspur" not in said
    assert town.address("ava").user not in said
    assert PHONE not in said
