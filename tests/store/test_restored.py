"""After a backup was put back: nothing is said twice, and who was erased since stays erased."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from peersupport.notifications import Kind, Message
from peersupport.offers import OfferState
from peersupport.ports import Post
from peersupport.requests import Outcome, State
from store import change_over
from store.backup_file import DATABASE, Backup
from store.change_over import Stage
from store.database import Database
from store.errors import StoreError
from store.outbox import DONE, DUE
from store.restore import RESTORED, restore_database
from tests.store.machines import SAGE, Machines, fill
from tests.store.records import (
    ADMIN,
    AVERY,
    PROGRAMME,
    ROBIN,
    a_contact,
    a_member,
    a_request,
    an_offer,
    open_request,
    register_supporter,
    some_needs,
)

pytestmark = pytest.mark.long


class TestOutbox:
    """What was due has most likely been delivered since: nothing is posted or said twice."""

    async def put(self, machines: Machines, *messages: Message) -> None:
        async with machines.here.work() as work:
            await work.outbox.put(*messages)

    async def states(self, url: str) -> dict[str, tuple[str, str | None]]:
        opened = Database(url)
        async with opened.begin() as connection:
            rows = await connection.exec_driver_sql("SELECT dedupe, state, last_error FROM outbox")
            found = {dedupe: (state, error) for dedupe, state, error in map(tuple, rows)}
        await opened.close()
        return found

    @pytest.mark.threat("T60")
    async def test_what_was_said_is_not_said_again(self, machines: Machines) -> None:
        now = machines.clock.now()
        posted, unposted, who = uuid4(), uuid4(), uuid4()
        soon, later = now + timedelta(hours=1), now + timedelta(days=9)
        async with machines.here.work() as work:
            await work.posts.add(Post(uuid4(), posted, Kind.CARD, "C1", "1.0"))
        await self.put(
            machines,
            Message(Kind.CARD, posted, "card known", PROGRAMME),
            Message(Kind.CARD, unposted, "card unknown", PROGRAMME),
            Message(Kind.TELL_MEMBER, posted, "dm", PROGRAMME, who),
            Message(Kind.TELL_REQUESTER, posted, "dm meanwhile", PROGRAMME, run_at=soon),
            Message(Kind.TELL_REQUESTER, posted, "dm later", PROGRAMME, run_at=later),
            Message(Kind.REMIND_ADMINS, posted, "timer passed", PROGRAMME),
            Message(Kind.REMIND_BACKUPS, posted, "timer meanwhile", PROGRAMME, run_at=soon),
            Message(Kind.ERASE, posted, "erasure", PROGRAMME),
            Message(Kind.CLOSE_MESSAGES, posted, "edit", PROGRAMME),
            Message(Kind.HOME_MEMBER, who, "home", PROGRAMME, who),
        )
        await machines.here.queue.claim(3)
        await machines.back_up()
        machines.clock.move(hours=2)
        there = await machines.restored()
        found = await self.states(machines.url)
        assert {key for key, state in found.items() if state == (DONE, RESTORED)} == {
            "card unknown",
            "dm",
            "dm meanwhile",
        }
        assert {key for key, (state, _) in found.items() if state == DUE} == {
            "card known",
            "dm later",
            "timer passed",
            "timer meanwhile",
            "erasure",
            "edit",
            "home",
        }
        # What a worker of the other machine held is free.
        claimed = {claim.due.kind for claim in await there.queue.claim(50)}
        assert claimed >= {Kind.CARD, Kind.REMIND_ADMINS, Kind.ERASE, Kind.HOME_MEMBER}
        await there.close()

    @pytest.mark.threat("T60")
    async def test_cards_of_open_requests_are_made_equal(self, machines: Machines) -> None:
        shown, unshown = await open_request(machines.here), await open_request(machines.here, SAGE, reference="S2-222B")
        async with machines.here.work() as work:
            await work.posts.add(Post(uuid4(), shown.id, Kind.CARD, "C1", "1.0"))
        await machines.back_up()
        there = await machines.restored()
        waiting = [claim.due.subject for claim in await there.queue.claim(50) if claim.due.kind is Kind.CARD]
        assert waiting == [shown.id]
        assert unshown.id not in waiting
        await there.close()


class TestErasedSince:
    """What was erased after the backup was taken has no key any more, and stays erased."""

    @pytest.mark.threat("T60", "T62")
    async def test_a_withdrawn_request_stays_gone(self, machines: Machines) -> None:
        request, other = await fill(machines.here), await open_request(machines.here, SAGE, reference="S2-222B")
        await machines.back_up()
        async with machines.here.work() as work:
            await work.requests.erase(request.id)
        there = await machines.restored()
        assert there.settled is not None
        assert there.settled.requests == 1
        async with there.work() as work:
            found = await work.requests.get(request.id)
            assert found is not None
            assert (found.state, found.outcome) == (State.CLOSED, Outcome.WITHDRAWN)
            assert found.erased_at is not None
            assert await work.requests.of(AVERY, open_only=False) == []
            assert await work.requests.needs(request.id) is None
            assert {offer.state for offer in await work.offers.of_request(request.id)} == {OfferState.WITHDRAWN}
            assert await work.requests.needs(other.id) == some_needs(SAGE)
        kinds = [claim.due.kind for claim in await there.queue.claim(50)]
        assert Kind.CARD in kinds, "the card is made equal: closed"
        assert not {Kind.TELL_MEMBER, Kind.TELL_REQUESTER, Kind.TELL_SUPPORTER, Kind.TELL_SUPPORTER_OFFER} & set(kinds)
        assert await there.verify_audit() is None
        await there.close()
        again = machines.opened(machines.url)
        await again.ready()
        assert again.settled is None, "it is done once"
        await again.close()

    @pytest.mark.threat("T60", "T62")
    async def test_a_withdrawn_request_leaves_its_supporter_and_administrator(self, machines: Machines) -> None:
        supporter, member = await register_supporter(machines.here), a_member(ADMIN)
        async with machines.here.work() as work:
            await work.members.seed(PROGRAMME, [member])
        request = await open_request(machines.here)
        accepted = an_offer(request.id, supporter.id, state=OfferState.ACCEPTED)
        async with machines.here.work() as work:
            await work.offers.add([accepted])
            matched = replace(request, state=State.ACCEPTED, supporter=supporter.id, claimed_by=member.id)
            assert await work.requests.save(matched)
        await machines.back_up()
        async with machines.here.work() as work:
            await work.requests.erase(request.id)
        there = await machines.restored()
        async with there.work() as work:
            [offer] = await work.offers.of_request(request.id)
            assert offer.state is OfferState.ENDED
            assert await work.requests.of_supporter(supporter.id) == []
            found = await work.supporters.get(supporter.id)
            assert found is not None
            assert found[0].load == 0
        kinds = {claim.due.kind for claim in await there.queue.claim(50)}
        assert kinds >= {Kind.HOME_MEMBER, Kind.HOME_SUPPORTER, Kind.CLOSE_MESSAGES}
        assert not kinds & {Kind.TELL_MEMBER, Kind.TELL_SUPPORTER}
        await there.close()

    @pytest.mark.threat("T62")
    async def test_contacts_and_people_stay_gone(self, machines: Machines) -> None:
        request, supporter = await open_request(machines.here), await register_supporter(machines.here)
        async with machines.here.work() as work:
            await work.members.seed(PROGRAMME, [a_member(ADMIN)])
        await machines.back_up()
        key = next(row["key_id"] for name, row in Backup(machines.file, DATABASE).rows() if name == "members")
        async with machines.here.work() as work:
            await work.requests.erase_contact(request.id)
            await work.supporters.erase(supporter.id)
        await machines.here._keyring.destroy(key)
        there = await machines.restored()
        assert there.settled is not None
        assert (there.settled.requests, there.settled.contacts, there.settled.people) == (0, 1, 2)
        async with there.work() as work:
            assert await work.requests.needs(request.id) == some_needs()
            assert await work.requests.contact(request.id) is None
            assert await work.supporters.all(PROGRAMME) == []
            assert await work.supporters.of(ROBIN) == []
            assert (await work.members.standing(ADMIN)).members == {}
            # The same person can be given the role anew.
            await work.members.keep(PROGRAMME, [a_member(ADMIN)])
        async with there.work() as work:
            assert PROGRAMME in (await work.members.standing(ADMIN)).members
        await there.close()

    @pytest.mark.threat("T62")
    async def test_what_somebody_chose_and_then_forgot_stays_gone(self, machines: Machines) -> None:
        async with machines.here.work() as work:
            for who in (AVERY, SAGE):
                await work.preferences.choose_discreet(who, discreet=True)
                await work.cover_choices.choose(who, wanted=True)
        await machines.back_up()
        async with machines.here.work() as work:
            await work.preferences.forget(AVERY)
            await work.cover_choices.forget(AVERY)
        there = await machines.restored()
        async with there.work() as work:
            assert [await work.preferences.discreet(who) for who in (AVERY, SAGE)] == [False, True]
            assert [await work.cover_choices.wanted(who) for who in (AVERY, SAGE)] == [None, True]
        await there.close()

    async def test_two_processes_that_open_it_settle_once(self, machines: Machines) -> None:
        request = await fill(machines.here)
        await machines.back_up()
        async with machines.here.work() as work:
            await work.requests.erase(request.id)
        url = await machines.elsewhere()
        await restore_database(url, machines.file, None, machines.clock)
        stores = [machines.opened(url) for _ in range(3)]
        for answer in await asyncio.gather(*(store.ready() for store in stores), return_exceptions=True):
            assert answer is None or isinstance(answer, StoreError), "at most somebody has to look again"
        assert sum(store.settled is not None for store in stores) == 1
        for store in stores:
            await store.ready()
            await store.close()


class TestLookupKey:
    """A backup from before the key that people are looked up by was replaced serves all the same."""

    async def renewed(self, machines: Machines) -> None:
        """Let the look-up key be replaced since the backup was taken."""
        await machines.here.announce_index()
        machines.clock.move(days=1)
        assert await machines.here.renew_index() is Stage.DONE

    @pytest.mark.threat("T60", "T62")
    async def test_whoever_is_there_is_found_and_whoever_was_erased_is_not(self, machines: Machines) -> None:
        erased, other = await fill(machines.here), await open_request(machines.here, SAGE, reference="S2-222B")
        async with machines.here.work() as work:
            for who in (AVERY, SAGE):
                await work.preferences.choose_discreet(who, discreet=True)
                await work.cover_choices.choose(who, wanted=True)
        await machines.back_up()
        async with machines.here.work() as work:
            await work.requests.erase(erased.id)
            await work.preferences.forget(AVERY)
            await work.cover_choices.forget(AVERY)
        await self.renewed(machines)
        there = await machines.restored()
        assert there.settled is not None
        assert (there.settled.requests, there.settled.found_again) == (1, 5)
        async with there.work() as work:
            assert [each.id for each in await work.requests.of(SAGE)] == [other.id]
            assert not await work.requests.add(a_request(), some_needs(SAGE), a_contact()), "there is an open one"
            assert set((await work.members.standing(ADMIN)).members) == {PROGRAMME}
            assert set((await work.members.standing(ROBIN)).supporters) == {PROGRAMME}
            assert [await work.preferences.discreet(who) for who in (AVERY, SAGE)] == [False, True]
            assert [await work.cover_choices.wanted(who) for who in (AVERY, SAGE)] == [None, True]
            assert await work.requests.of(AVERY, open_only=False) == []
            assert await work.requests.add(a_request(), some_needs(AVERY), a_contact())
            assert await work.receipts.find("view") == (True, erased.id)
        assert await there.renew_index() is Stage.YOUNG
        await there.close()

    @pytest.mark.threat("T60")
    @pytest.mark.parametrize("known", ["announced", "named"])
    async def test_a_backup_from_the_middle_of_it_goes_on_from_there(self, machines: Machines, known: str) -> None:
        request = await fill(machines.here)
        await machines.here.announce_index()
        machines.clock.move(days=1)
        if known == "named":
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(change_over, "_PASSES", 0)
                assert await machines.here.renew_index() is Stage.STUCK
        await machines.back_up()
        there = await machines.restored()
        async with there.work() as work:
            assert [each.id for each in await work.requests.of(AVERY)] == [request.id]
            assert not await work.requests.add(a_request(), some_needs(AVERY), a_contact())
        assert await there.renew_index() is Stage.DONE
        async with there.work() as work:
            assert [each.id for each in await work.requests.of(AVERY)] == [request.id]
        await there.close()

    @pytest.mark.threat("T60")
    async def test_a_copy_of_the_files_serves_as_well(self, machines: Machines) -> None:
        """Put back by other means than ours, so that nothing says that it was restored."""
        request = await fill(machines.here)
        await machines.back_up()
        there = await machines.restored()
        await there.close()
        await self.renewed(machines)
        again = machines.opened(machines.url)
        async with again.work() as work:
            assert [each.id for each in await work.requests.of(AVERY)] == [request.id]
            assert not await work.requests.add(a_request(), some_needs(AVERY), a_contact())
        assert again.settled is not None
        assert again.settled.found_again == 3
        await again.close()
