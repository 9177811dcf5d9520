"""The form behind a yes on the consent page: how to talk, when, and by which contact; read and drawn."""

from __future__ import annotations

from handlers.i18n import Translator
from handlers.payloads import VOICEMAIL, Filled, unseen
from handlers.web.html import Html, joined
from handlers.web.request import WebRequest
from handlers.web.shell import choices, text_field
from peersupport.intake import Part
from peersupport.programme import Programme
from peersupport.programme_values import Choice

LONGEST_NAME, LONGEST_REACH = 100, 150
UNSEEN = "unseen"
"""What is wrong with a text that holds characters nobody sees."""

Faults = tuple[tuple[Part, str], ...]


def filled(request: WebRequest) -> Filled:
    """Read the fields; what is not there is empty."""
    return Filled(
        role=request.one(Part.ROLE),
        modalities=request.every(Part.MODALITIES),
        reach=" ".join(request.one(Part.REACH).split()),
        notes=request.every("notes"),
        name=" ".join(request.one(Part.NAME).split()),
        times=request.every(Part.TIMES),
    )


def faults_of(form: Filled) -> Faults:
    """Return what the form alone can tell is wrong."""
    typed = ((Part.NAME, form.name, LONGEST_NAME), (Part.REACH, form.reach, LONGEST_REACH))
    found = [(part, UNSEEN) for part, words, _ in typed if unseen(words)]
    return (*found, *((part, "too_long") for part, words, longest in typed if len(words) > longest))


def words_for(t: Translator, part: Part, fault: str) -> str:
    """Say in words what is wrong with a part."""
    if fault == UNSEEN:
        return t("pages.unseen")
    own = f"requests.fault.{part.value}.{fault}"
    return t(own if own in t.catalogue else f"requests.fault.{fault}")


def fields(t: Translator, programme: Programme, form: Filled, faults: Faults) -> Html:
    """Return the fields, each with what is wrong with it."""
    wrong = {part: words_for(t, part, fault) for part, fault in reversed(faults)}
    times = _labels(programme.form.times, programme, t)
    return joined(
        text_field(
            Part.NAME,
            t("requests.name"),
            value=form.name,
            wrong=wrong.get(Part.NAME, ""),
            longest=LONGEST_NAME,
            autocomplete="name",
        ),
        choices(
            Part.ROLE,
            t("requests.role"),
            _labels(programme.eligibility.roles, programme, t),
            (form.role,),
            wrong=wrong.get(Part.ROLE, ""),
        ),
        choices(
            Part.MODALITIES,
            t("requests.modalities"),
            _labels(programme.form.modalities, programme, t),
            form.modalities,
            several=True,
            wrong=wrong.get(Part.MODALITIES, ""),
        ),
        text_field(
            Part.REACH,
            t("requests.reach.either"),
            value=form.reach,
            hint=t("requests.reach_hint.either"),
            wrong=wrong.get(Part.REACH, ""),
            longest=LONGEST_REACH,
        ),
        choices("notes", t("requests.notes"), [(VOICEMAIL, t("requests.voicemail"))], form.notes, several=True)
        if programme.form.voicemail == "ask"
        else None,
        choices(Part.TIMES, t("web.times"), times, form.times, several=True, wrong=wrong.get(Part.TIMES, ""))
        if times
        else None,
    )


def _labels(items: tuple[Choice, ...], programme: Programme, t: Translator) -> list[tuple[str, str]]:
    return [(each.id, programme.text(each.label, t.language)) for each in items]
