"""What else may happen to a request, in English: withdrawn, passed on, or asked by those who belong elsewhere."""

from __future__ import annotations

from simulator.people import Actor
from tests.play.english import CONTACTS, LINES, ROLE, accepts
from tests.play.telling import Telling
from tests.stories.town import CHANNEL, press_newest, reference_on


async def withdrawing(t: Telling) -> None:
    """Two taps after a supporter knows the name; the supporter is asked to delete what they noted."""
    bruno, farah, iris = t.person("bruno"), t.person("farah"), t.person("iris")
    reference = await _brings_together(t, bruno, iris)
    await t.step(
        iris,
        "opens name and contact",
        iris.presses("Show name and contact"),
        sees=["Bruno", CONTACTS["bruno"][1]],
        where="modal",
    )
    before, taps = len(iris.messages()), 0

    async def withdraws() -> None:
        nonlocal taps
        taps = -bruno.taps
        await bruno.presses("Withdraw my request", where="home", confirm="accept")
        taps += bruno.taps

    await t.step(
        bruno, "opens Home", bruno.opens_home(), sees=["Iris Wintergreen", "[Withdraw my request]"], where="home"
    )
    await t.step(
        bruno,
        "withdraws, with the button and a yes",
        withdraws(),
        sees=["Nothing open. The door stays here."],
        where="home",
    )
    t.check(f"That took {taps} taps", *([] if 0 < taps <= 2 else ["more than two taps"]))
    await t.step(farah, "sees the card closed", sees=[f"Request {reference}: closed"], where=CHANNEL)
    await t.step(
        iris,
        "finds the old message closed and a new one, and opens it",
        iris.closes(everything=True),
        _presses_the_new_one(t, iris, before + 1),
        sees=["Please delete any contact details you noted"],
        not_yet=["Bruno", CONTACTS["bruno"][1]],
        where="modal",
    )
    await t.step(
        iris,
        'presses "Done, I have deleted them"',
        iris.presses("Done, I have deleted them"),
        sees=["Thank you. That is all."],
        where="modal",
    )


async def _presses_the_new_one(t: Telling, who: Actor, messages: int) -> None:
    """Wait until there are this many messages and all but the last are closed; press the last."""
    while len(who.messages()) < messages or who.screen("messages").count("[Open]") != 1:
        since = t.simulator.workspace.version
        assert await t.simulator.workspace.wait_for_change(since, who.patience) != since, "no new message"
    await press_newest(who)


async def someone_else(t: Telling) -> None:
    """The requester asks for someone else; the next supporter sees the name and is not the right person after all."""
    dara, farah, kaya, mina = t.person("dara"), t.person("farah"), t.person("kaya"), t.person("mina")
    reference = await _brings_together(t, dara, kaya)
    await t.step(
        dara,
        'presses "Ask for someone else" in Home',
        dara.opens_home(),
        dara.presses("Ask for someone else", where="home"),
        sees=["We are finding someone else. They are not told why."],
        where="modal",
    )
    await t.step(
        kaya,
        "can no longer see who it is",
        kaya.presses("I made contact"),
        sees=["This is no longer needed."],
        not_yet=["Dara", CONTACTS["dara"][1]],
        where="modal",
    )
    await t.step(
        farah,
        "looks again; Kaya is kept out",
        farah.presses("Find a supporter", near=reference, where=CHANNEL),
        sees=["Mina Thimbleberry", "1 person is kept out"],
        not_yet=["Kaya Bunchberry"],
        where="modal",
    )
    await t.step(
        farah,
        "asks Mina",
        farah.chooses("Ask first", "Mina Thimbleberry"),
        farah.presses("Send offer"),
        sees=["The offer is on its way"],
        where="modal",
    )
    await accepts(t, mina, reference, "Dara Quillwort", CONTACTS["dara"][1])
    await t.step(
        mina,
        'knows her, goes back and presses "Not me after all"',
        mina.closes(),
        mina.presses("Not me after all", confirm="accept"),
        sees=["Someone else will be asked.", "Please delete any contact details you noted."],
        not_yet=["Dara", CONTACTS["dara"][1]],
        where="modal",
    )
    await t.step(
        farah, "sees it on the card", farah.closes(everything=True), sees=["A supporter is to be found"], where=CHANNEL
    )


async def a_resident(t: Telling) -> None:
    """Somebody whom the programme does not serve is led on warmly, and nothing is kept."""
    quinn = t.person("quinn")
    await t.step(quinn, "uses the shortcut", quinn.uses_shortcut("peersupport_menu"), sees=LINES, where="modal")
    await t.step(
        quinn,
        'presses "Ask for support" and says "Resident"',
        quinn.presses("Ask for support"),
        quinn.chooses("role", "Resident"),
        sees=["Residents have a peer support programme of their own", *LINES[2:], "We kept nothing about you."],
        where="modal",
    )


async def an_administrator(t: Telling) -> None:
    """An administrator asks: no card, the other administrators are told in private."""
    farah, gwen, hugo = t.person("farah"), t.person("gwen"), t.person("hugo")
    reference = await _asks(t, farah)
    await t.step(farah, "finds no card of her own", farah.closes(everything=True), not_yet=[reference], where=CHANNEL)
    await t.step(hugo, "finds none in the channel either", not_yet=[reference], where=CHANNEL)
    await t.step(gwen, "opens the neutral message", press_newest(gwen), sees=[reference, "[Claim]"], where="modal")
    await t.step(
        gwen,
        "claims it and opens name and contact",
        gwen.presses("Claim"),
        gwen.sees("It is yours now"),
        gwen.presses("Show name and contact"),
        gwen.chooses("opening_why", "To arrange the contact"),
        gwen.submits(),
        sees=["Farah Meadowrue", CONTACTS["farah"][1]],
        where="modal",
    )
    await t.step(
        farah,
        "follows it in Home as anyone would",
        farah.opens_home(),
        sees=[f"Your request {reference}", "Confirmed", "(to arrange the contact)"],
        where="home",
    )


async def _asks(t: Telling, who: Actor) -> str:
    way, contact = CONTACTS[who.profile.key]
    await t.step(
        who,
        "asks for support with three answers",
        who.types("/peersupport"),
        who.presses("Ask for support"),
        who.chooses("role", ROLE),
        who.chooses("modalities", [way]),
        who.fills("reach", contact),
        who.presses("Send my request"),
        sees=["Your request is with the programme administrators."],
        where="modal",
    )
    return reference_on(who.screen("modal"))


async def _brings_together(t: Telling, asker: Actor, supporter: Actor) -> str:
    farah, name = t.person("farah"), asker.profile.real_name
    reference = await _asks(t, asker)
    await t.step(
        farah,
        f"claims it and asks {supporter.profile.real_name}",
        asker.closes(everything=True),
        farah.presses("Claim", near=reference, where=CHANNEL),
        farah.presses("Find a supporter", near=reference, where=CHANNEL),
        farah.chooses("Ask first", supporter.profile.real_name),
        farah.presses("Send offer"),
        farah.sees("The offer is on its way"),
        farah.closes(everything=True),
        sees=[reference, "A supporter has been asked"],
        not_yet=[name],
        where=CHANNEL,
    )
    if supporter.modal is not None:
        await supporter.closes(everything=True)
    await accepts(t, supporter, reference, name, CONTACTS[asker.profile.key][1])
    await supporter.closes()
    return reference


SCENES = (
    ("Somebody withdraws after a supporter knows the name", withdrawing),
    ("Somebody else, please; and a supporter who knows the person", someone_else),
    ("A resident asks", a_resident),
    ("An administrator asks", an_administrator),
)
