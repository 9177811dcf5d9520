"""What is held about a person because of referrals: of them, by them, and what they refused for good."""

from __future__ import annotations

from collections.abc import Iterator

from peersupport.addresses import Address
from peersupport.held import Codes, Line, Named, Section, Topic, Words
from peersupport.ports import UnitOfWork
from peersupport.referral import Colleague, Passed, Referral


async def sections(work: UnitOfWork, who: Address) -> list[Section]:
    """Return it in sections; who passed a name on is told only where that person agreed to it."""
    return [*await _of_them(work, who), *await _by_them(work, who), *await _refused(work, who)]


async def _of_them(work: UnitOfWork, who: Address) -> list[Section]:
    found = []
    for each in await work.referrals.open_of(who):
        referrer = await work.referrals.referrer(each.id) if each.tells_who else None
        lines = _referral(each, await work.referrals.colleague(each.id), referrer)
        found.append(Section(Topic.REFERRED, each.programme, each.reference, tuple(lines)))
    return found or [Section(Topic.REFERRED)]


def _referral(referral: Referral, colleague: Colleague | None, referrer: Address | None) -> Iterator[Line]:
    yield Line("referred_at", referral.created_at)
    if referrer is not None:
        yield Line("referred_by", Named((referrer,)))
    if colleague is not None and colleague.name:
        yield Line("name", Words(colleague.name))
    if colleague is not None and colleague.reach:
        yield Line("reach", Words(colleague.reach))
    if referral.later_at is not None:
        yield Line("put_off_at", referral.later_at)
    yield Line("referral_goes", referral.expires_at)


async def _by_them(work: UnitOfWork, who: Address) -> list[Section]:
    passed = await work.referrals.passed_on(who)
    of = {programme: [each for each in passed if each.programme == programme] for programme in _each(passed)}
    return [
        Section(Topic.PASSED_ON, programme, lines=tuple(Line("passed_on", each.at) for each in listed))
        for programme, listed in of.items()
    ]


def _each(passed: list[Passed]) -> list[str]:
    return list(dict.fromkeys(each.programme for each in passed))


async def _refused(work: UnitOfWork, who: Address) -> list[Section]:
    found = []
    for each in await work.silences.of(who):
        lines = (Line("refused", Codes("refused", (each.scope.value,))), Line("refused_at", each.since))
        found.append(Section(Topic.REFUSED, each.programme, lines=lines))
    return found
