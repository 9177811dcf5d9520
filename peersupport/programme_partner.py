"""The part of a programme file that says which organisations may ask for outreach to a provider, and on what."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from peersupport.programme_parts import Count
from peersupport.programme_values import Choice, Duration, Record, Slug, distinct, mend


class Channel(StrEnum):
    """How a partner's notice may come in."""

    VOICEMAIL = "voicemail"
    """Written down by an administrator, with the time it was left."""
    SLACK = "slack"
    """By a named member of the partner, through their one door."""
    WEB = "web"
    """By a named user of the partner's page."""
    ENDPOINT = "endpoint"
    """By the partner's own system, signed."""


class Partner(Choice):
    """An organisation that may let the programme know, and by which ways."""

    channels: tuple[Channel, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.channels)) < len(self.channels):
            raise mend("a way to notify stands here twice; name each once")
        return self


class Criterion(Choice):
    """What makes outreach fitting; one tick at least. `reason` is the reason of the request form that it stands for."""

    reason: Slug | None = None


class PartnerNotification(Record):
    """Who may notify, and on what; how outreach goes on from there stands in the timers and the matching."""

    partners: Annotated[tuple[Partner, ...], Field(min_length=1, max_length=20), AfterValidator(distinct)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=10), AfterValidator(distinct)]
    dedupe_window: Duration = timedelta(days=7)
    """Two notices for one provider within this time make one request."""
    notices_per_day: Count = 20
    """How many notices one person of a partner may send in a day; others are not slowed by them."""

    def partner(self, id: str) -> Partner | None:
        """Return the partner with this id, or None."""
        return next((each for each in self.partners if each.id == id), None)

    def criterion(self, id: str) -> Criterion | None:
        """Return the criterion with this id, or None."""
        return next((each for each in self.criteria if each.id == id), None)

    def by(self, channel: Channel) -> tuple[Partner, ...]:
        """Return the partners that may notify by this way."""
        return tuple(each for each in self.partners if channel in each.channels)
