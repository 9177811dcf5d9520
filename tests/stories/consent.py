"""A colleague outside Slack who was passed on, and the link and code with which they answer."""

from __future__ import annotations

from uuid import UUID

from peersupport import consent_links, referrals
from peersupport.consent_link import About, Link
from peersupport.referral import PassedOn, PassOn
from tests.stories.town import PROGRAMME, Town

NAME, REACH = "Robin Moss", "604-555-0177"
PUBLIC = "https://support.example.org"


async def referred(town: Town, *, tells_who: bool = False, name: str = NAME, reach: str = REACH) -> UUID:
    """Let Ava pass a colleague outside Slack on."""
    house, programme = town.house, town.house._files.programmes[PROGRAMME]
    form = PassOn(attested=True, name=name, reach=reach, tells_who=tells_who)
    async with house.store.work() as work:
        passed = await referrals.pass_on(work, house.ids, programme, town.address("ava"), form, town.clock.now())
        assert isinstance(passed, PassedOn)
        found = await work.referrals.in_programme(PROGRAMME)
    return found[-1].id


async def linked(town: Town, subject: UUID, about: About = About.REFERRAL) -> Link:
    now = town.clock.now()
    async with town.house.store.work() as work:
        found = await work.referrals.get(subject)
        assert found is not None
        return await consent_links.issue(work, town.house.ids, subject, about, ends=found.expires_at, now=now)
