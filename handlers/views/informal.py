"""The door of colleagues among themselves: who it is for, what is behind it, a hard shift, fear for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, listings, pages
from peersupport import column
from peersupport.introductions import View
from peersupport.listings import part_of
from peersupport.ports_informal import Listing
from peersupport.programme import Programme
from peersupport.programme_informal import InformalConnect
from peersupport.programme_parts import Doorway

if TYPE_CHECKING:
    from handlers.hear import Front

MOST_BRIDGES = 5
MOST_WAITING = 10


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """An introduction that somebody is in, with what its button carries."""

    view: View
    handle: str

    def __repr__(self) -> str:
        return "Waiting(...)"


def door(programme: Programme, t: Translator) -> list[Block]:
    """Return the menu's row of this door: find somebody, after a hard shift, check in on somebody."""
    name = programme.text(programme.name, t.language)
    buttons = [
        _button(t, "informal.open", ids.INFORMAL, programme, name),
        _button(t, "informal.hard_shift", ids.HARD_SHIFT, programme, name),
        _button(t, "informal.check_in", ids.CHECK_IN, programme, name),
    ]
    if column.ideas(programme) and programme.column is None:
        buttons.append(_button(t, "column.ideas", ids.COLUMN, programme, name))
    return [
        kit.section(t("informal.door"), f"informal.{programme.id}"),
        kit.actions(buttons, f"informal_doors.{programme.id}"),
    ]


def _button(t: Translator, key: str, action: str, programme: Programme, name: str = "") -> Element:
    says = f"{t(key)}, {name}"[:75] if name else None
    return kit.button(t(key), action, programme.id, says=says)


def role_form(front: Front, language: str, programme: Programme, waiting: Sequence[Waiting] = ()) -> kit.View:
    """Return the question which role fits, before colleagues are shown; what waits for the person stands above it."""
    t = front.texts.in_language(language)
    roles = [(role.id, role.label.get(language)) for role in programme.eligibility.roles]
    blocks = [
        pages.strip(front, language),
        *(_waits(t, each, place) for place, each in enumerate(waiting[:MOST_WAITING])),
        kit.section(t("informal.role_about"), "about"),
        kit.field(t("informal.role"), kit.radios(ids.IN_INFORMAL_ROLE, roles), ids.IN_INFORMAL_ROLE),
    ]
    return kit.modal(
        t("informal.title"),
        blocks,
        callback_id=ids.VIEW_INFORMAL_ROLE,
        submit=t("informal.go_on"),
        close=t("informal.close"),
        metadata=kit.meta(language, programme.id),
    )


def elsewhere(front: Front, language: str, programme: Programme, services: Sequence[str], note: str) -> kit.View:
    """Return who is there for somebody whom the programme is not for; nothing was kept."""
    t = front.texts.in_language(language)
    found = [front.resources[name] for name in services]
    blocks = [
        kit.section("\n".join(words for words in (note, t("informal.elsewhere")) if words), "words"),
        *pages.resources(found, language, "service", t("information.open_link")),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return page(t, "informal.title", programme, blocks)


def main(
    front: Front,
    language: str,
    programme: Programme,
    handle: str,
    listing: Listing | None,
    waiting: Sequence[Waiting],
) -> kit.View:
    """Return what is behind the door: what waits, who is there, one's own listing, and what it rests on."""
    t, part = front.texts.in_language(language), _part(programme)
    first = [
        kit.button(t("informal.browse"), ids.PEERS, handle, style="primary"),
        _button(t, "informal.hard_shift", ids.HARD_SHIFT, programme),
        _button(t, "informal.check_in", ids.CHECK_IN, programme),
    ]
    blocks = [
        pages.strip(front, language),
        kit.section(t("informal.about"), "about"),
        *(_waits(t, each, place) for place, each in enumerate(waiting[:MOST_WAITING])),
        kit.actions(first, "first"),
        *listings.own(t, programme, listing),
        *grounds(t, part),
        *bridges(front, language, programme),
    ]
    return page(t, "informal.title", programme, blocks, handle=handle, callback=ids.VIEW_INFORMAL)


def _waits(t: Translator, waiting: Waiting, place: int) -> Block:
    button = kit.button(t("informal.home_open"), ids.OPEN_INTRODUCTION, waiting.handle)
    return kit.section(
        t(f"informal.waits_{waiting.view.where.value}", name=waiting.view.name), f"waits.{place}", button
    )


def grounds(t: Translator, part: InformalConnect) -> list[Block]:
    """Return what it rests on, with its source."""
    if not part.grounds:
        return []
    words = "\n".join(f"- {each.get(t.language)}" for each in part.grounds)
    blocks = [kit.section(f"{t('informal.grounds')}\n{words}", "grounds")]
    if part.source:
        blocks.append(kit.context(t("informal.source", source=part.source.get(t.language)), "source"))
    return blocks


def bridges(front: Front, language: str, programme: Programme) -> list[Block]:
    """Return the doors of the programmes beside, as far as this installation has them."""
    t, names = front.texts.in_language(language), _part(programme).bridges_to[:MOST_BRIDGES]
    beside = [front.programmes[name] for name in names if name in front.programmes]
    asking = [each for each in beside if Doorway.SELF_REQUEST in each.doors_enabled()]
    rows = [
        kit.section(
            f"{each.text(each.name, language)}\n{each.text(each.eligibility.serves, language)}",
            f"bridge.{each.id}",
            _ask(t, each),
        )
        for each in asking
    ]
    return [kit.section(t("informal.bridges"), "bridges"), *rows] if rows else []


def _ask(t: Translator, programme: Programme) -> Element:
    says = f"{t('menu.ask')}, {programme.text(programme.name, t.language)}"
    return kit.button(t("menu.ask"), ids.ASK, programme.id, says=says[:75])


def hard_shift(front: Front, language: str, programme: Programme) -> kit.View:
    """Return what there is after a hard shift: somebody listed now, the numbers, a programme, or nothing."""
    t = front.texts.in_language(language)
    blocks = [
        pages.strip(front, language),
        kit.section(t("informal.hard_about"), "about"),
        kit.section(t("informal.hard_peer"), "peer", _button(t, "informal.open", ids.INFORMAL, programme)),
        kit.section(t("informal.hard_numbers"), "phone", kit.button(t("informal.numbers"), ids.HELP_NOW)),
        *bridges(front, language, programme),
    ]
    return page(t, "informal.hard_shift", programme, blocks, close="informal.close")


def over(front: Front, language: str, programme: Programme) -> kit.View:
    """Return the one page behind whatever is over: the same words for a no, for silence and for a day that passed."""
    t = front.texts.in_language(language)
    blocks = [
        kit.section(t("informal.over"), "words"),
        kit.actions([_button(t, "informal.over_others", ids.INFORMAL, programme)], "others"),
        *bridges(front, language, programme),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return page(t, "informal.over_title", programme, blocks)


def worried(front: Front, language: str, programme: Programme) -> kit.View:
    """Return help lines and the lead's phone for somebody who fears for a colleague; nothing comes of opening it."""
    t = front.texts.in_language(language)
    phones = ", ".join(lead.phone for lead in programme.people.safety_leads)
    blocks = [
        pages.strip(front, language),
        kit.section(t("informal.worried_about"), "about"),
        kit.section(t("informal.worried_lead", phones=phones), "lead"),
        kit.context(t("informal.worried_nothing"), "nothing"),
    ]
    return page(t, "informal.worried_title", programme, blocks)


def home(t: Translator, programme: Programme, listing: Listing | None, *, waits: bool) -> list[Block]:
    """Return what Home has of it: that something waits, and one's own listing with its switch."""
    blocks = [kit.header(programme.text(programme.name, t.language), f"among.{programme.id}")]
    opens = _button(t, "informal.home_open", ids.INFORMAL, programme)
    if waits:
        blocks.append(kit.section(t("informal.home_waits"), f"among_waits.{programme.id}", opens))
    if listing is not None:
        blocks += listings.switch(t, programme, listing)
    return blocks


def worried_button(t: Translator, programme: Programme) -> Element:
    """Return the button for somebody who fears for a colleague."""
    return _button(t, "informal.worried", ids.WORRIED, programme)


def page(
    t: Translator,
    title: str,
    programme: Programme,
    blocks: Sequence[Block],
    *,
    handle: str | None = None,
    callback: str = ids.VIEW_PAGE,
    close: str = "pages.close",
    **more: str,
) -> kit.View:
    """Return a page of this door."""
    metadata = kit.meta(t.language, programme.id, handle, **more)
    return kit.modal(t(title), blocks, callback_id=callback, close=t(close), metadata=metadata)


def _part(programme: Programme) -> InformalConnect:
    part = part_of(programme)
    assert part is not None
    return part
