"""What a block needs to know of the place it is drawn in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.web.markup import slug
from simulator.web.mrkdwn import Reader

Part = Mapping[str, Any]


@dataclass(frozen=True)
class Surface:
    """One message, modal or Home tab: whose eyes, whom they can choose, what is filled in and what was refused.

    `scope` is the view id or message timestamp. Ids of fields are made of it, the block id and the action id, so that a
    field keeps its identity (and the page what was typed in it) over an update that keeps these. `heading` is the level
    of its first headings, so that levels stay in order on the page.
    """

    scope: str
    reader: Reader = field(default_factory=Reader)
    people: Sequence[tuple[str, str]] = ()
    channels: Sequence[tuple[str, str]] = ()
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    heading: int = 2
    disabled: bool = False

    @property
    def french(self) -> bool:
        """Whether Slack's own words beside the app's are French for this reader."""
        return self.reader.language.startswith("fr")

    def value(self, block_id: str, action_id: str) -> Mapping[str, Any] | None:
        """Return what is filled in here, in the form of `state.values`, or None for a field nobody knows of."""
        return self.values.get(block_id, {}).get(action_id)

    def id(self, *parts: str) -> str:
        """Return an HTML id for a part of this surface."""
        return slug(self.scope, *parts)


@dataclass(frozen=True)
class Slot:
    """Where in a block an element stands: what names it, whether it is an input, and when it speaks to the app."""

    block_id: str
    label_id: str = ""
    described_by: str = ""
    required: bool = False
    invalid: bool = False
    in_input: bool = False
    dispatch: bool = True
