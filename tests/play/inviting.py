"""IMPACT beside Vancouver: a partner tells of somebody, a supporter invites them; yes, no, never again, and silence."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pyotp

from simulator.people import Actor
from tests.play.office import rural_supporters
from tests.play.pages import Browser
from tests.play.referring import leaves
from tests.play.stage import QUIET_SECONDS
from tests.play.telling import Telling
from tests.stories.town import CHANNEL, PROGRAMME, ZONE, press_newest

IMPACT = "impact"
PARTNER = "Patient Transfer Coordinators"
COORDINATOR = "Marlow Saxifrage"
OWN = "It is their own number or mailbox; nobody else answers it"
HOLLY, HOLLY_LINE = "Holly Marshelder", "250-555-0161"
LINDEN, LINDEN_LINE = "Linden Osier", "250-555-0162"
LAUREL, LAUREL_LINE = "Laurel Bilberry", "250-555-0163"
HAWTHORN, HAWTHORN_LINE = "Hawthorn Sedge", "250-555-0164"


async def beginning(t: Telling) -> None:
    """The office adds IMPACT to what runs, puts its supporters in, and lets a partner's people in."""
    for name, line in ((HOLLY, HOLLY_LINE), (LINDEN, LINDEN_LINE), (LAUREL, LAUREL_LINE), (HAWTHORN, HAWTHORN_LINE)):
        t.keeps_secret(*name.split(), line)
    code = await t.app.runs(f"{PROGRAMME},{IMPACT}")
    t.check("The app stops, and starts again with both programmes", *([] if code == 0 else [f"it ended with {code}"]))
    ended = await t.app.command("import-supporters", str(rural_supporters(t)), "--programme", IMPACT)
    wrong = [] if "4 supporter(s) imported." in ended.words else [ended.words]
    t.check('peersupport import-supporters says: "4 supporter(s) imported."', *wrong)
    ava, gwen, quinn = t.person("ava"), t.person("gwen"), t.person("quinn")
    for who in (ava, gwen, quinn):
        await leaves(who)
    await t.step(
        ava,
        "types /peersupport: two programmes, each with its doors",
        ava.types("/peersupport"),
        sees=[
            "Physician Peer Support Initiative",
            "# IMPACT",
            "rural physicians and nurses of remote nursing stations",
        ],
        where="modal",
    )
    await t.step(
        gwen,
        "lets Quinn notify for the partner",
        ava.closes(),
        gwen.opens_home(),
        gwen.presses(action_id="keep_partners", where="home"),
        gwen.chooses(PARTNER, ["quinn"]),
        gwen.submits(),
        sees=["Saved: 1 member may notify."],
        where="modal",
    )
    await gwen.closes(everything=True)


async def yes(t: Telling) -> None:
    """A named member of the partner has one door; the provider would like to talk."""
    quinn, gwen = t.person("quinn"), t.person("gwen")
    await t.step(
        quinn,
        "types /peersupport: one door of IMPACT's, and nothing else of it",
        quinn.types("/peersupport"),
        quinn.chooses("language", "English"),
        sees=["[Ask for outreach to a provider]", "You have sent 0 notices."],
        not_yet=["A talk with a rural colleague"],
        where="modal",
    )
    await t.step(
        quinn,
        "opens it and writes of a patient: nothing is kept",
        quinn.presses("Ask for outreach to a provider", where="modal"),
        quinn.fills("Name of the provider", "Holly, patient 9698 658 215"),
        *_about(quinn, HOLLY_LINE, "Terrace"),
        quinn.submits(),
        sees=["This may point to a patient. Nothing was kept."],
        where="modal",
    )
    await t.step(
        quinn,
        "writes the name alone, and sends",
        quinn.fills("Name of the provider", HOLLY),
        quinn.submits(),
        sees=["Thank you, we have received it.", "you will hear nothing further", "You have sent 1 notice."],
        not_yet=[HOLLY, HOLLY_LINE],
        where="modal",
    )
    await quinn.closes(everything=True)
    reference = await _taken(t, gwen, "Jonas Harebell", not_yet=["Iris Wintergreen"])
    jonas = await _invites(t, "jonas", reference, HOLLY)
    await t.step(
        jonas,
        "shows name and contact, and phones",
        jonas.presses(action_id="show_contact"),
        sees=[HOLLY, HOLLY_LINE],
        where="modal",
    )
    await t.step(
        jonas,
        'heard a yes and presses "Reached: yes, please"',
        jonas.closes(),
        jonas.presses("Reached: yes, please"),
        sees=["Noted. Agree on a time with them"],
        where="modal",
    )
    await t.step(gwen, "sees it on the card", sees=[reference, "First contact made"], not_yet=[HOLLY], where=CHANNEL)
    await t.step(
        jonas,
        "talked with her, and they are finished",
        jonas.presses("We talked"),
        jonas.sees("Counted. Only the number is kept."),
        jonas.presses("We are finished", confirm="accept"),
        sees=["Name and contact are closed to you now."],
        not_yet=["Marshelder", HOLLY_LINE],
        where="modal",
    )
    await t.step(gwen, "sees the card closed", sees=[f"Request {reference}: closed"], where=CHANNEL)
    await t.step(
        quinn,
        "sees in Home what Quinn saw before: a number",
        jonas.closes(everything=True),
        quinn.opens_home(),
        sees=["Ask for outreach to a provider", "You have sent 1 notice."],
        not_yet=[HOLLY, reference, "Terrace"],
        where="home",
    )


async def fine(t: Telling) -> None:
    """A voicemail, written down by an administrator; the provider is fine, and that is an answer. Luc reads French."""
    farah = t.person("farah")
    left = (t.app.clock.now() - timedelta(hours=5)).astimezone(ZoneInfo(ZONE))
    await leaves(farah)
    await t.step(
        farah,
        "writes a voicemail down that was left five hours ago",
        farah.opens_home(),
        farah.presses(action_id="record_notice", where="home"),
        farah.fills("Left on", left.date().isoformat()),
        farah.fills("At, by Vancouver time", f"{left:%H:%M}"),
        farah.fills("Name of the provider", LINDEN),
        *_about(farah, LINDEN_LINE, "Golden"),
        farah.submits(),
        sees=["Thank you, we have received it."],
        not_yet=[LINDEN],
        where="modal",
    )
    await farah.closes(everything=True)
    reference = await _taken(t, farah, "Luc Mélilot")
    luc = t.person("luc")
    await leaves(luc)
    await t.step(
        luc,
        "opens the neutral message, says yes, and reads in French what to say",
        luc.presses("Ouvrir", where="messages"),
        luc.presses(action_id="accept"),
        sees=["Certaines journées de travail", "Pas un mot"],
        not_yet=[LINDEN, LINDEN_LINE],
        where="modal",
    )
    await t.step(
        luc,
        'heard "Ça va": a full answer, and everything is erased',
        luc.presses(action_id="said_fine", confirm="accept"),
        sees=["C'est une réponse entière"],
        not_yet=[LINDEN, LINDEN_LINE],
        where="modal",
    )
    await t.step(farah, "sees the card closed", sees=[f"Request {reference}: closed"], where=CHANNEL)
    await luc.closes(everything=True)


async def never_again(t: Telling) -> None:
    """Somebody of the partner is not on Slack and uses its page; the provider wants no such call ever again."""
    gwen = t.person("gwen")
    ended = await t.app.command("partner", "add-user", "--programme", IMPACT, "--partner", "ptc", "--name", COORDINATOR)
    secret = ended.words.partition("by hand:")[2].split()[0]
    t.keeps_secret(secret)
    t.check("peersupport partner add-user shows the secret of an authenticator app, once")
    tess, path = Browser(COORDINATOR, t.app.port), f"/partner/{IMPACT}"
    told = {
        "criteria": ["difficult_transfer"], "p1": LAUREL, "profession": "rural_physician", "p2": "Nelson",
        "p3": LAUREL_LINE, "own": "yes", "p4": COORDINATOR,
    }  # fmt: skip
    await t.page(
        tess,
        "opens the partner's page",
        tess.opens(path),
        sees=["Ask for outreach to a provider", "Write nothing of a patient", "Six digits. Each code works once."],
    )
    await t.page(
        tess,
        "fills it in, with a code that fits nobody",
        tess.sends(path, **told, code="000000"),
        sees=["Your name and this code do not fit together. Nothing was kept."],
        status=403,
    )
    await t.page(
        tess,
        "sends it with the code of an authenticator app",
        tess.sends(path, **told, code=pyotp.TOTP(secret).at(t.app.clock.now())),
        sees=["To protect them, we do not tell anybody what becomes of it.", "You have sent 1 notice so far."],
        not_yet=[LAUREL],
    )
    reference = await _taken(t, gwen, "Jonas Harebell")
    jonas = await _invites(t, "jonas", reference, LAUREL)
    await t.step(
        jonas,
        'heard "never again" from the person, whose own line it is',
        jonas.presses("Never contact me again"),
        jonas.sees("Did they say that the phone or e-mail is their own"),
        jonas.presses("It is their own"),
        sees=["a mark that names nobody keeps partners' notices from them"],
        not_yet=[LAUREL, LAUREL_LINE],
        where="modal",
    )
    await jonas.closes(everything=True)
    await t.step(gwen, "sees the card closed", sees=[f"Request {reference}: closed"], where=CHANNEL)
    await t.app.passes(days=8)
    await t.page(
        tess,
        "tells of the same person again, eight days later: the same receipt as ever",
        tess.sends(path, **told, code=pyotp.TOTP(secret).at(t.app.clock.now())),
        sees=["To protect them, we do not tell anybody what becomes of it.", "You have sent 2 notices so far."],
        not_yet=[LAUREL],
    )
    await t.app.passes(minutes=1)
    await t.simulator.settled(QUIET_SECONDS)
    t.check("No card came of it", *_waiting(gwen))


async def silence(t: Telling) -> None:
    """Nobody answers, twice, three days apart; then everything is erased."""
    quinn, gwen = t.person("quinn"), t.person("gwen")
    await t.step(
        quinn,
        "tells of somebody else",
        quinn.types("/peersupport"),
        quinn.presses("Ask for outreach to a provider", where="modal"),
        quinn.fills("Name of the provider", HAWTHORN),
        *_about(quinn, HAWTHORN_LINE, "Masset"),
        quinn.submits(),
        sees=["Thank you, we have received it."],
        where="modal",
    )
    await quinn.closes(everything=True)
    reference = await _taken(t, gwen, "Jonas Harebell")
    jonas = await _invites(t, "jonas", reference, HAWTHORN)
    await t.step(
        jonas,
        'reaches nobody and presses "No answer"',
        jonas.presses("No answer"),
        sees=["Noted: the clock has stopped.", "The second and last attempt is not before"],
        where="modal",
    )
    await jonas.closes(everything=True)
    await t.step(gwen, "sees it on the card", sees=[reference, "Invited once, no answer yet"], where=CHANNEL)
    await t.app.passes(days=3)
    await t.step(
        jonas,
        "is reminded three days later, tries again and reaches nobody",
        press_newest(jonas),
        jonas.sees("You can try a second time now; it is the last."),
        jonas.presses("No answer"),
        sees=["Noted: that was the last attempt.", "without one everything is erased on"],
        where="modal",
    )
    await jonas.closes(everything=True)
    await t.app.passes(days=3)
    await t.step(gwen, "sees the card closed by itself", sees=[f"Request {reference}: closed"], where=CHANNEL)
    await t.step(
        jonas, "has nothing of it any more", jonas.opens_home(), not_yet=[HAWTHORN, HAWTHORN_LINE], where="home"
    )


# What several scenes do


def _about(who: Actor, line: str, community: str) -> tuple[Awaitable[None], ...]:
    """Return what is done with all of the form but the name."""
    return (
        who.chooses("Their profession", "Rural physician"),
        who.fills("Their community", community),
        who.fills("Work phone number or e-mail", line),
        who.chooses("Whose number or mailbox is it?", [OWN]),
        who.chooses("What kind of incident was it?", ["A child was involved", "A difficult transfer"]),
    )


def _waiting(admin: Actor) -> list[str]:
    """Return the references of partners' notices that nobody has claimed yet."""
    cards = admin.screen(CHANNEL).split("# Request ")[1:]
    words = ("A partner's notice", "Received, waiting to be claimed")
    return [card.split()[0] for card in cards if all(each in card for each in words)]


async def _finds_card(t: Telling, admin: Actor) -> None:
    while not _waiting(admin):
        since = t.simulator.workspace.version
        assert await t.simulator.workspace.wait_for_change(since, admin.patience) != since, "no card of a notice"


async def _taken(t: Telling, admin: Actor, supporter: str, not_yet: Sequence[str] = ()) -> str:
    """Let an administrator claim a notice that came, and send its offer to a supporter."""
    await t.step(
        admin,
        "finds a card that says whence it came, and no name",
        _finds_card(t, admin),
        sees=["A partner's notice", "Received, waiting to be claimed"],
        where=CHANNEL,
    )
    reference = _waiting(admin)[0]
    await t.step(
        admin,
        "claims it and looks for a supporter: same profession, rural, another community",
        admin.presses("Claim", near=reference, where=CHANNEL),
        admin.presses("Find a supporter", near=reference, where=CHANNEL),
        sees=[supporter],
        not_yet=not_yet,
        where="modal",
    )
    await t.step(
        admin,
        f"asks {supporter}",
        admin.chooses("Ask first", supporter),
        admin.presses("Send offer"),
        admin.sees("The offer is on its way"),
        admin.closes(everything=True),
        sees=[reference, "A supporter has been asked"],
        where=CHANNEL,
    )
    return reference


async def _invites(t: Telling, key: str, reference: str, name: str) -> Actor:
    """Let a supporter say yes, and read how to invite."""
    who = t.person(key)
    await leaves(who)
    await t.step(
        who,
        "opens the neutral message",
        press_newest(who),
        sees=[reference, "[Yes, I can take this]"],
        not_yet=[name],
        where="modal",
    )
    await t.step(
        who,
        "says yes and reads how to invite somebody who did not ask",
        who.presses("Yes, I can take this"),
        sees=["This person did not ask.", "Some days at work stay with people.", PARTNER, "Not a word about an event"],
        not_yet=[name],
        where="modal",
    )
    return who


SCENES = (
    ("The office adds IMPACT", beginning),
    ("A partner tells of somebody, who would like to talk", yes),
    ("A voicemail, and somebody who is fine", fine),
    ("The partner's page, and somebody who never wants that again", never_again),
    ("A partner tells of somebody, and nobody answers", silence),
)
