"""The people of a programme are made equal to a list; whoever is not on it loses everything."""

from dataclasses import replace

from peersupport.audit import Event
from peersupport.membership import TooFew, set_people
from peersupport.notifications import Kind
from peersupport.people import Role
from peersupport.ports import Kept, Member
from tests.rules.fakes import Ids, Memory
from tests.rules.world import ADA, BEN, CLEO, LENA, START

IDS = Ids()


def member(who: object, *roles: Role) -> Member:
    return Member(IDS.new(), "north", frozenset(roles or {Role.ADMIN}), who)  # type: ignore[arg-type]


async def test_a_list_is_followed_and_written_down() -> None:
    store = Memory()
    ada, ben, cleo = member(ADA), member(BEN), member(CLEO, Role.BACKUP_ADMIN)
    async with store() as work:
        await work.members.seed("north", [ada, ben, cleo])
    async with store() as work:
        lena = member(LENA)
        kept = await set_people(work, "north", [member(ADA), member(CLEO), lena], START)
    assert kept == Kept((lena.id,), (cleo.id,), (ben.id,))
    assert store.deeds(ben.id) == [Event.MEMBER_REMOVED]
    assert store.deeds(cleo.id) == store.deeds(lena.id) == [Event.MEMBER_SEEDED]
    assert store.deeds(ada.id) == []
    assert {each.subject for each in store.told(Kind.HOME_MEMBER)} == {ben.id, cleo.id, lena.id}
    async with store() as work:
        assert not (await work.members.standing(BEN)).members
        assert await work.members.get(ben.id) == ben


async def test_fewer_than_two_administrators_are_refused() -> None:
    store = Memory()
    ada, ben = member(ADA), member(BEN)
    async with store() as work:
        await work.members.seed("north", [ada, ben])
    for few in ([], [ada], [ada, replace(ada, id=IDS.new())], [ada, member(BEN, Role.BACKUP_ADMIN)]):
        async with store() as work:
            assert await set_people(work, "north", few, START) == TooFew()
    async with store() as work:
        assert await work.members.all("north") == [ada, ben]
    assert store.tables.audit == []
