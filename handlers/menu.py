"""The menu and the pages behind it. The skeleton opens from memory alone; what the database knows follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers import home, ids, mine, own, partners, requests, sessions
from handlers.hear import Answer, Front, Hear, Kind
from handlers.i18n import LANGUAGES
from handlers.middleware import language_for
from handlers.views import information
from handlers.views import menu as views
from peersupport import intake
from peersupport.addresses import Address
from peersupport.ports import StoreUnavailable
from peersupport.ports_pages import ServiceEntry
from peersupport.programme_parts import Doorway

REQUEST = frozenset({"request", "demande"})
STATUS = frozenset({"status", "statut"})
SESSIONS = frozenset({"sessions", "rencontres"})
WORDS = REQUEST | STATUS | SESSIONS | {"help", "aide"}
"""The only words after the command that mean anything; all else is dropped unread."""


async def command(hear: Hear) -> Answer:
    """Open the menu; a command is acknowledged at once, whatever follows."""
    text = hear.payload.get("text")
    word = text.strip().casefold() if isinstance(text, str) else ""
    known = word if word in WORDS else ""
    if not hear.front.openings.take():
        # A menu that stood in a queue would come after its trigger's three seconds.
        return _in_words(hear.front, hear.language)
    hear.front.spawn(_open_in_place(_without_text(hear), known, typed=bool(word) and not known))
    return None


async def _open_in_place(hear: Hear, word: str, *, typed: bool) -> None:
    try:
        await _open(hear, word, typed=typed)
    finally:
        hear.front.openings.give_back()


def _without_text(hear: Hear) -> Hear:
    """Let go of what was typed before anything else is done."""
    return replace(hear, payload={name: value for name, value in hear.payload.items() if name != "text"})


async def shortcut(hear: Hear) -> Answer:
    """Open the same menu from anywhere in Slack, or from the button of a public message."""
    hear.front.spawn(_open(hear, "", typed=False))
    return None


async def _open(hear: Hear, word: str, *, typed: bool) -> None:
    """Open the skeleton at once, then put in its place what the word asks for, or the menu with what is known."""
    front = hear.front
    first = _first(front, hear.who, hear.language, typed=typed)
    shown = await front.screens.open(hear.trigger, first)
    if shown is None:
        address = hear.payload.get("response_url")
        if isinstance(address, str):
            await front.answer_url(address, _in_words(front, hear.language))
        else:
            # A shortcut has no place to answer in but Home.
            await home.publish(front, hear.who, hear.language)
        return
    language = await language_for(front, hear.who)
    view = await _wanted(replace(hear, language=language), word) or await filled(front, hear.who, language, typed=typed)
    if view != first:
        # What the person has chosen in it meanwhile, a language say, stands.
        await front.screens.replace(shown.id, view, only=shown)


def _in_words(front: Front, language: str) -> dict[str, str]:
    kept = front.fallbacks.get(language)
    if kept is None:
        kept = front.fallbacks[language] = views.fallback(front, language)
    return kept


def skeleton(front: Front, language: str, *, typed: bool) -> dict[str, Any]:
    """Return the menu as it opens before anything is looked up."""
    kept = front.skeletons.get((language, typed))
    if kept is None:
        kept = front.skeletons[language, typed] = views.menu(front, language, typed=typed)
    return kept


def _first(front: Front, who: Address, language: str, *, typed: bool) -> dict[str, Any]:
    """Return the menu as it opens: of a partner's people whom this process has met before, with their one door only."""
    partner = front.notifying.get(who)
    if not partner:
        return skeleton(front, language, typed=typed)
    return views.menu(front, language, typed=typed, found=views.Found(partner=partner))


async def _wanted(hear: Hear, word: str) -> dict[str, Any] | None:
    """Return the page that a known word asks for, where there is one thing it can mean; None gives the menu."""
    if word not in REQUEST | STATUS | SESSIONS:
        return None
    facts = await hear.front.directory.facts(hear.who)
    if facts is None or not facts.full:
        return None
    programmes = views.open_programmes(hear.front, Doorway.SELF_REQUEST)
    try:
        async with hear.front.work() as work:
            open_now = await intake.known(work, hear.who)
            partner = await partners.doors(work, hear.front, hear.who)
        if word in SESSIONS:
            return await sessions.list_of_all(hear, without=partner)
        if len(open_now) == 1:
            return await own.view_of(hear, open_now[0].id)
    except StoreUnavailable:
        return None
    programmes = [each for each in programmes if each.id not in partner]
    alone = word in REQUEST and not open_now and len(programmes) == 1
    return await requests.empty_form(hear, programmes[0]) if alone else None


async def filled(front: Front, who: Address, language: str, *, typed: bool) -> dict[str, Any]:
    """Return the menu with one's own open requests; for a guest, with public information only."""
    facts = await front.directory.facts(who)
    if facts is not None and not facts.full:
        return views.menu(front, language, typed=typed, found=views.Found(guest=True))
    try:
        async with front.work() as work:
            open_now = await intake.known(work, who)
            partner = await partners.doors(work, front, who)
    except StoreUnavailable:
        return views.menu(
            front, language, typed=typed, found=views.Found(down=True, partner=front.notifying.get(who, {}))
        )
    if not open_now and not partner:
        return skeleton(front, language, typed=typed)
    now = front.clock.now()
    mine_now = [views.Mine(each.reference, mine.handle(front, who, each.id, now), each.programme) for each in open_now]
    return views.menu(front, language, typed=typed, found=views.Found(mine_now, partner=partner))


async def choose_language(hear: Hear) -> Answer:
    """Speak the chosen language from now on, also where the choice cannot be stored."""
    language = hear.value
    if language not in LANGUAGES:
        return None
    hear.front.directory.settle(hear.who, language)
    try:
        async with hear.front.work() as work:
            await work.preferences.choose_language(hear.who, language)
    except StoreUnavailable:
        hear.front.note("language.not_stored", None)
    if hear.in_modal:
        await hear.update(await filled(hear.front, hear.who, language, typed=hear.meta.get("x") == "typed"))
    else:
        home.publish_soon(hear, language, home.As.CHANGED)
    return None


async def who_sees(hear: Hear) -> Answer:
    """Show who sees what: of one programme, or of all."""
    programme = hear.front.programmes.get(hear.value)
    programmes = [programme] if programme else views.in_order(hear.front)
    await hear.open(information.who_sees(hear.front, hear.language, programmes, pushed=hear.in_modal))
    return None


async def help_now(hear: Hear) -> Answer:
    """Show the numbers on a page of their own, with the door still open below them."""
    doors = hear.value != views.GUEST
    await hear.open(information.help_now(hear.front, hear.language, doors=doors, pushed=hear.in_modal))
    return None


async def questions(hear: Hear) -> Answer:
    """Show the questions and answers of the first programme."""
    programme = views.in_order(hear.front)[0]
    await hear.open(information.questions(hear.front, hear.language, programme, pushed=hear.in_modal))
    return None


async def question(hear: Hear) -> Answer:
    """Show another programme's questions and answers in place."""
    programme = hear.front.programmes.get(hear.value)
    if programme:
        await hear.update(information.questions(hear.front, hear.language, programme, pushed=True))
    return None


async def elsewhere(hear: Hear) -> Answer:
    """Show the list of other services."""
    kept: dict[str, list[ServiceEntry]] = {}
    try:
        async with hear.front.work() as work:
            for programme in hear.front.programmes:
                if entries := await work.service_entries.all(programme):
                    kept[programme] = entries
    except StoreUnavailable:
        # The files' lists help too.
        kept = {}
    await hear.open(information.elsewhere(hear.front, hear.language, kept, pushed=hear.in_modal))
    return None


async def link(_: Hear) -> Answer:
    """Take note of nothing: the button only opened a web address."""
    return None


LISTENERS = {
    (Kind.COMMAND, ids.COMMAND): command,
    (Kind.SHORTCUT, ids.SHORTCUT): shortcut,
    (Kind.ACTION, ids.OPEN_PRIVATELY): shortcut,
    (Kind.ACTION, ids.LANGUAGE): choose_language,
    (Kind.ACTION, ids.WHO_SEES): who_sees,
    (Kind.ACTION, ids.HELP_NOW): help_now,
    (Kind.ACTION, ids.QUESTIONS): questions,
    (Kind.ACTION, ids.QUESTION): question,
    (Kind.ACTION, ids.ELSEWHERE): elsewhere,
    (Kind.ACTION, ids.LINK): link,
}
PUBLIC = frozenset(LISTENERS)
