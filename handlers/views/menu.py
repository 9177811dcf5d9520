"""The menu: crisis lines first, then the doors that are open, then everything one may want to know before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import LANGUAGES, Translator
from handlers.views import cafe, column, informal, kit, pages, partners, sessions
from peersupport.programme import Programme
from peersupport.programme_parts import Doorway

if TYPE_CHECKING:
    from handlers.hear import Front

ROWS: Mapping[Doorway, Callable[[Programme, Translator], list[Block]]] = {
    Doorway.SESSIONS: sessions.door,
    Doorway.COURSES: sessions.door,
    Doorway.CASE_DISCUSSION: cafe.door,
    Doorway.INFORMAL_CONNECT: informal.door,
    Doorway.COLUMN: column.door,
}
"""What the doors to the group side look like, each made by the view that it leads to; one may be of several doors."""
BUILT = (Doorway.SELF_REQUEST, Doorway.COLLEAGUE_REFERRAL, *ROWS)
"""The doors that the app has and shows to everybody, as they stand below each other; a programme may want others."""
MOST_REFERRING = 10
"""Of so many programmes a page shows more than the first door: Slack takes a hundred blocks."""
GUEST = "guest"
"""What the button for help carries in a guest's menu, so that the page behind it shows no door."""


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own open request, as a button names it."""

    reference: str
    handle: str
    programme: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked up once the menu stood open. `down` says that the database did not answer."""

    mine: Sequence[Mine] = ()
    guest: bool = False
    down: bool = False
    partner: Mapping[str, int] = field(default_factory=dict)
    """The programmes that this person notifies for a partner, with how often they have; of these they see no more."""


def menu(front: Front, language: str, *, typed: bool, found: Found | None = None) -> kit.View:
    """Return the menu; without `found` it is the skeleton, which needs nothing but memory."""
    t = front.texts.in_language(language)
    found = found or Found()
    blocks = [kit.alert(t("pages.not_watched"), "not_watched"), *numbers(front, language, guest=found.guest)]
    if typed:
        blocks.append(kit.context(t("menu.typed"), "typed"))
    if found.guest:
        blocks.append(kit.section(t("menu.guest"), "guest"))
    else:
        blocks.append(kit.section(t("menu.down" if found.down else "menu.welcome"), "welcome"))
        blocks += _own(front, language, found.mine)
        taken = {mine.programme for mine in found.mine}
        blocks += doors(front, language, taken, found.partner)
    blocks += [links(front, language), kit.context(t("menu.elsewhere_hint"), "hint")]
    metadata = kit.meta(language, **({"x": "typed"} if typed else {}))
    return kit.modal(t("menu.title"), blocks, callback_id=ids.VIEW_MENU, close=t("menu.not_now"), metadata=metadata)


def numbers(front: Front, language: str, *, guest: bool) -> list[Block]:
    """Return the crisis lines, each with the whole width, and below them the button for more."""
    lines = "\n".join(pages.help_lines(front, language))
    return [kit.section(lines, "numbers"), kit.actions([help_button(front, language, guest=guest)], "help")]


def crisis(front: Front, language: str, *, guest: bool) -> list[Block]:
    """Return the crisis strip with the same button, for Home, which has no notice boxes."""
    button = help_button(front, language, guest=guest)
    return [pages.strip(front, language), kit.actions([button], "help")]


def help_button(front: Front, language: str, *, guest: bool) -> Element:
    """Return the button that gives the numbers the whole screen."""
    t = front.texts.in_language(language)
    return kit.button(t("menu.help_now"), ids.HELP_NOW, GUEST if guest else None)


def doors(
    front: Front, language: str, taken: Collection[str] = (), partner: Mapping[str, int] | None = None
) -> list[Block]:
    """Return a row for each open door under its programme's name; `taken` are those already gone through.

    Of a programme that they notify for a partner, people see that one door and nothing else.
    """
    t = front.texts.in_language(language)
    open_to_all = open_programmes(front)
    if not open_to_all:
        return [kit.section(t("menu.no_door"), "door")]
    referring = open_programmes(front, Doorway.COLLEAGUE_REFERRAL)[:MOST_REFERRING]
    blocks: list[Block] = []
    for place, programme in enumerate(open_to_all):
        if partner and programme.id in partner:
            blocks += partners.door(programme, t, partner[programme.id])
            continue
        words = [programme.text(programme.summary, language), programme.text(programme.eligibility.serves, language)]
        asking = programme.doors.self_request
        button = ask_button(front, language, programme, first=programme.id not in taken) if asking else None
        blocks += [
            kit.header(programme.text(programme.name, language), f"name.{programme.id}"),
            kit.section("\n".join(words), f"door.{programme.id}", button),
        ]
        if programme in referring:
            says = f"{t('referrals.refer')}, {programme.text(programme.name, language)}"
            refer = kit.button(t("referrals.refer"), ids.REFER, programme.id, says=says[:75])
            blocks.append(kit.section(t("referrals.door"), f"refer.{programme.id}", refer))
        ways = programme.doors_enabled() if place < MOST_REFERRING else ()
        for row in dict.fromkeys(ROWS[way] for way in ways if way in ROWS):
            blocks += row(programme, t)
    return blocks


def open_programmes(front: Front, *doors: Doorway) -> list[Programme]:
    """Return the programmes with one of these doors or, where none is named, one that the app has."""
    wanted = frozenset(doors or BUILT)
    return [programme for programme in in_order(front) if wanted.intersection(programme.doors_enabled())]


def in_order(front: Front) -> list[Programme]:
    """Return all programmes, first those where one asks for support: whoever comes on a bad day looks for them."""
    return sorted(front.programmes.values(), key=lambda programme: not programme.doors.self_request)


def ask_button(front: Front, language: str, programme: Programme, *, first: bool) -> Element:
    """Return the button that opens the request form."""
    t = front.texts.in_language(language)
    says = f"{t('menu.ask')}, {programme.text(programme.name, language)}"
    return kit.button(t("menu.ask"), ids.ASK, programme.id, style="primary" if first else None, says=says[:75])


def _own(front: Front, language: str, mine: Sequence[Mine]) -> list[Block]:
    t = front.texts.in_language(language)
    return [
        kit.section(
            t("menu.mine_open", reference=one.reference),
            f"mine.{place}",
            kit.button(t("menu.mine"), ids.MINE, one.handle, says=t("menu.mine_says", reference=one.reference)),
        )
        for place, one in enumerate(mine)
    ]


def links(front: Front, language: str) -> Block:
    """Return the row of pages that need no database, and the choice of language."""
    t = front.texts.in_language(language)
    languages = [(code, t(f"menu.language.{code}")) for code in LANGUAGES]
    return kit.actions(
        [
            kit.button(t("menu.who_sees"), ids.WHO_SEES),
            kit.button(t("menu.questions"), ids.QUESTIONS),
            kit.button(t("menu.elsewhere"), ids.ELSEWHERE),
            kit.select(ids.LANGUAGE, languages, language, t("menu.language")),
        ],
        # Slack keeps what is chosen where the ids stay the same, so each language has its own.
        f"links.{language}",
    )


def fallback(front: Front, language: str) -> dict[str, str]:
    """Return the private answer for when the menu could not open."""
    t = front.texts.in_language(language)
    words = [t("pages.not_watched"), *pages.help_lines(front, language), "", t("menu.did_not_open")]
    return {"response_type": "ephemeral", "text": "\n".join(words)}
