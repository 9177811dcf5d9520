"""The cafe: a list, terms, a guarded theme, a decision the day before, a run-sheet, and nothing left afterwards."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timedelta

from simulator.people import Actor
from store.tables_cafe import themes as stored_themes
from tests.play.office import adds_groups, ahead
from tests.play.referring import leaves, new_message
from tests.play.stored import rows
from tests.play.telling import Telling
from tests.stories.town import FACILITATOR

NAME, NAME_FR = "Clinical cafe", "Café clinique"
ZONE = "America/Glace_Bay"
TITLE, TITLE_FR = "Hour of the department", "Heure du département"
ALIAS = "Plover"
REFUSED = "Chart 9698 658 215 will not leave my mind"
THEME = "Feeling helpless after a long night"
THEME_FR = "La colère contre un système sans lits"
DAYS = 5
"""So many days ahead the first of the two dates is; the second is a week later."""


async def beginning(t: Telling) -> None:
    """An administrator keeps the list, whoever leads it sets up two dates."""
    t.keeps_secret(ALIAS, REFUSED, THEME, THEME_FR)
    await adds_groups(t)
    gwen, tess, dara = t.person("gwen"), t.person(FACILITATOR), t.person("dara")
    for who in (gwen, tess, dara):
        await leaves(who)
    first = t.noted[TITLE] = ahead(t, DAYS, ZONE, 12)
    await t.step(
        gwen,
        "puts two members on the list",
        gwen.opens_home(),
        gwen.presses(action_id="keep_members", where="home"),
        gwen.chooses("Members", ["iris", "luc"]),
        gwen.submits(),
        sees=["Saved: 2 members are on the list."],
        where="modal",
    )
    await gwen.closes(everything=True)
    await t.step(
        tess,
        "sets up an hour for two to ten people, twice",
        tess.opens_home(),
        tess.presses(f"Organise, {NAME}", where="home"),
        tess.presses(action_id="organise_new"),
        tess.fills("Title in English", TITLE),
        tess.fills("Title in French", TITLE_FR),
        tess.chooses("Kind", "A small group: register for each date"),
        tess.fills("First date", first.date().isoformat()),
        tess.fills("series_first_at", "12:00"),
        tess.chooses("It repeats", "Every week"),
        tess.fills("How many dates in all", "2"),
        tess.fills("Places", "10"),
        tess.fills("Minimum", "2"),
        tess.chooses("Also", ["People can register under any name"]),
        tess.submits(),
        sees=["Nothing has been kept yet", "12:00 Glace Bay time", "(2 dates in all)"],
        where="modal",
    )
    await t.step(tess, "creates it", tess.submits(), sees=[f'"{TITLE}" is there now.'], where="modal")
    await tess.closes(everything=True)
    await t.step(
        dara,
        "is not on the list: other services, and nothing about the meetings",
        dara.types("/peersupport"),
        dara.presses(f"Open themes, {NAME}"),
        sees=["on the list that the department keeps"],
        not_yet=[TITLE],
        where="modal",
    )
    await dara.closes(everything=True)


async def themes(t: Telling) -> None:
    """Terms once; a theme that seems to hold a patient is refused where it stands, and one without is kept."""
    iris, luc = t.person("iris"), t.person("luc")
    second = t.noted[TITLE] + timedelta(days=7)
    for who in (iris, luc):
        await leaves(who)
    await t.step(
        iris,
        "opens the themes: the terms come first",
        *_opens_themes(iris, f"Open themes, {NAME}"),
        sees=["What everybody agrees to, once.", "Nobody records", "[I agree]"],
        not_yet=[TITLE],
        where="modal",
    )
    await t.step(
        iris,
        "agrees, and finds the dates and questions to think about",
        iris.submits(),
        sees=[TITLE, "What stirred or troubled me?", "the answers are not asked for and not kept"],
        where="modal",
    )
    await t.step(
        iris,
        "writes a theme with a health number in it: refused at the field",
        iris.presses(action_id="theme", near=f"{second:%A} {second.day} "),
        iris.fills("Theme, in one line", REFUSED),
        iris.submits(),
        sees=["This seems to hold a health number. Nothing was kept."],
        where="modal",
    )
    await t.step(
        iris,
        "words it without",
        iris.fills("Theme, in one line", THEME),
        iris.submits(),
        sees=["Your theme is kept. Only whoever leads the meeting reads it"],
        where="modal",
    )
    await iris.closes(everything=True)
    await t.step(
        iris,
        "opens it again: no terms any more, and her own theme",
        *_opens_themes(iris, f"Open themes, {NAME}"),
        sees=[THEME, "[Take it back]"],
        not_yet=["What everybody agrees to"],
        where="modal",
    )
    await iris.closes(everything=True)
    await t.step(
        luc,
        "agrees to the terms in French, and sends a theme for the same date",
        *_opens_themes(luc, f"Ouvrir les thèmes, {NAME_FR}"),
        luc.sees("Ce que tout le monde accepte, une seule fois."),
        luc.submits(),
        luc.presses(action_id="theme", near=_french(second)),
        luc.fills("Thème, en une ligne", THEME_FR),
        luc.submits(),
        sees=["Votre thème est gardé."],
        not_yet=[THEME],
        where="modal",
    )
    await luc.closes(everything=True)


async def below(t: Telling) -> None:
    """One for the first date: the day before, a decision is asked for."""
    luc, tess = t.person("luc"), t.person(FACILITATOR)
    first = t.noted[TITLE]
    heard, asked = len(luc.messages()), len(tess.messages())
    await t.step(
        luc,
        "takes a place on the first date",
        *_takes(luc, f"Voir les rencontres, {NAME_FR}", "Prendre une place", TITLE_FR),
        sees=["Votre place est gardée.", _french(first)],
        where="modal",
    )
    await luc.closes(everything=True)
    await t.app.comes(first - timedelta(hours=23, minutes=45))
    await t.step(
        tess,
        "hears of it the day before, and finds that a decision is wanted",
        new_message(t, luc, heard + 1),
        new_message(t, tess, asked + 1),
        *_opens_day(tess, f"{first:%A} {first.day} "),
        sees=["Fewer than the minimum have registered: a decision is wanted."],
        not_yet=["Luc"],
        where="modal",
    )
    await t.step(
        tess,
        "decides",
        tess.presses("Decide"),
        sees=["1 of 10 places taken. The minimum is 2.", "Nobody who registered is told how many there are."],
        not_yet=["Luc"],
        where="modal",
    )
    await t.step(
        tess,
        "calls it off, and reads what the one who registered will get",
        tess.chooses("Your choice", "Call it off"),
        tess.submits(),
        sees=["1 registered person gets this, alone and once.", "This date is called off"],
        not_yet=["Luc"],
        where="modal",
    )
    await t.step(tess, "does it", tess.submits(), sees=["1 person is told, privately and once."], where="modal")
    await tess.closes(everything=True)
    await t.step(
        luc,
        "finds a neutral message about it, and his reminder is the only other",
        new_message(t, luc, heard + 2),
        luc.opens_home(),
        sees=["Cette date est annulée", _french(first)],
        not_yet=["minimum"],
        where="home",
    )


async def enough(t: Telling) -> None:
    """Two for the second date: nothing is to be decided."""
    iris, luc, tess = t.person("iris"), t.person("luc"), t.person(FACILITATOR)
    second = t.noted[TITLE] + timedelta(days=7)
    for who, menu, take, title in (
        (iris, f"See what is on, {NAME}", "Take a place", TITLE),
        (luc, f"Voir les rencontres, {NAME_FR}", "Prendre une place", TITLE_FR),
    ):
        await t.step(
            who,
            "takes a place on the second date",
            *_takes(who, menu, take, title, ALIAS if who is iris else ""),
            sees=[f" {second.day} "],
            where="modal",
        )
        await who.closes(everything=True)
    reminded = len(iris.messages())
    await t.app.comes(second - timedelta(hours=23, minutes=45))
    await t.step(
        iris,
        "is reminded the day before",
        new_message(t, iris, reminded + 1),
        iris.opens_home(),
        sees=[TITLE, "You have a place."],
        where="home",
    )
    await t.step(
        tess,
        "finds two, which is enough: nothing is to be decided",
        *_opens_day(tess, f"{second:%A} {second.day} "),
        sees=["2 of 10 places taken"],
        not_yet=["a decision is wanted", "[Decide]", "Iris", "Luc"],
        where="modal",
    )
    await tess.closes(everything=True)


async def after(t: Telling) -> None:
    """The run-sheet has themes without authors; when the hour is over they are gone, and a line can be asked for."""
    iris, luc, tess = t.person("iris"), t.person("luc"), t.person(FACILITATOR)
    second = t.noted[TITLE] + timedelta(days=7)
    near = f"{second:%A} {second.day} "
    await t.step(
        tess,
        "opens the run-sheet: timings, chosen names, themes without authors",
        *_opens_day(tess, near),
        tess.presses("Run-sheet"),
        sees=["12:00\u201312:05", "2 people have a place.", ALIAS, "1 more gave no name.", THEME, THEME_FR],
        not_yet=["Iris", "Wintergreen", "Luc", "Mélilot"],
        where="modal",
    )
    await tess.closes(everything=True)
    await t.app.comes(second + timedelta(hours=1, minutes=5))
    t.check("No theme is kept when the hour is over", *await rows(t, stored_themes, 0))
    await t.step(
        tess,
        "opens it again: the themes are gone",
        *_opens_day(tess, near),
        tess.presses("Run-sheet"),
        sees=["2 people have a place."],
        not_yet=[THEME, THEME_FR],
        where="modal",
    )
    await tess.closes(everything=True)
    await t.step(
        iris,
        "asks for a line about the hour, for her own records",
        *_opens_themes(iris, f"Open themes, {NAME}"),
        iris.presses("A line for my records"),
        sees=[f"The department, {TITLE}, {near}", "60 minutes.", "Copy this line; it is not kept."],
        not_yet=[THEME],
        where="modal",
    )
    await iris.closes(everything=True)
    await t.step(
        luc,
        "says with one tap that the hour was worth it",
        *_opens_themes(luc, f"Ouvrir les thèmes, {NAME_FR}"),
        luc.presses("Oui"),
        sees=["C'est compté. Rien ne dit que c'était vous."],
        not_yet=[THEME_FR],
        where="modal",
    )
    await luc.closes(everything=True)


# What several scenes do


def _opens_themes(who: Actor, button: str) -> tuple[Awaitable[None], ...]:
    return who.types("/peersupport"), who.presses(button)


def _takes(who: Actor, menu: str, take: str, title: str, alias: str = "") -> tuple[Awaitable[None], ...]:
    """Return what is done for a place on the next date."""
    names = (who.fills("alias", alias),) if alias else ()
    return (
        who.types("/peersupport"),
        who.presses(menu),
        who.presses(take, near=title, where="modal"),
        *names,
        who.submits(),
    )


def _opens_day(who: Actor, near: str) -> tuple[Awaitable[None], ...]:
    """Return what is done to see a date as whoever leads it."""
    return (
        who.opens_home(),
        who.presses(f"Organise, {NAME}", where="home"),
        who.presses(action_id="organise_series", near=TITLE, where="modal"),
        who.presses(action_id="organise_day", near=near, where="modal"),
    )


def _french(day: datetime) -> str:
    """Return the weekday and the day of the month, as they begin a date in French."""
    names = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    return f"{names[day.weekday()]} {day.day} "


SCENES = (
    ("The cafe: a list, and two dates", beginning),
    ("Terms once, and a theme that is guarded", themes),
    ("The day before: too few", below),
    ("The day before: enough", enough),
    ("The run-sheet, and nothing afterwards", after),
)
