"""A colleague passes a colleague on: yes, no, silence, and never again."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from contextlib import suppress

from simulator.people import Actor
from tests.play.english import MESSAGE, ROLE
from tests.play.stage import QUIET_SECONDS
from tests.play.telling import Telling
from tests.stories.town import CHANNEL, press_newest, reference_on

EMIL_PHONE = "604-555-0151"
PASSED_ON = "Passed on. Your colleague is asked in private, and decides."
ATTEST = {"en": "Yes, that is so", "fr": "Oui, c'est bien le cas"}
SAY = ("No, please do not say", "Yes, you may say that it was me")


async def yes(t: Telling) -> None:
    """Kaya talked with Emil first; he says yes, and the request is his own."""
    kaya, emil, farah = t.person("kaya"), t.person("emil"), t.person("farah")
    t.keeps_secret(*emil.profile.real_name.split(), emil.id, EMIL_PHONE)
    for who in (kaya, emil, farah):
        await leaves(who)
    await t.step(
        kaya,
        'types /peersupport and presses "Refer a colleague who said yes"',
        kaya.types("/peersupport"),
        _opens_form(kaya, "Talk with your colleague first."),
        sees=["Talk with your colleague first.", "no reason and no story", "they agreed that I pass on"],
        not_yet=["Their name"],
        where="modal",
    )
    await t.step(
        kaya,
        "goes on without the statement: words to use, and nothing is kept",
        kaya.submits(),
        sees=["Not asked yet?", "Nothing was kept."],
        not_yet=["Their name"],
        where="modal",
    )
    await t.step(
        kaya,
        "goes back, ticks it, chooses Emil, and may be named",
        kaya.closes(),
        kaya.chooses("attest", [ATTEST["en"]]),
        kaya.chooses("colleague", "emil"),
        kaya.chooses("tells_who", SAY[True]),
        kaya.submits(),
        sees=[PASSED_ON, "nobody will tell you what they decide"],
        where="modal",
    )
    await kaya.closes(everything=True)
    await t.step(farah, "sees a card without a name", sees=["The colleague is being asked"], where=CHANNEL)
    reference = await _says_yes(t, emil)
    await t.step(
        farah,
        "claims it and looks for a supporter: who passed him on is not among them",
        emil.closes(everything=True),
        farah.sees(reference, "A colleague, with consent", where=CHANNEL),
        farah.presses("Claim", near=reference, where=CHANNEL),
        farah.presses("Find a supporter", near=reference, where=CHANNEL),
        sees=["Iris Wintergreen", "Jonas Harebell"],
        not_yet=["Kaya Bunchberry", "Emil"],
        where="modal",
    )
    await t.step(
        kaya,
        "sees in Home what she will see for ever",
        farah.closes(everything=True),
        kaya.opens_home(),
        sees=["What you passed on", ": passed on"],
        not_yet=[reference, "Emil"],
        where="home",
    )


async def _says_yes(t: Telling, emil: Actor) -> str:
    await t.step(
        emil,
        "opens the neutral message",
        emil.sees(MESSAGE, where="messages"),
        press_newest(emil),
        sees=["Kaya Bunchberry told us that you agreed", "[Yes, go ahead]", "[No, erase my details]", "9-8-8"],
        where="modal",
    )
    await t.step(
        emil,
        'presses "Yes, go ahead": his own form, and nothing is sent yet',
        emil.presses("Yes, go ahead"),
        sees=["Which fits you best? *", "[Send my request]"],
        where="modal",
    )
    await t.step(
        emil,
        "fills it in and sends it",
        emil.chooses("role", ROLE),
        emil.chooses("modalities", ["By phone"]),
        emil.fills("reach", EMIL_PHONE),
        emil.presses("Send my request"),
        sees=["Your request is with the programme administrators."],
        where="modal",
    )
    return reference_on(emil.screen("modal"))


async def no(t: Telling) -> None:
    """Chloé reads French; she says no, and nobody is told."""
    kaya, chloe, farah = t.person("kaya"), t.person("chloe"), t.person("farah")
    await leaves(chloe)
    await passes_on(t, kaya, "chloe", named=False)
    await t.simulator.settled(QUIET_SECONDS)
    before = kaya.screen("home")
    await t.step(
        chloe,
        "opens the neutral message, in French",
        chloe.sees("Il y a quelque chose pour vous dans l'appli.", where="messages"),
        chloe.presses("Ouvrir", where="messages"),
        sees=["Une ou un collègue nous a dit que vous acceptiez", "9-8-8"],
        not_yet=["Kaya", "told us"],
        where="modal",
    )
    await t.step(
        chloe,
        'presses "Non, effacer mes coordonnées" and says yes to it',
        chloe.presses(action_id="referral_no", confirm="accept"),
        sees=["C'est entendu. Vos coordonnées sont effacées"],
        where="modal",
    )
    reference = await card_closes(t, farah)
    await t.step(
        kaya,
        "sees what she saw before",
        chloe.closes(everything=True),
        kaya.opens_home(),
        sees=[": passed on"],
        not_yet=[reference],
        where="home",
    )
    await t.simulator.settled(QUIET_SECONDS)
    t.check("Her Home is the same, word for word", *([] if kaya.screen("home") == before else ["it changed"]))


async def silence(t: Telling) -> None:
    """Ava wants to think about it and never comes back: one reminder, then everything is erased."""
    kaya, ava, farah = t.person("kaya"), t.person("ava"), t.person("farah")
    await leaves(ava)
    told = len(ava.messages())
    await passes_on(t, kaya, "ava", named=False)
    await t.step(
        ava,
        'opens the message and presses "Ask me later"',
        new_message(t, ava, told + 1),
        press_newest(ava),
        ava.presses("Ask me later"),
        sees=["The note stays in Home, and you may be reminded of it once."],
        where="modal",
    )
    await ava.closes(everything=True)
    await t.app.passes(days=3, hours=1)
    await t.step(
        ava,
        "finds one reminder three days later, as neutral as the first",
        new_message(t, ava, told + 2),
        ava.opens_home(),
        sees=["You have a private note."],
        where="home",
    )
    await t.app.passes(days=4)
    await card_closes(t, farah)
    await t.step(
        ava,
        "presses the old button a week after the first message: there is nothing any more",
        ava.presses(action_id="open_referral", where="home"),
        sees=["There is nothing here for you now."],
        not_yet=["Kaya"],
        where="modal",
    )
    await ava.closes(everything=True)
    t.check("Ava was written to twice", *([] if len(ava.messages()) == told + 2 else [f"{len(ava.messages()) - told}"]))


async def never_again(t: Telling) -> None:
    """Ava refuses for good; whoever passes her on afterwards is answered as ever, and she hears nothing."""
    jonas, mina, ava, farah = t.person("jonas"), t.person("mina"), t.person("ava"), t.person("farah")
    told = len(ava.messages())
    await passes_on(t, jonas, "ava", named=True)
    await t.step(
        ava,
        'opens the message, presses "Never ask me again" and says yes to it',
        new_message(t, ava, told + 1),
        press_newest(ava),
        ava.presses("Never ask me again", confirm="accept"),
        sees=["nobody can refer you here again", "You can still ask for yourself"],
        where="modal",
    )
    await ava.closes(everything=True)
    await card_closes(t, farah)
    await passes_on(t, mina, "ava", named=False)
    await t.step(
        farah,
        "sees the same kind of card as ever",
        sees=["The colleague is being asked"],
        not_yet=["Ava"],
        where=CHANNEL,
    )
    await t.app.passes(minutes=10)
    await t.step(
        ava,
        "hears nothing of it",
        ava.opens_home(),
        not_yet=["You have a private note."],
        where="home",
    )
    t.check("Ava was not written to", *([] if len(ava.messages()) == told + 1 else ["she was"]))
    await t.app.passes(days=7, hours=1)
    await card_closes(t, farah)


# What several scenes do


async def leaves(who: Actor) -> None:
    """Let somebody close what they still have open."""
    if who.modal is not None:
        await who.closes(everything=True)


async def _opens_form(who: Actor, words: str) -> None:
    """Press, and press again where nothing came: a process that ends takes the press with it."""
    patience, who.patience = who.patience, 12.0
    try:
        for _ in range(3):
            await who.presses(action_id="refer")
            with suppress(AssertionError):
                await who.sees(words, where="modal")
                return
    finally:
        who.patience = patience


async def passes_on(t: Telling, who: Actor, colleague: str, *, named: bool, name: str = "", reach: str = "") -> None:
    """Pass somebody on, in two steps of the form; the answer is the same whoever it is."""
    french = who.profile.locale.startswith("fr")
    whom = t.person(colleague).profile.real_name if colleague else "somebody who is not on Slack"
    deeds: list[Awaitable[None]] = [
        who.types("/peersupport"),
        _opens_form(who, ATTEST["fr" if french else "en"]),
        who.chooses("attest", [ATTEST["fr" if french else "en"]]),
    ]
    if colleague:
        deeds.append(who.chooses("colleague", colleague))
    else:
        deeds += [who.fills("colleague_name", name), who.fills("colleague_reach", reach)]
    say = ("Non, ne le dites pas, s'il vous plaît", "Oui, vous pouvez dire que c'était moi") if french else SAY
    await leaves(who)
    await t.step(
        who,
        f"passes {whom} on{', and may be named' if named else ''}",
        *deeds,
        who.chooses("tells_who", say[named]),
        who.submits(),
        sees=["Transmis." if french else PASSED_ON],
        where="modal",
    )
    await who.closes(everything=True)
    await who.opens_home()


async def new_message(t: Telling, who: Actor, count: int) -> None:
    """Wait until somebody has so many messages."""
    while len(who.messages()) < count:
        since = t.simulator.workspace.version
        assert await t.simulator.workspace.wait_for_change(since, who.patience) != since, "no new message"


async def card_closes(t: Telling, who: Actor) -> str:
    """See the one open card of a referral closed, which says no cause; returns its reference."""
    closed = re.findall(r"Referral (\w\d-\w{4}): closed", who.screen(CHANNEL))

    async def closes() -> None:
        await who.sees_no_more("[Open]", where=CHANNEL)

    await t.step(who, "sees the card closed, without a cause", closes(), sees=["closed"], where=CHANNEL)
    left = [each for each in re.findall(r"Referral (\w\d-\w{4}): closed", who.screen(CHANNEL)) if each not in closed]
    return str(left[-1]) if left else "?"


SCENES = (
    ("A colleague passes a colleague on, who says yes", yes),
    ("A colleague passes a colleague on, who says no", no),
    ("A colleague passes a colleague on, and nothing is heard", silence),
    ("A colleague passes a colleague on, who never wants that again", never_again),
)
