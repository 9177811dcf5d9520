"""The administrators' queue: a short list in Home of what needs somebody now, and all of it, by parts, in a modal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from handlers.views.identity import when
from peersupport.phone_tasks import owed
from peersupport.programme import Programme
from peersupport.queue import Filter, Listing, Section, Today, Until, is_overdue
from peersupport.requests import State, SupportRequest
from peersupport.safety import Alert


def home_part(
    found: Listing, handles: Mapping[UUID, str], programme: Programme, t: Translator, now: datetime
) -> list[Block]:
    """Return the administrator's part of Home: what needs somebody now, how much else there is, and the doors."""
    blocks = [kit.header(t("triage.home", programme=programme.name.get(t.language))[:150], f"admin.{programme.id}")]
    open_now = sum(found.counts[each] for each in Section if each is not Section.FINISHED)
    if not open_now:
        blocks.append(kit.section(t("triage.home_empty"), f"empty.{programme.id}"))
    elif not found.counts[Section.NEEDS]:
        blocks.append(kit.section(t("queue.nothing_now"), f"nothing.{programme.id}"))
    blocks += _rows(found, handles, programme, t, now, f"request.{programme.id}")
    if open_now:
        blocks.append(kit.context(_counted(found, t), f"counts.{programme.id}"))
    doors = [
        kit.button(t("queue.open"), ids.QUEUE, programme.id),
        kit.button(t("triage.home_supporters"), ids.SUPPORTERS, programme.id),
        kit.button(t("ledger.home"), ids.LEDGER, programme.id),
    ]
    return [*blocks, kit.actions(doors, f"register.{programme.id}")]


def today(numbers: Today, t: Translator) -> str:
    """Return what the day asks for, in one line."""
    named = {"new": numbers.new, "due": numbers.due, "overdue": numbers.overdue, "unanswered": numbers.unanswered}
    return t("queue.today", said=" · ".join(_count(f"queue.today.{name}", count, t) for name, count in named.items()))


def queue(
    found: Listing,
    handles: Mapping[UUID, str],
    programme: Programme,
    t: Translator,
    now: datetime,
    said: str = "",
    *,
    programmes: Sequence[Programme] = (),
) -> kit.View:
    """Return one page of one part of the queue; `said` is one line above it.

    `programmes` are all whose queue this administrator may see. Nothing of what is chosen is kept anywhere but here.
    """
    blocks = [kit.alert(said, "said")] if said else []
    blocks += [*_choices(found, programme, programmes, t), *_rows(found, handles, programme, t, now, "request")]
    if not found.requests and not found.concerns:
        filtered = found.filter is not Filter.ALL
        blocks.append(kit.section(t("queue.none_so" if filtered else f"queue.none.{found.section.value}"), "none"))
    turns = [
        kit.button(t(f"queue.{word}"), action, f"{found.section.value}.{found.filter.value}.{page}")
        for word, action, page in (
            ("earlier", ids.QUEUE_BACK, found.page - 1),
            ("later", ids.QUEUE_ON, found.page + 1),
        )
        if 0 <= page < found.pages
    ]
    if turns:
        blocks += [kit.actions(turns, "turns"), kit.context(_page(found, t), "page")]
    blocks.append(kit.context(t("queue.note"), "note"))
    return kit.modal(
        t("queue.title"),
        blocks,
        callback_id=ids.VIEW_QUEUE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )


def _choices(found: Listing, programme: Programme, programmes: Sequence[Programme], t: Translator) -> list[Block]:
    """Return the drop-downs: the part, the filter and, for who looks after several, the programme."""
    part, kept = found.section.value, found.filter.value
    parts = [(f"{each}.{kept}.0", f"{t(f'queue.{each}')} ({found.counts[each]})") for each in Section]
    filters = [(f"{part}.{each}.0", t(f"queue.filter.{each}")) for each in Filter]
    blocks = [
        kit.actions([kit.select(ids.QUEUE_PART, parts, f"{part}.{kept}.0", t("queue.part"))], "part"),
        kit.actions([kit.select(ids.QUEUE_FILTER, filters, f"{part}.{kept}.0", t("queue.filter"))], "filter"),
    ]
    if len(programmes) > 1:
        named = [(each.id, each.name.get(t.language)[:75]) for each in programmes[:100]]
        blocks.append(kit.actions([kit.select(ids.QUEUE_OF, named, programme.id, t("queue.of"))], "of"))
    return blocks


def _concern(alert: Alert, handles: Mapping[UUID, str], programme: Programme, t: Translator) -> Block:
    """Return the row of an open safety concern: the reference, what is needed and by when, and never who."""
    concern, reference = alert.concern, alert.request.reference
    key = "nobody" if concern.waits else "mine" if alert.mine else "other"
    due = concern.next_page_at if concern.waits and concern.next_page_at else concern.hold_until
    words = t(f"queue.safety.{key}", reference=reference, when=when(due, programme, t))
    says = t("safety.open_says", reference=reference)[:75]
    button = kit.button(t("cards.direct_open"), ids.OPEN_CONCERN, handles[concern.id], says=says)
    return kit.section(words, f"concern.{concern.id.hex}", button)


def _rows(
    found: Listing, handles: Mapping[UUID, str], programme: Programme, t: Translator, now: datetime, block: str
) -> list[Block]:
    concerns = [_concern(each, handles, programme, t) for each in found.concerns]
    return concerns + [
        kit.section(_line(request, found, programme, t, now), f"{block}.{place}", _button(request, handles, t))
        for place, request in enumerate(found.requests)
    ]


def _line(request: SupportRequest, found: Listing, programme: Programme, t: Translator, now: datetime) -> str:
    words = t(
        "triage.home_line",
        reference=request.reference,
        state=cards.state_words(request, t),
        due=cards.due(request, programme, t),
    )
    if request.state is State.CLOSED and request.closed_at is not None:
        words = t("queue.over", reference=request.reference, when=when(request.closed_at, programme, t))
    marks = [t("queue.urgent")] if request.urgent and request.state is not State.CLOSED else []
    marks += [t("queue.overdue")] if is_overdue(request, now) else []
    marks += [t("queue.phone")] if owed(request, programme, now) is not None else []
    until = found.put_off.get(request.id)
    if until is not None and until > now:
        marks.append(t("queue.put_off_until", when=when(until, programme, t)))
    return "\n".join([words, *marks])


def _button(request: SupportRequest, handles: Mapping[UUID, str], t: Translator) -> Element | None:
    """Return the button that opens the details; a finished request is looked up, with a reason, instead."""
    handle = handles.get(request.id)
    if handle is None:
        return None
    return kit.button(t("cards.open"), ids.OPEN_SHEET, handle, says=t("cards.open_says", reference=request.reference))


def put_off_choice(choices: Mapping[Until, datetime], programme: Programme, t: Translator) -> Sequence[Element]:
    """Return the drop-down that puts a request off, where it can be."""
    if not choices:
        return []
    named = [
        (
            until.value,
            t("queue.not_put_off")
            if until is Until.NOW
            else t("queue.until", when=when(at, programme, t, yours=False)),
        )
        for until, at in choices.items()
    ]
    return [kit.select(ids.PUT_OFF, named, placeholder=t("queue.put_off"))]


def _counted(found: Listing, t: Translator) -> str:
    return " · ".join(_count(f"queue.{each.value}", found.counts[each], t) for each in Section)


def _page(found: Listing, t: Translator) -> str:
    return t("queue.page", page=found.page + 1, pages=found.pages)


def _count(key: str, count: int, t: Translator) -> str:
    return t("queue.count", what=t(key), n=count)
