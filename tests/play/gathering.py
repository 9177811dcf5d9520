"""Thriving: a series is made, a place is taken, given up and offered on, a date is moved, and it meets; the column."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from simulator.people import Actor
from tests.play.english import MESSAGE
from tests.play.french import MESSAGE as MESSAGE_FR
from tests.play.office import adds_groups, ahead
from tests.play.referring import leaves, new_message
from tests.play.stage import QUIET_SECONDS
from tests.play.telling import Telling
from tests.stories.town import FACILITATOR, ZONE

NAME, NAME_FR = "Thriving Project", "Projet Thriving"
TITLE, TITLE_FR = "Evenings by the fire", "Soirées au coin du feu"
ALIAS, ALIAS_FR = "Heron", "Sarcelle"
LINK = "https://video.example/room-by-the-fire"
PITCH = "On resting between two nights of call"
REACH = "luc.writes@clinic.example"
DAYS = 5
"""So many days ahead the series begins; a day later once it is moved."""


async def beginning(t: Telling) -> None:
    """Thriving runs from now on, and an organiser makes a series with one place."""
    t.keeps_secret(ALIAS, ALIAS_FR, LINK, REACH, PITCH)
    await adds_groups(t)
    farah, first = t.person("farah"), ahead(t, DAYS, ZONE, 19, 15)
    t.noted[TITLE] = first
    await leaves(farah)
    await t.step(
        farah,
        "makes a series with one place and a waiting list, and reads it in words before it is kept",
        farah.opens_home(),
        farah.presses(f"Organise, {NAME}", where="home"),
        farah.presses(action_id="organise_new"),
        farah.fills("Title in English", TITLE),
        farah.fills("Title in French", TITLE_FR),
        farah.fills("First date", first.date().isoformat()),
        farah.fills("series_first_at", f"{first:%H:%M}"),
        farah.chooses("It repeats", "Every week"),
        farah.fills("How many dates in all", "4"),
        farah.fills("Places", "1"),
        farah.chooses("Also", ["A waiting list, in order of arrival", "People can register under any name"]),
        farah.submits(),
        sees=[
            "Nothing has been kept yet",
            f"Every {first:%A}; the first is {first:%A} {first.day} ",
            f"{first.year}, 19:15 Vancouver time",
        ],
        where="modal",
    )
    await t.step(farah, "creates it", farah.submits(), sees=[f'"{TITLE}" is there now.'], where="modal")
    await _opens(farah, TITLE)
    await t.step(
        farah,
        "sets the link to join, which is shown to nobody yet",
        farah.presses(action_id="organise_link"),
        farah.fills("Web address", LINK),
        farah.submits(),
        sees=["The link is kept. Nobody is written to about it."],
        not_yet=[LINK],
        where="modal",
    )
    await farah.closes(everything=True)


async def places(t: Telling) -> None:
    """Two taps for a place; the next person waits, and is offered it as soon as it is given up."""
    bruno, chloe, farah = t.person("bruno"), t.person("chloe"), t.person("farah")
    for who in (bruno, chloe):
        await leaves(who)
    told = len(chloe.messages())
    await t.step(
        bruno,
        "finds the series in the menu: in words, without a number",
        bruno.types("/peersupport"),
        bruno.presses(f"See what is on, {NAME}"),
        sees=[TITLE, "19:15 Vancouver time", "Last few places", "Nobody is shown who looks here or who registers."],
        where="modal",
    )
    taps = bruno.taps
    await t.step(
        bruno,
        "takes a place in two taps, under a name of his own",
        bruno.presses("Take a place", near=TITLE, where="modal"),
        bruno.fills("The name to call you by", ALIAS),
        bruno.submits(),
        sees=["Your place is kept.", "The link to join stands here from 1 day before the start.", "Your reminders"],
        not_yet=["Join now"],
        where="modal",
    )
    t.check("It took two taps", *([] if bruno.taps - taps == 2 else [f"it took {bruno.taps - taps}"]))
    await bruno.closes(everything=True)
    await t.step(
        chloe,
        "finds it full, and waits in line: she reads her own number alone, in French",
        chloe.types("/peersupport"),
        chloe.presses(f"Voir les rencontres, {NAME_FR}"),
        chloe.sees("Complet"),
        chloe.presses("Prendre une place", near=TITLE_FR, where="modal"),
        chloe.fills("alias", ALIAS_FR),
        chloe.submits(),
        sees=["Vous êtes au rang 1 de la liste d'attente."],
        not_yet=[ALIAS, "Bruno"],
        where="modal",
    )
    await chloe.closes(everything=True)
    await _opens(farah, TITLE)
    await t.step(
        farah,
        "sees how many, and never who",
        sees=["1 of 1 places taken · 1 waiting"],
        not_yet=["Bruno", "Chloé", ALIAS, ALIAS_FR],
        where="modal",
    )
    await farah.closes(everything=True)
    await t.step(
        bruno,
        "cannot come and gives the place up with one tap",
        bruno.opens_home(),
        bruno.presses(action_id="own_place", near=TITLE, where="home"),
        bruno.presses("I can't make it", where="modal"),
        sees=["You have given up your place. Nobody asks why.", "[Undo]"],
        where="modal",
    )
    await bruno.closes(everything=True)
    await t.step(
        chloe,
        "finds one neutral message and behind it the place, kept for her",
        new_message(t, chloe, told + 1),
        chloe.presses("Ouvrir", where="messages"),
        sees=["Une place s'est libérée et vous est réservée jusqu'au", "[Oui, je la prends]"],
        not_yet=["Bruno", ALIAS],
        where="modal",
    )
    await t.step(
        chloe,
        "takes it",
        chloe.presses("Oui, je la prends"),
        sees=["Votre place est gardée.", "apparaît ici 1 jour avant le début"],
        not_yet=["Se joindre]"],
        where="modal",
    )
    await chloe.closes(everything=True)


async def moving(t: Telling) -> None:
    """A date is moved; whoever has a place hears of it once, with the old and the new time."""
    chloe, bruno, farah = t.person("chloe"), t.person("bruno"), t.person("farah")
    heard, others = len(chloe.messages()), len(bruno.messages())
    await _opens(farah, TITLE)
    old, new = _first(t, 0), _first(t, 1)
    await t.step(
        farah,
        "moves the first date by a day, and reads beforehand what people will get",
        farah.presses(action_id="organise_day", near=f"{old:%A} {old.day} ", where="modal"),
        farah.presses(action_id="organise_move"),
        farah.fills("Day", new.date().isoformat()),
        farah.submits(),
        sees=["1 registered person gets this, alone and once.", MESSAGE, MESSAGE_FR, "The time has changed. Before:"],
        not_yet=["Chloé", ALIAS_FR],
        where="modal",
    )
    await t.step(
        farah,
        "does it",
        farah.submits(),
        sees=["The date is moved.", "1 person is told, privately and once."],
        where="modal",
    )
    await farah.closes(everything=True)
    await t.step(
        chloe,
        "finds one neutral message, and behind it the old time and the new",
        new_message(t, chloe, heard + 1),
        chloe.presses("Ouvrir", where="messages"),
        sees=["L'heure a changé. Avant", f" {old.day} ", f" {new.day} ", "19 h 15 heure de Vancouver"],
        where="modal",
    )
    await chloe.closes(everything=True)
    await t.simulator.settled(QUIET_SECONDS)
    wrong = [f"Chloé heard {len(chloe.messages()) - heard} times"] if len(chloe.messages()) != heard + 1 else []
    wrong += ["somebody without a place heard of it"] if len(bruno.messages()) != others else []
    t.check("She heard once, and who has no place heard nothing", *wrong)


async def meets(t: Telling) -> None:
    """A neutral reminder, a link for those with a place from a day before, and a number afterwards."""
    chloe, bruno, tess = t.person("chloe"), t.person("bruno"), t.person(FACILITATOR)
    await leaves(tess)
    begins, told, asked = _first(t, 1), len(chloe.messages()), len(tess.messages())
    await t.app.comes(begins - timedelta(hours=24, minutes=20))
    await t.step(
        chloe,
        "looks 24 hours and 20 minutes before: no link yet",
        chloe.opens_home(),
        chloe.presses(action_id="own_place", near=TITLE_FR, where="home"),
        sees=["apparaît ici 1 jour avant le début"],
        not_yet=["[Se joindre]"],
        where="modal",
    )
    t.check("The link is nowhere in that view", *_with_link(chloe))
    await chloe.closes(everything=True)
    await t.app.comes(begins - timedelta(hours=23, minutes=50))
    await t.step(
        chloe,
        "is reminded a day before, as neutrally as ever, and can join from there",
        new_message(t, chloe, told + 1),
        chloe.presses("Ouvrir", where="messages"),
        sees=["Prochaine date", "[Se joindre]", "Le lien est pour vous"],
        where="modal",
    )
    t.check("The button leads to the link", *([] if _with_link(chloe) else ["it does not"]))
    await chloe.closes(everything=True)
    await bruno.opens_home()
    await t.step(
        bruno,
        "gave his place up: no reminder and no link",
        bruno.types("/peersupport"),
        bruno.presses(f"See what is on, {NAME}"),
        sees=["Full. You can join the waiting list."],
        not_yet=["Join now"],
        where="modal",
    )
    t.check("The link is nowhere in his view", *_with_link(bruno))
    await bruno.closes(everything=True)
    await t.app.comes(begins + timedelta(hours=2))
    await t.step(
        tess,
        "led it, is asked for a number afterwards, and writes one down",
        new_message(t, tess, asked + 1),
        _opens(tess, TITLE),
        tess.presses(action_id="organise_day", near="How many came has not", where="modal"),
        tess.presses("How many came?"),
        tess.fills("People who came", "1"),
        tess.submits(),
        tess.sees("cannot be changed later"),
        tess.submits(),
        sees=["Thank you. 1 is written down."],
        not_yet=["Chloé", ALIAS_FR],
        where="modal",
    )
    await tess.closes(everything=True)


async def pages(t: Telling) -> None:
    """An announcement in a public channel with a private button; it follows what becomes of the date."""
    farah, iris = t.person("farah"), t.person("iris")
    for who in (farah, iris, t.person("luc")):
        await leaves(who)
    place = t.simulator.workspace
    place.channel("general").members.append(place.app.bot_user_id)
    day = _first(t, 7)
    await t.step(
        farah,
        "announces the next evening in #general, and reads beforehand what will stand there",
        farah.opens_home(),
        farah.presses(f"Announcements and pages, {NAME}", where="home"),
        farah.chooses("announce_date", f"{day:%A} {day.day} {day:%B}, 19:15 Vancouver time · {TITLE}"),
        farah.chooses("Channels", ["general"]),
        sees=["It says neither how many will come nor who.", TITLE, TITLE_FR],
        not_yet=[LINK, ALIAS_FR],
        where="modal",
    )
    await t.step(farah, "publishes it", farah.submits(), sees=["On its way to 1 channel."], where="modal")
    await farah.closes(everything=True)
    await t.step(
        iris,
        "reads it in #general and presses the button: a view that only she sees",
        iris.sees(TITLE, TITLE_FR, "Signing up is private", where="#general"),
        iris.presses("Sign up privately", where="#general"),
        sees=[TITLE, "The name to call you by"],
        not_yet=[ALIAS_FR, LINK],
        where="modal",
    )
    await iris.closes(everything=True)
    await _opens(farah, TITLE)
    await t.step(
        farah,
        "calls the rest off: whoever has a place hears of it, and so does the channel, without a word of who",
        farah.presses(action_id="organise_cancel_all"),
        farah.submits(),
        farah.sees("It is called off.", "1 person is told, privately and once."),
        farah.closes(everything=True),
        farah.sees("this date does not take place", where="#general"),
        sees=["this date does not take place"],
        not_yet=["[Sign up privately]", ALIAS_FR],
        where="#general",
    )


async def writing(t: Telling) -> None:
    """An offer to write for the column, in French."""
    farah, luc = t.person("farah"), t.person("luc")
    told = len(farah.messages())
    await t.step(
        luc,
        "offers to write for the column, with a patient in it: refused, nothing kept",
        luc.types("/peersupport"),
        luc.presses("La chronique"),
        luc.presses("Proposer un texte"),
        luc.fills("De quoi parleriez-vous?", "Le patient 9698 658 215 m'a marqué"),
        luc.fills("Comment vous joindre", REACH),
        luc.submits(),
        sees=["Rien n'a été gardé."],
        where="modal",
    )
    await t.step(
        luc,
        "words it without, and sends it",
        luc.fills("De quoi parleriez-vous?", PITCH),
        luc.submits(),
        sees=["Merci, votre proposition est envoyée."],
        not_yet=[PITCH],
        where="modal",
    )
    await luc.closes(everything=True)
    await t.step(
        farah,
        "reads it behind a neutral message, and erases it once it is answered",
        new_message(t, farah, told + 1),
        farah.presses("Open", where="messages"),
        farah.presses("Open", where="modal"),
        farah.sees(PITCH, REACH),
        farah.presses("It is answered: erase it", confirm="accept"),
        sees=["This offer was erased."],
        not_yet=[PITCH, REACH],
        where="modal",
    )
    await farah.closes(everything=True)


# What several scenes do


async def _opens(who: Actor, title: str) -> None:
    """Open a series from Home, as somebody who organises it."""
    await leaves(who)
    await who.opens_home()
    await who.presses(f"Organise, {NAME}", where="home")
    await who.presses(action_id="organise_series", near=title, where="modal")


def _with_link(who: Actor) -> list[str]:
    """Return a complaint where what somebody has open holds the link to join, seen or not."""
    assert who.modal is not None
    return ["the link stands in it"] if LINK in json.dumps(who.modal.blocks) else []


def _first(t: Telling, days: int) -> datetime:
    """Return when the series began as it was made, or so many days later, by the wall clock."""
    return t.noted[TITLE] + timedelta(days=days)


SCENES = (
    ("Thriving: a series is made", beginning),
    ("A place is taken, given up, and offered to whoever waits", places),
    ("A date is moved", moving),
    ("A reminder, a link, and a number afterwards", meets),
    ("An announcement, and what becomes of it", pages),
    ("An offer to write for the column", writing),
)
