"""A date is moved, skipped, called off or added, a series called off: what becomes of it, and who is told what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.holidays import of_store
from handlers.views import session_news
from peersupport.audit import Event
from peersupport.notifications import Kind
from peersupport.outcomes import Refused
from peersupport.people import Address
from peersupport.series import DateState, RegistrationState, Series, SeriesState
from peersupport.session_changes import (
    Add,
    CallOff,
    Cancel,
    Change,
    Extend,
    Keep,
    Move,
    Restore,
    Run,
    Skip,
    Step,
    Topic,
    Unfit,
    apply,
    preview,
)
from tests.front.stage import texts
from tests.rules.fake_sessions import FACILITATOR, Sessions, wall
from tests.rules.world import ADA, ROBIN

pytestmark = pytest.mark.asyncio

NOW = datetime(2026, 10, 6, 16, tzinfo=UTC)
FIRST, SECOND, THIRD = (wall(f"2026-10-{day}T19:15:00") for day in (12, 19, 26))


async def made(here: Sessions, series: Series, step: Step, who: Address = FACILITATOR) -> Change | Unfit | Refused:
    async with here.work() as work:
        return await apply(work, here.programme, who, series.id, step, now=here.now)


async def done(here: Sessions, series: Series, step: Step) -> Change:
    found = await made(here, here.series[series.id], step)
    assert isinstance(found, Change), found
    return found


def words(change: Change, language: str = "en") -> str | None:
    t = texts().in_language(language)
    programme = Sessions(NOW).programme
    if change.date is None:
        return session_news.of_series(change.series, programme, t)
    return session_news.of_date(change.series, change.date, programme, t)


@pytest.mark.req("T11", "U30")
async def test_moving_skipping_and_calling_off_tells_everybody_registered_once_with_the_old_and_the_new_time() -> None:
    here = Sessions(NOW)
    series = here.has()
    live = [
        here.registers(series, state=state)[0].id
        for state in (RegistrationState.IN, RegistrationState.WAITING, RegistrationState.OFFERED)
    ]
    here.registers(series, state=RegistrationState.LEFT)
    moved = await done(here, series, Move(FIRST, wall("2026-10-13T18:00")))
    assert moved.told == 3
    assert sorted(row.subject for row in here.told(Kind.TELL_CHANGED)) == sorted(live)
    assert {row.audience for row in here.told(Kind.TELL_CHANGED)} == {moved.date.id if moved.date else None}
    assert words(moved) == (
        "The time has changed. Before: Monday 12 October, 19:15 Vancouver time, UTC\u221207:00. "
        "Now: Tuesday 13 October, 18:00 Vancouver time, UTC\u221207:00."
    )
    again = await made(here, series, Move(FIRST, wall("2026-10-13T18:00")))
    assert again is Unfit.TAKEN
    assert len(here.told(Kind.TELL_CHANGED)) == 3, "the same press twice tells nobody twice"
    back = await done(here, series, Move(FIRST, FIRST))
    assert back.date is not None
    assert (back.date.moved_to, back.date.was) == (None, wall("2026-10-13T18:00"))
    assert len(here.told(Kind.TELL_CHANGED)) == 6
    off = await done(here, series, Cancel(FIRST))
    assert words(off) == (
        "This date is called off: Monday 12 October, 19:15 Vancouver time, UTC\u221207:00. You need do nothing."
    )
    assert await made(here, series, Cancel(FIRST)) is Unfit.GONE
    skipped = await done(here, series, Skip(SECOND))
    assert (words(skipped, "fr") or "").startswith("Cette date n'a pas lieu\u00a0: lundi 19 octobre, 19 h 15 ")
    restored = await done(here, series, Restore(SECOND))
    assert (words(restored) or "").startswith("This date takes place after all: Monday 19 October")
    assert len(here.told(Kind.TELL_CHANGED)) == 15
    deeds = [entry.event for entry in here.world.memory.tables.audit]
    assert deeds == [Event.SESSION_CHANGED] * 5


@pytest.mark.req("T3")
async def test_a_date_is_added_where_none_is_and_a_topic_says_nothing_to_anybody() -> None:
    here = Sessions(NOW)
    series = here.has()
    here.registers(series, 2)
    for taken in (Add(FIRST), Move(SECOND, FIRST)):
        assert await made(here, series, taken) is Unfit.TAKEN
    for past in (Add(wall("2026-10-05T19:15")), Move(FIRST, wall("2026-10-06T08:00"))):
        assert await made(here, series, past) is Unfit.PAST
    for gone in (Skip(wall("2026-10-13T19:15")), Skip(wall("2026-10-05T19:15")), Restore(FIRST)):
        assert await made(here, series, gone) is Unfit.GONE
    added = await done(here, series, Add(wall("2026-10-21T12:00")))
    assert added.series.also_on == (wall("2026-10-21T12:00"),)
    assert (words(added) or "").startswith("A date has been added: Wednesday 21 October, 12:00 ")
    assert len(here.told(Kind.TELL_CHANGED)) == 2
    topic = await done(here, series, Topic(THIRD, "Sleep", "Le sommeil"))
    assert topic.told == 0
    run = await done(here, series, Run(THIRD))
    assert run.date is not None
    assert (run.date.topic_fr, run.date.decided) == ("Le sommeil", "run")
    assert len(here.told(Kind.TELL_CHANGED)) == 2


@pytest.mark.req("T11")
async def test_only_those_of_the_date_are_told_and_of_a_series_all() -> None:
    here = Sessions(NOW)
    series = here.has(kind="small_group")
    first = (await done(here, series, Run(FIRST))).date
    second = (await done(here, series, Run(SECOND))).date
    assert first is not None
    assert second is not None
    [mine] = here.registers(series, date_id=first.id)
    [other] = here.registers(series, date_id=second.id)
    await done(here, series, Cancel(FIRST))
    assert [row.subject for row in here.told(Kind.TELL_CHANGED)] == [mine.id]
    off = await done(here, series, CallOff())
    assert off.series.state is SeriesState.CANCELLED
    assert words(off) == "It is called off, with all its dates. You need do nothing."
    assert [row.subject for row in here.told(Kind.TELL_CHANGED)][1:] == [mine.id, other.id]
    assert await made(here, here.series[series.id], Add(wall("2026-10-21T12:00"))) is Unfit.GONE
    fired = len(here.told(Kind.TELL_REMINDER))
    await here.until(datetime(2026, 11, 20, tzinfo=UTC))
    assert len(here.told(Kind.TELL_REMINDER)) == fired == 0
    assert DateState.HELD not in {row.state for row in here.dates.values()}


async def test_only_organisers_change_anything_and_only_in_their_programme() -> None:
    here = Sessions(NOW)
    series = here.has()
    assert isinstance(await made(here, series, Skip(FIRST), ROBIN), Refused)
    assert not here.dates
    assert isinstance(await made(here, series, Skip(FIRST), ADA), Change), "administrators organise too"


@pytest.mark.req("T11")
async def test_an_organiser_sees_what_people_will_get_in_both_languages_before_anything_is_written() -> None:
    here = Sessions(NOW)
    series = here.has()
    here.registers(series, 3)
    async with here.work() as work:
        seen = await preview(work, here.programme, FACILITATOR, series.id, Skip(FIRST), now=here.now)
        refused = await preview(work, here.programme, ROBIN, series.id, Skip(FIRST), now=here.now)
        extended = await preview(work, here.programme, ADA, series.id, Extend(wall("2026-10-09T17:00")), now=here.now)
        quiet = await preview(work, here.programme, ADA, series.id, Topic(FIRST, "Sleep", ""), now=here.now)
    assert isinstance(refused, Refused)
    assert isinstance(seen, Change)
    assert isinstance(extended, Change)
    assert isinstance(quiet, Change)
    assert not here.dates
    assert not here.told(Kind.TELL_CHANGED)
    t = texts().in_language("en")
    shown = str([block._resolve() for block in session_news.preview(seen, here.programme, texts(), t)])
    assert "3 registered people get this, each alone and once." in shown
    assert "Monday 12 October, 19:15" in shown
    assert "lundi 12 octobre, 19 h 15" in shown
    assert "There is something for you in the app." in shown
    shown = str([block._resolve() for block in session_news.preview(extended, here.programme, texts(), t)])
    assert "Friday 9 October, 17:00" in shown
    shown = str([block._resolve() for block in session_news.preview(quiet, here.programme, texts(), t)])
    assert "Nobody is written to about this." in shown


@pytest.mark.req("G25")
async def test_the_doctor_asks_about_dates_kept_in_the_app_until_they_are_kept_moved_or_skipped_there() -> None:
    here = Sessions(NOW)
    starts = {"starts": wall("2026-10-14T12:00:00"), "repeats": "FREQ=MONTHLY;BYDAY=2WE", "holidays": "NS"}

    async def asked() -> list[str]:
        async with here.work() as work:
            return await of_store(work, here.programme, here.now.date())

    for step in (Keep, Skip, lambda on: Move(on, wall("2026-11-18T12:00"))):
        here.series.clear()
        series = here.has(zone="America/Halifax", **starts)
        [sentence] = await asked()
        assert sentence == (
            'Programme vancouver-peer-support: "Evenings" meets on Wednesday 11 November 2026, which is Remembrance '
            "Day. Whoever organises it can keep, move or skip the date in the app."
        )
        await done(here, series, step(wall("2026-11-11T12:00:00")))
        assert await asked() == []
