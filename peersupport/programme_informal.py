"""The parts of a programme file that are about reading, and about colleagues who talk to each other by themselves."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from peersupport.programme_parts import Count
from peersupport.programme_values import Choice, Duration, Flag, Label, MemberId, Paragraph, Record, Slug, distinct


class Column(Record):
    """A column that appears about once a month, and where it can be read."""

    title: Label
    about: Paragraph
    read_at: Slug
    """The resource where it stands."""
    cadence: Literal["monthly"] = "monthly"
    pitches: Flag = False
    editor: MemberId | None = None
    """Who reads what people offer to write; without one the administrators do."""


class InformalConnect(Record):
    """How colleagues find each other without a request; nothing of it is kept once it is over."""

    tags: Annotated[tuple[Choice, ...], Field(max_length=20), AfterValidator(distinct)] = ()
    """What somebody can say they have been through."""
    times: Annotated[tuple[Choice, ...], Field(max_length=10), AfterValidator(distinct)] = ()
    """When somebody can say they are best reached."""
    introduction_ends: Duration = timedelta(hours=24)
    """So long an unanswered question stands, and so long two who said yes see how to reach each other."""
    review_every: Duration = timedelta(days=90)
    review_wait: Duration = timedelta(days=14)
    """How long a listing stands on after that question before silence ends it."""
    asks_per_week: Count = 3
    """How often a listed person is asked in a week, unless they chose less."""
    remind_again: Duration = timedelta(days=21)
    """The second reminder to check in with somebody comes so long after the first."""
    grounds: Annotated[tuple[Paragraph, ...], Field(max_length=5)] = ()
    """What informal support rests on, a sentence each."""
    source: Label | None = None
    """Where that was read."""
    openers: Annotated[tuple[Paragraph, ...], Field(max_length=10)] = ()
    """Words to begin with, which people can make their own."""
    cautions: Annotated[tuple[Paragraph, ...], Field(max_length=10)] = ()
    cautions_source: Label | None = None
    """Where the cautions come from."""
    ideas: Annotated[tuple[Paragraph, ...], Field(max_length=36)] = ()
    """One a month for leaders and educators who asked for them, in order."""
    ideas_for: tuple[Slug, ...] = ()
    bridges_to: tuple[Slug, ...] = ()
    """The programmes whose doors its pages show, as far as this installation has them."""
