"""The partner's page: a form with five ticks that a named person sends with the code of their authenticator app.

There is no session and no cookie: who sends it is known from the form itself, and forgotten with it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from hashlib import sha256

from handlers.i18n import Translator
from handlers.web import plain
from handlers.web.html import tag
from handlers.web.request import LANGUAGE, Page, Route, WebFront, WebRequest
from handlers.web.shell import button, choices, form, paragraphs, text_field, trouble, whole
from peersupport import floods, notices
from peersupport.addresses import signing_name
from peersupport.notice import Noticed, Notifier
from peersupport.notices import InvalidNotice, NothingTicked, NoticeFault, NoticePart, Received, TooManyNotices
from peersupport.partner_signin import sign_in
from peersupport.ports import StoreUnavailable
from peersupport.programme import Programme
from peersupport.programme_partner import Channel

SLOWEST_SECONDS = 0.4
"""Every form is answered after so long at the earliest: a name that is not known takes no less than one that is."""
CRITERIA, PROVIDER, PROFESSION, COMMUNITY, REACH, OWN = "criteria", "p1", "profession", "p2", "p3", "own"
WHO, CODE, TELL = "p4", "code", "tell"
AGAIN = "again"
"""Set where the form is only asked for in the other language: what was typed comes along, and nothing is sent."""
_YES = "yes"
LONGEST_CODE, LONGEST_NAME = 16, 80
_MOST = 20
_FIELDS = {
    NoticePart.NAME: PROVIDER,
    NoticePart.PROFESSION: PROFESSION,
    NoticePart.COMMUNITY: COMMUNITY,
    NoticePart.REACH: REACH,
    NoticePart.CRITERIA: CRITERIA,
}
_MISSING = ((NoticePart.CRITERIA, NoticeFault.MISSING),)
Faults = tuple[tuple[NoticePart, NoticeFault], ...]


@dataclass(frozen=True, slots=True)
class _Door:
    """One programme's page, as one request asks for it."""

    front: WebFront
    request: WebRequest
    programme: Programme

    @property
    def t(self) -> Translator:
        """Return the texts in the language to answer in."""
        return self.request.t(self.front)


async def answer(front: WebFront, request: WebRequest) -> Page:
    """Show the form, or take one in."""
    programme = _programme(front, request)
    if programme is None:
        return plain.short(front, request, 404)
    door = _Door(front, request, programme)
    if request.method == "GET":
        return _form(door)
    told = _read(request)
    faults = notices.check(programme, told, front.clock.now())
    if not told.criteria:
        faults = (*_MISSING, *faults)
    if faults or request.one(AGAIN):
        return _form(door, faults=faults)
    earliest = asyncio.get_running_loop().time() + SLOWEST_SECONDS
    try:
        return await _send(door, told)
    except StoreUnavailable as error:
        front.note("web.unavailable", error)
        return _form(door, door.t("partner_page.away"), status=503)
    finally:
        await asyncio.sleep(max(0.0, earliest - asyncio.get_running_loop().time()))


async def _send(door: _Door, told: Noticed) -> Page:
    front, programme, now = door.front, door.programme, door.front.clock.now()
    repeats = _digest(told)
    async with front.work() as work:
        person = await sign_in(work, programme.id, door.request.one(WHO), door.request.one(CODE), now, repeats=repeats)
        if person is None:
            return _form(door, door.t("partner_page.not_known"), status=403)
        notifier = Notifier(person.partner, Channel.WEB, person.id)
        key = f"partner-page:{person.id.hex}:{person.last_step}:{repeats}"
        outcome = await notices.notify(work, programme, notifier, told, key=key, now=now, ids=front.ids)
        match outcome:
            case Received(sent):
                return _received(door, sent)
            case TooManyNotices():
                await work.outbox.put(floods.line(programme, person.id, now))
                return _form(door, door.t("partner_page.too_many"), status=429)
            case InvalidNotice(faults):
                return _form(door, faults=faults)
            case NothingTicked():
                return _form(door, faults=_MISSING)
            case _:
                return _form(door, door.t("partner_page.not_known"), status=403)


def _programme(front: WebFront, request: WebRequest) -> Programme | None:
    """Return the programme that an address names, as long as a partner of it has people who use this page."""
    found = front.programmes.get(request.path[0]) if len(request.path) == 1 else None
    return found if found and _partners(found) else None


def _partners(programme: Programme) -> tuple[str, ...]:
    if not programme.doors.partner_notification:
        return ()
    return tuple(each.id for each in programme.outreach.by(Channel.WEB))


def _read(request: WebRequest) -> Noticed:
    return Noticed(
        name=request.one(PROVIDER),
        profession=request.one(PROFESSION),
        community=request.one(COMMUNITY),
        reach=request.one(REACH),
        reach_is_own=request.one(OWN) == _YES,
        criteria=tuple(dict.fromkeys(request.every(CRITERIA))),
        tells_who=request.one(TELL) == _YES,
    )


def _digest(told: Noticed) -> str:
    """Tell the very same form from another one that came with the same code."""
    held = [told.name, told.profession, told.community, told.reach, told.reach_is_own, told.tells_who, *told.criteria]
    return sha256(json.dumps(held).encode("ascii")).hexdigest()


def _form(door: _Door, words: str = "", *, faults: Faults = (), status: int = 200) -> Page:
    """Return the form with what was typed, but for the code, which is typed anew."""
    t, request, programme = door.t, door.request, door.programme
    wrong = {_FIELDS[part]: t(f"partner_page.fault.{fault}") for part, fault in faults if part in _FIELDS}
    if faults:
        is_patient = any(fault is NoticeFault.PATIENT for _, fault in faults)
        words, status = t("partner_page.patient_trouble" if is_patient else "partner_page.trouble"), 422
    partners = ", ".join(each.label.get(t.language) for each in programme.outreach.by(Channel.WEB))
    return whole(
        door.front,
        request,
        t("partner_page.title"),
        trouble(words) if words else None,
        paragraphs(t("partner_page.words", partners=partners), t("partner_page.no_patient")),
        form(request, *_about(door, wrong), *_who(door), button(t("partner_page.send"), first=True)),
        status=status,
        programme=programme,
        again=_typed_already(request) if request.method == "POST" else None,
    )


def _typed_already(request: WebRequest) -> dict[str, tuple[str, ...]]:
    """Return what was typed, as far as the form takes it, to come along into the other language; never the code."""
    held = {name: request.every(name)[:_MOST] for name in (CRITERIA, PROFESSION, OWN, TELL)}
    typed = {name: (request.one(name)[: 2 * notices.LONGEST],) for name in (PROVIDER, COMMUNITY, REACH, WHO)}
    return held | typed | {AGAIN: (_YES,)}


def _about(door: _Door, wrong: dict[str, str]) -> list[str]:
    t, request, programme = door.t, door.request, door.programme
    ticks = [(each.id, each.label.get(t.language)) for each in programme.outreach.criteria]
    roles = [(each.id, each.label.get(t.language)) for each in programme.eligibility.roles]
    return [
        choices(
            CRITERIA,
            t("partner_page.criteria"),
            ticks,
            request.every(CRITERIA),
            several=True,
            hint=t("partner_page.criteria_hint"),
            wrong=wrong.get(CRITERIA, ""),
        ),
        _typed(door, PROVIDER, "provider", wrong),
        choices(
            PROFESSION,
            t("partner_page.profession"),
            roles,
            request.every(PROFESSION),
            wrong=wrong.get(PROFESSION, ""),
        ),
        _typed(door, COMMUNITY, "community", wrong, hint=t("partner_page.community_hint")),
        _typed(door, REACH, "reach", wrong, hint=t("partner_page.reach_hint")),
        choices(OWN, t("partner_page.own"), [(_YES, t("partner_page.own_yes"))], request.every(OWN), several=True),
    ]


def _typed(door: _Door, name: str, text: str, wrong: dict[str, str], *, hint: str = "") -> str:
    value = door.request.one(name)[: 2 * notices.LONGEST]
    words = door.t(f"partner_page.{text}")
    return text_field(name, words, value=value, hint=hint, wrong=wrong.get(name, ""), longest=notices.LONGEST)


def _who(door: _Door) -> list[str]:
    t, ticked = door.t, door.request.every(TELL)
    return [
        choices(TELL, t("partner_page.tell"), [(_YES, t("partner_page.tell_yes"))], ticked, several=True),
        text_field(
            WHO,
            t("partner_page.who"),
            value=door.request.one(WHO)[:LONGEST_NAME],
            hint=t("partner_page.who_hint"),
            longest=LONGEST_NAME,
        ),
        text_field(
            CODE,
            t("partner_page.code"),
            hint=t("partner_page.code_hint"),
            longest=LONGEST_CODE,
            numeric=True,
            autocomplete="one-time-code",
        ),
    ]


def _received(door: _Door, sent: int) -> Page:
    """Return the one receipt: nothing of the provider, and how many notices this person sent."""
    t, request = door.t, door.request
    again = tag("p", tag("a", t("partner_page.another"), href=f"?{LANGUAGE}={request.language}"))
    words = paragraphs(t("partner_page.received"), t.count("partner_page.sent", sent))
    return whole(door.front, request, t("partner_page.received_title"), words, again, programme=door.programme)


def _by_whom(request: WebRequest) -> str:
    """Return by what forms are slowed apart: the name that is signed in with, of which only a digest is remembered."""
    programme = request.path[0] if request.path else ""
    return f"{programme}/{signing_name(request.one(WHO)).user}"


ROUTE = Route(answer, paced=_by_whom)
