"""The programme file of a department's monthly hour ships whole."""

import pytest

from bot.programmes import load_programmes
from peersupport.programme import Programme
from peersupport.programme_parts import Doorway
from tests.front.programme_folder import FOLDER, PEOPLE, RESOURCES
from tests.front.test_shipped_programmes import SHIPPED

CAFE = "clinical-cafe"


@pytest.fixture(scope="module")
def cafe() -> Programme:
    return load_programmes(FOLDER, RESOURCES, people=dict.fromkeys(SHIPPED, PEOPLE))[CAFE]


@pytest.mark.req("C1", "C2", "C3")
def test_one_hour_a_month_for_ten_of_the_list(cafe: Programme) -> None:
    assert cafe.doors_enabled() == (Doorway.SESSIONS, Doorway.CASE_DISCUSSION)
    assert [cafe.request, cafe.promises, cafe.timers, cafe.matching] == [None] * 4
    (hour,) = cafe.sessions
    assert (hour.minutes, hour.capacity, hour.minimum, hour.waitlist) == (60, 10, 2, True)
    assert cafe.members_only
    assert str(cafe.clock.zone) == "America/Glace_Bay"
    assert [span.days for span in cafe.session_timers.reminders_before] == [7, 1]


@pytest.mark.req("C5", "C8", "C11")
def test_themes_prompts_and_terms(cafe: Programme) -> None:
    assert cafe.themes is not None
    assert cafe.terms is not None
    assert (cafe.themes.longest, cafe.themes.closes_before.days) == (140, 2)
    assert [prompt.id for prompt in cafe.themes.prompts] == [
        "what_stirred_me",
        "what_happened",
        "what_i_felt",
        "what_helped",
        "what_i_take",
        "the_system",
    ]
    words = " ".join(paragraph.en for paragraph in cafe.terms.text)
    assert "law protects" in words
    assert "Nobody records" in words


@pytest.mark.req("C10")
def test_the_questions_are_six_and_in_both_languages(cafe: Programme) -> None:
    assert [topic.id for topic in cafe.faq] == [
        "what_is_it",
        "who_comes",
        "what_to_bring",
        "what_not_to_type",
        "is_it_privileged",
        "is_it_recorded",
    ]
    assert all(len(topic.answer.get(language)) > 150 for topic in cafe.faq for language in ("en", "fr"))
    assert all(text.fr and text.fr != text.en for _, text in cafe.texts())
