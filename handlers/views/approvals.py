"""Deeds that need two, in modals and Home: what, about which reference, why, since when, and how far the two are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from handlers.views.identity import when
from peersupport.approvals import Act, Pending, Why
from peersupport.exceptional import to_use
from peersupport.programme import Programme
from peersupport.requests import SupportRequest

HOME_SHOWN = 5
ASKS = {Act.REOPEN_IDENTITY: ids.ASK_REOPEN, Act.EXTEND_RETENTION: ids.ASK_KEEP}
"""The button behind which each deed about a request is asked for."""


def ask_button(act: Act, t: Translator) -> Element:
    """Return the button that opens the form for one deed."""
    return kit.button(t(f"approvals.ask.{act.value}"), ASKS[act])


def ask_form(act: Act, request: SupportRequest, programme: Programme, t: Translator, handle: str) -> kit.View:
    """Return the form that asks for a deed about a closed request, with its reason."""
    choices = [(why.value, t(f"approvals.why.{why.value}")) for why in Why]
    hours = int(to_use(act).total_seconds() // 3600)
    blocks = [
        kit.section(t(f"approvals.about.{act.value}", reference=request.reference), "words"),
        kit.field(t("approvals.why"), kit.radios(ids.IN_WHY, choices), ids.IN_WHY),
        kit.context(t.count("approvals.two", hours), "two"),
    ]
    return kit.modal(
        t("approvals.ask_title"),
        blocks,
        callback_id=ids.VIEW_ASK_APPROVAL,
        close=t("pages.back"),
        submit=t("approvals.ask_submit"),
        metadata=kit.meta(t.language, programme.id, handle, a=act.value),
    )


def approval(
    held: Pending, programme: Programme, t: Translator, handles: Mapping[str, str], said: str = ""
) -> kit.View:
    """Return one deed for two as it stands. `handles` holds its own under "", and one for the request it is about."""
    found = held.approval
    blocks = [kit.alert(said, "said")] if said else []
    blocks += [
        kit.section(_what(held, t), "what"),
        *kit.facts(_facts(held, programme, t), "facts"),
        kit.section(_stands(held, t), "stands"),
    ]
    if found.code and held.lives:
        blocks.append(kit.section(t("approvals.compare"), "compare"))
    buttons = _buttons(held, t, handles)
    if buttons:
        blocks += [kit.divider("rule"), kit.actions(buttons, "deeds")]
    return kit.modal(
        t("approvals.title"),
        blocks,
        callback_id=ids.VIEW_APPROVAL,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id, handles[""]),
    )


def _what(held: Pending, t: Translator) -> str:
    return t(f"approvals.what.{held.approval.act.value}")


def _facts(held: Pending, programme: Programme, t: Translator) -> list[tuple[str, str]]:
    found = held.approval
    pairs = [(t("approvals.asked_at"), when(found.asked_at, programme, t)), (t("approvals.asked_by"), _asker(held, t))]
    if held.request is not None:
        pairs.insert(0, (t("lookup.reference"), held.request.reference))
    if found.code:
        pairs.insert(0, (t("approvals.code"), found.code))
    if found.reason in set(Why):
        pairs.append((t("approvals.why"), t(f"approvals.why.{found.reason}")))
    if held.lives:
        pairs.append((t("approvals.until"), when(found.expires_at, programme, t)))
    return pairs


def _asker(held: Pending, t: Translator) -> str:
    if held.asked_by_backup is None:
        return t("approvals.by.operator")
    return t("approvals.by.backup" if held.asked_by_backup else "approvals.by.administrator")


def _stands(held: Pending, t: Translator) -> str:
    found = held.approval
    if found.used_at is not None:
        return t("approvals.stands.used")
    if not held.lives:
        return t("approvals.stands.ended" if found.ended_at is not None else "approvals.stands.lapsed")
    if found.complete:
        return t("approvals.stands.ready_request" if held.request is not None else "approvals.stands.ready_operator")
    if held.mine:
        return t("approvals.stands.mine")
    return t("approvals.stands.one" if found.first_at is not None else "approvals.stands.none")


def _buttons(held: Pending, t: Translator, handles: Mapping[str, str]) -> list[Element]:
    if not held.lives:
        return []
    buttons = []
    if not held.mine and not held.approval.complete:
        question = _question("agree", t)
        buttons.append(kit.button(t("approvals.agree"), ids.AGREE_APPROVAL, handles[""], style="primary", ask=question))
    elif held.can_use:
        buttons.append(kit.button(t("approvals.go_on"), ids.SHOW_FOUND, handles["request"], style="primary"))
    no = "take_back" if held.mine else "decline"
    buttons.append(kit.button(t(f"approvals.{no}"), ids.DECLINE_APPROVAL, handles[""], ask=_question(no, t)))
    return buttons


def _question(deed: str, t: Translator) -> Any:
    words = t(f"approvals.sure.{deed}")
    return kit.confirm(t("triage.ask.title"), words, t(f"approvals.{deed}"), t("triage.ask.no"))


def home_part(rows: Sequence[tuple[Pending, str]], programme: Programme, t: Translator) -> list[Block]:
    """Return what waits, oldest first, each with a handle behind its button; never who asked."""
    title = t("approvals.home", programme=programme.name.get(t.language))[:150]
    blocks = [kit.header(title, f"approvals.{programme.id}")]
    for place, (held, handle) in enumerate(rows[:HOME_SHOWN]):
        found = held.approval
        words = t(
            "approvals.home_line",
            what=_what(held, t),
            mark=held.request.reference if held.request else found.code or "",
            stands=_stands(held, t),
            until=when(found.expires_at, programme, t),
        )
        button = kit.button(t("approvals.open"), ids.OPEN_APPROVAL, handle, says=t("approvals.open_says")[:75])
        blocks.append(kit.section(words, f"approval.{programme.id}.{place}", button))
    return blocks
