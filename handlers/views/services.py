"""The administrators' list of other services, with each line as people will read it in every language."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit
from peersupport.ports_pages import ServiceEntry
from peersupport.programme import Programme
from peersupport.services import line

FIELDS = (
    (ids.IN_LABEL_EN, "label_en", True),
    (ids.IN_LABEL_FR, "label_fr", True),
    (ids.IN_CONTACT_EN, "contact_en", False),
    (ids.IN_CONTACT_FR, "contact_fr", False),
    (ids.IN_HOURS_EN, "hours_en", False),
    (ids.IN_HOURS_FR, "hours_fr", False),
    (ids.IN_URL, "url", False),
)
"""The block, the field of an entry, and whether it must be filled."""
LONGEST = 150


def listing(t: Translator, programme: Programme, entries: Sequence[ServiceEntry]) -> kit.View:
    """Return the list: both languages of each entry, and the buttons that change it."""
    blocks: list[Block] = [kit.section(t("services.about"), "about")]
    for place, each in enumerate(entries):
        words = [line(each, "en"), line(each, "fr"), *([t("services.hidden")] if each.hidden else [])]
        edit = kit.button(t("services.edit"), ids.SERVICE_EDIT, str(each.id), says=_says(t("services.edit"), each, t))
        hide = t("services.show" if each.hidden else "services.hide")
        blocks += [
            kit.section("\n".join(words), f"service.{place}"),
            kit.actions(
                [edit, kit.button(hide, ids.SERVICE_HIDE, str(each.id), says=_says(hide, each, t))], f"buttons.{place}"
            ),
        ]
    blocks.append(kit.actions([kit.button(t("services.add"), ids.SERVICE_EDIT, "new", style="primary")], "add"))
    return kit.modal(
        t("services.title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )


def _says(words: str, entry: ServiceEntry, t: Translator) -> str:
    return f"{words}, {entry.label_fr if t.language == 'fr' else entry.label_en}"[:75]


def form(t: Translator, programme: Programme, entry: ServiceEntry | None) -> kit.View:
    """Return the form of one entry, in both languages."""
    blocks: list[Block] = []
    for block, name, must in FIELDS:
        value = getattr(entry, name) if entry else ""
        field = kit.text_field(block, value=value, longest=LONGEST)
        blocks.append(kit.field(t(f"services.{name}"), field, block, optional=not must))
    more = {"e": str(entry.id)} if entry else {}
    return kit.modal(
        t("services.form_title"),
        blocks,
        callback_id=ids.VIEW_SERVICE,
        submit=t("services.save"),
        close=t("services.not_now"),
        metadata=kit.meta(t.language, programme.id, **more),
        clear_on_close=True,
    )


def kept(t: Translator, programme: Programme, entry: ServiceEntry) -> kit.View:
    """Return how the entry reads now, in both languages."""
    blocks = [
        kit.section(t("services.kept"), "words"),
        kit.section(line(entry, "en"), "preview.en"),
        kit.section(line(entry, "fr"), "preview.fr"),
    ]
    return kit.modal(
        t("services.title"),
        blocks,
        callback_id=ids.VIEW_PAGE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, programme.id),
    )
