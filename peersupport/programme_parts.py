"""The parts of a programme file that say how it is run: people, clock, promises, matching, safety, retention."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from peersupport.programme_values import (
    ChannelId,
    Duration,
    Email,
    Flag,
    Label,
    MemberId,
    Paragraph,
    Phone,
    Record,
    Slug,
    WallTime,
    mend,
)

Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
"""A whole number from one."""
Days = Annotated[int, Field(strict=True, ge=0, le=3650)]
"""A number of days, none included."""
Province = Literal["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"]
"""A province or territory, by its letters."""
Code = Literal["en", "fr"]
"""A language the product speaks."""


class Operator(Record):
    """Who runs the programme, by which privacy law."""

    organisation: Label
    privacy_law: Literal["PIPA_BC", "FIPPA_BC", "PHIA_NS", "PIPEDA"]


class SafetyLead(Record):
    """A person paged on a safety concern; the phone number is what is tried first."""

    id: MemberId
    phone: Phone


class ContactKind(StrEnum):
    """A way to reach a person outside Slack."""

    PHONE = "phone"
    EMAIL = "email"


class Office(Record):
    """The way to reach the programme without Slack."""

    phone: Phone | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.phone is None and self.email is None:
            raise mend("give a phone number or an e-mail address, so that people can reach the programme without Slack")
        return self


def _two_people(admins: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(admins)) < len(admins):
        raise mend("the same person stands here twice; name at least two different people")
    if len(admins) < 2:
        count = "one person" if admins else "nobody"
        raise mend(f"this names {count}; name at least two different administrators, so that one can be away")
    return admins


class People(Record):
    """Who looks after the programme, by Slack id; an installation can give this block in a file of its own."""

    admins: Annotated[tuple[MemberId, ...], AfterValidator(_two_people)]
    backup_admins: tuple[MemberId, ...] = ()
    safety_leads: tuple[SafetyLead, ...] = Field(min_length=1)
    facilitators: tuple[MemberId, ...] = ()
    """Who leads sessions, courses and meetings; they see what is told to them, and no request."""
    privacy_contact: MemberId
    admin_channel: ChannelId
    office: Office


class Languages(Record):
    """The language the programme speaks by default, and the others it offers."""

    default: Code = "en"
    also: tuple[Code, ...] = ()

    @property
    def all(self) -> tuple[Code, ...]:
        """Return every language offered, the default one first."""
        return (self.default, *(code for code in self.also if code != self.default))


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise mend("this time zone is not known; write it like America/Vancouver") from None
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone that the zone data knows."""


class Clock(Record):
    """The clock on which the programme's times are written and shown."""

    tz: ZoneName
    label: Label
    show_viewer_time: Flag = True
    other_zones: tuple[ZoneName, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone itself."""
        return ZoneInfo(self.tz)


class Doors(Record):
    """Which ways in the programme wants; a way that is not built yet does not show."""

    self_request: Flag = False
    colleague_referral: Flag = False
    partner_notification: Flag = False
    informal_connect: Flag = False
    sessions: Flag = False
    courses: Flag = False
    case_discussion: Flag = False
    column: Flag = False


class Doorway(StrEnum):
    """A way in, in the order of the menu."""

    SELF_REQUEST = "self_request"
    COLLEAGUE_REFERRAL = "colleague_referral"
    PARTNER_NOTIFICATION = "partner_notification"
    INFORMAL_CONNECT = "informal_connect"
    SESSIONS = "sessions"
    COURSES = "courses"
    CASE_DISCUSSION = "case_discussion"
    COLUMN = "column"


class WorkingTime(Record):
    """The hours that count where a promise is made in working hours."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(min_length=1)
    opens: WallTime
    closes: WallTime
    holidays: Province | None = None
    """The province whose public holidays do not count; without one they count as any other day."""

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise mend("the working day closes before it opens; put the earlier time at opens")
        return self


class Promises(Record):
    """What the programme promises: by when contact is made, how long talks are, how many there are."""

    contact_within_hours: Count
    counting: Literal["calendar", "working"] = "calendar"
    working_time: WorkingTime | None = None
    shown_as: Label
    conversation_minutes: tuple[Count, Count]
    conversations: tuple[Count, Count]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for pair in (self.conversation_minutes, self.conversations):
            if pair[0] > pair[1]:
                raise mend("a range of the promises runs backwards; write the smaller number first")
        if (self.counting == "working") != (self.working_time is not None):
            raise mend("working_time belongs to counting: working; give both or neither")
        return self


class Timers(Record):
    """When the app reminds, passes on and asks; see the programme file for what each does.

    What leads up to the promise is counted as the promise is: in calendar hours, or in working time.
    """

    admin_reminder: Duration = timedelta(hours=12)
    backup_admin_at: Duration = timedelta(hours=24)
    offer_ttl: Duration = timedelta(hours=12)
    offer_not_before: WallTime = time(10)
    reveal_wait: Duration = timedelta(hours=12)
    contact_nudge: Duration = timedelta(hours=24)
    contact_nudge_before_due: Duration = timedelta(hours=12)
    contact_alert_admin: Duration = timedelta(hours=60)
    offer_unasked: Duration | None = None
    """After this, where no administrator has acted, the best-ranked supporter is asked; without it nobody is."""
    idle_close_prompt: Duration = timedelta(days=14)
    unreachable_close: Duration = timedelta(days=7)
    feedback_after_close: Duration = timedelta(days=2)
    outreach_attempts: Annotated[int, Field(strict=True, ge=1, le=2)] = 2
    """How often somebody is tried whom a partner told of."""
    outreach_gap: Duration = timedelta(days=3)
    """So long lies between two attempts, and after the last one until everything is erased."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.admin_reminder >= self.backup_admin_at:
            raise mend("admin_reminder must come before backup_admin_at; make it shorter")
        if self.backup_admin_at >= self.contact_alert_admin:
            raise mend("backup_admin_at must come before contact_alert_admin; make it shorter")
        if self.offer_unasked is not None and self.offer_unasked <= self.backup_admin_at:
            raise mend("offer_unasked must leave the backups time; make it longer than backup_admin_at")
        return self


class QuietHours(Record):
    """The hours in which reminders wait, on the reader's own clock; offers and safety do not.

    The same time twice means that there are none.
    """

    begins: WallTime = time(20)
    ends: WallTime = time(8)


class Matching(Record):
    """How supporters are asked."""

    offer_mode: Literal["one_at_a_time", "together"]
    max_open: Count
    """How many people one supporter is with at a time, unless they chose fewer."""
    requires: tuple[Literal["trained", "agreement_signed", "rural_practice"], ...] = ("trained", "agreement_signed")
    prefer: tuple[Literal["same_profession", "rural_experience"], ...] = ()
    """Who is put first, whatever else is shared: supporters say both of themselves by the wishes of the form."""
    auto_exclude: tuple[Literal["same_community"], ...] = ()
    """Who is kept out of what a partner tells of; the person cannot say so themselves."""
    none_available: tuple[Literal["wait", "physician_line", "other_programme"], ...] = Field(min_length=1)


class Confidentiality(Record):
    """Who may open an identity, and the words that say so before anything is sent."""

    identity_readers: tuple[Literal["admin", "matched_supporter", "facilitator", "the_two_people"], ...] = Field(
        min_length=1
    )
    panel: tuple[Paragraph, ...] = Field(min_length=1, max_length=10)
    """Paragraphs shown above Send: readers and purposes, no notes, limits, how long; may hold {named} figures."""


class Safety(Record):
    """How soon a lead must answer, and how long a concern may hold back an erasure."""

    ack_within: Duration
    hold_erasure_hours: Annotated[int, Field(strict=True, ge=1, le=72)] = 72


class Crisis(Record):
    """The help lines: those on every first screen, and the longer list."""

    always_show: tuple[Slug, ...] = Field(min_length=1, max_length=5)
    more: tuple[Slug, ...] = ()


class Reports(Record):
    """What the regular report shows, and the smallest count it shows as it is."""

    period: Literal["month", "quarter", "year"]
    min_cell: Annotated[int, Field(strict=True, ge=5, le=100)]
    show: tuple[Slug, ...]


class Privacy(Record):
    """How many identities one person may open before the others are told, and whether notes are sent as cover."""

    openings_per_hour: Count = 12
    openings_per_day: Count = 40
    cover_traffic: Flag = False
    """Whether everybody enrolled in notices gets the same neutral note once a month."""

    @model_validator(mode="after")
    def _hour_within_day(self) -> Self:
        if self.openings_per_hour > self.openings_per_day:
            raise mend("an hour would allow more than a day; make openings_per_hour the smaller number")
        return self


class Retention(Record):
    """Days after which contact, identity and profiles of those who left are erased; figures stay, as totals only."""

    contact_days_after_close: Days
    identity_days_after_close: Days
    registration_days_after_event: Days = 30
    """How long a registration is kept after the last date it is for."""
    former_supporter_days: Days = 365
    """How long the profile of a supporter who has left is kept."""

    @model_validator(mode="after")
    def _contact_first(self) -> Self:
        if self.contact_days_after_close > self.identity_days_after_close:
            raise mend("contact would be kept longer than the identity; make contact_days_after_close the smaller one")
        return self


class Question(Record):
    """One topic of the questions and answers."""

    id: Slug
    question: Label
    answer: Paragraph
