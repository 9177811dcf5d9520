"""What is held about a person among colleagues: their listing, what they asked or are asked, reminders; and its end."""

from __future__ import annotations

from collections.abc import Iterator

from peersupport import check_ins, introductions, listings
from peersupport.addresses import Address
from peersupport.held import Codes, Line, Section, Topic, Words
from peersupport.ports import UnitOfWork
from peersupport.ports_informal import Introduction, Listed, Meeting, Pair


async def sections(work: UnitOfWork, who: Address) -> list[Section]:
    """Return it by programme, of the other of two nothing; nothing where nothing is held."""
    lines: dict[str, list[Line]] = {}
    for listing in await work.listings.of(who):
        listed = await work.listings.listed(listing.id)
        if listed is not None:
            lines.setdefault(listing.programme, []).extend(_listing(listed))
    for each, pair in await work.introductions.of(who):
        lines.setdefault(each.programme, []).append(_talk(each, pair, who))
    for check_in in await work.check_ins.of(who):
        lines.setdefault(check_in.programme, []).append(Line("check_in_at", check_in.due_at))
    return [Section(Topic.COLLEAGUES, programme, lines=tuple(found)) for programme, found in lines.items()]


def _listing(listed: Listed) -> Iterator[Line]:
    yield Line("listed_name", Words(listed.name))
    yield Line("listed_reach", Words(listed.reach))
    if listed.community:
        yield Line("listed_community", Words(listed.community))


def _talk(held: Introduction, pair: Pair, who: Address) -> Line:
    asked = "waiting" if pair.asker.address == who else "asked"
    return Line("talk", Codes("talk", ("both" if held.state is Meeting.YES else asked,)))


async def forget(work: UnitOfWork, who: Address) -> int:
    """Erase all of it, and say of how many rows; whoever asked them hears what silence sounds like."""
    gone = await introductions.forget(work, who)
    return gone + await listings.forget(work, who) + await check_ins.stop_all(work, who)
