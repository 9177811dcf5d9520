"""Partners' notices: what was told is sealed under a data key of each notice's own."""

from dataclasses import fields, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, update

from peersupport.addresses import Address
from peersupport.notice import Notice, Noticed, Notifier, Told
from peersupport.programme_partner import Channel
from peersupport.requests import Contact
from store.encryption import Sealer
from store.records import Json, contact_from_json
from store.tables import fixed, requests
from store.tables_beside import notices
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_FIELDS = tuple(field.name for field in fields(Notice))
_FIXED = frozenset({"id", "programme", "partner", "channel", "received_at"})
_TOLD, _CONTACT = Place("notices", "notice"), Place("requests", "contact")
_THIS = notices.c.id == bindparam("this")
_ALL = select(*(notices.c[name] for name in _FIELDS))
_BY_ID = _ALL.where(_THIS)
_BY_ID_LOCKED = _BY_ID.with_for_update()
_OF_REQUEST = _ALL.where(notices.c.request_id == bindparam("request"))
_OF_REQUEST_LOCKED = _OF_REQUEST.with_for_update()
_SEALED = select(notices.c.key_id, notices.c.notice).where(_THIS)
_ADD = insert(notices)
_SAVE = (
    update(notices)
    .where(_THIS, notices.c.version == bindparam("was"))
    .values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
)
_BLANK = update(notices).where(_THIS).values(notice=None, key_id=None)
_DROP = delete(notices).where(_THIS)
_HOLD = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger()))).with_for_update()
_REACHES = (
    select(requests.c.id, requests.c.contact_key, requests.c.contact)
    .where(requests.c.programme == bindparam("programme"), requests.c.state != fixed("closed"))
    .order_by(requests.c.due_at, requests.c.id)
)


class Notices:
    """Implements ``peersupport.ports_partner.Notices``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, notice: Notice, told: Told) -> None:
        """Store a new one under a new data key."""
        key_id, key = await self._secrets.keyring.take()
        sealed = _TOLD.seal(Sealer(key), notice.id, _to_json(told))
        await self._transaction.run(_ADD, {**_plain(notice), "key_id": key_id, "notice": sealed})

    async def get(self, id: UUID, *, lock: bool = False) -> Notice | None:
        """Return one; ``lock`` holds the row until the transaction ends."""
        row = await self._transaction.row(_BY_ID_LOCKED if lock else _BY_ID, {"this": id})
        return None if row is None else _read(row)

    async def hold(self, programme: str) -> None:
        """Let nobody else look at a notice of this programme until the transaction ends."""
        if not self._transaction.is_sqlite:  # Whoever writes there has the file to themselves.
            mark = sha256(f"notices of {programme}".encode()).digest()
            await self._transaction.run(_HOLD, {"number": int.from_bytes(mark[:8], "big", signed=True)})

    async def of_request(self, request: UUID, *, lock: bool = False) -> Notice | None:
        """Return the one beside a request, or None."""
        row = await self._transaction.row(_OF_REQUEST_LOCKED if lock else _OF_REQUEST, {"request": request})
        return None if row is None else _read(row)

    async def told(self, id: UUID) -> Told | None:
        """Unseal what was told; None once erased."""
        row = await self._transaction.row(_SEALED, {"this": id})
        sealer = None if row is None else await self._secrets.sealer(row.key_id)
        if row is None or sealer is None or row.notice is None:
            return None
        return _from_json(_TOLD.open(sealer, id, row.notice))

    async def save(self, notice: Notice) -> bool:
        """Write the plain columns where the stored version is unchanged, and add one to it; else False."""
        values = {name: value for name, value in _plain(notice).items() if name not in _FIXED}
        values |= {"this": notice.id, "was": notice.version, "version": notice.version + 1}
        return await self._transaction.run(_SAVE, values) == 1

    async def erase(self, id: UUID) -> None:
        """Destroy the data key, then blank what was told; the plain columns stay. Safe to repeat."""
        await self._destroy(id)
        await self._transaction.run(_BLANK, {"this": id})

    async def drop(self, id: UUID) -> None:
        """Destroy the data key, then drop the row. Safe to repeat."""
        await self._destroy(id)
        await self._transaction.run(_DROP, {"this": id})

    async def reaches(self, programme: str) -> list[tuple[UUID, Contact]]:
        """Return every open request of a programme with its contact, as long as it can be read."""
        rows = await self._transaction.rows(_REACHES, {"programme": programme})
        sealers = await self._secrets.sealers([row.contact_key for row in rows])
        return [
            (row.id, contact_from_json(_CONTACT.open(sealers[row.contact_key], row.id, row.contact)))
            for row in rows
            if row.contact is not None and row.contact_key in sealers
        ]

    async def _destroy(self, id: UUID) -> None:
        row = await self._transaction.row(_SEALED, {"this": id})
        if row is not None and row.key_id is not None:
            self._transaction.erases = True
            await self._secrets.keyring.destroy(row.key_id)


def _plain(notice: Notice) -> dict[str, Any]:
    return {name: getattr(notice, name) for name in _FIELDS}


def _read(row: AnyRow) -> Notice:
    found = Notice(**{name: getattr(row, name) for name in _FIELDS})
    return replace(found, channel=Channel(found.channel))


def _to_json(told: Told) -> Json:
    form, notifier = told.form, told.notifier
    kept = {field.name: getattr(form, field.name) for field in fields(Noticed) if field.name != "noticed_at"}
    kept |= {"member": _pair(form.member), "criteria": list(form.criteria)}
    person = None if notifier.person is None else notifier.person.hex
    sent = {"partner": notifier.partner, "channel": notifier.channel.value, "person": person}
    return {"form": kept, "notifier": {**sent, "address": _pair(notifier.address)}}


def _from_json(data: Json) -> Told:
    form, sent = data["form"], data["notifier"]
    known = {field.name for field in fields(Noticed)}
    kept = {name: value for name, value in form.items() if name in known}
    kept |= {"member": _address(form.get("member")), "criteria": tuple(form.get("criteria", ()))}
    person = None if sent["person"] is None else UUID(hex=sent["person"])
    notifier = Notifier(sent["partner"], Channel(sent["channel"]), person, _address(sent.get("address")))
    return Told(Noticed(**kept), notifier)


def _pair(address: Address | None) -> list[str] | None:
    return None if address is None else [address.team, address.user]


def _address(pair: list[str] | None) -> Address | None:
    return None if pair is None else Address(*pair)
