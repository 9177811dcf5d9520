"""The link and the code of a consent page, as an administrator is shown them: once, and to be sent by two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import ids
from handlers.views import kit
from handlers.views.identity import when
from peersupport.consent_link import Link
from peersupport.programme import Programme

if TYPE_CHECKING:
    from handlers.hear import Front

HALF = 4


def made(front: Front, language: str, programme: Programme, link: Link) -> kit.View:
    """Return them with what to do; neither is in anything that the view carries along."""
    t = front.texts.in_language(language)
    blocks = [
        kit.section(t("consent_link.words"), "words"),
        kit.header(t("consent_link.address"), "address"),
        kit.section(f"{front.public_url}/note/{link.token}", "link"),
        kit.header(t("consent_link.code"), "code"),
        kit.section(f"{link.code[:HALF]} {link.code[HALF:]}", "digits"),
        kit.section(t("consent_link.send"), "send"),
        kit.context(t("consent_link.once", when=when(link.expires_at, programme, t)), "once"),
    ]
    return kit.modal(
        t("consent_link.title"),
        blocks,
        callback_id=ids.VIEW_LINK,
        close=t("pages.close"),
        metadata=kit.meta(language, programme.id),
    )
