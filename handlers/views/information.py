"""The pages behind the menu: who sees what, numbers for right now, questions and answers, other services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.views import kit, menu, pages
from peersupport import services
from peersupport.ports_pages import ServiceEntry
from peersupport.programme import Programme
from peersupport.resources import Resource

if TYPE_CHECKING:
    from handlers.hear import Front

MOST_BLOCKS = 100
READERS = ("administrators", "supporter", "lead", "others", "operator", "slack", "you")
"""Who could see something, in the order in which the page says what."""
HEADER_LIMIT = 150


def who_sees(front: Front, language: str, programmes: Sequence[Programme], *, pushed: bool) -> kit.View:
    """Return who sees what, why and for how long, for each of these programmes."""
    t = front.texts.in_language(language)
    blocks: list[Block] = [
        kit.header(t("information.who_sees"), "title"),
        *kit.facts([(t(f"privacy.{who}"), t(f"privacy.{who}.see")) for who in READERS], "readers"),
    ]
    for programme in programmes:
        if len(programmes) > 1:
            blocks.append(kit.header(programme.text(programme.name, language), f"name.{programme.id}"))
        blocks += [
            kit.section(words, f"notice.{programme.id}.{place}")
            for place, words in enumerate(programme.notice(language))
        ]
        blocks.append(kit.context(retention(front, language, programme), f"kept.{programme.id}"))
        blocks.append(kit.context(notice_version(front, language, programme), f"version.{programme.id}"))
        blocks.append(_office(front, language, programme))
    return _page(front, language, t("information.who_sees_title"), blocks, pushed=pushed)


def retention(front: Front, language: str, programme: Programme) -> str:
    """Return in one sentence how long contact and name are kept."""
    t = front.texts.in_language(language)
    kept = programme.retention
    contact, name = kept.contact_days_after_close, kept.identity_days_after_close
    first = t.count("information.kept_contact", contact) if contact else t("information.kept_contact.at_once")
    second = t.count("information.kept_name", name) if name else t("information.kept_name.at_once")
    return f"{first} {second} {t('information.kept_withdrawn')}"


def notice_version(front: Front, language: str, programme: Programme) -> str:
    """Return which version of the notice this is, and who runs the programme."""
    t = front.texts.in_language(language)
    organisation = programme.text(programme.operator.organisation, language)
    return t("information.version", version=programme.consent.notice_version, organisation=organisation)


def help_now(front: Front, language: str, *, doors: bool, pushed: bool) -> kit.View:
    """Return the numbers on a page of their own; `doors` keeps the way to ask open below them."""
    t = front.texts.in_language(language)
    first = {line: None for each in front.programmes.values() for line in _library(front, each.crisis.always_show)}
    more = {line: None for each in front.programmes.values() for line in _library(front, each.crisis.more)}
    blocks: list[Block] = [kit.section(t("information.help_now"), "words")]
    for place, name in enumerate(first):
        blocks += _number(front.resources[name], language, place)
    others = [front.resources[name] for name in more if name not in first]
    if others:
        blocks += [kit.divider("rule"), kit.header(t("information.more_lines"), "more")]
        blocks += pages.resources(others, language, "more", t("information.open_link"))
    blocks += [kit.divider("end"), *_offices(front, language)]
    if doors:
        blocks += [kit.section(t("information.ask_anyway"), "anyway"), *menu.doors(front, language)]
    return _page(front, language, t("information.help_now_title"), blocks, pushed=pushed)


def _library(front: Front, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in front.resources]


def _number(line: Resource, language: str, place: int) -> list[Block]:
    """Return one line with its number as large as Slack writes."""
    number = line.contact.get(language) if line.contact else line.label.get(language)
    about = line.label.get(language) + (f" ({line.hours.get(language)})" if line.hours else "")
    if len(number) > HEADER_LIMIT:
        return [kit.section(f"{about}\n{number}", f"line.{place}")]
    number = number[:1].upper() + number[1:]
    return [kit.header(number, f"line.{place}"), kit.context(about, f"about.{place}")]


def _offices(front: Front, language: str) -> list[Block]:
    """Return how each programme is reached without Slack."""
    return [_office(front, language, programme) for programme in front.programmes.values()]


def _office(front: Front, language: str, programme: Programme) -> Block:
    t = front.texts.in_language(language)
    office = programme.people.office
    ways = ", ".join(way for way in (office.phone, office.email) if way)
    name = programme.text(programme.name, language)
    return kit.context(t("information.office", name=name, ways=ways), f"office.{programme.id}")


def questions(front: Front, language: str, programme: Programme, *, pushed: bool) -> kit.View:
    """Return a programme's questions and answers, with a choice of programme where there are several."""
    t = front.texts.in_language(language)
    blocks: list[Block] = []
    if len(front.programmes) > 1:
        names = [(each.id, each.text(each.name, language)) for each in front.programmes.values()]
        choice = kit.select(ids.QUESTION, names[:100], programme.id, t("information.choose"))
        blocks.append(kit.actions([choice], "programme"))
    for question in programme.faq:
        blocks += [
            kit.header(programme.text(question.question, language), f"question.{question.id}"),
            kit.section(programme.text(question.answer, language), f"answer.{question.id}"),
        ]
    return _page(front, language, t("information.questions_title"), blocks, pushed=pushed)


def elsewhere(
    front: Front, language: str, kept: Mapping[str, Sequence[ServiceEntry]] | None = None, *, pushed: bool
) -> kit.View:
    """Return the other services of all programmes, without repeats, and the help lines.

    `kept` has the lists of those programmes whose administrators keep theirs in the app; the others' are in files.
    """
    t = front.texts.in_language(language)
    found: dict[str, str] = {}
    for programme in front.programmes.values():
        for each in services.shown((kept or {}).get(programme.id, ())):
            found.setdefault(services.line(each, language), each.url)
        for name in () if kept and programme.id in kept else _library(front, programme.resources):
            found.setdefault(front.resources[name].line(language), str(front.resources[name].url or ""))
    blocks = [
        kit.section(t("information.elsewhere"), "words"),
        *pages.lines(found, "service", t("information.open_link")),
        kit.divider("rule"),
        pages.strip(front, language),
        *_offices(front, language),
    ]
    return _page(front, language, t("information.elsewhere_title"), blocks, pushed=pushed)


def _page(front: Front, language: str, title: str, blocks: Sequence[Block], *, pushed: bool) -> kit.View:
    t = front.texts.in_language(language)
    return kit.modal(
        title,
        blocks[:MOST_BLOCKS],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.back" if pushed else "pages.close"),
        metadata=kit.meta(language),
    )
