"""What a finished request still offers: a list of other help, and one tap that is only ever counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages
from peersupport.feedback import Finished
from peersupport.programme import Programme

if TYPE_CHECKING:
    from handlers.hear import Front


def question(t: Translator, value: str, block_id: str) -> list[Block]:
    """Return the one question, with its three answers."""
    answers = [
        kit.button(t("feedback.helped"), ids.RATE_HELPED, value),
        kit.button(t("feedback.a_little"), ids.RATE_A_LITTLE, value),
        kit.button(t("feedback.not_really"), ids.RATE_NOT_REALLY, value),
    ]
    return [kit.section(t("feedback.question"), f"question.{block_id}"), kit.actions(answers, f"rating.{block_id}")]


def finished(each: Finished, t: Translator, value: str, place: int) -> list[Block]:
    """Return a finished request as its requester sees it in Home."""
    words = t("feedback.finished", reference=each.request.reference)
    button = kit.button(t("feedback.show_resources"), ids.SHOW_RESOURCES, value) if each.resources_offered else None
    if each.resources_offered:
        words = f"{words} {t('feedback.offered')}"
    asked = [] if each.rated else question(t, value, str(place))
    return [kit.section(words, f"finished.{place}", button), *asked]


def resources(front: Front, language: str, programme: Programme) -> kit.View:
    """Return the programme's list of other help."""
    t = front.texts.in_language(language)
    listed = pages.resources(programme.other_help(front.resources), language, "resource", t("feedback.open_link"))
    return kit.modal(
        t("feedback.resources_title"),
        [kit.section(t("feedback.resources"), "words"), *listed, kit.divider("rule"), pages.strip(front, language)],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(language),
    )


def thanks(t: Translator, words: str) -> kit.View:
    """Return one sentence of thanks."""
    return kit.modal(
        t("feedback.thanks_title"),
        [kit.section(words, "words")],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language),
    )
