"""The consent page in a real browser: keyboard only, 320 px wide, no JavaScript, both languages, light and dark."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Response, expect

from peersupport.referral import ReferralState
from tests.browser_journey.note_route import ENGLISH, FRENCH, NoteJourney, NoteWords
from tests.browser_journey.stage import PATIENCE_MS, inhabited_town
from tests.front.web_stage import assert_strict
from tests.stories.consent import NAME, PUBLIC, linked, referred

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def patience() -> None:
    """Wait as long for what should appear as for what should be pressed; the machine may be busy."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.mark.req("U3", "G4", "G8", "G30")
@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["english", "french"])
async def test_from_the_link_to_the_thanks_by_keys_alone(browser: Browser, tmp_path: Path, words: NoteWords) -> None:
    async with inhabited_town(tmp_path, words.language, public_url=PUBLIC) as town:
        subject = await referred(town)
        link = await linked(town, subject)
        journey = await NoteJourney.open(browser, town, link, words, dark=words is FRENCH)
        asked: list[str] = []
        journey.page.on("request", lambda sent: asked.append(sent.url))
        answers: list[Response] = []
        journey.page.on("response", lambda got: answers.append(got))  # noqa: PLW0108 - Playwright marks what it is given
        await journey.goes_all_the_way(link.code)
        here = journey.address
        assert {each.partition("?")[0] for each in asked} == {here}
        assert await journey.page.context.cookies() == []
        for each in answers:
            assert_strict(await each.all_headers())
        assert {each.status for each in answers} == {200, 403, 422}
        # The other language leads to the same thanks' way out, and shows nothing of anybody.
        await journey.page.goto(here)
        await journey.presses(journey.page.get_by_role("link", name=words.other))
        await expect(journey.page.get_by_text(NAME)).to_have_count(0)
        async with town.house.store.work() as work:
            found = await work.referrals.get(subject)
        assert found is not None
        assert found.state is ReferralState.CLOSED
        await journey.page.context.close()
