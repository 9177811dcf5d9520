"""Colleagues among themselves: a listing, two yeses and a day, a reminder without a name, a hard shift, a pause."""

from __future__ import annotations

from simulator.people import Actor
from store.tables_informal import introductions
from tests.play.english import MESSAGE
from tests.play.office import adds_groups, ahead
from tests.play.referring import leaves, new_message
from tests.play.stored import rows
from tests.play.telling import Telling
from tests.stories.town import ZONE

NAME, NAME_FR = "Colleague to colleague", "Entre collègues"
LISTED, LISTED_REACH = "Mina of Masset", "250-555-0187"
ASKER, ASKER_REACH = "Sittelle", "604-555-0133"


async def beginning(t: Telling) -> None:
    """One colleague lists herself."""
    t.keeps_secret(LISTED, LISTED_REACH, ASKER, ASKER_REACH)
    await adds_groups(t)
    mina = t.person("mina")
    await leaves(mina)
    await t.step(
        mina,
        "says that it is for her",
        mina.types("/peersupport"),
        mina.presses(f"Find a colleague, {NAME}"),
        mina.chooses("Which fits you?", "Rural physician"),
        mina.submits(),
        sees=["No form, no file, no reason to give", "[List myself]", "[See who is there now]"],
        where="modal",
    )
    await t.step(
        mina,
        "lists herself, under a name of her own",
        mina.presses("List myself"),
        mina.fills("The name that colleagues see", LISTED),
        mina.fills("How to reach you", LISTED_REACH),
        mina.chooses("What you have been through, if you like to say", ["Being on call alone"]),
        mina.chooses("How often in a week you can be asked", "Once"),
        mina.submits(),
        sees=["Your listing stands."],
        not_yet=[LISTED_REACH],
        where="modal",
    )
    await mina.closes(everything=True)


async def ten_minutes(t: Telling) -> None:
    """One asks in French, the other says yes in English; a day later nothing links them."""
    mina, chloe = t.person("mina"), t.person("chloe")
    await leaves(chloe)
    asked, heard = len(mina.messages()), len(chloe.messages())
    await t.step(
        chloe,
        "reads in French who is there, and no way to reach anybody",
        chloe.types("/peersupport"),
        chloe.presses(f"Trouver une ou un collègue, {NAME_FR}"),
        chloe.chooses("Qu'est-ce qui vous correspond?", "Médecin en milieu rural"),
        chloe.submits(),
        chloe.presses("Voir qui est là"),
        sees=[LISTED, "Être de garde sans collègue"],
        not_yet=[LISTED_REACH],
        where="modal",
    )
    await t.step(
        chloe,
        "asks for ten minutes: the words are fixed, and sending them is her own yes",
        chloe.presses("Demander dix minutes", near=LISTED, where="modal"),
        chloe.sees("Pourrions-nous parler dix minutes?"),
        chloe.fills("Comment on peut vous appeler", ASKER),
        chloe.fills("Comment on pourrait vous joindre", ASKER_REACH),
        chloe.submits(),
        sees=["Votre question leur est parvenue."],
        not_yet=[LISTED_REACH],
        where="modal",
    )
    await chloe.closes(everything=True)
    await t.step(
        mina,
        "opens the neutral message: a name, the question, and no way to reach her yet",
        new_message(t, mina, asked + 1),
        mina.presses("Open", where="messages"),
        sees=[f"{ASKER} asks you:", "Could we talk for ten minutes?", "[Yes, glad to]", "[Not now]"],
        not_yet=[ASKER_REACH],
        where="modal",
    )
    await t.step(
        mina, "says yes", mina.presses("Yes, glad to"), sees=[ASKER_REACH, "Note what you need"], where="modal"
    )
    await mina.closes(everything=True)
    await t.step(
        chloe,
        "finds a neutral message, and behind it how to reach the other",
        new_message(t, chloe, heard + 1),
        chloe.presses("Ouvrir", where="messages"),
        sees=[LISTED, LISTED_REACH, "cette page et tout ce qui vous relie seront effacés"],
        where="modal",
    )
    await chloe.closes(everything=True)
    t.check("One row holds the two until then", *await rows(t, introductions, 1))
    await t.app.passes(hours=25)
    for who, button, words in (
        (chloe, "Ouvrir", "Il n'y a plus rien d'ouvert ici."),
        (mina, "Open", "There is nothing open here any more."),
    ):
        await t.step(
            who,
            "presses the old button a day later: there is nothing any more",
            who.presses(button, where="messages"),
            sees=[words],
            not_yet=[LISTED_REACH, ASKER_REACH],
            where="modal",
        )
        await who.closes(everything=True)
    t.check("No row links the two any more", *await rows(t, introductions, 0))


async def checking_in(t: Telling) -> None:
    """A reminder to check in with somebody, whose name is not asked for; and a hard shift."""
    iris, luc = t.person("iris"), t.person("luc")
    for who in (iris, luc):
        await leaves(who)
    told = len(iris.messages())
    await t.step(
        iris,
        "wants to be reminded tomorrow; nobody asks of whom",
        iris.types("/peersupport"),
        iris.presses(f"Check in on a colleague, {NAME}"),
        iris.sees("Words to begin with.", "Do not fix it."),
        iris.chooses("Remind me privately", "Tomorrow at noon"),
        iris.submits(),
        sees=["You will be reminded:", "12:00 Vancouver time", "nobody's name is kept but yours, sealed"],
        where="modal",
    )
    await iris.closes(everything=True)
    await t.app.comes(ahead(t, 1, ZONE, 12, 5))
    await t.step(
        iris,
        "is reminded, as neutrally as ever; whom she meant, only she knows",
        new_message(t, iris, told + 1),
        iris.sees(MESSAGE, where="messages"),
        iris.presses("Open", where="messages"),
        sees=["You wanted to check in with somebody today. Who it is, only you know."],
        where="modal",
    )
    await iris.closes(everything=True)
    await luc.types("/peersupport")
    await luc.sees("Après un quart difficile", where="modal")
    taps = luc.taps
    await t.step(
        luc,
        "had a hard shift: one tap in the menu, and nothing is asked",
        luc.presses(f"Après un quart difficile, {NAME_FR}"),
        sees=[
            "C'était beaucoup. Vous ne devez d'explication à personne.",
            "9-1-1",
            "Quelqu'un au téléphone, jour et nuit",
        ],
        where="modal",
    )
    t.check("It took one tap", *_count(luc.taps - taps, 1))
    await luc.closes(everything=True)


async def pausing(t: Telling) -> None:
    """A pause takes one tap; nobody sees the listing until it is over."""
    mina, luc = t.person("mina"), t.person("luc")
    await mina.opens_home()
    await mina.sees("You are listed as glad to be asked.", where="home")
    taps = mina.taps
    await t.step(
        mina,
        "pauses her listing in Home",
        mina.presses("Pause my listing", where="home"),
        sees=["Your listing is paused: nobody sees it.", "[Show my listing again]"],
        where="home",
    )
    t.check("It took one tap", *_count(mina.taps - taps, 1))
    await _looks(t, luc, "looks who is there: nobody", "Personne n'est là en ce moment", not_yet=LISTED)
    # Asked once, as she chose, she is not shown until her week is over.
    await t.app.passes(days=7)
    await t.step(
        mina,
        "lets it be shown again",
        mina.opens_home(),
        mina.presses("Show my listing again", where="home"),
        sees=["You are listed as glad to be asked."],
        where="home",
    )
    await _looks(t, luc, "finds her again", LISTED)


# What several scenes do


async def _looks(t: Telling, who: Actor, does: str, words: str, not_yet: str = "") -> None:
    """Let somebody who reads French look who is there."""
    await t.step(
        who,
        does,
        who.types("/peersupport"),
        who.presses(f"Trouver une ou un collègue, {NAME_FR}"),
        who.chooses("Qu'est-ce qui vous correspond?", "Médecin en milieu rural"),
        who.submits(),
        who.presses("Voir qui est là"),
        sees=[words],
        not_yet=[not_yet] if not_yet else [],
        where="modal",
    )
    await who.closes(everything=True)


def _count(found: int, wanted: int) -> list[str]:
    return [] if found == wanted else [f"{found}, not {wanted}"]


SCENES = (
    ("Colleague to colleague: somebody lists herself", beginning),
    ("Could we talk for ten minutes?", ten_minutes),
    ("Checking in, and a hard shift", checking_in),
    ("A pause", pausing),
)
