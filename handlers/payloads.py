"""Reads the request form: from what a modal's inputs hold to what the rules understand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers import ids
from peersupport.addresses import Address
from peersupport.intake import Ask, Part
from peersupport.programme import Programme
from peersupport.requests import Contact, Needs

VOICEMAIL, PRIVATE = "voicemail", "private"
"""What one may tick about the contact."""
URGENT, NOTIFY, ASK_FIRST = "urgent", "notify", "ask_first"
"""What one may tick about the way it goes."""
APART = "apart"
"""Ticked where nobody of one's own department is to be asked."""
MOST_PEOPLE = 20
ATTESTED = "attested"
"""What the tick at the statement of a referral carries."""
TELL, TELL_NOT = "tell", "tell_not"
"""The two answers to whether the colleague may learn who referred them."""

_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})

FIELD_OF = {
    Part.ROLE: ids.IN_ROLE,
    Part.NAME: ids.IN_NAME,
    Part.MODALITIES: ids.IN_MODALITIES,
    Part.REACH: ids.IN_REACH,
    Part.REASONS: ids.IN_REASONS,
    Part.TIMES: ids.IN_TIMES,
    Part.WISHES: ids.IN_WISH,
    Part.DEPARTMENT: ids.IN_DEPARTMENT,
    Part.AVOID_NAMES: ids.IN_NAMES,
}
"""The field at which a fault of each part is shown."""


@dataclass(frozen=True, slots=True, repr=False)
class Filled:
    """What stands in the form's fields, as Slack's inputs hold it."""

    role: str = ""
    modalities: tuple[str, ...] = ()
    reach: str = ""
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    name: str = ""
    reasons: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    wishes: Mapping[str, str] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    names: str = ""
    department: str = ""
    apart: bool = False

    def __repr__(self) -> str:
        return "Filled(...)"


def filled(values: Mapping[str, Any]) -> Filled:
    """Read what the inputs hold; what is not there is empty."""
    prefix = f"{ids.IN_WISH}."
    wishes = {
        block.removeprefix(prefix): _word(values, block)
        for block in values
        if block.startswith(prefix) and _word(values, block)
    }
    return Filled(
        role=_word(values, ids.IN_ROLE),
        modalities=_list(values, ids.IN_MODALITIES),
        reach=_typed(values, ids.IN_REACH),
        notes=_list(values, ids.IN_NOTES),
        choices=_list(values, ids.IN_CHOICES),
        name=_typed(values, ids.IN_NAME),
        reasons=_list(values, ids.IN_REASONS),
        times=_list(values, ids.IN_TIMES),
        wishes=wishes,
        people=_list(values, ids.IN_PEOPLE)[:MOST_PEOPLE],
        names=_typed(values, ids.IN_NAMES),
        department=_word(values, ids.IN_DEPARTMENT),
        apart=APART in _list(values, ids.IN_APART),
    )


@dataclass(frozen=True, slots=True, repr=False)
class Passing:
    """What stands in the fields of a referral."""

    attested: bool = False
    member: str = ""
    name: str = ""
    reach: str = ""
    tells: str = ""

    def __repr__(self) -> str:
        return "Passing(...)"


def passing(values: Mapping[str, Any]) -> Passing:
    """Read what the inputs of a referral hold; what is not there is empty."""
    return Passing(
        attested=ATTESTED in _list(values, ids.IN_ATTEST),
        member=_word(values, ids.IN_COLLEAGUE),
        name=_typed(values, ids.IN_COLLEAGUE_NAME),
        reach=_typed(values, ids.IN_COLLEAGUE_REACH),
        tells=_word(values, ids.IN_TELLS),
    )


def _word(values: Mapping[str, Any], block: str) -> str:
    value = values.get(block)
    return value if isinstance(value, str) else ""


def _typed(values: Mapping[str, Any], block: str) -> str:
    """Return typed words on one line; empty where there is nothing to see."""
    words = " ".join(_word(values, block).split())
    return words if words.isprintable() or any(c.isprintable() and not c.isspace() for c in words) else ""


def unseen(words: str) -> bool:
    """Say whether there are characters that nobody sees but that change how others read: controls, turned directions.

    Joiners are not among them: several scripts and many emoji are written with them.
    """
    # What Python can print holds none of them, and that is nearly everything.
    return not words.isprintable() and any(
        unicodedata.category(c) in _UNSEEN or unicodedata.bidirectional(c) in _TURNING for c in words
    )


def _list(values: Mapping[str, Any], block: str) -> tuple[str, ...]:
    value = values.get(block)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def ask_of(form: Filled, programme: Programme, who: Address, *, language: str, zone: str | None, name: str) -> Ask:
    """Return what the rules understand; `name` is what Slack calls the person, where they left theirs empty."""
    needs = Needs(
        requester=who,
        name=form.name or name,
        language=language,
        role=form.role,
        modalities=form.modalities,
        reasons=form.reasons,
        times=form.times,
        zone=zone or programme.clock.tz,
        wishes=dict(form.wishes),
        department=form.department,
        not_my_department=form.apart,
        avoid_members=tuple(Address(who.team, user) for user in form.people if user != who.user),
        avoid_names=tuple(one for one in map(str.strip, re.split(r"[,;]", form.names)) if one),
        notify=NOTIFY in form.choices,
    )
    voicemail = (VOICEMAIL in form.notes) if programme.form.voicemail == "ask" else None
    contact = Contact(reach=form.reach, voicemail=voicemail, private=PRIVATE in form.notes)
    return Ask(needs, contact, ask_first=ASK_FIRST in form.choices, urgent=URGENT in form.choices)


def form_of(ask: Ask) -> Filled:
    """Return the fields as they stood when the person sent them."""
    needs, contact = ask.needs, ask.contact
    return Filled(
        role=needs.role,
        modalities=needs.modalities,
        reach=contact.reach,
        notes=_ticked((VOICEMAIL, bool(contact.voicemail)), (PRIVATE, contact.private)),
        choices=_ticked((URGENT, ask.urgent), (NOTIFY, needs.notify), (ASK_FIRST, ask.ask_first)),
        name=needs.name,
        reasons=needs.reasons,
        times=needs.times,
        wishes=needs.wishes,
        people=tuple(address.user for address in needs.avoid_members),
        names=", ".join(needs.avoid_names),
        department=needs.department,
        apart=needs.not_my_department,
    )


def _ticked(*pairs: tuple[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, on in pairs if on)


def blocks_of(view: Mapping[str, Any] | None) -> Sequence[str]:
    """Return the ids of the inputs that a view shows, in order."""
    blocks = view.get("blocks") if view else None
    return [
        str(block["block_id"])
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, dict) and block.get("type") == "input" and "block_id" in block
    ]
