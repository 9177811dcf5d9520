"""The open referrals as administrators see them: by reference, with what each waits for and when silence ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, referrals
from handlers.views.identity import when
from peersupport.programme import Programme
from peersupport.referral_list import Filter, Listing, Row

HOME_SHOWN = 5
"""So many of those that wait for an administrator stand in Home; the others are one tap away."""
SHOWN = 60
"""So many stand in the list; a filter leads to the others."""


def home_part(found: Listing, handles: Mapping[UUID, str], programme: Programme, t: Translator) -> list[Block]:
    """Return what of the open referrals waits for an administrator, and the door to all; nothing where none is open."""
    if not found.rows:
        return []
    name = programme.text(programme.name, t.language)
    waiting = [row for row in found.rows if row.waits or row.late]
    place = f"referrals.{programme.id}"
    words = t("referral_list.counted", n=found.counts[Filter.ALL], waiting=len(waiting))
    return [
        kit.header(t("referral_list.home", programme=name)[:150], f"{place}.title"),
        *_rows(waiting[:HOME_SHOWN], handles, programme, t, place),
        kit.context(words, f"{place}.counts"),
        kit.actions([kit.button(t("referral_list.open"), ids.REFERRALS, programme.id)], f"{place}.door"),
    ]


def listing(found: Listing, handles: Mapping[UUID, str], programme: Programme, t: Translator) -> kit.View:
    """Return the open referrals through a filter."""
    filters = [(each.value, f"{t(f'referral_list.filter.{each.value}')} ({found.counts[each]})") for each in Filter]
    chosen = kit.select(ids.REFERRALS_FILTER, filters, found.filter.value, t("queue.filter"))
    blocks: list[Block] = [kit.actions([chosen], "filter")]
    blocks += _rows(found.rows[:SHOWN], handles, programme, t, "referral")
    if not found.rows:
        blocks.append(kit.section(t("referral_list.none"), "none"))
    if len(found.rows) > SHOWN:
        blocks.append(kit.section(t("referral_list.more", n=SHOWN), "more"))
    blocks.append(kit.context(t("referral_list.note"), "note"))
    return kit.modal(
        t("referral_list.title"),
        blocks,
        callback_id=ids.VIEW_REFERRALS,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )


def _rows(
    rows: Sequence[Row], handles: Mapping[UUID, str], programme: Programme, t: Translator, place: str
) -> list[Block]:
    return [
        kit.section(_words(row, programme, t), f"{place}.{number}", _button(row, handles, t))
        for number, row in enumerate(rows)
    ]


def _words(row: Row, programme: Programme, t: Translator) -> str:
    held = row.referral
    until = when(held.expires_at, programme, t)
    lines = [t("referral_list.line", reference=held.reference, state=referrals.stands(held, t), when=until)]
    lines += [t("referral_list.late")] if row.late else []
    lines += [t("referral_list.ends")] if row.ends_soon else []
    return "\n".join(lines)


def _button(row: Row, handles: Mapping[UUID, str], t: Translator) -> Element:
    says = t("cards.referral.open_says", reference=row.referral.reference)
    return kit.button(t("cards.referral.open"), ids.OPEN_LISTED_REFERRAL, handles[row.referral.id], says=says)
