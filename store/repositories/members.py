"""Administrators, backups and safety leads of each programme; who they are is sealed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, bindparam, literal, select, union_all, update

from peersupport.people import Address, Role
from peersupport.ports import Kept, Member, Seat, Standing
from store.encryption import Sealer
from store.lookups import GuardedInsert, theirs, values_of
from store.prepared import among, slots, spread
from store.tables import members, supporters
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_PERSON = Place("members", "person")
_ALL = select(members.c.id, members.c.programme, members.c.roles, members.c.key_id, members.c.person)
_IN_PROGRAMME = _ALL.where(members.c.programme == bindparam("programme"), members.c.active).order_by(members.c.id)
_EVERYBODY = (
    _ALL.add_columns(members.c.active, members.c.person_hash)
    .where(members.c.programme == bindparam("programme"))
    .order_by(members.c.id)
    .with_for_update()
)
_BY_ID = _ALL.where(members.c.id == bindparam("this"))
_ANY = select(members.c.id).where(members.c.programme == bindparam("programme")).limit(1)
_ADD = GuardedInsert(members, "person_hash", lambda other: other.c.programme == bindparam("programme"))
_THIS = update(members).where(members.c.id == bindparam("this"))
_CHANGE = _THIS.values(roles=bindparam("new_roles"), active=True, person=bindparam("new_person"))
_REMOVE = _THIS.values(active=False)


@cache
def _of_person(size: int) -> Select[Any]:
    statement = _ALL.add_columns(members.c.active).where(theirs(members.c.person_hash, size))
    return statement.order_by(members.c.programme, members.c.id)


@cache
def standing(size: int) -> CompoundSelect[Any]:
    """What a person is in every programme, active rows only: programme, id, and roles as words."""
    return union_all(
        select(members.c.programme, members.c.id, members.c.roles).where(
            theirs(members.c.person_hash, size), members.c.active
        ),
        select(supporters.c.programme, supporters.c.id, literal(Role.SUPPORTER.value)).where(
            theirs(supporters.c.person_hash, size), supporters.c.active
        ),
    )


@lru_cache(maxsize=16)
def _which(people: int) -> Select[Any]:
    among_these = among(members.c.person_hash, "person", people)
    in_programme = members.c.programme == bindparam("programme")
    return select(members.c.id).where(in_programme, among_these, members.c.active).order_by(members.c.id)


class Members:
    """Implements ``peersupport.ports.Members``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def seed(self, programme: str, members: Sequence[Member]) -> bool:
        """Store these where the programme has none yet; True where it did."""
        if await self._transaction.row(_ANY, {"programme": programme}) is not None:
            return False
        added = 0
        for member in sorted(members, key=lambda member: self._secrets.hashes(member.address)):
            added += await self._add(member)
        return added > 0

    async def keep(self, programme: str, members: Sequence[Member]) -> Kept:
        """Make the programme's members equal these; who is not among them loses every role and stays known by id."""
        stored = {row.person_hash: row for row in await self._transaction.rows(_EVERYBODY, {"programme": programme})}
        added: list[UUID] = []
        changed: list[UUID] = []
        for hashes, member in sorted(
            ((self._secrets.hashes(member.address), member) for member in members), key=itemgetter(0)
        ):
            row = next((stored.pop(each) for each in hashes if each in stored), None)
            if row is None:
                await self._add(member)
                added.append(member.id)
            elif await self._change(row, member):
                (changed if row.active else added).append(row.id)
        removed = [row.id for row in stored.values() if row.active]
        for id_ in removed:
            await self._transaction.run(_REMOVE, {"this": id_})
        return Kept(tuple(added), tuple(changed), tuple(removed))

    async def _change(self, row: AnyRow, member: Member) -> bool:
        """Give a stored row the roles and the phone of this member; False where it has them."""
        sealer = (await self._secrets.sealers([row.key_id]))[row.key_id]
        wanted = replace(member, id=row.id)
        if row.active and _member(row, sealer) == wanted:
            return False
        person = _PERSON.seal(sealer, row.id, _person(member))
        await self._transaction.run(_CHANGE, {"this": row.id, "new_roles": _words(member), "new_person": person})
        return True

    async def _add(self, member: Member) -> int:
        key_id, key = await self._secrets.keyring.take()
        values = {
            "id": member.id,
            "programme": member.programme,
            "roles": _words(member),
            "active": True,
            "key_id": key_id,
            "person": _PERSON.seal(Sealer(key), member.id, _person(member)),
        }
        if await _ADD.run(self._transaction, self._secrets.lookups, member.address, values):
            return 1
        self._secrets.keyring.give_back(key_id, key)
        return 0

    async def all(self, programme: str) -> list[Member]:
        """Return a programme's members."""
        return await self._read(await self._transaction.rows(_IN_PROGRAMME, {"programme": programme}))

    async def get(self, id: UUID) -> Member | None:
        """Return one member, also one who was removed."""
        found = await self._read(await self._transaction.rows(_BY_ID, {"this": id}))
        return found[0] if found else None

    async def standing(self, who: Address) -> Standing:
        """Return what this person is in every programme, active rows only, in one query."""
        foreseen = self._transaction.foreseen.pop(who, None)
        if isinstance(foreseen, Standing):
            return foreseen
        hashes = self._secrets.hashes(who)
        return standing_of(await self._transaction.rows(standing(len(hashes)), values_of(hashes)))

    async def of(self, who: Address) -> list[tuple[Member, bool]]:
        """Return a person's own rows in every programme, each with whether they have the roles still."""
        hashes = self._secrets.hashes(who)
        rows = await self._transaction.rows(_of_person(len(hashes)), values_of(hashes))
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [(_member(row, sealers[row.key_id]), row.active) for row in rows if row.key_id in sealers]

    async def which(self, programme: str, people: Sequence[Address]) -> list[UUID]:
        """Return the ids of those among these people who are members of the programme."""
        if not people:
            return []
        hashes = [each for who in people for each in self._secrets.hashes(who)]
        size = slots(len(hashes))
        values = {"programme": programme, **spread("person", hashes, size)}
        return [row.id for row in await self._transaction.rows(_which(size), values)]

    async def seats(self, programme: str, people: Sequence[Address]) -> list[Seat]:
        """Return a programme's members, each with whether they are among these people."""
        hashes = {each for who in people for each in self._secrets.hashes(who)}
        rows = await self._secrets.seats.of(self._transaction, programme)
        return [Seat(row.id, _roles(row.roles), row.person_hash in hashes) for row in rows]

    async def _read(self, rows: Sequence[AnyRow]) -> list[Member]:
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        return [_member(row, sealers[row.key_id]) for row in rows if row.key_id in sealers]


def _person(member: Member) -> dict[str, Any]:
    return {"address": [member.address.team, member.address.user], "phone": member.phone}


def standing_of(rows: Iterable[tuple[str, UUID | str, str]]) -> Standing:
    """A person's standing from the rows of ``standing``, whose order is each database's own; Home keeps this one."""
    as_member: dict[str, tuple[UUID, frozenset[Role]]] = {}
    as_supporter: dict[str, UUID] = {}
    for programme, id_, roles in sorted(rows, key=lambda row: row[0]):
        known = id_ if isinstance(id_, UUID) else UUID(id_)
        if roles == Role.SUPPORTER:
            as_supporter[programme] = known
        else:
            as_member[programme] = (known, _roles(roles))
    return Standing(as_member, as_supporter)


def _words(member: Member) -> str:
    return " ".join(sorted(member.roles))


def _roles(text: str) -> frozenset[Role]:
    return frozenset(Role(name) for name in text.split())


def _member(row: AnyRow, sealer: Sealer) -> Member:
    person = _PERSON.open(sealer, row.id, row.person)
    return Member(row.id, row.programme, _roles(row.roles), Address(*person["address"]), person["phone"])
