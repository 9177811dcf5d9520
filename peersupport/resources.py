"""The shared library of outside help: crisis lines, physician programmes, groups, directories."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from peersupport.programme_values import Label, Line, Record, Slug, Text, Url, mend


class Kind(StrEnum):
    """What sort of help a resource is."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    PHYSICIAN_HELP = "physician_help"
    PEER_SUPPORT = "peer_support"
    GROUP = "group"
    DIRECTORY = "directory"


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except (TypeError, ValueError):
        raise mend("this is not a day; write it in quotes, like 2026-11-02 with four, two and two digits") from None


class Resource(Record):
    """One service outside the programme: what it is called, how and when it is reached, and where that was read."""

    label: Label
    contact: Line | None = None
    """How to reach it in words, for example "call or text 9-8-8"."""
    url: Url | None = None
    hours: Line | None = None
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = ()
    """Language codes the service itself says it speaks; empty where its page says nothing."""
    kind: Kind
    serves: tuple[Slug, ...] = ()
    """Whom the service is for, as it says itself; empty means anyone."""
    anonymous_callers: bool = Field(default=False, strict=True)
    source: str = Field(min_length=1)
    checked: Annotated[date, BeforeValidator(_day)] | None = None
    """The day on which the operator rang or read it last; empty until then."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.contact is None and self.url is None:
            raise mend("nobody can reach this service; add a contact or a url")
        if self.kind in {Kind.EMERGENCY, Kind.CRISIS} and self.contact is None:
            raise mend("a crisis line needs a number that works without a screen; add a contact")
        return self

    def line(self, language: str) -> str:
        """Return the service in one line of plain text: label, contact or address, hours."""
        colon = "\u00a0: " if language.lower().startswith("fr") else ": "
        reach = self.contact.get(language) if self.contact else self.url or ""
        hours = f" ({self.hours.get(language)})" if self.hours else ""
        return f"{self.label.get(language)}{colon}{reach}{hours}"

    def texts(self) -> tuple[tuple[str, Text], ...]:
        """Return the texts shown to people, each with the name of its field."""
        fields = (("label", self.label), ("contact", self.contact), ("hours", self.hours))
        return tuple((name, text) for name, text in fields if text is not None)


Library = Mapping[str, Resource]
"""All resources by id."""
