"""The shape of a programme file: whom it serves, what it asks and promises, what it keeps and for how long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, Field, model_validator

from peersupport.programme_asking import Consent, Eligibility, Form, Modality, Role
from peersupport.programme_hours import add_calendar_hours, add_working_hours, add_working_time, take_working_time
from peersupport.programme_informal import Column, InformalConnect
from peersupport.programme_partner import PartnerNotification
from peersupport.programme_parts import (
    Clock,
    Confidentiality,
    Crisis,
    Doors,
    Doorway,
    Languages,
    Matching,
    Operator,
    People,
    Privacy,
    Promises,
    Question,
    QuietHours,
    Reports,
    Retention,
    Safety,
    Timers,
)
from peersupport.programme_sessions import Session, SessionTimers, Terms, Themes
from peersupport.programme_values import Choice, Flag, Label, Line, Record, Slug, Text, distinct, language_of, mend
from peersupport.resources import Kind, Library, Resource

Path = tuple[str | int, ...]
"""Where something stands in a programme file: keys and list positions from the top."""

T = TypeVar("T")
ChoiceT = TypeVar("ChoiceT", bound=Choice)


class Programme(Record):
    """One programme, read from its file and checked."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Slug
    name: Label
    summary: Line
    operator: Operator
    people: People
    languages: Languages
    clock: Clock
    eligibility: Eligibility
    doors: Doors
    request: Form | None = None
    consent: Consent
    promises: Promises | None = None
    timers: Timers | None = None
    quiet_hours: QuietHours = QuietHours()
    matching: Matching | None = None
    confidentiality: Confidentiality
    privacy: Privacy = Privacy()
    safety: Safety
    crisis: Crisis
    partner_notification: PartnerNotification | None = None
    sessions: Annotated[tuple[Session, ...], AfterValidator(distinct)] = ()
    session_timers: SessionTimers = SessionTimers()
    members_only: Flag = False
    """Whether only people on a list that its organisers keep see its sessions and join them."""
    terms: Terms | None = None
    themes: Themes | None = None
    column: Column | None = None
    informal_connect: InformalConnect | None = None
    resources: tuple[Slug, ...]
    reports: Reports
    retention: Retention
    faq: Annotated[tuple[Question, ...], Field(min_length=1), AfterValidator(distinct)]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.doors.self_request:
            for part in ("request", "promises", "timers", "matching"):
                if getattr(self, part) is None:
                    raise mend(f"the door self_request needs the part {part}; add it or close the door")
            if not any(role.eligible for role in self.eligibility.roles):
                raise mend("no role of eligibility.roles is eligible; give at least one the outcome eligible")
        if self.doors.colleague_referral and self.consent.referral is None:
            raise mend("the door colleague_referral needs consent.referral; add it or close the door")
        if self.doors.partner_notification and self.partner_notification is None:
            raise mend("the door partner_notification needs the part partner_notification; add it or close the door")
        if self.doors.partner_notification and not self.doors.self_request:
            raise mend("the door partner_notification needs the door self_request, whose parts it goes by; open it")
        for door, part in (
            ("case_discussion", "themes"),
            ("column", "column"),
            ("informal_connect", "informal_connect"),
        ):
            if getattr(self.doors, door) and getattr(self, part) is None:
                raise mend(f"the door {door} needs the part {part}; add it or close the door")
        return self

    @property
    def has_requests(self) -> bool:
        """Say whether it has all that requests need, so that some may be there, even where the door was shut since."""
        return None not in (self.request, self.promises, self.timers, self.matching)

    @property
    def form(self) -> Form:
        """Return the request form of a programme whose door self_request is open."""
        return _present(self.request)

    @property
    def promise(self) -> Promises:
        """Return the promises of a programme whose door self_request is open."""
        return _present(self.promises)

    @property
    def timing(self) -> Timers:
        """Return the timers of a programme whose door self_request is open."""
        return _present(self.timers)

    @property
    def outreach(self) -> PartnerNotification:
        """Return the rules of partners' notices of a programme whose door partner_notification is open."""
        return _present(self.partner_notification)

    @property
    def match(self) -> Matching:
        """Return the matching rules of a programme whose door self_request is open."""
        return _present(self.matching)

    def language(self, locale: str | None) -> str:
        """Return the language to speak to a person: theirs where the programme offers it, else its default."""
        if not locale:
            return self.languages.default
        code = language_of(locale)
        return code if code in self.languages.all else self.languages.default

    def text(self, text: Text, locale: str | None) -> str:
        """Return the words of a text in the language to speak to this person."""
        return text.get(self.language(locale))

    def role(self, role_id: str) -> Role | None:
        """Return the role with this id, or None."""
        return _by_id(self.eligibility.roles, role_id)

    def reason(self, reason_id: str) -> Choice | None:
        """Return the reason with this id, or None."""
        return _by_id(self.request.reasons, reason_id) if self.request else None

    def modality(self, modality_id: str) -> Modality | None:
        """Return the way to talk with this id, or None."""
        return _by_id(self.request.modalities, modality_id) if self.request else None

    def good_time(self, time_id: str) -> Choice | None:
        """Return the good time with this id, or None."""
        return _by_id(self.request.times, time_id) if self.request else None

    def department(self, department_id: str) -> Choice | None:
        """Return the department with this id, or None."""
        return _by_id(self.request.avoid.departments, department_id) if self.request else None

    def wish_option(self, wish_id: str, option_id: str) -> Choice | None:
        """Return this option of this wish, or None."""
        wish = _by_id(self.request.wishes, wish_id) if self.request else None
        return _by_id(wish.options, option_id) if wish else None

    def doors_enabled(self) -> tuple[Doorway, ...]:
        """Return the ways in that the programme wants, in the order of the menu."""
        return tuple(door for door in Doorway if getattr(self.doors, door.value))

    def due_at(self, start: datetime) -> datetime:
        """Return the latest time of first contact for a clock that starts at this aware instant, in its zone."""
        promise = self.promise
        if promise.working_time is None:
            return add_calendar_hours(start, promise.contact_within_hours)
        return add_working_hours(start, promise.contact_within_hours, promise.working_time, self.clock.zone)

    def later(self, start: datetime, span: timedelta) -> datetime:
        """Return the instant so long after an aware start, counted as the promise is."""
        week = self.promise.working_time
        return start + span if week is None else add_working_time(start, span, week, self.clock.zone)

    def earlier(self, end: datetime, span: timedelta) -> datetime:
        """Return the instant so long before an aware end, counted as the promise is."""
        week = self.promise.working_time
        return end - span if week is None else take_working_time(end, span, week, self.clock.zone)

    def help_lines(self, library: Library) -> tuple[Resource, ...]:
        """Return the help lines of every first screen, in order."""
        return tuple(library[name] for name in self.crisis.always_show)

    def more_lines(self, library: Library) -> tuple[Resource, ...]:
        """Return the other help lines, in order."""
        return tuple(library[name] for name in self.crisis.more)

    def physician_line(self, library: Library) -> Resource | None:
        """Return the first of the programme's resources that is a help line for physicians, if it has one."""
        named = (library[name] for name in (*self.crisis.always_show, *self.crisis.more, *self.resources))
        return next((each for each in named if each.kind is Kind.PHYSICIAN_HELP), None)

    def other_help(self, library: Library) -> tuple[Resource, ...]:
        """Return the programme's list of other services, in order."""
        return tuple(library[name] for name in self.resources)

    def figures(self) -> dict[str, int]:
        """Return the figures that the confidentiality panel may name in braces."""
        figures = {
            "contact_days": self.retention.contact_days_after_close,
            "identity_days": self.retention.identity_days_after_close,
            "hold_hours": self.safety.hold_erasure_hours,
        }
        return figures | ({"contact_hours": self.promises.contact_within_hours} if self.promises else {})

    def notice(self, locale: str | None) -> tuple[str, ...]:
        """Return the paragraphs of the confidentiality panel, with the figures filled in."""
        return tuple(self.text(words, locale).format(**self.figures()) for words in self.confidentiality.panel)

    def texts(self) -> Iterator[tuple[Path, Text]]:
        """Yield every text shown to people with its place in the file."""
        return _texts(self, ())


def _present(part: T | None) -> T:
    if part is None:
        raise LookupError("this programme has no such part")
    return part


def _by_id(items: tuple[ChoiceT, ...], wanted: str) -> ChoiceT | None:
    return next((item for item in items if item.id == wanted), None)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, Text]]:
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _texts(item, (*path, position))
