"""What a programme says of itself: words in the right language, roles, doors, promises, help, without any file."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from peersupport.programme import Programme
from peersupport.programme_checks import findings
from peersupport.programme_hours import add_working_hours
from peersupport.programme_parts import ContactKind, Doorway, WorkingTime
from peersupport.programme_values import Choice, Text
from peersupport.resources import Kind, Resource

VANCOUVER = ZoneInfo("America/Vancouver")
WEEK = WorkingTime(days=("mon", "tue", "wed", "thu", "fri"), opens=time(9), closes=time(17))


def local(day: int, hour: int) -> datetime:
    """An instant of November 2026, which begins on a Sunday, on Vancouver's clock."""
    return datetime(2026, 11, day, hour, tzinfo=VANCOUVER)


def words(text: str) -> dict[str, str]:
    return {"en": text, "fr": f"{text} (fr)"}


def choice(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "label": words(name), **more}


def content(**changes: Any) -> dict[str, Any]:
    """The smallest programme that takes requests, as a file would give it."""
    small: dict[str, Any] = {
        "schema": 1,
        "id": "small",
        "name": words("Small"),
        "summary": words("A small programme"),
        "operator": {"organisation": words("A clinic"), "privacy_law": "PIPA_BC"},
        "people": {
            "admins": ["U0ADMINA", "U0ADMINB"],
            "safety_leads": [{"id": "U0LEAD", "phone": "604-555-0100"}],
            "privacy_contact": "U0PRIVACY",
            "admin_channel": "C0TRIAGE",
            "office": {"email": "office@example.org"},
        },
        "languages": {"default": "en", "also": ["fr"]},
        "clock": {"tz": "America/Vancouver", "label": words("Vancouver time")},
        "eligibility": {
            "serves": words("Physicians here"),
            "roles": [choice("physician", outcome="eligible"), choice("resident", outcome="redirect", to=["group"])],
        },
        "doors": {"sessions": True, "self_request": True},
        "request": {
            "reasons": [choice("change")],
            "modalities": [
                choice("in_person", needs=["phone", "email"]),
                choice("phone", needs=["phone"]),
                choice("zoom", needs=["email"]),
            ],
            "times": [choice("evenings")],
            "wishes": [choice("stage", options=[choice("early"), choice("late")])],
            "avoid": {"departments": [choice("surgery")]},
        },
        "consent": {"notice_version": "1", "purposes": ["match", "contact"]},
        "promises": {
            "contact_within_hours": 72,
            "shown_as": words("2-3 days"),
            "conversation_minutes": [15, 45],
            "conversations": [1, 3],
        },
        "timers": {
            "admin_reminder": "PT12H",
            "backup_admin_at": "PT24H",
            "offer_ttl": "PT12H",
            "offer_not_before": "10:00",
            "reveal_wait": "PT12H",
            "contact_nudge": "PT24H",
            "contact_nudge_before_due": "PT12H",
            "contact_alert_admin": "PT60H",
            "idle_close_prompt": "P14D",
            "unreachable_close": "P7D",
            "feedback_after_close": "P2D",
        },
        "quiet_hours": {"begins": "20:00", "ends": "08:00"},
        "matching": {"offer_mode": "one_at_a_time", "max_open": 2, "none_available": ["wait"]},
        "confidentiality": {"identity_readers": ["admin"], "panel": [words("Kept {identity_days} days")]},
        "safety": {"ack_within": "PT15M"},
        "crisis": {"always_show": ["emergency", "line"], "more": ["group"]},
        "resources": ["group"],
        "reports": {"period": "quarter", "min_cell": 5, "show": ["requests_closed"]},
        "retention": {"contact_days_after_close": 0, "identity_days_after_close": 30},
        "faq": [{"id": "what", "question": words("What?"), "answer": words("A talk")}],
    }
    return small | changes


def small(**changes: Any) -> Programme:
    return Programme.model_validate(content(**changes))


def resource(kind: Kind, label: str) -> Resource:
    return Resource.model_validate({"label": words(label), "contact": words("ring"), "kind": kind, "source": "a page"})


LIBRARY = {
    "emergency": resource(Kind.EMERGENCY, "Emergency"),
    "line": resource(Kind.CRISIS, "Line"),
    "group": resource(Kind.GROUP, "Group"),
}


@pytest.mark.req("G30")
@pytest.mark.parametrize(
    ("locale", "shown"),
    [("fr-CA", "Bonjour"), ("fr", "Bonjour"), ("en-CA", "Hello"), ("de-DE", "Hello"), ("", "Hello")],
)
def test_words_come_in_the_language_of_the_reader(locale: str, shown: str) -> None:
    assert Text(en="Hello", fr="Bonjour").get(locale) == shown


def test_words_without_french_come_in_english() -> None:
    assert Text(en="Hello").get("fr") == "Hello"


def test_a_programme_speaks_only_the_languages_it_offers() -> None:
    english = small(languages={"default": "en"})
    assert small().text(small().name, "fr-CA") == "Small (fr)"
    assert english.text(english.name, "fr-CA") == "Small"
    assert small(languages={"default": "fr", "also": ["en"]}).language(None) == "fr"


@pytest.mark.req("G2")
def test_only_wanted_doors_are_listed_in_the_order_of_the_menu() -> None:
    assert small().doors_enabled() == (Doorway.SELF_REQUEST, Doorway.SESSIONS)


@pytest.mark.req("V1", "U26")
def test_a_role_is_served_or_led_to_the_services_named_for_it() -> None:
    programme = small()
    physician, resident = programme.role("physician"), programme.role("resident")
    assert physician is not None
    assert physician.eligible
    assert resident is not None
    assert not resident.eligible
    assert [LIBRARY[name].label.en for name in resident.to] == ["Group"]
    assert programme.role("unheard_of") is None


def test_every_choice_is_found_by_its_id_and_unknown_ids_find_nothing() -> None:
    programme = small()
    found = [
        programme.reason("change"),
        programme.modality("zoom"),
        programme.good_time("evenings"),
        programme.department("surgery"),
        programme.wish_option("stage", "late"),
    ]
    assert [item.id for item in found if item] == ["change", "zoom", "evenings", "surgery", "late"]
    assert programme.wish_option("stage", "change") is None
    assert programme.wish_option("change", "late") is None
    assert programme.reason("zoom") is None


@pytest.mark.req("V3")
def test_the_contact_needed_follows_the_ways_to_talk() -> None:
    phone, email = ContactKind.PHONE, ContactKind.EMAIL
    form = small().form
    assert form.contact_kinds(("phone",)) == ((phone,),)
    assert form.contact_kinds(("zoom", "in_person")) == ((phone, email), (email,))
    assert form.contact_kinds(()) == ()


@pytest.mark.req("U50")
def test_calendar_hours_run_through_nights_holidays_and_changes_of_clock() -> None:
    start = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
    assert small().due_at(start) == datetime(2026, 12, 27, 23, 30, tzinfo=UTC)


def test_a_promise_needs_an_instant_not_a_wall_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        small().due_at(datetime(2026, 11, 2, 9))  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="aware"):
        add_working_hours(datetime(2026, 11, 2, 9), 8, WEEK, VANCOUVER)  # noqa: DTZ001 - as above


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (local(2, 10), 4, local(2, 14)),
        (local(2, 15), 4, local(3, 11)),
        (local(6, 16), 2, local(9, 10)),
        (local(7, 12), 8, local(9, 17)),
        (local(2, 3), 1, local(2, 10)),
        (local(2, 17), 24, local(5, 17)),
    ],
)
def test_working_hours_count_only_while_the_office_is_open(start: datetime, hours: int, due: datetime) -> None:
    assert add_working_hours(start.astimezone(UTC), hours, WEEK, VANCOUVER) == due


def test_a_programme_can_promise_working_hours() -> None:
    office = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
    promises = content()["promises"] | {"counting": "working", "contact_within_hours": 16, "working_time": office}
    timers = content()["timers"] | {"backup_admin_at": "PT13H", "contact_alert_admin": "PT14H"}
    programme = small(promises=promises, timers=timers)
    friday_noon = datetime(2026, 11, 6, 12, tzinfo=VANCOUVER)
    assert programme.due_at(friday_noon) == datetime(2026, 11, 10, 12, tzinfo=VANCOUVER)


def test_a_programme_that_says_no_times_has_the_usual_ones() -> None:
    assert small(timers={}, quiet_hours={}) == small()


@pytest.mark.req("U13")
@pytest.mark.parametrize(
    ("timers", "says"),
    [
        ({"backup_admin_at": "PT60H"}, "backup_admin_at must come before contact_alert_admin"),
        ({"offer_unasked": "PT24H"}, "offer_unasked must leave the backups time"),
        ({"admin_reminder": "PT24H"}, "admin_reminder must come before backup_admin_at"),
    ],
)
def test_the_steps_towards_a_promise_come_in_order(timers: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        small(timers=content()["timers"] | timers)


@pytest.mark.req("G4")
def test_help_lines_come_in_the_order_of_the_file() -> None:
    programme = small()
    assert [line.label.en for line in programme.help_lines(LIBRARY)] == ["Emergency", "Line"]
    assert [line.label.en for line in programme.more_lines(LIBRARY)] == ["Group"]
    assert [line.label.en for line in programme.other_help(LIBRARY)] == ["Group"]


def test_a_help_line_is_one_line_of_plain_text() -> None:
    line = Resource.model_validate(
        {
            "label": {"en": "Line", "fr": "Ligne"},
            "contact": {"en": "call 1", "fr": "appelez le 1"},
            "hours": {"en": "at night", "fr": "la nuit"},
            "kind": "crisis",
            "source": "a page",
            "checked": "2026-11-02",
        }
    )
    assert line.line("en") == "Line: call 1 (at night)"
    assert line.line("fr-CA") == "Ligne\u00a0: appelez le 1 (la nuit)"
    assert line.checked == date(2026, 11, 2)


@pytest.mark.req("G18")
def test_the_notice_says_the_retention_that_the_file_sets() -> None:
    retention = {"contact_days_after_close": 0, "identity_days_after_close": 12}
    assert small(retention=retention).notice("fr") == ("Kept 12 days (fr)",)


def test_a_programme_without_requests_says_so_when_asked_for_its_form() -> None:
    bare = {name: part for name, part in content(doors={}).items() if name not in {"request", "promises", "matching"}}
    programme = Programme.model_validate(bare)
    assert programme.reason("change") is None
    with pytest.raises(LookupError, match="no such part"):
        _ = programme.form


def test_a_programme_cannot_be_changed_after_reading() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        small().id = "other"  # type: ignore[misc]


def sentences(**changes: Any) -> list[str]:
    return [finding.sentence for finding in findings(small(**changes), LIBRARY)]


def test_a_whole_programme_has_nothing_to_mend() -> None:
    assert sentences() == []


@pytest.mark.req("G29")
def test_what_does_not_agree_with_the_library_is_found() -> None:
    assert sentences(crisis={"always_show": ["emergency", "lime"]}) == [
        'the first screen needs the help line "lime", which resources.yml does not have; did you mean "line"?',
        "every first screen must show a crisis line (kind: crisis); add one",
    ]
    assert sentences(resources=["elsewhere"]) == [
        'the list of other services names "elsewhere", which resources.yml does not have; add it there, or name another'
    ]


@pytest.mark.parametrize("words_with_brace", ["{unknown}", "{", "{0}", "}"])
def test_a_brace_that_names_no_figure_is_found(words_with_brace: str) -> None:
    panel = {"identity_readers": ["admin"], "panel": [{"en": "plain", "fr": words_with_brace}]}
    (sentence,) = sentences(confidentiality=panel)
    assert sentence.startswith("a brace in this text names no known figure; write one of {contact_days}")


def test_a_timer_after_the_promise_is_found() -> None:
    promises = content()["promises"] | {"contact_within_hours": 48}
    assert sentences(promises=promises) == [
        "contact_alert_admin must come before the promise of 48 hours; make it shorter"
    ]


@pytest.mark.req("G30")
def test_a_text_without_french_is_found_only_where_french_is_offered() -> None:
    english = {"en": "What we do"}
    assert sentences(summary=english) == ["this text is missing in French; add it as fr"]
    assert sentences(summary=english, languages={"default": "en"}) == []


def test_ids_stand_once_in_a_list() -> None:
    with pytest.raises(ValidationError, match='the id "change" stands here twice'):
        small(request=content()["request"] | {"reasons": [choice("change"), choice("change")]})


def test_texts_names_the_place_of_every_text() -> None:
    texts = dict(small().texts())
    assert texts["eligibility", "roles", 1, "label"].en == "resident"
    assert texts["faq", 0, "answer"].en == "A talk"
    assert texts["request", "wishes", 0, "options", 1, "label"] == Choice.model_validate(choice("late")).label
