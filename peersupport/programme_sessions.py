"""The parts of a programme file about meeting in a group: sessions, courses, the terms of a meeting, themes."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from peersupport.programme_parts import Count, Province
from peersupport.programme_values import (
    Choice,
    Duration,
    Flag,
    Label,
    Paragraph,
    Record,
    Slug,
    WallMoment,
    distinct,
    mend,
)

SessionKind = Literal["external_registration", "drop_in_series", "single", "course", "small_group"]
"""Registered elsewhere; once for all dates; for its one date; for all dates, with places; for each date by itself."""
Format = Literal["small_groups", "large_group"]


class Session(Record):
    """A meeting people can join, as the file begins it; the dates are the programme's wall time.

    Once the programme has run, its organisers keep dates, topics and places in the app: the file stays the beginning.
    """

    id: Slug
    title: Label
    about: Paragraph
    kind: SessionKind
    planned: Flag = False
    """Only thought of: it has no dates, and people can say that they would come."""
    starts: WallMoment | None = None
    repeats: str | None = Field(default=None, pattern=r"^FREQ=[A-Z0-9=;,+-]+$")
    """The recurrence rule (RFC 5545)."""
    also_on: tuple[WallMoment, ...] = ()
    not_on: tuple[WallMoment, ...] = ()
    holidays: Province | None = None
    """Whose public holidays are asked about: is a date that falls on one kept, moved or skipped?"""
    kept_on: tuple[WallMoment, ...] = ()
    """Dates on a holiday that somebody chose to keep."""
    minutes: Count
    capacity: Count | None = None
    minimum: Count | None = None
    """Fewer than these, and whoever leads it decides: of a course when enrolment closes, else the day before."""
    waitlist: Flag = True
    where: Literal["virtual", "in_person", "in_person_or_virtual"]
    cost: Literal["free"]
    host: Label | None = None
    formats: tuple[Format, ...] = ()
    roles: tuple[Slug, ...] = ()
    alias: Flag = False
    """Whether people can register under a name of their own choosing, which whoever leads it sees."""
    presenters: Flag = False
    """Whether people can offer to present a date."""
    all_dates: Flag = False
    """Whether registering is a commitment to come to every date."""
    enrol_opens: WallMoment | None = None
    enrol_closes: WallMoment | None = None
    register_at: Slug | None = None
    """The resource where people sign up outside; the app stores nothing about it."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.starts is None and not self.planned:
            raise mend("a session needs starts, its first date; or say planned: true while there is none")
        if self.kind == "external_registration" and self.register_at is None and not self.planned:
            raise mend("a session with external registration needs register_at, the resource where people sign up")
        if self.kind != "external_registration" and self.register_at is not None:
            raise mend("register_at belongs to kind: external_registration; take it out or change the kind")
        if self.minimum is not None and self.capacity is not None and self.minimum > self.capacity:
            raise mend("the minimum is larger than the capacity; make it smaller")
        if self.kind == "course" and self.minimum is not None and self.enrol_closes is None:
            raise mend("a course with a minimum needs enrol_closes, when its host decides")
        return self


class SessionTimers(Record):
    """When people are reminded, how long an offered place is kept, and when it is decided whether a meeting is on."""

    reminders_before: tuple[Duration, ...] = (timedelta(days=1), timedelta(hours=1))
    """The reminders that a person can choose from, the earliest first."""
    place_kept: Duration = timedelta(hours=48)
    place_kept_last_day: Duration = timedelta(hours=4)
    decide_before: Duration = timedelta(days=1)
    """So long before a meeting with too few people whoever leads it chooses: run, move or cancel."""
    link_before: Duration = timedelta(days=1)
    """From so long before the start the link to join is shown."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if list(self.reminders_before) != sorted(set(self.reminders_before), reverse=True):
            raise mend("reminders_before must run from the earliest reminder to the latest, each once")
        if not 1 <= len(self.reminders_before) <= 3:
            raise mend("give one to three reminders")
        return self


class Terms(Record):
    """What everybody says yes to, once for each version, before they join a meeting."""

    version: Slug
    text: tuple[Paragraph, ...] = Field(min_length=1, max_length=8)


class Themes(Record):
    """One line that people may send ahead of a meeting, and what helps them to think about it."""

    longest: Annotated[int, Field(strict=True, ge=20, le=140)] = 140
    closes_before: Duration = timedelta(days=2)
    prompts: Annotated[tuple[Choice, ...], Field(max_length=10), AfterValidator(distinct)] = ()
    """Shown to think about, on one's own screen; answers are not collected. Each label is one question."""
    source: Label | None = None
    """Where the prompts come from."""
    system_issues: Flag = False
    """Whether one guarded line, without author, can be handed to the department."""
