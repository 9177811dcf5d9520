"""Who is there now, the one fixed question, and what each of the two sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import informal, kit, pages
from peersupport.introductions import View, Where
from peersupport.listings import LONGEST_NAME, LONGEST_REACH, part_of
from peersupport.ports_informal import Listed
from peersupport.programme import Programme
from peersupport.programme_values import Choice

if TYPE_CHECKING:
    from handlers.hear import Front

PAGE = 8
"""So many colleagues stand on one page."""
ALL = "all"
"""What the choice of "anything" carries."""


@dataclass(frozen=True, slots=True, repr=False)
class Peer:
    """A colleague who can be asked, with what the button carries."""

    listed: Listed
    handle: str

    def __repr__(self) -> str:
        return "Peer(...)"


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of the list, and for which of the things that people have been through."""

    number: int
    more: bool
    tag: str = ALL


def peers(
    front: Front, language: str, programme: Programme, shown: Sequence[Peer], place: Place, handle: str
) -> kit.View:
    """Return a page of those who can be asked now."""
    t, part = front.texts.in_language(language), part_of(programme)
    assert part is not None
    tags = [(ALL, t("informal.peers_all")), *((each.id, each.label.get(language)) for each in part.tags)]
    blocks = [
        pages.strip(front, language),
        kit.section(t("informal.peers_about"), "about"),
        kit.section(t("informal.peers_tag"), "tag", kit.select(ids.PEERS_TAG, tags, place.tag)),
        *(_peer(t, programme, each, number) for number, each in enumerate(shown)),
    ]
    if not shown:
        blocks.append(kit.section(t("informal.peers_none"), "none"))
    turns = [
        *([kit.button(t("informal.peers_back"), ids.PEERS_BACK, str(place.number - 1))] if place.number else ()),
        *([kit.button(t("informal.peers_on"), ids.PEERS_ON, str(place.number + 1))] if place.more else ()),
    ]
    if turns:
        blocks.append(kit.actions(turns, "turns"))
    blocks += informal.bridges(front, language, programme)
    return informal.page(
        t, "informal.peers_title", programme, blocks, handle=handle, callback=ids.VIEW_PEERS, g=place.tag
    )


def _peer(t: Translator, programme: Programme, peer: Peer, number: int) -> Block:
    part, listed = part_of(programme), peer.listed
    assert part is not None
    lines = [f"{listed.name}, {listed.community}" if listed.community else listed.name]
    if tags := _labels(part.tags, listed.tags, t.language):
        lines.append(t("informal.peers_tags", tags=tags))
    if times := _labels(part.times, listed.times, t.language):
        lines.append(t("informal.peers_times", times=times))
    says = t("informal.peers_ask_says", name=listed.name)[:75]
    button = kit.button(t("informal.peers_ask"), ids.ASK_PEER, peer.handle, says=says)
    return kit.section("\n".join(lines), f"peer.{number}", button)


def _labels(known: Sequence[Choice], chosen: Sequence[str], language: str) -> str:
    return "; ".join(each.label.get(language) for each in known if each.id in chosen)


def ask_form(t: Translator, programme: Programme, listed: Listed, name: str, handle: str) -> kit.View:
    """Return the form of whoever asks: the fixed words, their own name and how to reach them."""
    own = kit.text_field(ids.IN_ASKER_NAME, value=name[:LONGEST_NAME], longest=LONGEST_NAME)
    reach = kit.text_field(ids.IN_ASKER_REACH, longest=LONGEST_REACH)
    blocks = [
        kit.section(t("informal.ask_about", name=listed.name), "about"),
        kit.section(t("informal.ask_words"), "words"),
        kit.section(t("informal.ask_yes"), "yes"),
        kit.field(t("informal.ask_name"), own, ids.IN_ASKER_NAME),
        kit.field(t("informal.ask_reach"), reach, ids.IN_ASKER_REACH, hint=t("informal.ask_reach_hint")),
    ]
    return kit.modal(
        t("informal.ask_title"),
        blocks,
        callback_id=ids.VIEW_ASK_PEER,
        submit=t("informal.ask_send"),
        close=t("informal.close"),
        metadata=kit.meta(t.language, programme.id, handle),
        clear_on_close=True,
    )


def said(front: Front, language: str, programme: Programme, title: str, words: str) -> kit.View:
    """Return a page of one sentence, with the programmes beside and the numbers below it."""
    t = front.texts.in_language(language)
    blocks = [
        kit.section(t(words), "words"),
        *informal.bridges(front, language, programme),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return informal.page(t, title, programme, blocks)


def shown(front: Front, language: str, programme: Programme, view: View, handle: str) -> kit.View:
    """Return an introduction as one of the two sees it."""
    t = front.texts.in_language(language)
    if view.where is Where.OVER:
        return informal.over(front, language, programme)
    title, blocks = {Where.ASKED: _asked, Where.WAITING: _waiting, Where.BOTH: _both}[view.where](t, programme, view)
    blocks += [*informal.bridges(front, language, programme), kit.divider("rule"), pages.strip(front, language)]
    return informal.page(t, title, programme, blocks, handle=handle)


def _asked(t: Translator, programme: Programme, view: View) -> tuple[str, list[Block]]:
    buttons = [
        kit.button(t("informal.yes"), ids.PEER_YES, style="primary"),
        kit.button(t("informal.not_now"), ids.PEER_NOT_NOW),
        informal.worried_button(t, programme),
    ]
    blocks = [
        kit.section(t("informal.asks", name=view.name), "who"),
        kit.section(t("informal.ask_words"), "words"),
        kit.section(t("informal.asks_yes_means", name=view.name, reach=view.own_reach), "yes"),
        kit.section(t("informal.asks_no_means"), "no"),
        kit.actions(buttons, "buttons"),
    ]
    return "informal.asks_title", blocks


def _waiting(t: Translator, programme: Programme, view: View) -> tuple[str, list[Block]]:
    words = t("informal.waiting", name=view.name, when=_when(t, programme, view))
    buttons = [kit.button(t("informal.take_back"), ids.TAKE_BACK)]
    return "informal.ask_title", [kit.section(words, "words"), kit.actions(buttons, "buttons")]


def _both(t: Translator, programme: Programme, view: View) -> tuple[str, list[Block]]:
    blocks = [
        kit.section(f"{t('informal.both', name=view.name)}\n{view.reach}", "reach"),
        kit.section(t("informal.both_own", reach=view.own_reach), "own"),
        kit.section(t("informal.both_until", when=_when(t, programme, view)), "until"),
        kit.actions([informal.worried_button(t, programme)], "buttons"),
    ]
    return "informal.both_title", blocks


def _when(t: Translator, programme: Programme, view: View) -> str:
    clock = programme.clock
    label = programme.text(clock.label, t.language)
    return t.when(view.introduction.ends_at, clock.tz, label, yours=clock.show_viewer_time)
