"""The programme file for colleagues among themselves: one door, words to begin with, cautions, where they come from."""

import pytest

from bot.programmes import load_programmes
from peersupport.programme import Programme
from peersupport.programme_informal import InformalConnect
from peersupport.programme_parts import Doorway
from tests.front.programme_folder import FOLDER, PEOPLE, RESOURCES

INFORMAL = "informal-rural"


@pytest.fixture(scope="module")
def informal() -> Programme:
    return load_programmes(FOLDER, RESOURCES, people={INFORMAL: PEOPLE}, only={INFORMAL})[INFORMAL]


@pytest.fixture(scope="module")
def part(informal: Programme) -> InformalConnect:
    assert informal.informal_connect is not None
    return informal.informal_connect


@pytest.mark.req("N5")
def test_it_has_one_door_and_nothing_that_a_request_needs(informal: Programme) -> None:
    assert informal.doors_enabled() == (Doorway.INFORMAL_CONNECT,)
    assert [informal.request, informal.promises, informal.timers, informal.matching] == [None] * 4


@pytest.mark.req("N7", "N12")
def test_three_cautions_and_what_it_rests_on_name_where_they_come_from(part: InformalConnect) -> None:
    assert [caution.en.split(".")[0] for caution in part.cautions] == [
        "Do not make it small",
        "Do not fix it",
        "Do not compare",
    ]
    assert [ground.en.split(":")[0] for ground in part.grounds] == ["Empathy", "Shared vulnerability", "Connection"]
    named = [source.en for source in (part.source, part.cautions_source) if source is not None]
    assert [words.rsplit(" ", 1)[1] for words in named] == ["10.4103/cjrm.cjrm_16_23", "2767766"]


@pytest.mark.req("N10")
def test_there_is_an_idea_for_each_month_of_a_year(part: InformalConnect) -> None:
    assert (len(part.ideas), part.ideas_for) == (12, ("leader_or_educator",))


@pytest.mark.req("N14", "G30")
def test_the_questions_are_six_and_in_both_languages(informal: Programme) -> None:
    assert [topic.id for topic in informal.faq] == [
        "what_is_informal_support",
        "what_helps",
        "what_hurts",
        "how_to_list_myself",
        "how_to_stop",
        "when_to_use_a_programme",
    ]
    assert all(len(topic.answer.get(language)) > 150 for topic in informal.faq for language in ("en", "fr"))
    assert all(text.fr and text.fr != text.en for path, text in informal.texts() if "source" not in str(path[-1]))


@pytest.mark.req("N11")
def test_the_one_figure_is_how_many_are_listed(informal: Programme) -> None:
    assert informal.reports.show == ("listed_peers",)
