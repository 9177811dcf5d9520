"""The journey in English, from the door to the last conversation."""

from __future__ import annotations

import csv

from simulator.people import Actor
from tests.play.telling import NEUTRAL, Telling
from tests.stories.town import CHANNEL, PROGRAMME, press_newest, reference_on

LINES = ("9-1-1", "9-8-8", "1-800-663-6729")
ROLE = "Physician in active practice in Vancouver"
MESSAGE = "There is something for you in the app."
SUPPORTERS = ("iris", "jonas", "kaya", "luc", "mina")
COLUMNS = ("member_id", "name", "languages", "modalities", "times", "zone", "trained_on", "agreement_on", "limit")
CONTACTS = {
    "ava": ("By phone", "604-555-0142"),
    "bruno": ("By Zoom", "bruno.at.home@clinic.example"),
    "dara": ("By phone", "604-555-0144"),
    "farah": ("By phone", "604-555-0145"),
}


async def prepares(t: Telling) -> None:
    """Let the office put the supporters into the register, from a file with a mistake and then from a good one."""
    for key in ("ava", "bruno", "dara"):
        person = t.person(key)
        t.keeps_secret(*person.profile.real_name.split(), person.id, CONTACTS[key][1])
    t.keeps_secret(CONTACTS["farah"][1])
    table = t.app.folder / "supporters.csv"
    arguments = ("import-supporters", str(table), "--programme", PROGRAMME)
    t.tell("--- The office puts the supporters into the register")
    for trained_on, code, words in (
        ("14 March 2026", 2, "supporters.csv, line 6: trained_on is not a date"),
        ("2026-03-14", 0, "5 supporter(s) imported."),
    ):
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for key in SUPPORTERS:
                who = t.person(key).profile
                date = trained_on if key == SUPPORTERS[-1] else "2026-03-14"
                spoken = "fr;en" if key == "luc" else "en"
                ways = "in_person;phone;zoom"
                writer.writerow([who.id, who.real_name, spoken, ways, "any_time", who.tz, date, "2026-03-15", 2])
        ended = await t.app.command(*arguments)
        wrong = [] if ended.code == code and words in ended.words else [f"{ended.code}, not {code}: {words!r} missing"]
        t.check(f'peersupport import-supporters says: "{ended.words.splitlines()[0] if ended.words else ""}"', *wrong)


async def the_journey(t: Telling) -> None:
    """From the door to the last conversation, with a first supporter who cannot."""
    ava, bruno, farah = t.person("ava"), t.person("bruno"), t.person("farah")
    reference = await _asks_slowly(t, ava)
    await t.step(bruno, "looks around and finds nothing of it", bruno.opens_home(), not_yet=[reference, "Ava Larkspur"])
    await _claims(t, ava, farah, reference)
    await _offers_in_order(t, farah, reference)
    iris, jonas = t.person("iris"), t.person("jonas")
    await t.step(iris, "finds one neutral message, also on a locked phone", sees=[MESSAGE], where="messages")
    t.check("Her locked phone shows nothing else", *[f"it shows {x!r}" for x in set(iris.notifications) - NEUTRAL])
    await t.step(
        iris,
        'presses "Open" and reads what it is about, without a name',
        press_newest(iris),
        sees=[reference, "By phone", "1 to 3 conversations of 15 to 45 minutes", "No reason is needed."],
        not_yet=["Ava", "Larkspur", CONTACTS["ava"][1]],
    )
    await t.step(
        iris,
        'presses "Not this time"',
        iris.presses("Not this time"),
        sees=["Someone else will be asked."],
        where="modal",
    )
    await accepts(t, jonas, reference, "Ava Larkspur", CONTACTS["ava"][1])
    await t.step(
        ava,
        "looks into Home: who it is, and who opened her details",
        ava.opens_home(),
        sees=["A supporter has said yes", "Jonas Harebell", "by an administrator", "by your supporter"],
        where="home",
    )
    await _talks(t, ava, jonas, farah, reference)


async def _asks_slowly(t: Telling, ava: Actor) -> str:
    await t.step(
        ava,
        "types /peersupport in #general",
        ava.types("/peersupport"),
        sees=[*LINES, "Nobody watches this app around the clock", "[Ask for support]", "[Who will see this?]"],
        where="modal",
    )
    await t.step(
        ava,
        'presses "Who will see this?"',
        ava.presses("Who will see this?"),
        sees=["Nobody writes down what you say", "There are limits", "your request closes"],
        where="modal",
    )
    await t.step(
        ava,
        'goes back and presses "Ask for support"',
        ava.presses("Back"),
        ava.presses("Ask for support"),
        sees=[
            "Which fits you best? *",
            "How would you like to talk?",
            "How can your supporter reach you? *",
            "If you like",
        ],
        where="modal",
    )
    await t.step(
        ava,
        "answers, with a slip in the phone number, and sends",
        ava.chooses("role", ROLE),
        ava.fills("reach", "six oh four"),
        ava.chooses("modalities", ["By phone"]),
        ava.chooses("Good times for you", ["Weekday evenings"]),
        ava.presses("Send my request"),
        sees=["(x) By phone", "six oh four", "The way to talk that you chose needs a phone number here."],
        where="modal",
    )
    await t.step(
        ava,
        "mends it and sends",
        ava.fills("reach", CONTACTS["ava"][1]),
        ava.presses("Send my request"),
        sees=[
            "Your request is with the programme administrators.",
            "2-3 days",
            "UTC\u22120",
            "without your name",
            "9-8-8",
        ],
        where="modal",
    )
    reference = reference_on(ava.screen("modal"))
    await t.step(
        ava,
        "closes it and opens Home",
        ava.closes(everything=True),
        ava.opens_home(),
        sees=[*LINES, f"Your request {reference}", "Received", "Nobody has opened your name and contact yet."],
        where="home",
    )
    return reference


async def _claims(t: Telling, ava: Actor, farah: Actor, reference: str) -> None:
    gwen, contact = t.person("gwen"), CONTACTS["ava"][1]
    await t.step(
        farah,
        "reads the card in the administrators' channel",
        sees=[
            f"Request {reference}",
            "First contact by",
            "Received, waiting to be claimed",
            "Names are never shown here.",
        ],
        not_yet=["Ava", "Larkspur", contact],
        where=CHANNEL,
    )
    await t.step(
        farah,
        'presses "Claim"',
        farah.presses("Claim", near=reference, where=CHANNEL),
        sees=["Confirmed, a supporter is to be found", "Farah Meadowrue", "[Find a supporter]"],
        where=CHANNEL,
    )
    await t.step(gwen, "sees who has it", sees=[reference, "Farah Meadowrue"], not_yet=["Larkspur"], where=CHANNEL)
    await t.step(ava, "sees it in Home", sees=["Confirmed"], where="home")
    await t.step(
        farah,
        'presses "Open details"',
        farah.presses("Open details", near=reference, where=CHANNEL),
        sees=["Request details", reference, "Show name and contact", "Each opening is recorded"],
        not_yet=["Ava", "Larkspur", contact],
        where="modal",
    )
    await t.step(
        farah,
        'presses "Show name and contact"',
        farah.presses("Show name and contact"),
        sees=["Why do you open name and contact?", "To find a supporter", "The person reads your role"],
        not_yet=["Ava", "Larkspur", contact],
        where="modal",
    )
    await t.step(
        farah,
        "says why, with one tap and Open",
        farah.chooses("opening_why", "To find a supporter"),
        farah.submits(),
        sees=["Ava Larkspur", contact, "By phone", "Weekday evenings", "This opening is recorded."],
        where="modal",
    )
    await t.step(
        ava,
        "sees in Home that somebody opened it",
        farah.closes(everything=True),
        sees=["by an administrator", "(to find a supporter)"],
        where="home",
    )


async def _offers_in_order(t: Telling, farah: Actor, reference: str) -> None:
    await t.step(
        farah,
        'presses "Find a supporter"',
        farah.presses("Find a supporter", near=reference, where=CHANNEL),
        sees=["the best fit first", "Iris Wintergreen", "Jonas Harebell", "What the supporter will read"],
        not_yet=["Ava", "Larkspur"],
        where="modal",
    )
    await t.step(
        farah,
        "chooses Iris, then Jonas, then Kaya, and sends",
        farah.chooses("Ask first", "Iris Wintergreen"),
        farah.chooses("Then, if they cannot", "Jonas Harebell"),
        farah.chooses("third", "Kaya Bunchberry"),
        farah.presses("Send offer"),
        sees=["The offer is on its way, without a name."],
        where="modal",
    )
    await t.step(
        farah,
        "closes it and sees the card",
        farah.closes(everything=True),
        sees=[reference, "A supporter has been asked"],
        where=CHANNEL,
    )


async def accepts(t: Telling, who: Actor, reference: str, name: str, contact: str) -> None:
    """Let a supporter open the message, say yes, and see only then who it is."""
    await t.step(
        who,
        "opens the neutral message",
        press_newest(who),
        sees=[reference, "A colleague would like a talk"],
        not_yet=[name, contact],
        where="modal",
    )
    await t.step(
        who,
        'presses "Yes, I can take this"',
        who.presses("Yes, I can take this"),
        sees=["Thank you. It is with you now.", "Early on, say what the limits of confidentiality are."],
        not_yet=[name, contact],
        where="modal",
    )
    await t.step(
        who,
        'presses "Show name and contact"',
        who.presses("Show name and contact"),
        sees=[name, contact, "This opening is recorded."],
        where="modal",
    )


async def _talks(t: Telling, ava: Actor, jonas: Actor, farah: Actor, reference: str) -> None:
    await t.step(
        jonas,
        'goes back and presses "I made contact"',
        jonas.closes(),
        jonas.presses("I made contact"),
        sees=["Noted. The clock has stopped."],
        where="modal",
    )
    await t.step(ava, "sees it in Home", sees=["You are in contact"], where="home")
    for number, words in ((1, "1 conversation"), (2, "2 conversations"), (3, "3 conversations")):
        heard = "That was the last of the usual number." if number == 3 else "Counted. Only the number is kept."
        await t.step(
            jonas, f'presses "We talked", {words} so far', jonas.presses("We talked"), sees=[heard], where="modal"
        )
        await t.step(farah, "sees the number on the card", sees=[f"In contact, {words}"], where=CHANNEL)
    await t.step(
        jonas,
        'presses "We are finished" and says yes',
        jonas.presses("We are finished", confirm="accept"),
        sees=["Name and contact are closed to you now."],
        not_yet=["Larkspur", CONTACTS["ava"][1]],
        where="modal",
    )
    await t.step(farah, "sees the card closed", sees=[f"Request {reference}: closed"], where=CHANNEL)
    finished = [f"Your request {reference} is finished.", "Did it help?"]
    await t.step(ava, "finds it finished in Home", sees=finished, not_yet=["Jonas Harebell"], where="home")
    await t.step(
        ava,
        'presses "It helped"',
        ava.presses("It helped", where="home"),
        sees=["One was added to a total, and nothing else is kept."],
        where="modal",
    )


SCENES = (("From the door to the last conversation", the_journey),)
