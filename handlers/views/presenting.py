"""An offer to present: its form, one's own as it stands, and what organisers answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, session_times
from handlers.views.organise import title_of
from peersupport.presenting import LONGEST, LONGEST_NAME, Mine, Received
from peersupport.programme import Programme
from peersupport.proposal import ProposalState
from peersupport.series import Series

NO = "no"
"""What an organiser chooses who asks for no date."""


def door(t: Translator, handle: str) -> Element:
    """Return the button with which a member offers to present a series; `handle` is for purpose PRESENTABLE."""
    return kit.button(t("presenting.door"), ids.COULD_PRESENT, handle)


def doors(t: Translator, free: Sequence[tuple[Series, str]]) -> list[Block]:
    """Return, for Home, each series that one could offer to present, with the button and its handle."""
    return [
        kit.section(t("presenting.could", title=title_of(series, t)), f"present.{place}", door(t, handle))
        for place, (series, handle) in enumerate(free)
    ]


def form(t: Translator, programme: Programme, series: Series, handle: str) -> kit.View:
    """Return the form of an offer; organisers alone read it."""
    name = kit.text_field(ids.IN_SHOWN_NAME, longest=LONGEST_NAME)
    topic = kit.text_field(ids.IN_OFFERED_TOPIC, longest=LONGEST)
    when = kit.text_field(ids.IN_CAN_WHEN, longest=LONGEST)
    blocks = [
        kit.header(title_of(series, t), "title"),
        kit.section(t("presenting.about"), "about"),
        kit.field(t("presenting.topic"), topic, ids.IN_OFFERED_TOPIC, hint=t("presenting.topic_hint")),
        kit.field(t("presenting.when"), when, ids.IN_CAN_WHEN, optional=True),
        kit.field(t("presenting.name"), name, ids.IN_SHOWN_NAME, hint=t("presenting.name_hint")),
    ]
    return kit.modal(
        t("presenting.title"),
        blocks,
        callback_id=ids.VIEW_PROPOSAL,
        submit=t("presenting.send"),
        close=t("pages.back"),
        metadata=kit.meta(t.language, programme.id, handle),
        clear_on_close=True,
    )


def received(t: Translator, programme: Programme) -> kit.View:
    """Return what follows an offer."""
    return _page(t, programme, [kit.section(t("presenting.received"), "words")])


def gone(t: Translator, programme: Programme | None) -> kit.View:
    """Return what stands where an offer was: it is erased, or has been answered."""
    return _page(t, programme, [kit.section(t("presenting.gone"), "words")])


def words(t: Translator, programme: Programme | None, key: str) -> kit.View:
    """Return a short page."""
    return _page(t, programme, [kit.section(t(key), "words")])


def mine(t: Translator, found: Mine, handle: str) -> kit.View:
    """Return one's own offer as it stands, with what one can do."""
    programme, state = found.programme, found.proposal.state
    when = session_times.begins(found.series, found.day.row, programme, t) if found.day else ""
    state = state if found.day is not None else ProposalState.NEW
    blocks: list[Block] = [
        kit.header(title_of(found.series, t), "title"),
        kit.section(t(f"presenting.state.{state.value}", when=when), "state"),
        *kit.facts(
            [(t("presenting.topic"), found.presenter.topic), (t("presenting.name"), found.presenter.name)], "facts"
        ),
    ]
    back = kit.button(t("presenting.take_back"), ids.TAKE_PROPOSAL_BACK, handle)
    if state is ProposalState.ASKED and found.day is not None:
        blocks.append(kit.context(t("presenting.yes_means", name=found.presenter.name), "means"))
        yes = kit.button(t("presenting.yes"), ids.AGREE_TO_PRESENT, handle, style="primary")
        back = kit.button(t("presenting.no"), ids.TAKE_PROPOSAL_BACK, handle)
        blocks.append(kit.actions([yes, back], "answer"))
    else:
        blocks.append(kit.actions([back], "answer"))
    # What they say yes to is what stood before them.
    on = found.day.meeting.on.isoformat() if found.day else ""
    at = found.day.row.moved_to.isoformat() if found.day and found.day.row.moved_to else ""
    return _page(t, programme, blocks, o=on, v=at)


def own_rows(t: Translator, rows: Sequence[tuple[Mine, str]]) -> list[Block]:
    """Return one's own offers in Home, each with the button that opens it."""
    blocks: list[Block] = []
    for place, (found, handle) in enumerate(rows):
        asked = found.proposal.state is ProposalState.ASKED
        key = "presenting.home_asked" if asked else f"presenting.home_{found.proposal.state.value}"
        button = kit.button(t("organise.look"), ids.OPEN_MY_PROPOSAL, handle, style="primary" if asked else None)
        blocks.append(kit.section(t(key, title=title_of(found.series, t)), f"proposal.{place}", button))
    return blocks


def offers(t: Translator, found: Sequence[Received], handles: Mapping[UUID, str]) -> list[Block]:
    """Return the offers to present a series, for its organisers."""
    if not found:
        return []
    blocks: list[Block] = [kit.header(t("presenting.offers"), "offers")]
    for place, each in enumerate(found):
        lines = [each.presenter.name, each.presenter.topic, t(f"presenting.led.{each.proposal.state.value}")]
        button = kit.button(t("presenting.answer"), ids.OPEN_PROPOSAL, handles[each.proposal.id])
        blocks.append(kit.section("\n".join(lines), f"offer.{place}", button))
    return blocks


def answer(t: Translator, programme: Programme, found: Received, handle: str) -> kit.View:
    """Return the form with which an organiser asks for a date, or thanks and says no."""
    dates = [
        (each.on.isoformat(), session_times.begins(found.series, each, programme, t, yours=False)[:75])
        for each in found.free
    ]
    choices = [*dates, (NO, t("presenting.decline"))]
    pairs = [
        (t("presenting.name"), found.presenter.name),
        (t("presenting.topic"), found.presenter.topic),
        (t("presenting.when"), found.presenter.when or t("presenting.any_time")),
    ]
    blocks = [
        kit.header(title_of(found.series, t), "title"),
        *kit.facts(pairs, "facts"),
        kit.section(t(f"presenting.led.{found.proposal.state.value}"), "state"),
        kit.field(t("presenting.ask_for"), kit.select(ids.IN_PRESENT_ON, choices), ids.IN_PRESENT_ON),
        kit.context(t("presenting.ask_means"), "means"),
    ]
    return kit.modal(
        t("presenting.answer_title"),
        blocks,
        callback_id=ids.VIEW_PROPOSAL_ANSWER,
        submit=t("presenting.send"),
        close=t("pages.back"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def _page(t: Translator, programme: Programme | None, blocks: Sequence[Block], **meta: str) -> kit.View:
    metadata = kit.meta(t.language, programme.id if programme else None, **meta)
    return kit.modal(
        t("presenting.title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=metadata
    )
