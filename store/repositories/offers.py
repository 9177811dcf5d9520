"""Offers of a request to supporters; at most one of a request is ever accepted."""

from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from peersupport.addresses import Address
from peersupport.offers import Offer, OfferState
from peersupport.requests import SupportRequest
from store.lookups import values_of
from store.repositories import requests as request_rows
from store.repositories.members import standing, standing_of
from store.repositories.register import MARK, PLAIN
from store.tables import offers, requests, supporters
from store.transaction import AnyRow, Held, Transaction
from store.unsealing import Secrets

_FIELDS = tuple(field.name for field in fields(Offer))
_COLUMNS = tuple(offers.c[name] for name in _FIELDS)
_FIXED = frozenset({"id", "request_id", "supporter_id", "created_at"})
_THIS = offers.c.id == bindparam("this")

_ADD = insert(offers)
_BY_ID = select(*_COLUMNS).where(_THIS)
_WITH_REQUEST = (
    select(*request_rows.COLUMNS, *_COLUMNS)
    .join_from(offers, requests, offers.c.request_id == requests.c.id)
    .where(_THIS)
)
_REQUEST_LOCKED = (
    select(*request_rows.LOCKED_COLUMNS)
    .where(requests.c.id == select(offers.c.request_id).where(_THIS).scalar_subquery())
    .with_for_update()
)
_OF_REQUEST = (
    select(*_COLUMNS)
    .where(offers.c.request_id == bindparam("request"))
    .order_by(offers.c.position, offers.c.created_at, offers.c.id)
)
_OPEN_OF_SUPPORTER = (
    select(*_COLUMNS)
    .where(offers.c.supporter_id == bindparam("supporter"), offers.c.state == OfferState.OPEN.value)
    .order_by(offers.c.created_at, offers.c.id)
)
_OF_SUPPORTER = (
    select(requests.c.reference, *_COLUMNS)
    .join_from(offers, requests, offers.c.request_id == requests.c.id)
    .where(offers.c.supporter_id == bindparam("supporter"), offers.c.sent_at.is_not(None))
    .order_by(offers.c.sent_at.desc(), offers.c.id)
)
_SAVE = (
    update(offers)
    .where(_THIS, offers.c.state == bindparam("was"))
    .values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
)
_OFFER = slice(len(request_rows.LOCKED_COLUMNS), len(request_rows.LOCKED_COLUMNS) + len(_COLUMNS))
_ENTRY = slice(_OFFER.stop, _OFFER.stop + len(PLAIN))


@cache
def _around(size: int) -> Select[Any]:
    """All that an answer to an offer goes by: the request, each offer of it, whom this one asks, and who answers."""
    this, roles = offers.alias("this"), standing(size).subquery("theirs")
    one_line = func.concat_ws("|", roles.c.programme, roles.c.id, roles.c.roles)
    asked = and_(supporters.c.id == offers.c.supporter_id, offers.c.id == bindparam("this"))
    return (
        select(
            *request_rows.LOCKED_COLUMNS,
            *_COLUMNS,
            *PLAIN,
            MARK.label("mark"),
            select(func.array_agg(one_line, type_=ARRAY(Text()))).scalar_subquery().label("standing"),
        )
        .select_from(offers)
        .join(requests, offers.c.request_id == requests.c.id)
        .outerjoin(supporters, asked)
        .where(offers.c.request_id == select(this.c.request_id).where(this.c.id == bindparam("this")).scalar_subquery())
        .order_by(offers.c.position, offers.c.created_at, offers.c.id)
    )


class Offers:
    """Implements ``peersupport.ports.Offers``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, offers: Sequence[Offer]) -> None:
        """Store new offers."""
        if offers:
            await self._transaction.run_many(_ADD, [_plain(offer) for offer in offers])
        for offer in offers:
            if held := self._transaction.locked.get(offer.request_id):
                held.offers = None

    async def get(self, id: UUID) -> Offer | None:
        """Return one offer."""
        row = await self._transaction.row(_BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def with_request(
        self, id: UUID, *, lock: bool = False, who: Address | None = None
    ) -> tuple[Offer, SupportRequest] | None:
        """Return an offer and its request in one go; ``lock`` holds the request's row, or presumes that it is held.

        Where it is presumed, the standing of ``who`` and the entry of whom the offer asks are read in the same trip.
        """
        if lock and who is not None and self._transaction.presumes and not self._transaction.is_sqlite:
            return await self._with_all_around(id, who)
        if lock:
            return await self._with_request_locked(id)
        row = await self._transaction.row(_WITH_REQUEST, {"this": id})
        return None if row is None else (_read(row[len(request_rows.COLUMNS) :]), request_rows.read(row))

    async def _with_request_locked(self, id: UUID) -> tuple[Offer, SupportRequest] | None:
        row = await self._transaction.row(_REQUEST_LOCKED, {"this": id})
        if row is None:
            return None
        request = request_rows.read(row)
        self._transaction.locked[request.id] = Held(row.requester_hash, row.version)
        # Only now: whoever held the row before may have changed the offer.
        offer = next((each for each in await self.of_request(request.id) if each.id == id), None)
        return None if offer is None else (offer, request)

    async def _with_all_around(self, id: UUID, who: Address) -> tuple[Offer, SupportRequest] | None:
        hashes = self._secrets.hashes(who)
        rows = await self._transaction.rows(_around(len(hashes)), {"this": id, **values_of(hashes)})
        if not rows:
            return None
        request, found = request_rows.read(rows[0]), [_read(row[_OFFER]) for row in rows]
        held = Held(rows[0].requester_hash, request.version, tuple(found), presumed=True)
        self._transaction.locked[request.id] = held
        self._transaction.foreseen[who] = standing_of(tuple(each.split("|")) for each in rows[0].standing or ())
        for offer, row in zip(found, rows, strict=True):
            if offer.id == id:
                self._transaction.foreseen[offer.supporter_id] = (row[_ENTRY], row.mark)
                return offer, request
        return None

    async def of_request(self, request: UUID) -> list[Offer]:
        """Return every offer of a request in order of position, then age."""
        held = self._transaction.locked.get(request)
        if held is not None and held.offers is not None:
            return list(held.offers)
        found = [_read(row) for row in await self._transaction.rows(_OF_REQUEST, {"request": request})]
        if held is not None:
            held.offers = tuple(found)
        return found

    async def open_of_supporter(self, supporter: UUID) -> list[Offer]:
        """Return the offers now open with a supporter."""
        return [_read(row) for row in await self._transaction.rows(_OPEN_OF_SUPPORTER, {"supporter": supporter})]

    async def of_supporter(self, supporter: UUID) -> list[tuple[Offer, str]]:
        """Return every offer that a supporter was ever sent, newest first, each with its request's reference."""
        rows = await self._transaction.rows(_OF_SUPPORTER, {"supporter": supporter})
        return [(_read(row[1:]), row.reference) for row in rows]

    async def save(self, offer: Offer, *, was: OfferState) -> bool:
        """Write the offer where its stored state is still ``was``; False otherwise, or where another was accepted."""
        values = {name: value for name, value in _plain(offer).items() if name not in _FIXED}
        values |= {"this": offer.id, "was": was}
        held = self._transaction.locked.get(offer.request_id)
        if held is None and offer.state is OfferState.ACCEPTED:
            return await self._transaction.run_or_conflict(_SAVE, values) == 1
        if held is None or held.offers is None:
            return await self._transaction.run(_SAVE, values) == 1
        if not any(each.id == offer.id and each.state is was for each in held.offers):
            return False
        await self._transaction.later(_SAVE, values, offer.id, presumed=held.presumed)
        # Their order stays: a position is given once.
        held.offers = tuple(offer if each.id == offer.id else each for each in held.offers)
        return True


def _plain(offer: Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in _FIELDS}


def _read(row: AnyRow | Sequence[Any]) -> Offer:
    values = dict(zip(_FIELDS, row, strict=True))
    values["state"] = OfferState(values["state"])
    return Offer(**values)
