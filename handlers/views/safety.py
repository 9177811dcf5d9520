"""The safety concern: numbers first, four steps, three choices and no words; and what those see who are paged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from handlers.views.identity import when
from peersupport.addresses import Address
from peersupport.audit import ActorKind
from peersupport.concerns import CLOSINGS, Concern, Route, Told
from peersupport.programme import Programme
from peersupport.requests import State, SupportRequest
from peersupport.resources import Kind as HelpKind
from peersupport.safety import Alert, Watch

if TYPE_CHECKING:
    from handlers.hear import Front

HEADER = 150
MOST_PROGRAMMES = 5
YES, NO = "yes", "no"


def _numbers(front: Front, programme: Programme, t: Translator, phones: Sequence[str], prefix: str = "") -> list[Block]:
    """Return whom to phone, as large as Slack writes: the emergency number, the safety lead, then the other lines."""
    lines = programme.help_lines(front.resources)
    first = [each for each in lines if each.kind is HelpKind.EMERGENCY]
    blocks: list[Block] = []
    for place, each in enumerate(first):
        number = each.contact.get(t.language) if each.contact else each.label.get(t.language)
        blocks.append(kit.header(t("safety.danger_now", number=number)[:HEADER], f"{prefix}emergency.{place}"))
    for place, phone in enumerate(phones):
        blocks.append(kit.header(_phone(phone, programme, t)[:HEADER], f"{prefix}lead.{place}"))
    blocks.append(kit.context(t("safety.phone_first"), f"{prefix}phone_first"))
    others = [each.line(t.language) for each in lines if each not in first]
    if others:
        blocks.append(kit.section("\n".join(others), f"{prefix}lines"))
    return blocks


def _phone(phone: str, programme: Programme, t: Translator) -> str:
    """Return a number with whose it is: where no lead may hear of it, the programme's office."""
    return t("safety.office" if phone == programme.people.office.phone else "safety.phone", phone=phone)


def form(front: Front, watch: Watch, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the numbers, the steps and three choices; nothing in it can be written."""
    told = [(each.value, t(f"safety.told.{each.value}")) for each in Told]
    routes = [(each.value, t(f"safety.route.{each.value}")) for each in Route]
    plan = [(YES, t("safety.plan.yes")), (NO, t("safety.plan.no"))]
    blocks = [
        *_numbers(front, programme, t, watch.phones),
        kit.section(t("safety.steps"), "steps"),
        kit.field(t("safety.ask_told"), kit.radios(ids.IN_TOLD, told), ids.IN_TOLD),
        kit.field(t("safety.ask_plan"), kit.radios(ids.IN_PLAN, plan), ids.IN_PLAN),
        kit.field(t("safety.ask_route"), kit.radios(ids.IN_ROUTE, routes), ids.IN_ROUTE, hint=t("safety.route_hint")),
        kit.context(t("safety.no_words", reference=watch.request.reference), "note"),
    ]
    return kit.modal(
        t("safety.title"),
        blocks,
        callback_id=ids.VIEW_CONCERN,
        close=t("pages.back"),
        submit=t("safety.submit"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def status(front: Front, watch: Watch, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the numbers and whether somebody has the concern, with a way to look again."""
    assert watch.concern is not None
    words = _stands(watch.concern, watch.taken, programme, t)
    blocks = [kit.alert(t("safety.sent"), "said", "success")] if watch.first else []
    blocks += [
        kit.section(words, "stands"),
        *_numbers(front, programme, t, watch.phones),
        kit.actions([kit.button(t("safety.look_again"), ids.SAFETY_CONCERN)], "again"),
        kit.context(
            t("safety.raised", reference=watch.request.reference, when=when(watch.concern.raised_at, programme, t)),
            "raised",
        ),
    ]
    return kit.modal(
        t("safety.title"),
        blocks,
        callback_id=ids.VIEW_CONCERN_STATUS,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def _stands(concern: Concern, taken: ActorKind | None, programme: Programme, t: Translator) -> str:
    """Return whether somebody has it, in what role and since when; never who."""
    if concern.taken_at is None:
        return t("safety.trying", when=when(concern.raised_at, programme, t))
    role = "admin" if taken is ActorKind.ADMIN else "lead"
    return t(f"safety.has.{role}", when=when(concern.taken_at, programme, t))


def over(front: Front, programme: Programme, t: Translator, phones: Sequence[str]) -> kit.View:
    """Return the numbers for one with whom the request no longer is."""
    blocks = [*_numbers(front, programme, t, phones), kit.section(t("safety.over"), "words")]
    return kit.modal(
        t("safety.title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )


def trouble(front: Front, programme: Programme | None, who: Address, t: Translator) -> kit.View:
    """Return the numbers, by the programme's file alone, where the app itself fails: nobody was alerted.

    Where it is not known which programme it is about, those of every programme stand there.
    """
    known = [programme] if programme is not None else list(front.programmes.values())
    blocks: list[Block] = [kit.section(t("safety.trouble"), "words")]
    for place, each in enumerate(known[:MOST_PROGRAMMES]):
        phones = tuple(dict.fromkeys(lead.phone for lead in each.people.safety_leads if lead.id != who.user))
        office = each.people.office.phone
        numbers = _numbers(front, each, t, phones or ((office,) if office else ()), f"{place}.")
        if len(known) > 1:
            numbers.insert(0, kit.section(each.name.get(t.language), f"{place}.programme"))
        blocks = [*numbers, *blocks] if len(known) == 1 else [*blocks, *numbers]
    return kit.modal(
        t("safety.title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id if programme is not None else None),
    )


def button(t: Translator, reference: str = "", handle: str | None = None) -> Element:
    """Return the button that opens it; where the view carries the handle itself, the button needs none."""
    says = t("safety.button_says", reference=reference)[:75] if reference else None
    return kit.button(t("safety.button"), ids.SAFETY_CONCERN, handle, says=says)


# Home


def home_of_supporter(front: Front, watch: Watch, programme: Programme, t: Translator, handle: str) -> list[Block]:
    """Return the way to raise a concern or, while one is open, whom to phone and whether somebody has it."""
    reference = watch.request.reference
    if watch.concern is None:
        over = watch.request.state is State.CLOSED
        words = t("safety.home_ask_finished" if over else "safety.home_ask", reference=reference)
    else:
        lines = [t("safety.home_open", reference=reference), _stands(watch.concern, watch.taken, programme, t)]
        if watch.concern.waits:
            emergency = [
                each.line(t.language)
                for each in programme.help_lines(front.resources)
                if each.kind is HelpKind.EMERGENCY
            ]
            lines += [*emergency, *(_phone(phone, programme, t) for phone in watch.phones)]
        words = "\n".join(lines)
    return [kit.section(words, f"safety.{watch.request.id.hex}", button(t, reference, handle))]


def home_of_paged(alert: Alert, programme: Programme, t: Translator, handle: str) -> list[Block]:
    """Return an open concern for one who hears of it: the reference, and whether somebody has it."""
    reference = alert.request.reference
    stands = t("safety.you_have_it") if alert.mine else _stands(alert.concern, alert.taken, programme, t)
    opens = kit.button(
        t("cards.direct_open"),
        ids.OPEN_CONCERN,
        handle,
        style="primary" if alert.concern.waits else None,
        says=t("safety.open_says", reference=reference)[:75],
    )
    words = "\n".join([t("safety.home_open", reference=reference), stands])
    return [kit.section(words, f"concern.{alert.concern.id.hex}", opens)]


def home_of_requester(request: SupportRequest, words: str, t: Translator) -> list[Block]:
    """Return why the erasure of one's closed request waits, and until when at the latest."""
    return [
        kit.header(t("own.header", reference=request.reference), f"held.{request.id.hex}"),
        kit.section(words, f"held_why.{request.id.hex}"),
    ]


# Those who are paged


def alert(alert: Alert, programme: Programme, t: Translator, handle: str, said: str = "") -> kit.View:
    """Return an open concern: by reference only or, for a lead or whoever has it, whole; never who asked."""
    concern, reference = alert.concern, alert.request.reference
    blocks: list[Block] = [kit.alert(said, "said")] if said else []
    blocks += [
        kit.header(t("safety.home_open", reference=reference), "title"),
        kit.section(t("safety.you_have_it") if alert.mine else _stands(concern, alert.taken, programme, t), "stands"),
        *kit.facts(_facts(alert, programme, t), "facts"),
    ]
    blocks.append(kit.actions(_deeds(alert, t), "deeds") if _deeds(alert, t) else kit.divider("rule"))
    if alert.whole:
        words = (
            t("safety.next", supporter=alert.supporter or t("ledger.gone")) if alert.openable else t("safety.over_time")
        )
        blocks.append(kit.section(words, "next"))
    else:
        phones = [_phone(phone, programme, t) for phone in alert.phones]
        blocks.append(kit.section("\n".join([t("safety.reference_only"), *phones]), "next"))
    return kit.modal(
        t("safety.title"),
        blocks,
        callback_id=ids.VIEW_ALERT,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def _facts(alert: Alert, programme: Programme, t: Translator) -> list[tuple[str, str]]:
    concern = alert.concern
    pairs = [(t("safety.fact.raised"), when(concern.raised_at, programme, t))]
    if alert.whole:
        pairs += [
            (t("safety.fact.route"), t(f"safety.route.{concern.route.value}")),
            (t("safety.fact.told"), t(f"safety.told.{concern.told.value}")),
            (t("safety.fact.plan"), t(f"safety.plan.{YES if concern.joint_plan else NO}")),
            (t("safety.fact.supporter"), alert.supporter or t("ledger.gone")),
            (t("cards.status"), cards.state_words(alert.request, t)),
        ]
    return pairs


def _deeds(alert: Alert, t: Translator) -> list[Element]:
    found = []
    if alert.concern.waits:
        found.append(kit.button(t("safety.take"), ids.TAKE_CONCERN, style="primary"))
    if alert.whole:
        style = None if alert.concern.waits else "primary"
        if alert.openable:
            found.append(kit.button(t("safety.show_person"), ids.SHOW_CONCERNED, style=style))
        found.append(kit.button(t("safety.close"), ids.CLOSE_CONCERN))
    return found


def closing(alert: Alert, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the form that closes a concern, with one choice."""
    choices = [(each.value, t(f"safety.ending.{each.value}")) for each in CLOSINGS]
    blocks = [
        kit.field(t("safety.ask_ending"), kit.radios(ids.IN_ENDING, choices), ids.IN_ENDING),
        kit.context(t("safety.close_note", reference=alert.request.reference), "note"),
    ]
    return kit.modal(
        t("safety.close_title"),
        blocks,
        callback_id=ids.VIEW_CONCERN_CLOSE,
        close=t("pages.back"),
        submit=t("safety.close_submit"),
        metadata=kit.meta(t.language, programme.id, handle),
    )


def told(words: str, programme: Programme, t: Translator) -> kit.View:
    """Return one sentence to somebody who was paged."""
    return kit.modal(
        t("safety.title"),
        [kit.section(words, "words")],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
        clear_on_close=True,
    )
