"""Who asked and how to reach them: the only view that shows it, and the words that do without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from handlers import ids
from handlers.i18n import Translator
from handlers.views import cards, kit
from peersupport.programme import Programme
from peersupport.requests import Contact, Door, Needs, SupportRequest
from peersupport.reveals import Identity


def when(instant: datetime, programme: Programme, t: Translator, *, yours: bool = True) -> str:
    """Return an instant on the programme's clock, in words, and on the reader's own where that shows another time."""
    clock = programme.clock
    return t.when(instant, clock.tz, clock.label.get(t.language), yours=yours and clock.show_viewer_time)


def labels(choices: Sequence[Any], chosen: Sequence[str], t: Translator) -> str:
    """Return the labels of the chosen among a programme's choices, or that nothing was said."""
    return ", ".join(each.label.get(t.language) for each in choices if each.id in chosen) or t("triage.unsaid")


def identity(
    request: SupportRequest,
    needs: Needs,
    contact: Contact | None,
    programme: Programme,
    t: Translator,
    kept_out: int = 0,
    apart: bool = False,
) -> kit.View:
    """Return who asked and how to reach them. Only ever sent after the opening is written down."""
    role = programme.role(needs.role)
    pairs = [
        (t("identity.name"), needs.name or t("triage.unsaid")),
        (t("identity.contact"), _reach(contact, t)),
        *_community(request, needs, programme, t),
        *([(t("identity.private"), t("identity.private.yes"))] if contact and contact.private else []),
        (t("triage.role"), role.label.get(t.language) if role else t("triage.unsaid")),
        (t("triage.how"), labels(programme.form.modalities, needs.modalities, t)),
        (t("triage.about"), labels(programme.form.reasons, needs.reasons, t)),
        (t("triage.times"), labels(programme.form.times, needs.times, t)),
        (t("identity.zone"), needs.zone),
        (t("identity.voicemail"), _voicemail(contact, t)),
        (t("identity.language"), t(f"identity.language.{needs.language}")),
    ]
    pairs += wishes(needs, programme, t)
    blocks = [kit.header(t("cards.title", reference=request.reference), "title"), *kit.facts(pairs, "identity")]
    wished = [t.count("triage.kept_out", kept_out)] if kept_out else []
    if apart:
        place = "triage.kept_community" if programme.form.avoid.communities else "triage.kept_department"
        wished.append(t(place))
    if wished:
        blocks.append(kit.context(" ".join(wished), "kept_out"))
    blocks.append(kit.context(t("identity.recorded"), "recorded"))
    return kit.modal(
        t("identity.title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.back"),
        metadata=kit.meta(t.language, programme.id),
    )


def opened(found: Identity, programme: Programme, t: Translator) -> kit.View:
    """Return what an administrator opened."""
    return identity(found.request, found.needs, found.contact, programme, t, kept_out=found.kept_out, apart=found.apart)


def wishes(needs: Needs, programme: Programme, t: Translator) -> list[tuple[str, str]]:
    """Return what the person wished of a supporter, in the programme's words."""
    found = []
    for wish in programme.form.wishes:
        option = programme.wish_option(wish.id, needs.wishes.get(wish.id, ""))
        if option is not None:
            found.append((wish.label.get(t.language), option.label.get(t.language)))
    return found


def _community(request: SupportRequest, needs: Needs, programme: Programme, t: Translator) -> list[tuple[str, str]]:
    """Return where a partner said that the provider works, where the programme has that community on its list."""
    found = programme.department(needs.department) if request.door is Door.PARTNER else None
    return [(t("identity.community"), found.label.get(t.language))] if found else []


def _reach(contact: Contact | None, t: Translator) -> str:
    """Return how to reach them; a partner may have known of no way at all."""
    if contact is None:
        return t("identity.contact_gone")
    return contact.reach.strip() or t("identity.contact_none")


def _voicemail(contact: Contact | None, t: Translator) -> str:
    if contact is None or contact.voicemail is None:
        return t("triage.unsaid")
    return t("identity.voicemail.yes" if contact.voicemail else "identity.voicemail.no")


class Askable(Protocol):
    """What an offer may say of a request."""

    @property
    def request(self) -> SupportRequest:
        """The plain part."""

    @property
    def modalities(self) -> tuple[str, ...]:
        """How they would like to talk."""

    @property
    def times(self) -> tuple[str, ...]:
        """When."""

    @property
    def language(self) -> str:
        """In which language."""


def offer_words(glance: Askable, programme: Programme, t: Translator) -> str:
    """Return what a supporter reads of a request before accepting: nothing about the person."""
    form, promise = programme.form, programme.promise
    return t(
        "offer.words",
        reference=glance.request.reference,
        how=labels(form.modalities, glance.modalities, t),
        times=labels(form.times, glance.times, t),
        due=cards.due(glance.request, programme, t),
        language=t(f"identity.language.{glance.language}"),
        shortest=promise.conversation_minutes[0],
        longest=promise.conversation_minutes[1],
        fewest=promise.conversations[0],
        most=promise.conversations[1],
    )
