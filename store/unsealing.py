"""What the repositories need of the keyring: the look-up keys, the ledger's key, and data keys by id."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from peersupport.people import Address
from store.encryption import LookupIndex, Sealer
from store.errors import KeyGone
from store.keyring import Keyring
from store.lookups import Lookups
from store.outlines import Outlines
from store.records import Json
from store.seats import Seats


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The opened keyring, as one unit of work uses it."""

    keyring: Keyring
    lookups: Lookups
    receipts: LookupIndex
    posts: Sealer
    lasting: LookupIndex
    """The key of refusals, which outlive their person."""
    outlines: Outlines = field(default_factory=Outlines)
    """What is kept of opened profiles for a few minutes."""

    seats: Seats = field(default_factory=Seats)
    """What was read last of who looks after each programme."""

    def hashes(self, who: Address) -> list[bytes]:
        """The keyed hashes by which a person's rows are found: one, or two while the index key changes over."""
        return self.lookups.hashes(who)

    async def sealer(self, key_id: UUID | None) -> Sealer | None:
        """The sealer of one record, or None where its key was destroyed."""
        if key_id is None:
            return None
        try:
            return Sealer(await self.keyring.get(key_id))
        except KeyGone:
            return None

    async def sealers(self, key_ids: Collection[UUID | None]) -> dict[UUID | None, Sealer]:
        """The sealers of those records whose keys still exist."""
        wanted = {key_id for key_id in key_ids if key_id is not None}
        return {key_id: Sealer(key) for key_id, key in (await self.keyring.get_many(wanted)).items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A sealed column; with a row's id it is what a sealed value is bound to."""

    table: str
    column: str

    def seal(self, sealer: Sealer, row_id: UUID, record: Json) -> bytes:
        """Seal a record for a row."""
        return sealer.seal_json(self.table, self.column, row_id, record)

    def open(self, sealer: Sealer, row_id: UUID, value: bytes) -> Json:
        """Open what stands in a row."""
        return cast("Json", sealer.open_json(self.table, self.column, row_id, value))
