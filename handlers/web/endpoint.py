"""The endpoint for a partner's own system: signed, taken once, the same receipt whatever becomes of the notice."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from handlers.web import openapi, plain
from handlers.web.request import Page, Route, Takes, WebFront, WebRequest
from peersupport import floods, notices
from peersupport import partner_signature as scheme
from peersupport.notice import Noticed, Notifier
from peersupport.notices import InvalidNotice, NothingTicked, NoticeFault, NoticePart, Received, TooManyNotices
from peersupport.partner_keys import HOUR, PartnerKey
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.programme_partner import Channel

DOCUMENT = ("openapi.json",)
_PARTS = {
    NoticePart.NAME: "provider_name",
    NoticePart.PROFESSION: "profession",
    NoticePart.COMMUNITY: "community",
    NoticePart.REACH: "contact",
    NoticePart.CRITERIA: "criteria",
    NoticePart.TELLER: "notifier_name",
}
_FAULTS = {
    NoticeFault.MISSING: "missing",
    NoticeFault.UNKNOWN: "unknown",
    NoticeFault.TOO_LONG: "too_long",
    NoticeFault.NOT_A_REACH: "not_a_contact",
    NoticeFault.PATIENT: "patient_detail",
}
_WRONG_FORM = "wrong_form"
_UNREAD = {"missing": "missing", "string_too_long": "too_long", "too_long": "too_long"}
Faults = list[tuple[str, str]]


def _clean(value: object) -> object:
    """Refuse what no database keeps: NUL, and halves of a character; raises ValueError."""
    if isinstance(value, str):
        value.encode("utf-8")
        if "\x00" in value:
            raise ValueError("no such character belongs into a notice")
    return value


def _once(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("each tick stands there once")
    return values


_Words = Annotated[str, BeforeValidator(_clean), Field(max_length=notices.LONGEST)]


class _Body(BaseModel):
    """The body of a notice; what its words say is for the rules to judge."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)

    provider_name: _Words
    profession: _Words
    community: _Words = ""
    contact: _Words = ""
    contact_is_own: bool = False
    notifier_name: _Words = ""
    criteria: Annotated[list[_Words], Field(min_length=1, max_length=100), AfterValidator(_once)]


async def answer(front: WebFront, request: WebRequest) -> Page:
    """Answer what is asked of the endpoint."""
    if request.method == "GET":
        return _document(front) if request.path == DOCUMENT else plain.short(front, request, 404, Takes.JSON)
    if request.path:
        return plain.short(front, request, 404, Takes.JSON)
    now = front.clock.now()
    given = [[request.headers[each]] if each in request.headers else [] for each in ROUTE.headers]
    signed = scheme.read(given, now)
    if signed is None:
        return _refused()
    async with front.work() as work:
        found = await work.partner_keys.secret(signed.key)
        if not scheme.genuine(signed, request.body, found[1] if found else None) or found is None:
            return _refused()
        programme = _open_to(front, found[0])
        if programme is None or (await work.receipts.find(signed.once))[0]:
            return _refused()
        body = _read(request.body)
        if isinstance(body, list):
            return _not_taken(body)
        page, is_flood = await _take(front, work, programme, found[0], signed, body)
        if page.status != _TAKEN:
            await work.rollback()
        if is_flood:
            # Alone: of what was refused, nothing else is kept.
            await work.outbox.put(floods.line(programme, found[0].id, now))
        return page


async def _take(
    front: WebFront, work: UnitOfWork, programme: Programme, key: PartnerKey, signed: scheme.Signed, form: Noticed
) -> tuple[Page, bool]:
    """Take the notice in; return the answer, and whether the key sends more than it may."""
    now = front.clock.now()
    if await work.partner_keys.take(key.id, now) is None:
        ended = await work.partner_keys.secret(key.id) is None
        return (_refused(), False) if ended else (_slow_down(), True)
    if not await work.receipts.keep(signed.once):
        return _refused(), False
    notifier = Notifier(key.partner, Channel.ENDPOINT, key.id)
    match await notices.notify(work, programme, notifier, form, key=f"{signed.once}:notice", now=now, ids=front.ids):
        case Received():
            return _json({"status": "received"}, _TAKEN), False
        case NothingTicked():
            return _not_taken([("criteria", "missing")]), False
        case InvalidNotice(faults):
            named = [(_PARTS.get(part, "body"), _FAULTS.get(fault, _WRONG_FORM)) for part, fault in faults]
            return _not_taken(named), False
        case TooManyNotices():
            return _slow_down(), True
        case _:
            return _refused(), False


def _open_to(front: WebFront, key: PartnerKey) -> Programme | None:
    """Return the programme of a key, as long as its partner may send notices by this way."""
    programme = front.programmes.get(key.programme)
    if programme is None or not programme.doors.partner_notification:
        return None
    partner = programme.outreach.partner(key.partner)
    return programme if partner and Channel.ENDPOINT in partner.channels else None


def _read(body: bytes) -> Noticed | Faults:
    """Read a notice; what cannot be read comes back as faults, and never as what was sent."""
    try:
        found = _Body.model_validate_json(body)
    except ValidationError as error:
        told = [(each["loc"], each["type"]) for each in error.errors(include_input=False, include_url=False)]
        return list(dict.fromkeys((_field(place), _UNREAD.get(kind, _WRONG_FORM)) for place, kind in told))
    teller = found.notifier_name.strip()
    return Noticed(
        name=found.provider_name.strip(),
        profession=found.profession,
        community=found.community.strip(),
        reach=found.contact.strip(),
        reach_is_own=found.contact_is_own,
        criteria=tuple(found.criteria),
        tells_who=bool(teller),
        teller=teller,
    )


def _field(place: tuple[int | str, ...]) -> str:
    """Return a field's name; a name that we do not know may be anything, and is not repeated."""
    return str(place[0]) if place and place[0] in openapi.FIELDS else "body"


def _document(front: WebFront) -> Page:
    served = [each for each in front.programmes.values() if each.doors.partner_notification]
    return _json(openapi.document(served), 200)


def _refused() -> Page:
    return _json({"error": "refused"}, 401)


def _slow_down() -> Page:
    page = _json({"error": "slow_down"}, 429)
    return Page(page.body, page.status, page.content_type, {"Retry-After": str(int(HOUR.total_seconds()))})


def _not_taken(faults: Faults) -> Page:
    named = [{"field": field, "fault": fault} for field, fault in faults]
    return _json({"error": "not_taken", "faults": named, "reminder": openapi.REMINDER}, 422)


def _json(content: object, status: int) -> Page:
    return Page(json.dumps(content), status, openapi.JSON)


_TAKEN = 202
_KEY = scheme.KEY.lower()
ROUTE = Route(
    answer,
    takes=Takes.JSON,
    headers=tuple(each.lower() for each in scheme.HEADERS),
    paced=lambda request: request.headers.get(_KEY, ""),
)
