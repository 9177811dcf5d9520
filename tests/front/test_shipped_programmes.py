"""The programme files that ship are whole, in both languages, in the product's own voice."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.programmes import load_programmes, load_resources
from peersupport.programme import Programme
from peersupport.programme_values import Text
from peersupport.resources import Kind, Library
from tests.front.programme_folder import FOLDER, PEOPLE, RESOURCES, VANCOUVER, folder, replaced, whole

ELEVEN = [
    "who_is_it_for",
    "does_it_work",
    "what_is_it",
    "what_is_it_not",
    "when_to_use",
    "how_to_ask",
    "can_i_refer",
    "what_happens_next",
    "how_and_how_long",
    "who_knows",
    "when_confidentiality_ends",
]
BANNED = re.compile(
    r"\b(always|completely|anonym\w*|cases?|tickets?|brave\w*|toujours|complètement|(?<!en )cas|billets?)\b|!|[·•]",
    re.IGNORECASE,
)


IMPACT = "impact"
INFORMAL = "informal-rural"
SHIPPED = sorted(
    found[1]
    for file in FOLDER.glob("*.yml")
    if (found := re.search(r"^id: (\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))
)


@pytest.fixture(scope="module")
def shipped() -> dict[str, Programme]:
    return load_programmes(FOLDER, RESOURCES, people=dict.fromkeys(SHIPPED, PEOPLE))


@pytest.fixture(scope="module")
def both(shipped: dict[str, Programme]) -> dict[str, Programme]:
    return {name: shipped[name] for name in (VANCOUVER, IMPACT)}


@pytest.fixture(scope="module")
def vancouver(both: dict[str, Programme]) -> Programme:
    return both[VANCOUVER]


@pytest.fixture(scope="module")
def impact(both: dict[str, Programme]) -> Programme:
    return both[IMPACT]


@pytest.fixture(params=[VANCOUVER, IMPACT])
def each(request: pytest.FixtureRequest, both: dict[str, Programme]) -> Programme:
    return both[request.param]


@pytest.fixture(params=SHIPPED)
def any_of_them(request: pytest.FixtureRequest, shipped: dict[str, Programme]) -> Programme:
    return shipped[request.param]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_resources(RESOURCES)


def all_texts(programme: Programme, library: Library) -> Iterator[tuple[str, Text]]:
    for path, text in programme.texts():
        yield ".".join(map(str, path)), text
    for name, resource in library.items():
        for part, text in resource.texts():
            yield f"{name}.{part}", text


@pytest.mark.req("V27")
def test_the_questions_cover_all_eleven_topics_in_both_languages(vancouver: Programme) -> None:
    assert [topic.id for topic in vancouver.faq] == ELEVEN
    for topic in vancouver.faq:
        for language in ("en", "fr"):
            assert topic.question.get(language).endswith("?") or topic.id == "what_is_it_not"
            assert len(topic.answer.get(language)) > 150
        assert topic.answer.get("en") != topic.answer.get("fr")


@pytest.mark.req("V27")
def test_an_operator_can_reword_a_question(tmp_path: Path) -> None:
    path = folder(tmp_path, replaced(whole(), 'en: "What is it?"', 'en: "What do you offer?"'))
    programme = load_programmes(path, path / "resources.yml")[VANCOUVER]
    assert [topic.question.en for topic in programme.faq if topic.id == "what_is_it"] == ["What do you offer?"]


@pytest.mark.req("V27")
def test_the_questions_name_the_training(vancouver: Programme) -> None:
    answer = next(topic.answer for topic in vancouver.faq if topic.id == "what_is_it")
    assert "trained" in answer.en
    assert "formation" in answer.get("fr")


@pytest.mark.req("V28")
def test_the_panel_names_readers_the_no_notes_rule_and_the_limits(each: Programme) -> None:
    english, french = " ".join(each.notice("en")), " ".join(each.notice("fr-CA"))
    for words in ("programme administrators", "peer supporter", "Nobody writes down", "There are limits", "30 days"):
        assert words in english
    for words in ("l'administration du programme", "collègue de soutien", "Personne ne note", "Il y a des limites"):
        assert words in french
    assert not BANNED.search(english + french)


@pytest.mark.req("V28")
def test_banned_words_stand_in_no_text(any_of_them: Programme, library: Library) -> None:
    found = [
        (where, match[0])
        for where, text in all_texts(any_of_them, library)
        for words in (text.en, text.get("fr"))
        if (match := BANNED.search(words))
    ]
    assert found == []


@pytest.mark.req("G30")
def test_every_text_is_there_in_french_with_canadian_spacing(any_of_them: Programme, library: Library) -> None:
    for where, text in all_texts(any_of_them, library):
        assert text.fr, where
        assert not re.search(r"\s[?;!]|[^\u00a0\d]:\s|«[^\u00a0]|[^\u00a0]»|'s\b", text.fr), where
        assert unicodedata.is_normalized("NFC", text.fr), where


@pytest.mark.req("G4")
def test_the_first_screen_shows_emergency_the_crisis_line_and_the_physicians_line(
    vancouver: Programme, library: Library
) -> None:
    lines = vancouver.help_lines(library)
    assert [line.kind for line in lines] == [Kind.EMERGENCY, Kind.CRISIS, Kind.PHYSICIAN_HELP]
    assert [line.line("en") for line in lines] == [
        "Emergency: 9-1-1 (day and night)",
        "9-8-8 Suicide Crisis Helpline: call or text 9-8-8 (day and night)",
        "Physician Health Program (BC): 1-800-663-6729 (day and night)",
    ]


@pytest.mark.req("V1")
def test_every_role_but_one_is_led_elsewhere(vancouver: Programme, library: Library) -> None:
    led = {
        role.id: [library[name].kind for name in role.to] for role in vancouver.eligibility.roles if not role.eligible
    }
    assert list(led) == ["resident", "medical_student", "physician_elsewhere", "retired_physician", "other"]
    assert all(led.values())
    assert led["resident"] == [Kind.PEER_SUPPORT, Kind.PHYSICIAN_HELP]
    assert all(role.note for role in vancouver.eligibility.roles if not role.eligible)


@pytest.mark.req("V2")
def test_the_ten_reasons_are_offered(vancouver: Programme) -> None:
    assert [reason.id for reason in vancouver.form.reasons] == [
        "patient_or_college_complaint",
        "adverse_clinical_event",
        "conflict_with_colleague_or_patient",
        "work_life_balance",
        "burnout_or_moral_injury",
        "discrimination_or_othering_at_work",
        "acute_life_stressor",
        "change_at_work",
        "something_else",
        "prefer_not_to_say",
    ]


@pytest.mark.req("V17")
def test_length_and_number_of_conversations_are_promised(vancouver: Programme) -> None:
    assert vancouver.promise.conversation_minutes == (15, 45)
    assert vancouver.promise.conversations == (1, 3)
    assert (vancouver.promise.contact_within_hours, vancouver.promise.shown_as.get("fr")) == (72, "2 à 3 jours")


def test_every_service_names_its_source(library: Library) -> None:
    assert all(len(service.source) > 5 for service in library.values())


@pytest.mark.req("G1")
def test_one_installation_runs_all_of_them(shipped: dict[str, Programme]) -> None:
    assert set(shipped) >= {VANCOUVER, IMPACT, INFORMAL}


@pytest.mark.req("I14")
def test_nurses_of_remote_stations_are_served_as_rural_physicians_are(impact: Programme, library: Library) -> None:
    assert [role.id for role in impact.eligibility.roles if role.eligible] == [
        "rural_physician",
        "remote_station_nurse",
    ]
    elsewhere = impact.role("nurse")
    assert elsewhere is not None
    assert elsewhere.to == ("care_to_speak",)
    assert library["care_to_speak"].kind is Kind.PEER_SUPPORT


@pytest.mark.req("I15")
def test_impact_has_the_doors_of_the_other_and_reasons_of_its_own(impact: Programme) -> None:
    assert impact.doors.self_request
    assert impact.doors.colleague_referral
    assert [reason.id for reason in impact.form.reasons][:5] == [
        "incident_with_child",
        "multiple_casualties",
        "patient_known_to_me",
        "poor_outcome",
        "difficult_transfer",
    ]


@pytest.mark.req("I2", "I3")
def test_a_partner_ticks_what_happened_and_each_tick_is_a_reason_of_the_form(impact: Programme) -> None:
    assert [criterion.id for criterion in impact.outreach.criteria] == [
        "child_involved",
        "multiple_casualties",
        "provider_knew_patient",
        "poor_outcome",
        "difficult_transfer",
    ]
    assert all(impact.reason(criterion.reason or "") for criterion in impact.outreach.criteria)


@pytest.mark.req("I9", "I10")
def test_the_clocks_of_impact_run_day_and_night(impact: Programme) -> None:
    assert (impact.promise.contact_within_hours, impact.promise.working_time) == (72, None)
    assert (impact.timing.outreach_attempts, impact.timing.outreach_gap.days) == (2, 3)
    hours = [span.total_seconds() / 3600 for span in (impact.timing.admin_reminder, impact.timing.backup_admin_at)]
    assert hours == [6, 12]


@pytest.mark.req("I12")
def test_supporters_can_say_what_impact_goes_by(impact: Programme) -> None:
    professions = {each.id for wish in impact.form.wishes if wish.id == "profession" for each in wish.options}
    assert professions == {role.id for role in impact.eligibility.roles if role.eligible}
    assert impact.wish_option("rural_practice", "yes") is not None
    assert "rural_practice" in impact.match.requires


@pytest.mark.req("I18")
def test_the_questions_of_impact_are_the_seven_and_the_words_for_a_poster(impact: Programme) -> None:
    assert [topic.id for topic in impact.faq] == [
        "what_is_it",
        "who_is_it_for",
        "what_counts_as_hard",
        "why_was_i_contacted",
        "can_i_say_no",
        "who_knows",
        "what_next",
        "tell_others",
    ]
    assert all(len(topic.answer.get(language)) > 150 for topic in impact.faq for language in ("en", "fr"))
