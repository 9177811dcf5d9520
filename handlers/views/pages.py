"""Views that only inform: help lines, who sees what, refusals and troubles. None of them needs the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.views import kit
from peersupport.resources import Kind as HelpKind
from peersupport.resources import Resource

if TYPE_CHECKING:
    from handlers.hear import Front


def help_lines(front: Front, language: str) -> list[str]:
    """Return the crisis lines of every enabled programme in one line each, without repeats."""
    lines = {
        resource.line(language): None
        for programme in front.programmes.values()
        for resource in programme.help_lines(front.resources)
    }
    return list(lines)


def first_line(front: Front, language: str) -> str:
    """Return the one line to call first when the app cannot help: a physician's line before a general one."""
    lines = [r for p in front.programmes.values() for r in p.help_lines(front.resources)]
    own = [line for line in lines if line.kind is HelpKind.PHYSICIAN_HELP]
    return (own or lines)[0].line(language)


def strip(front: Front, language: str, block_id: str = "crisis") -> Block:
    """Return the crisis strip: not watched around the clock, and whom to call."""
    t = front.texts.in_language(language)
    return kit.section("\n".join([t("pages.not_watched"), *help_lines(front, language)]), block_id)


def resources(items: Sequence[Resource], language: str, prefix: str, link: str) -> list[Block]:
    """Return one paragraph a service, with a button where it has a web address."""
    return [
        kit.section(
            item.line(language),
            f"{prefix}.{place}",
            kit.button(link, ids.LINK, url=item.url, says=f"{link}: {item.label.get(language)}"[:75])
            if item.url
            else None,
        )
        for place, item in enumerate(items)
    ]


def lines(found: Mapping[str, str], prefix: str, link: str) -> list[Block]:
    """Return the same from one line of text a service, each with its web address, if it has one."""
    return [
        kit.section(
            words,
            f"{prefix}.{place}",
            kit.button(link, ids.LINK, url=url, says=f"{link}: {words}"[:75]) if url else None,
        )
        for place, (words, url) in enumerate(found.items())
    ]


def notice(front: Front, language: str, title: str, words: str) -> kit.View:
    """Return a page with one message, the help lines below it."""
    t = front.texts.in_language(language)
    blocks = [kit.section(words, "words"), kit.divider("rule"), strip(front, language)]
    return kit.modal(title, blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=kit.meta(language))


def trouble(front: Front, language: str, *, down: bool) -> kit.View:
    """Return what is shown where something failed: nothing was saved, and whom to call meanwhile."""
    t = front.texts.in_language(language)
    return notice(front, language, t("errors.title"), t("errors.down" if down else "errors.crashed"))


def unsure(front: Front, language: str) -> kit.View:
    """Return what is shown where something failed after a change went to be saved."""
    t = front.texts.in_language(language)
    return notice(front, language, t("errors.title"), t("errors.unsure"))


def trouble_home(front: Front, language: str) -> kit.View:
    """Return the Home tab while the database cannot be reached."""
    t = front.texts.in_language(language)
    blocks = [strip(front, language), kit.divider("rule"), kit.section(t("errors.home_down"), "words")]
    return kit.home(blocks, callback_id=ids.VIEW_HOME, metadata=kit.meta(language))


def unopened_home(front: Front, language: str) -> kit.View:
    """Return the Home tab after a button in it whose view did not open; nothing of anybody is in it."""
    t = front.texts.in_language(language)
    back = kit.button(t("unopened.back"), ids.SHOW_HOME)
    blocks = [strip(front, language), kit.divider("rule"), kit.section(t("unopened.words"), "words", back)]
    return kit.home(blocks, callback_id=ids.VIEW_HOME, metadata=kit.meta(language))


def outsider(front: Front, language: str) -> kit.View:
    """Return what guests and people of other workspaces get."""
    t = front.texts.in_language(language)
    return notice(front, language, t("errors.outsider_title"), t("errors.outsider"))


def stale(front: Front, language: str) -> kit.View:
    """Return what an old button or form gets."""
    t = front.texts.in_language(language)
    return notice(front, language, t("errors.stale_title"), t("errors.stale"))


def refused(front: Front, language: str) -> kit.View:
    """Return the one answer to everything unknown, expired, foreign or forbidden."""
    t = front.texts.in_language(language)
    return notice(front, language, t("errors.stale_title"), t("errors.refused"))
