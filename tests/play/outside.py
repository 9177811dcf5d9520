"""A colleague passes somebody on who is not on Slack: by a call, and by a link and a code that open a page."""

from __future__ import annotations

import re

from simulator.people import Actor
from tests.play.pages import Browser
from tests.play.referring import card_closes, leaves, passes_on
from tests.play.stage import PUBLIC
from tests.play.telling import Telling
from tests.stories.town import CHANNEL

ROBIN, ROBIN_PHONE = "Robin Moss", "604-555-0177"
WREN, WREN_MAIL = "Wren Saltmarsh", "wren@saltmarsh.example"


async def by_phone(t: Telling) -> None:
    """Robin is not on Slack: an administrator phones, with a sheet to read from, and puts down what was said."""
    luc, hugo = t.person("luc"), t.person("hugo")
    await leaves(hugo)
    t.keeps_secret(*ROBIN.split(), ROBIN_PHONE)
    await passes_on(t, luc, "", named=True, name=ROBIN, reach=ROBIN_PHONE)
    await t.step(
        hugo,
        "opens the card, in French: somebody is to be phoned, no name yet",
        hugo.sees("The colleague is to be asked by phone or e-mail", where=CHANNEL),
        _opens_card(hugo),
        sees=["La personne n'est pas sur Slack"],
        not_yet=[ROBIN, ROBIN_PHONE],
        where="modal",
    )
    await t.step(
        hugo,
        "says why, and opens the call sheet",
        hugo.presses(action_id="call_sheet"),
        hugo.chooses("opening_why", "Pour organiser la prise de contact"),
        hugo.submits(),
        sees=[ROBIN, ROBIN_PHONE, "Luc Mélilot", "Les mots à lui lire", "Personne n'apprend votre choix"],
        where="modal",
    )
    await t.step(
        hugo,
        "hears a no, and puts it down",
        hugo.chooses("call_answer", "Non\u00a0: effacer"),
        hugo.submits(),
        sees=["C'est noté"],
        not_yet=[ROBIN, ROBIN_PHONE],
        where="modal",
    )
    await hugo.closes(everything=True)
    await card_closes(t, hugo)


async def by_page(t: Telling) -> None:
    """Wren is not on Slack either and gets a link by e-mail and a code by phone; a page asks, and Wren says yes."""
    bruno, farah = t.person("bruno"), t.person("farah")
    await _links(t, bruno, farah, named=True)
    wren, path, code = await _made_link(t, farah)
    await t.page(
        wren,
        "opens the link: no name, and nothing about what it is",
        wren.opens(path),
        sees=["Your code of eight digits", "[Open the page]", "9-8-8"],
        not_yet=["Wren", "Bruno"],
    )
    await t.page(
        wren,
        "types a wrong code",
        wren.sends(path, step="open", code=f"{(int(code) + 1) % 10**8:08}"),
        sees=["This link and this code do not open anything"],
        not_yet=["Wren", "Bruno"],
        status=403,
    )
    await t.page(
        wren,
        "types the code",
        wren.sends(path, step="open", code=code),
        sees=[WREN, "Bruno Tamarack told us you agreed to hear from the peer-support programme."],
    )
    await t.page(
        wren, "reads it in French", wren.sends(f"{path}?l=fr", step="open", code=code), sees=["Oui, allez-y", "9-8-8"]
    )
    await t.page(
        wren,
        'presses "Yes, go ahead": nothing is sent yet',
        wren.sends(path, step="answer", code=code, answer="yes"),
        sees=[WREN_MAIL],
    )
    form = {"name": WREN, "reach": WREN_MAIL, "role": _role_of(wren), "modalities": ["zoom"]}
    await t.page(
        wren,
        "fills the form in and sends it",
        wren.sends(path, step="send", code=code, **form),
        sees=["Your request is with the programme administrators."],
        not_yet=["Wren", WREN_MAIL],
    )
    await t.page(
        wren,
        "opens the link again: it is spent",
        wren.sends(path, step="open", code=code),
        not_yet=["Wren", "Bruno", WREN_MAIL],
        status=403,
    )
    await card_closes(t, farah)
    await t.step(
        farah,
        "finds the request among the cards, without a name",
        sees=["A colleague, with consent"],
        not_yet=["Wren"],
        where=CHANNEL,
    )


async def never_by_page(t: Telling) -> None:
    """Somebody else writes of Wren's old address; whoever reads there refuses for good, on the page."""
    dara, farah = t.person("dara"), t.person("farah")
    await _links(t, dara, farah, named=False, name=ROBIN, reach="robin.old@moss.example")
    robin, path, code = await _made_link(t, farah, ROBIN)
    await t.page(
        robin,
        'types the code and presses "No, and never ask me again"',
        robin.sends(path, step="answer", code=code, answer="never"),
        sees=["Your details are erased, and no colleague's referral will reach you again."],
        not_yet=[ROBIN],
    )
    await t.page(
        robin,
        "opens the link again: it is spent",
        robin.sends(path, step="open", code=code),
        not_yet=[ROBIN],
        status=403,
    )
    await card_closes(t, farah)


# What several scenes do


def _open_card(who: Actor) -> str:
    """Return the reference of the newest referral on the cards that is not closed."""
    found = re.findall(r"Referral (\w\d-\w{4})(?!: closed)\b", who.screen(CHANNEL))
    closed = re.findall(r"Referral (\w\d-\w{4}): closed", who.screen(CHANNEL))
    still = [each for each in found if each not in closed]
    assert still, f"no open referral among the cards\n{who.screen(CHANNEL)}"
    return str(still[-1])


async def _opens_card(who: Actor) -> None:
    await who.presses(action_id="open_referral_card", near=_open_card(who), where=CHANNEL)


async def _links(
    t: Telling, who: Actor, farah: Actor, *, named: bool, name: str = WREN, reach: str = WREN_MAIL
) -> None:
    t.keeps_secret(*name.split(), reach)
    await passes_on(t, who, "", named=named, name=name, reach=reach)
    await t.step(
        farah,
        "opens the call sheet and makes a link and a code",
        farah.sees("The colleague is to be asked by phone or e-mail", where=CHANNEL),
        _opens_card(farah),
        farah.presses(action_id="call_sheet"),
        farah.chooses("opening_why", "To arrange the contact"),
        farah.submits(),
        farah.sees(name, reach),
        farah.presses(action_id="link_for_referral"),
        sees=["A link and a code", f"{PUBLIC}/note/", "two different ways", "shown here only once"],
        not_yet=[name, reach],
        where="modal",
    )


async def _made_link(t: Telling, who: Actor, name: str = WREN) -> tuple[Browser, str, str]:
    """Read link and code from the administrator's screen, as they are sent on; both stand nowhere else."""
    screen = who.screen("modal")
    link, digits = (
        re.search(rf"{PUBLIC}(/note/\S+)", screen),
        re.search(r"^\W*(\d{4}) (\d{4})\W*$", screen, re.MULTILINE),
    )
    assert link, screen
    assert digits, screen
    path, code = link[1], digits[1] + digits[2]
    t.keeps_secret(path, code)
    await who.closes(everything=True)
    return Browser(name, t.app.port), path, code


def _role_of(who: Browser) -> str:
    found = re.search(r'name="role" value="(\w+)"', who.page)
    assert found, who.words
    return found[1]


SCENES = (
    ("A colleague passes somebody on who is not on Slack, and is phoned", by_phone),
    ("A colleague passes somebody on who is not on Slack, and is sent a page", by_page),
    ("A page, and never again", never_by_page),
)
