"""What the pages of sessions say in words: how long before the start something happens, as the programme set it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.views import places, sessions
from peersupport import schedule
from peersupport.programme_sessions import SessionTimers
from peersupport.series import Registration, RegistrationState
from tests.front.screen import words
from tests.front.stage import texts
from tests.store.gathering_town import THRIVING, a_series

NOW = datetime(2026, 11, 2, 18, tzinfo=UTC)
SPANS = [
    (timedelta(days=1), "1 day before the start.", "1 jour avant le début."),
    (timedelta(days=2), "2 days before the start.", "2 jours avant le début."),
    (timedelta(hours=3), "3 hours before the start.", "3 heures avant le début."),
    (timedelta(minutes=90), "90 minutes before the start.", "90 minutes avant le début."),
]


@pytest.mark.req("T6")
@pytest.mark.parametrize(("span", "english", "french"), SPANS)
def test_the_link_is_promised_for_when_the_programme_shows_it(span: timedelta, english: str, french: str) -> None:
    programme = THRIVING.model_copy(update={"session_timers": SessionTimers(link_before=span)})
    series = a_series()
    item = sessions.Item(series, coming=schedule.coming(series, (), NOW))
    mine = Registration(series.id, series.id, programme.id, state=RegistrationState.IN)
    own = places.Place(programme, series, mine, "handle", coming=item.coming, link_later=True)
    for language, expected in (("en", english), ("fr", french)):
        t = texts().in_language(language)
        for view in (sessions.details(programme, item, t, NOW), places.own(own, t)):
            assert expected in words(view)


def test_a_reminder_of_minutes_is_offered_in_minutes() -> None:
    spans = (timedelta(days=7), timedelta(hours=1), timedelta(minutes=30))
    programme = THRIVING.model_copy(update={"session_timers": SessionTimers(reminders_before=spans)})
    choices = sessions.reminder_choices(programme, texts().in_language("en"))
    assert choices == [("0", "7 days before"), ("1", "1 hour before"), ("2", "30 minutes before")]
