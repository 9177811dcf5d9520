"""Somebody in each table that is found by a person's hash, and what the look-up keys of a keyring find there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from peersupport.addresses import Address
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.ports import UnitOfWork
from peersupport.ports_informal import CheckIn, Introduction, Listed, Listing, Meeting, Pair, Side
from peersupport.ports_pages import Idea, Pitch, Reader
from peersupport.proposal import Presenter, Proposal
from peersupport.referral import Colleague
from peersupport.requests import SupportRequest
from peersupport.series import MeetingDate, Registrant, Registration
from peersupport.theme import Listed as OnList
from peersupport.theme import Theme, ThemeWords
from store import index_keys
from store.change_over import Stage
from store.database import Database
from store.encryption import LookupIndex
from store.keyring import Keyring
from store.master import FileMasterKey
from store.store import Store
from store.tables import metadata
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    START,
    MovableClock,
    a_member,
    a_referral,
    open_request,
    register_supporter,
)

if TYPE_CHECKING:
    from tests.store.conftest import Places

SAGE = Address("T0NORTH", "U0SAGETHORN")
PEOPLE = [Address("T0NORTH", f"U0PERSON{number}") for number in range(8)]
HASHES = [column for table in metadata.sorted_tables for column in table.columns if column.info.get("kind") == "hash"]


class Still(MovableClock):
    """The clock of a process that was stopped for long: it does not know how late it is."""


@dataclass
class Town:
    """An installation with somebody in each table that is found by a person's hash."""

    store: Store
    places: Places
    clock: MovableClock
    request: SupportRequest

    async def found(self, store: Store | None = None) -> None:
        """See that everybody is found."""
        async with (store or self.store).work() as work:
            assert [each.id for each in await work.requests.of(AVERY)] == [self.request.id]
            assert await work.requests.is_requester(self.request.id, AVERY)
            assert not await work.requests.is_requester(self.request.id, SAGE)
            assert set((await work.members.standing(ADMIN)).members) == {PROGRAMME}
            assert set((await work.members.standing(ROBIN)).supporters) == {PROGRAMME}
            assert [seat.named for seat in await work.members.seats(PROGRAMME, [ADMIN, SAGE])] == [True]
            assert len(await work.members.which(PROGRAMME, [SAGE, ADMIN, AVERY])) == 1
            assert len(await work.members.of(ADMIN)) == 1
            assert await work.supporters.find(PROGRAMME, ROBIN) is not None
            assert len(await work.supporters.of(ROBIN)) == 1
            assert await work.preferences.language(AVERY) == "fr"
            assert await work.preferences.cover(AVERY) == (True, False)
            assert await work.cover_choices.wanted(AVERY) is True
            assert len(await work.partner_people.of(ROBIN)) == 1
            assert len(await work.referrals.passed_on(ROBIN)) == 1
            assert len(await work.referrals.open_of(ADMIN)) == 1
            assert len(await work.registrations.of(ROBIN)) == 1
            assert len(await work.proposals.of(ROBIN)) == 1
            assert await work.readers.of(ROBIN) == [(PROGRAMME, "column")]
            assert len(await work.pitches.of(ROBIN)) == 1
            assert len(await work.listings.of(ROBIN)) == 1
            assert len(await work.introductions.of(ROBIN)) == 1
            assert len(await work.check_ins.of(ROBIN)) == 1
            assert await work.list_members.has(PROGRAMME, ROBIN)
            assert len(await work.terms_accepted.of(ROBIN)) == 1
            assert len(await work.themes.of(ROBIN)) == 1
            assert await work.receipts.find("a view") == (True, self.request.id)

    async def renew(self) -> list[Stage]:
        """Let one change-over happen, night after night."""
        stages: list[Stage] = []
        while not stages or stages[-1] is not Stage.DONE:
            assert len(stages) < 5
            stages.append(await self.store.renew_index())
            self.clock.move(days=1)
        return stages

    async def stored(self) -> dict[str, list[bytes]]:
        """Return every hash that is stored, by column."""
        return await hashes_in(self.places.url)

    async def keys(self) -> list[LookupIndex]:
        """Return the index keys of the keyring."""
        ring = self.another()
        try:
            return (await index_keys.read(ring)).known
        finally:
            await ring.close()

    def another(self, clock: MovableClock | None = None) -> Keyring:
        return Keyring(self.places.keyring_url, FileMasterKey(self.places.master), clock or self.clock, spares=8)


async def hashes_in(url: str) -> dict[str, list[bytes]]:
    """Return every hash of a database, by column."""
    opened, found = Database(url), {}
    async with opened.begin() as connection:
        for column in HASHES:
            rows = await connection.execute(select(column).where(column.is_not(None)))
            found[f"{column.table.name}.{column.name}"] = [row[0] for row in rows]
    await opened.close()
    return found


def matched(stored: dict[str, list[bytes]], keys: Sequence[LookupIndex], who: Address) -> set[str]:
    """Name the columns in which somebody with these keys finds a person."""
    sought = {key.member(who.team, who.user) for key in keys}
    return {name for name, hashes in stored.items() if sought & set(hashes)}


async def add_shared(work: UnitOfWork, who: Address) -> None:
    """Put somebody into the tables of what people share: registered, reading, writing, listed, asking, checking in."""
    registration = Registration(uuid4(), uuid4(), PROGRAMME, number=1)
    assert await work.registrations.add(registration, Registrant(who, "Robin"))
    offered = Proposal(uuid4(), PROGRAMME, uuid4(), datetime(2026, 11, 3, tzinfo=UTC))
    assert await work.proposals.add(offered, Presenter(who, "Robin Moss", "On rest"))
    assert await work.readers.add(Reader(uuid4(), PROGRAMME, "column", who))
    assert await work.listings.add(Listing(uuid4(), PROGRAMME, 3, START), Listed(who, "Robin", "by Slack"))
    talk = Introduction(uuid4(), PROGRAMME, Meeting.ASKED, START, START)
    await work.introductions.add(talk, Pair(Side(who, "Robin"), Side(who, "Robin")))
    await work.check_ins.add(CheckIn(uuid4(), PROGRAMME, START), who)
    assert await work.list_members.add(uuid4(), PROGRAMME, OnList(who, "Robin"))
    assert await work.terms_accepted.add(uuid4(), PROGRAMME, "2026-11", who)
    date = MeetingDate(uuid4(), uuid4(), PROGRAMME, datetime(2026, 11, 9, 19, 15))  # noqa: DTZ001 - a time on the wall
    assert await work.meeting_dates.add(date)
    assert await work.themes.add(Theme(uuid4(), PROGRAMME, date.id), ThemeWords(who, "A long night"))
    await work.pitches.add(
        Pitch(uuid4(), PROGRAMME, datetime(2026, 11, 3, tzinfo=UTC)), Idea(who, "Robin Moss", "by Slack", "On rest")
    )


async def add_beside(work: UnitOfWork, who: Address, colleague: Address) -> None:
    """Put somebody into the tables of the doors that somebody else opens: as a partner's person, and as a referrer."""
    person = PartnerPerson(uuid4(), PROGRAMME, "clinic", PartnerRoute.SLACK)
    assert await work.partner_people.add(person, PartnerIdentity(who, "Robin Moss"))
    assert await work.referrals.add(a_referral(), Colleague(colleague), who)


async def settled(store: Store, places: Places, clock: MovableClock) -> Town:
    """Put somebody into each table."""
    request = await open_request(store)
    await register_supporter(store)
    async with store.work() as work:
        await work.members.seed(PROGRAMME, [a_member(ADMIN)])
        await work.preferences.choose_language(AVERY, "fr")
        await work.preferences.choose_discreet(AVERY, discreet=True)
        await work.cover_choices.choose(AVERY, wanted=True)
        await work.receipts.keep("a view", request.id)
        await add_beside(work, ROBIN, ADMIN)
        await add_shared(work, ROBIN)
    return Town(store, places, clock, request)
