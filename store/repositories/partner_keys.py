"""The keys that partners' systems sign with; what each is made of is sealed, and destroyed when it ends."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, case, insert, or_, select, update

from peersupport.partner_keys import HOUR, QUOTA, PartnerKey
from store.columns import UtcDateTime
from store.encryption import Sealer
from store.tables_beside import partner_keys
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_SECRET = Place("partner_keys", "secret")
_ADD = insert(partner_keys)
_ALL = select(partner_keys).where(partner_keys.c.programme == bindparam("programme")).order_by(partner_keys.c.made_at)
_LIVE = select(partner_keys).where(partner_keys.c.id == bindparam("this"), partner_keys.c.ended_at.is_(None))
_HELD = select(partner_keys).where(partner_keys.c.id == bindparam("this")).with_for_update()
_END = (
    update(partner_keys)
    .where(partner_keys.c.id == bindparam("this"))
    .values(ended_at=bindparam("now"), key_id=None, secret=None)
)
_THIS_HOUR = partner_keys.c.hour_from > bindparam("hour_ago")
# One statement counts and refuses, so that no two processes let more through together than each alone.
_TAKE = (
    update(partner_keys)
    .where(
        partner_keys.c.id == bindparam("this"),
        partner_keys.c.ended_at.is_(None),
        or_(partner_keys.c.hour_from.is_(None), ~_THIS_HOUR, partner_keys.c.hour_count < bindparam("quota")),
    )
    .values(
        hour_count=case((_THIS_HOUR, partner_keys.c.hour_count + 1), else_=1),
        hour_from=case((_THIS_HOUR, partner_keys.c.hour_from), else_=bindparam("now", type_=UtcDateTime())),
    )
    .returning(*partner_keys.c)
)


class PartnerKeys:
    """Implements ``peersupport.partner_keys.PartnerKeys``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, key: PartnerKey, secret: bytes) -> None:
        """Store a new one."""
        key_id, data_key = await self._secrets.keyring.take()
        row = {
            "id": key.id,
            "programme": key.programme,
            "partner": key.partner,
            "made_at": key.made_at,
            "ended_at": None,
            "hour_from": None,
            "hour_count": 0,
            "key_id": key_id,
            "secret": _SECRET.seal(Sealer(data_key), key.id, {"secret": secret.decode("ascii")}),
        }
        await self._transaction.run(_ADD, row)

    async def secret(self, id: UUID) -> tuple[PartnerKey, bytes] | None:
        """Return a key that was not ended, with its secret."""
        row = await self._transaction.row(_LIVE, {"this": id})
        sealer = await self._secrets.sealer(row.key_id) if row else None
        if row is None or sealer is None:
            return None
        return _key(row), _SECRET.open(sealer, row.id, row.secret)["secret"].encode("ascii")

    async def all(self, programme: str) -> list[PartnerKey]:
        """Return a programme's keys, ended ones too, the oldest first."""
        return [_key(row) for row in await self._transaction.rows(_ALL, {"programme": programme})]

    async def take(self, id: UUID, now: datetime, quota: int = QUOTA) -> PartnerKey | None:
        """Count one notice of this key's hour; None where it was ended, or has sent as many as it may."""
        row = await self._transaction.row(_TAKE, {"this": id, "now": now, "hour_ago": now - HOUR, "quota": quota})
        return _key(row) if row else None

    async def end(self, id: UUID, now: datetime) -> PartnerKey | None:
        """Destroy a key's secret for good; None where there is no such key, or it was ended before."""
        row = await self._transaction.row(_HELD, {"this": id})
        if row is None or row.ended_at is not None:
            return None
        if row.key_id is not None:
            await self._secrets.keyring.destroy(row.key_id)
        await self._transaction.run(_END, {"this": id, "now": now})
        self._transaction.erases = True
        return _key(row)


def _key(row: AnyRow) -> PartnerKey:
    return PartnerKey(row.id, row.programme, row.partner, row.made_at, row.ended_at)
