"""The small values of a programme file: what is read, and what is refused with which words."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from peersupport.programme_values import Duration, Label, MemberId, Phone, Text, WallMoment, WallTime


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Qui verra ceci : nom", "Qui verra ceci\u00a0: nom"),
        ("une « bonne raison »", "une «\u00a0bonne raison\u00a0»"),
        ("88 % des gens", "88\u00a0% des gens"),
        ("à 19:15, voir https://example.org", "à 19:15, voir https://example.org"),
    ],
)
def test_french_typography_is_mended_at_reading(typed: str, shown: str) -> None:
    assert Text(en="x", fr=typed).fr == shown


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("PT12H", timedelta(hours=12)),
        ("P14D", timedelta(days=14)),
        ("PT15M", timedelta(minutes=15)),
        ("P1DT12H", timedelta(days=1, hours=12)),
        ("P2W", timedelta(weeks=2)),
    ],
)
def test_durations_are_read(written: str, means: timedelta) -> None:
    assert TypeAdapter(Duration).validate_python(written) == means


@pytest.mark.parametrize(
    "written", ["12h", "P", "PT", "P1DT", "PT12", "-PT12H", "P1Y", "pt12h", "PT1.5H", "", 12, None]
)
def test_malformed_durations_are_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a duration; write it like PT12H"):
        TypeAdapter(Duration).validate_python(written)


@pytest.mark.parametrize("written", ["7:15", "24:00", "19.15", "19:60", "1915", 1155, None])
def test_malformed_times_of_day_are_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a time of day"):
        TypeAdapter(WallTime).validate_python(written)


@pytest.mark.parametrize(
    "written", ["2026-11-02", "2026-11-02 19:15", "2026-11-02T19:15:00Z", "2026-02-30T10:00:00", 5]
)
def test_malformed_moments_are_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="is not a date and time"):
        TypeAdapter(WallMoment).validate_python(written)


@pytest.mark.parametrize("written", ["PHONE", "12", "call 604-555-0100", "604_555_0100"])
def test_phone_numbers_hold_digits(written: str) -> None:
    with pytest.raises(ValidationError, match="is not a phone number"):
        TypeAdapter(Phone).validate_python(written)


def test_a_refused_id_shows_a_short_token_but_never_a_name() -> None:
    with pytest.raises(ValidationError) as token:
        TypeAdapter(MemberId).validate_python("ADMIN-1")
    with pytest.raises(ValidationError) as name:
        TypeAdapter(MemberId).validate_python("Robin Example")
    assert '"ADMIN-1"' in token.value.errors()[0]["msg"]
    assert "Robin" not in name.value.errors()[0]["msg"]


def test_a_label_fits_a_button_in_both_languages() -> None:
    adapter = TypeAdapter(Label)
    adapter.validate_python({"en": "e" * 75, "fr": "f" * 75})
    with pytest.raises(ValidationError, match="the French text has 76 characters and Slack shows 75"):
        adapter.validate_python({"en": "e", "fr": "f" * 76})
