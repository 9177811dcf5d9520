"""One's own listing: what stands there, its switch in Home, the form, and the question whether it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages
from peersupport.listings import LONGEST_COMMUNITY, LONGEST_NAME, LONGEST_REACH, part_of
from peersupport.ports_informal import Listed, Listing
from peersupport.programme import Programme

if TYPE_CHECKING:
    from handlers.hear import Front

MOST_A_WEEK = 10


def own(t: Translator, programme: Programme, listing: Listing | None) -> list[Block]:
    """Return one's own listing on the page behind the door, or the invitation to make one."""
    if listing is not None:
        return switch(t, programme, listing)
    button = kit.button(t("listings.list_me"), ids.EDIT_LISTING, programme.id)
    return [kit.section(t("listings.invite"), "listing", button)]


def switch(t: Translator, programme: Programme, listing: Listing) -> list[Block]:
    """Return what stands, with the one tap that pauses it or shows it again, and the others."""
    words = t("listings.stands_paused" if listing.paused else "listings.stands")
    buttons = [
        _pause(t, programme, paused=listing.paused),
        kit.button(t("listings.change"), ids.EDIT_LISTING, programme.id),
        _remove(t, programme),
        kit.button(t("informal.worried"), ids.WORRIED, programme.id),
    ]
    return [kit.section(words, f"listing.{programme.id}"), kit.actions(buttons, f"listing_do.{programme.id}")]


def _pause(t: Translator, programme: Programme, *, paused: bool) -> Element:
    if paused:
        return kit.button(t("listings.resume"), ids.RESUME_LISTING, programme.id)
    return kit.button(t("listings.pause"), ids.PAUSE_LISTING, programme.id)


def _remove(t: Translator, programme: Programme) -> Element:
    ask = kit.confirm(
        t("listings.remove_ask"), t("listings.remove_means"), t("listings.remove_yes"), t("listings.remove_no")
    )
    return kit.button(t("listings.remove"), ids.REMOVE_LISTING, programme.id, ask=ask)


def form(
    t: Translator, programme: Programme, name: str, listing: Listing | None, listed: Listed | None, handle: str | None
) -> kit.View:
    """Return the form, with what stands there already; `name` is what Slack calls the person."""
    part = part_of(programme)
    assert part is not None
    tags = [(each.id, each.label.get(t.language)) for each in part.tags]
    times = [(each.id, each.label.get(t.language)) for each in part.times]
    most = min(part.asks_per_week, MOST_A_WEEK)
    often = [(str(n), t.count("listings.times_a_week", n)) for n in range(1, most + 1)]
    limit = min(listing.weekly_limit if listing else most, most)
    held = listed.name if listed else name[:LONGEST_NAME]
    fields = [
        kit.section(t("listings.about"), "about"),
        _text(t, "listings.name", ids.IN_LISTED_NAME, held, LONGEST_NAME),
        _text(
            t,
            "listings.reach",
            ids.IN_LISTED_REACH,
            listed.reach if listed else "",
            LONGEST_REACH,
            t("listings.reach_hint"),
        ),
        _text(
            t,
            "listings.community",
            ids.IN_LISTED_COMMUNITY,
            listed.community if listed else "",
            LONGEST_COMMUNITY,
            optional=True,
        ),
    ]
    if times:
        ticks = kit.checkboxes(ids.IN_LISTED_TIMES, times, listed.times if listed else ())
        fields.append(kit.field(t("listings.times"), ticks, ids.IN_LISTED_TIMES, optional=True))
    if tags:
        chosen = kit.multi_select(ids.IN_LISTED_TAGS, tags, listed.tags if listed else ())
        fields.append(kit.field(t("listings.tags"), chosen, ids.IN_LISTED_TAGS, optional=True))
    weekly = kit.select(ids.IN_WEEKLY, often, str(limit))
    fields.append(kit.field(t("listings.weekly"), weekly, ids.IN_WEEKLY, hint=t("listings.weekly_hint")))
    return kit.modal(
        t("listings.title"),
        fields,
        callback_id=ids.VIEW_LISTING,
        submit=t("listings.save"),
        close=t("informal.close"),
        metadata=kit.meta(t.language, programme.id, handle),
        clear_on_close=True,
    )


def _text(
    t: Translator, key: str, block: str, value: str, longest: int, hint: str | None = None, *, optional: bool = False
) -> Block:
    element = kit.text_field(block, value=value, longest=longest)
    return kit.field(t(key), element, block, hint=hint, optional=optional)


def said(t: Translator, programme: Programme, words: str) -> kit.View:
    """Return what follows a change of one's listing, in one sentence."""
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(
        t("listings.title"),
        [kit.section(t(words), "words")],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=metadata,
    )


def review(front: Front, language: str, programme: Programme) -> kit.View:
    """Return the question whether the listing stays."""
    t = front.texts.in_language(language)
    buttons = [
        kit.button(t("listings.keep"), ids.KEEP_LISTING, programme.id, style="primary"),
        _pause(t, programme, paused=False),
        kit.button(t("listings.change"), ids.EDIT_LISTING, programme.id),
        _remove(t, programme),
    ]
    blocks = [
        kit.section(t("listings.review"), "words"),
        kit.actions(buttons, "buttons"),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    metadata = kit.meta(language, programme.id)
    return kit.modal(
        t("listings.review_title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=metadata
    )
