"""The doors that somebody else opens, used once with words that only their owner could have given.

Two colleagues pass the canary on; others pass on people outside Slack, who are phoned or answer on a page;
somebody phones; a partner tells of a provider through each of its doors; and that provider is invited.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pyotp

from handlers import ids
from peersupport import partner_signature
from peersupport.addresses import signing_name
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.partner_keys import PartnerKey
from peersupport.requests import Door, State
from simulator.people import Actor
from tests.stories.town import CHANNEL, PROGRAMME, Town, opens_identity, press_newest
from tests.stories.town import reference_on as reference
from tests.threats import canaries
from tests.threats.door_words import (
    AUTHENTICATOR,
    CALLED,
    CALLED_REACH,
    OUTSIDE,
    OUTSIDE_REACH,
    PHONED,
    PHONED_NOW,
    PHONED_REACH,
    PLACE,
    PROVIDER,
    PROVIDER_REACH,
    SECRET,
    SIGNS,
    Seen,
)
from tests.threats.everything import accepts, fill_canary

YES, THEIRS = "Yes, that is so", "It is theirs alone, not a clinic's or a shared line"
HEARD = "I read the notice to them, and they said yes to it"
OWN = "It is their own number or mailbox; nobody else answers it"
ROLE = "Physician in active practice in Vancouver"


@dataclass
class Doors:
    """A town with these doors, and everything that was seen on the web."""

    town: Town
    session: aiohttp.ClientSession
    pages: list[Seen] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    """Codes and tokens that were handed out on the way."""

    async def asks(self, path: str, fields: dict[str, Any] | None = None, *, entitled: bool = False) -> Seen:
        """Open an address, or send a form to it."""
        url = f"http://127.0.0.1:{self.town.settings['PORT']}{path}"
        method = "GET" if fields is None else "POST"
        form = None if fields is None else urlencode(fields, doseq=True)
        kind = {} if fields is None else {"Content-Type": "application/x-www-form-urlencoded"}
        async with self.session.request(method, url, data=form, headers=kind, allow_redirects=False) as answer:
            seen = Seen(path, answer.status, str(dict(answer.headers)), await answer.text(), entitled)
        self.pages.append(seen)
        return seen

    async def sends(self, content: dict[str, Any], key: PartnerKey, nonce: str) -> Seen:
        """Send a notice as the partner's system does."""
        body, moment = json.dumps(content).encode(), str(int(self.town.clock.now().timestamp()))
        signature = partner_signature.sign(SECRET.encode(), moment, nonce, body)
        signed = dict(zip(partner_signature.HEADERS, (key.id.hex, moment, nonce, signature), strict=True))
        headers = {"Content-Type": "application/json", **signed}
        url = f"http://127.0.0.1:{self.town.settings['PORT']}/notices"
        async with self.session.post(url, data=body, headers=headers) as answer:
            seen = Seen("/notices", answer.status, str(dict(answer.headers)), await answer.text(), entitled=False)
        self.pages.append(seen)
        return seen


async def other_doors_used(town: Town) -> Doors:
    """Use them all once; whoever goes by the web keeps no cookie."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        doors = Doors(town, session)
        await everybody_uses_the_other_doors(doors)
    return doors


async def everybody_uses_the_other_doors(doors: Doors) -> None:
    """Play it all."""
    town = doors.town
    canaries.settle(town.sim.workspace)
    await town.register("bruno")
    await _passed_on(town)
    await _held(town)
    await _asked_on_a_page(doors)
    await _asked_by_phone(town)
    await _phones(doors)
    await _partner(doors)
    await _invited(town)
    await town.at_rest()


# Referrals


async def _passes_on(town: Town, by: str, colleague: str = "", name: str = "", reach: str = "") -> None:
    who = town.person(by)
    await who.types("/peersupport")
    await who.presses(action_id=ids.REFER)
    await who.chooses(ids.IN_ATTEST, [YES])
    if colleague:
        await who.chooses(ids.IN_COLLEAGUE, colleague)
    else:
        await who.fills(ids.IN_COLLEAGUE_NAME, name)
        await who.fills(ids.IN_COLLEAGUE_REACH, reach)
    await who.chooses(ids.IN_TELLS, "Yes, you may say that it was me")
    await who.submits()
    await who.sees("Passed on.")
    await who.closes(everything=True)
    await town.at_rest()


async def _passed_on(town: Town) -> None:
    """The canary puts it off, then says yes, and ends it."""
    canary = town.person("canary")
    await _passes_on(town, "dara", "canary")
    await press_newest(canary)
    await canary.presses(action_id=ids.REFERRAL_LATER)
    await canary.closes(everything=True)
    await canary.opens_home()
    await canary.presses(action_id=ids.OPEN_REFERRAL, where="home")
    await canary.presses(action_id=ids.REFERRAL_YES)
    await fill_canary(canary)
    await canary.submits()
    made = reference(canary.screen("modal"))
    await canary.closes(everything=True)
    farah = town.person("farah")
    await town.claims("farah", made)
    await farah.presses(action_id=ids.OPEN_SHEET, near=made, where=CHANNEL)
    await opens_identity(farah)
    await farah.sees(canaries.NAME, canaries.PHONE)
    await farah.closes(everything=True)
    await canary.opens_home()
    await canary.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")
    await town.at_rest()
    await canary.closes(everything=True)


async def _held(town: Town) -> None:
    """Somebody never agreed, so that the next referral waits for an administrator, and is refused."""
    canary, farah = town.person("canary"), town.person("farah")
    await _passes_on(town, "emil", "canary")
    await press_newest(canary)
    await canary.presses(action_id=ids.REFERRAL_MISTAKE, confirm="accept")
    await canary.closes(everything=True)
    await _passes_on(town, "emil", "canary")
    await farah.sees("Waits for an administrator", where=CHANNEL)
    await farah.presses(action_id=ids.OPEN_REFERRAL_CARD, near=newest_referral(farah), where=CHANNEL)
    await farah.presses(action_id=ids.RELEASE_REFERRAL, confirm="accept")
    await farah.closes(everything=True)
    await town.at_rest()
    await press_newest(canary)
    await canary.presses(action_id=ids.REFERRAL_NO, confirm="accept")
    await canary.closes(everything=True)
    await town.at_rest()


def newest_referral(who: Actor) -> str:
    """Return the reference of the newest open referral among the cards."""
    screen = who.screen(CHANNEL)
    closed = set(re.findall(r"Referral (\w\d-\w{4}): closed", screen))
    return str([each for each in re.findall(r"Referral (\w\d-\w{4})\b", screen) if each not in closed][-1])


async def _calls(town: Town, name: str, reach: str) -> Actor:
    farah = town.person("farah")
    await farah.presses(action_id=ids.OPEN_REFERRAL_CARD, near=newest_referral(farah), where=CHANNEL)
    await farah.presses(action_id=ids.CALL_SHEET, where="modal")
    await farah.chooses("opening_why", "To arrange the contact")
    await farah.submits()
    await farah.sees(name, reach, "Words to read to them")
    return farah


async def _asked_on_a_page(doors: Doors) -> None:
    """Somebody outside Slack is sent a link and a code; others try to look."""
    await _passes_on(doors.town, "dara", name=OUTSIDE, reach=OUTSIDE_REACH)
    farah = await _calls(doors.town, OUTSIDE, OUTSIDE_REACH)
    await farah.presses(action_id=ids.LINK_FOR_REFERRAL)
    path, code = await _handed_out(doors, farah, "referral")
    await doors.asks(path)
    await doors.asks(path, {"step": "open", "code": f"{(int(code) + 1) % 10**8:08}"})
    await doors.asks("/note/" + "a" * 26, {"step": "open", "code": code})
    asked = await doors.asks(path, {"step": "open", "code": code}, entitled=True)
    assert canaries.found_in(asked.words.encode(), outside=OUTSIDE)
    form = await doors.asks(f"{path}?l=fr", {"step": "answer", "code": code, "answer": "yes"}, entitled=True)
    [role, *_] = re.findall(r'name="role" value="(\w+)"', form.words)
    filled = {"name": OUTSIDE, "reach": OUTSIDE_REACH, "role": role, "modalities": ["zoom"]}
    wrong = {**filled, "modalities": "none"}
    await doors.asks(path, {"step": "send", "code": code, **wrong}, entitled=True)
    done = await doors.asks(path, {"step": "send", "code": code, **filled})
    assert "Your request is with the programme administrators." in done.words
    spent = await doors.asks(path, {"step": "open", "code": code})
    assert spent.status == 403
    await doors.town.at_rest()


async def _handed_out(doors: Doors, who: Actor, of: str) -> tuple[str, str]:
    """Read link and code from the administrator's screen, where they stand once."""
    screen = who.screen("modal")
    token, halves = re.search(r"/note/(\w+)", screen), re.search(r"\b(\d{4}) (\d{4})\b", screen)
    assert token, screen
    assert halves, screen
    await who.closes(everything=True)
    code = halves[1] + halves[2]
    doors.secrets |= {f"token of a {of}": token[1], f"code of a {of}": code}
    return f"/note/{token[1]}", code


async def _asked_by_phone(town: Town) -> None:
    """Somebody else outside Slack is phoned, and says yes."""
    await _passes_on(town, "dara", name=CALLED, reach=CALLED_REACH)
    farah = await _calls(town, CALLED, CALLED_REACH)
    await farah.chooses(ids.IN_CALLED, "Yes: go on to the questions")
    await farah.submits()
    await farah.chooses(ids.IN_ROLE, ROLE)
    await farah.chooses(ids.IN_MODALITIES, ["By phone"])
    await farah.chooses(ids.IN_HEARD, [HEARD])
    await farah.submits()
    await farah.sees("Please tell them")
    await farah.closes(everything=True)
    await town.at_rest()


async def _phones(doors: Doors) -> None:
    """Somebody phones, is asked back by phone, has something changed, and answers on a page."""
    town, farah = doors.town, doors.town.person("farah")
    await farah.opens_home()
    await farah.presses(action_id=ids.BY_PHONE, where="home")
    await farah.chooses(ids.IN_SPOKEN, "French")
    await farah.chooses(ids.IN_SPOKEN, "English")
    await farah.chooses(ids.IN_HEARD, [HEARD])
    await farah.chooses(ids.IN_ROLE, ROLE)
    await farah.fills(ids.IN_NAME, PHONED)
    await farah.chooses(ids.IN_MODALITIES, ["By phone"])
    await farah.fills(ids.IN_REACH, PHONED_REACH)
    await farah.chooses(ids.IN_OWN_LINE, [THEIRS])
    await farah.chooses("choices", ["Ask me before my supporter sees my name"])
    await farah.submits()
    made = reference(farah.screen("modal"))
    await farah.closes(everything=True)
    await town.claims("farah", made)
    await town.at_rest()
    bruno = town.person("bruno")
    await town.offers("farah", made, "Bruno Tamarack")
    await accepts(bruno, made)
    await bruno.closes(everything=True)
    await farah.presses(action_id=ids.OPEN_SHEET, near=made, where=CHANNEL)
    await farah.presses(action_id=ids.PHONE_CALL, where="modal")
    await farah.chooses(ids.IN_SAID, "Yes, the supporter may see the name now")
    await farah.submits()
    await farah.sees("It is put down.")
    await farah.presses(action_id=ids.PHONE_CHANGE, where="modal")
    await farah.sees(PHONED, PHONED_REACH)
    await farah.fills(ids.IN_REACH, PHONED_NOW)
    await farah.submits()
    await farah.sees("It is put down.")
    await farah.closes(everything=True)
    await bruno.opens_home()
    await bruno.presses(action_id=ids.OPEN_MATCH, near=made, where="home")
    await bruno.presses(action_id=ids.SHOW_CONTACT)
    await bruno.sees(PHONED, PHONED_NOW)
    await bruno.closes(everything=True)
    await farah.presses(action_id=ids.OPEN_SHEET, near=made, where=CHANNEL)
    await farah.presses(action_id=ids.LINK_FOR_REQUEST, where="modal")
    path, code = await _handed_out(doors, farah, "request")
    await doors.asks(path)
    await doors.asks(path, {"step": "open", "code": "00000000"})
    await doors.asks(path, {"step": "open", "code": code}, entitled=True)
    await doors.asks(path, {"step": "answer", "code": code, "answer": "no"}, entitled=True)
    await doors.asks(path, {"step": "open", "code": code})
    await town.at_rest()


# A partner


async def _partner(doors: Doors) -> None:
    """The same provider is told of through every door of the partner."""
    town = doors.town
    gwen, quinn = town.person("gwen"), town.person("quinn")
    await gwen.opens_home()
    await gwen.presses(action_id=ids.KEEP_PARTNERS, where="home")
    await gwen.chooses("The dispatch", ["quinn"])
    await gwen.submits()
    await gwen.closes(everything=True)
    await quinn.types("/peersupport")
    await quinn.presses(action_id=ids.NOTIFY, where="modal")
    await _tells_of(quinn)
    await quinn.submits()
    await quinn.sees("Thank you, we have received it.", where="modal")
    await quinn.closes(everything=True)
    await gwen.opens_home()
    await gwen.presses(action_id=ids.RECORD_NOTICE, where="home")
    await gwen.fills(ids.IN_LEFT_AT, "00:10")
    await _tells_of(gwen)
    await gwen.chooses(ids.IN_PROVIDER_MEMBER, "canary")
    await gwen.submits()
    await gwen.sees("Thank you, we have received it.", where="modal")
    await gwen.closes(everything=True)
    await _on_the_web(doors)
    await town.at_rest()


async def _tells_of(who: Actor) -> None:
    await who.fills(ids.IN_PROVIDER, PROVIDER)
    await who.chooses(ids.IN_PROFESSION, ROLE)
    await who.fills(ids.IN_COMMUNITY, PLACE)
    await who.fills(ids.IN_PROVIDER_REACH, PROVIDER_REACH)
    await who.chooses(ids.IN_PROVIDER_OWN, [OWN])
    await who.chooses(ids.IN_CRITERIA, ["A hard transfer"])


async def _on_the_web(doors: Doors) -> None:
    """The page with an authenticator's code, and the endpoint; strangers try both."""
    town = doors.town
    new, now = town.house.ids.new, town.clock.now()
    key = PartnerKey(new(), PROGRAMME, "birch", now)
    person = PartnerPerson(new(), PROGRAMME, "birch", PartnerRoute.WEB)
    async with town.house.store.work() as work:
        await work.partner_keys.add(key, SECRET.encode())
        await work.partner_people.add(person, PartnerIdentity(signing_name(SIGNS), SIGNS, AUTHENTICATOR))
    page, about = f"/partner/{PROGRAMME}", {"p1": PROVIDER, "p2": PLACE, "p3": PROVIDER_REACH, "own": "yes"}
    form = {**about, "criteria": ["hard_transfer"], "profession": "physician", "p4": SIGNS}
    code = pyotp.TOTP(AUTHENTICATOR).at(int(town.clock.now().timestamp()))
    await doors.asks(page)
    await doors.asks(f"{page}?l=fr", {**form, "code": f"{(int(code) + 1) % 10**6:06}"}, entitled=True)
    taken = await doors.asks(page, {**form, "code": code})
    assert taken.status == 200, taken.words
    notice = {
        "provider_name": PROVIDER,
        "profession": "physician",
        "community": PLACE,
        "contact": PROVIDER_REACH,
        "contact_is_own": True,
        "criteria": ["hard_transfer"],
    }
    assert (await doors.sends(notice, key, "nonce-of-a-canary-1")).status == 202
    assert (await doors.sends(notice, key, "nonce-of-a-canary-1")).status in (401, 202, 409)
    assert (await doors.sends({**notice, "contact": f"call {PROVIDER}"}, key, "nonce-of-a-canary-2")).status >= 400
    assert (await doors.sends({**notice, PLACE: PLACE}, key, "nonce-of-a-canary-3")).status >= 400
    await doors.asks("/notices/openapi.json")


async def _invited(town: Town) -> None:
    """The provider is invited, and wants none of it ever again."""
    farah, bruno = town.person("farah"), town.person("bruno")
    await farah.sees("A partner's notice", where=CHANNEL)
    [made] = await _unasked(town)
    await town.claims("farah", made)
    await farah.presses(action_id=ids.OPEN_SHEET, near=made, where=CHANNEL)
    await opens_identity(farah)
    await farah.sees(PROVIDER, PROVIDER_REACH)
    await farah.closes(everything=True)
    await town.offers("farah", made, "Bruno Tamarack")
    await accepts(bruno, made)
    await bruno.presses(action_id=ids.SHOW_CONTACT)
    await bruno.sees(PROVIDER, PROVIDER_REACH)
    await bruno.closes()
    await bruno.presses(action_id=ids.NO_ANSWER)
    await bruno.presses(action_id=ids.SAID_NEVER)
    await bruno.presses(action_id=ids.SAID_NEVER_THEIRS)
    await bruno.closes(everything=True)
    await town.at_rest()


async def _unasked(town: Town) -> list[str]:
    """Return the references of what a partner told of."""
    async with town.house.store.work() as work:
        found = await work.requests.in_states(PROGRAMME, frozenset(State), limit=100)
    return [each.reference for each in found if each.door is Door.PARTNER]
