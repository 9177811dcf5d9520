"""What a programme asks of a person: who they are, why, how to talk, whom to keep out, and with what consent."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from peersupport.programme_parts import ContactKind
from peersupport.programme_values import Choice, Duration, Flag, Line, Record, Slug, distinct, mend


class Role(Choice):
    """A role a person may have: served here, or shown with the place that serves it."""

    outcome: Literal["eligible", "redirect"]
    to: tuple[Slug, ...] = ()
    note: Line | None = None
    """One sentence that leads to the services named."""

    @property
    def eligible(self) -> bool:
        """Say whether the programme serves this role."""
        return self.outcome == "eligible"

    @model_validator(mode="after")
    def _to_somewhere(self) -> Self:
        if self.outcome == "redirect" and not self.to:
            raise mend(f'the role "{self.id}" is redirected to nowhere; add to: [...] with an id of resources.yml')
        if self.outcome == "eligible" and self.to:
            raise mend(f'the role "{self.id}" is eligible and needs no redirect; take out to')
        return self


class Eligibility(Record):
    """Whom the programme serves, declared by the person; nobody is checked and no refusal is stored."""

    serves: Line
    """One sentence on whom the programme is for."""
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=10), AfterValidator(distinct)]


class Modality(Choice):
    """A way to talk, and the kinds of contact of which it needs one."""

    needs: tuple[ContactKind, ...] = Field(min_length=1)


class Wish(Choice):
    """Something a person may wish of the supporter; it ranks and never excludes."""

    options: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=99), AfterValidator(distinct)]


class Avoid(Record):
    """Whom a person may keep out: members by picker, others by typed name, their own department."""

    people: Flag = True
    names: Flag = True
    departments: Annotated[tuple[Choice, ...], Field(max_length=99), AfterValidator(distinct)] = ()
    departments_are: Literal["departments", "communities"] = "departments"
    """What the places in that list are, for the words that ask for one's own."""

    @property
    def communities(self) -> bool:
        """Say whether the places are communities rather than departments."""
        return self.departments_are == "communities"


class Form(Record):
    """What the request form asks; only role, way to talk and contact are required."""

    reasons: Annotated[tuple[Choice, ...], Field(max_length=10), AfterValidator(distinct)] = ()
    modalities: Annotated[tuple[Modality, ...], Field(min_length=1, max_length=10), AfterValidator(distinct)]
    times: Annotated[tuple[Choice, ...], Field(max_length=10), AfterValidator(distinct)] = ()
    voicemail: Literal["ask", "never"] = "ask"
    wishes: Annotated[tuple[Wish, ...], Field(max_length=6), AfterValidator(distinct)] = ()
    avoid: Avoid = Avoid()

    def contact_kinds(self, modalities: tuple[str, ...]) -> tuple[tuple[ContactKind, ...], ...]:
        """Return, for each chosen way to talk that the programme knows, the kinds of contact of which one is needed."""
        return tuple(modality.needs for modality in self.modalities if modality.id in modalities)


class Referral(Record):
    """How long a named colleague has to say yes, and when they are reminded once."""

    confirm_within: Duration
    remind_after: Duration
    share_text: Line
    """Words a person can send to a colleague before naming them."""


class Consent(Record):
    """What a person is told before anything is kept; the version is stored with the request."""

    notice_version: str = Field(min_length=1, max_length=40)
    purposes: tuple[Literal["match", "contact", "register", "remind", "offer_place", "listing", "introduce"], ...]
    referral: Referral | None = None
