"""The small values a programme file is made of: texts in two languages, ids, durations, wall times."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

BUTTON_LIMIT = 75
"""Most characters Slack shows in a button or an option."""
SECTION_LIMIT = 3000
"""Most characters Slack shows in one paragraph."""
LANGUAGES = {"en": "English", "fr": "French"}
"""The languages a programme can be written in, by code."""

_SHORT_TOKEN = re.compile(r"[A-Z0-9_-]{1,20}")
_DURATION = re.compile(r"P(?!$)(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")
_WALL_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")


class Record(BaseModel):
    """A part of a programme file: unknown keys are refused and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def mend(sentence: str) -> PydanticCustomError:
    """Return a validation error whose whole message is this plain sentence."""
    return PydanticCustomError("mend", "{sentence}", {"sentence": sentence})


def shown(value: object) -> str:
    """Quote a value that cannot be personal (a short capital token), else say nothing of it."""
    return f'"{value}" ' if isinstance(value, str) and _SHORT_TOKEN.fullmatch(value) else "this "


def language_of(locale: str) -> str:
    """Return the language code of a locale: "fr" for any French one, else "en"."""
    return "fr" if locale.lower().startswith("fr") else "en"


def _french_spaces(text: str) -> str:
    """Tie the colon, the quotation marks and the per cent sign to their neighbours as Canadian French does (U+00A0)."""
    text = re.sub(r" +:(?=\s|$)", "\u00a0:", text)
    text = re.sub(r"« *", "«\u00a0", text)
    text = re.sub(r"(?<=\d) +%", "\u00a0%", text)
    return re.sub(r" *»", "\u00a0»", text)


class Text(Record):
    """Words shown to people, in English and (where the programme offers it) in French."""

    en: str = Field(min_length=1)
    fr: str | None = Field(default=None, min_length=1)

    @field_validator("fr")
    @classmethod
    def _tie_spaces(cls, value: str | None) -> str | None:
        return value if value is None else _french_spaces(value)

    def get(self, language: str) -> str:
        """Return the words for a language or locale ("fr", "fr-CA", "en-CA"), English where there are none."""
        return self.fr if self.fr and language_of(language) == "fr" else self.en


def at_most(limit: int) -> Callable[[Text], Text]:
    """Return a check that a text fits Slack's limit in every language."""

    def check(text: Text) -> Text:
        for code, words in (("en", text.en), ("fr", text.fr or "")):
            if len(words) > limit:
                length = len(words)
                raise mend(
                    f"the {LANGUAGES[code]} text has {length} characters and Slack shows {limit} here; shorten it"
                )
        return text

    return check


Label = Annotated[Text, AfterValidator(at_most(BUTTON_LIMIT))]
"""A text that fits a button or an option."""
Line = Annotated[Text, AfterValidator(at_most(300))]
"""A text of one or two lines."""
Paragraph = Annotated[Text, AfterValidator(at_most(SECTION_LIMIT))]
"""A text that fits one paragraph."""


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise mend(f"{shown(value)}is not a duration; write it like PT12H (hours), PT15M (minutes) or P14D (days)")
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _wall_time(value: Any) -> Any:
    if isinstance(value, time):
        return value
    match = _WALL_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise mend('this is not a time of day; write it in quotes with two digits each, like "08:30"')
    return time(int(match[1]), int(match[2]))


def _wall_moment(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - wall time has no zone
    except (TypeError, ValueError):
        raise mend('this is not a date and time; write it in quotes, like "2026-11-02T19:15:00"') from None


def _slack_id(pattern: re.Pattern[str], what: str, starts: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if pattern.fullmatch(value):
            return value
        raise mend(
            f"{shown(value)}is not a Slack ID; put the {what} Slack ID here (it starts with {starts}); "
            "docs/running.md shows where to find it"
        )

    return check


def _phone(value: str) -> str:
    if re.fullmatch(r"\+?[\d\s().-]{3,20}(?: ?(?:ext|poste)\.? ?\d{1,6})?", value) and any(map(str.isdigit, value)):
        return value
    raise mend("this is not a phone number; write digits, spaces and hyphens only, like 604-555-0100")


def _email(value: str) -> str:
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return value
    raise mend("this is not an e-mail address; write it like office@example.org")


def _url(value: str) -> str:
    if re.fullmatch(r"https://[^\s<>|]{4,2900}", value):
        return value
    raise mend("this is not a web address; write it in full, starting with https://")


Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""An id inside a programme file."""
MemberId = Annotated[str, AfterValidator(_slack_id(_MEMBER, "member's", "U or W"))]
"""The Slack id of a person."""
ChannelId = Annotated[str, AfterValidator(_slack_id(_CHANNEL, "private channel's", "C or G"))]
"""The Slack id of a channel."""
Phone = Annotated[str, AfterValidator(_phone)]
"""A phone number as people write it."""
Email = Annotated[str, AfterValidator(_email)]
"""An e-mail address."""
Url = Annotated[str, AfterValidator(_url)]
"""A web address over https."""
Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""An ISO 8601 duration of weeks, days, hours and minutes."""
WallTime = Annotated[time, BeforeValidator(_wall_time)]
"""A time of day on the programme's clock."""
WallMoment = Annotated[datetime, BeforeValidator(_wall_moment)]
"""A date and time on the programme's clock, without an offset."""
Flag = Annotated[bool, Field(strict=True)]
"""Exactly true or false."""


class Choice(Record):
    """One option of a list: an id that is stored and the words shown for it."""

    id: Slug
    label: Label


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Return the id."""


Identified = TypeVar("Identified", bound=HasId)


def distinct(items: tuple[Identified, ...]) -> tuple[Identified, ...]:
    """Refuse a list in which two entries have the same id."""
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise mend(f'the id "{item.id}" stands here twice; give each entry its own id')
        seen.add(item.id)
    return items
