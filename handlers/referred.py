"""The part of Home about referrals: notes that wait for this person, and the days on which they passed something on."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block

from handlers import ids, tokens
from handlers.hear import Front
from handlers.i18n import Translator
from handlers.views import referrals as views
from peersupport import referrals
from peersupport.addresses import Address
from peersupport.ports import Standing, UnitOfWork


async def home_part(
    work: UnitOfWork,
    front: Front,
    who: Address,
    standing: Standing,  # noqa: ARG001 - every part of Home is asked alike
    language: str,
    now: datetime,
) -> list[Block]:
    """Return the notes that wait for this person, and when they passed somebody on, whatever became of that."""
    if not any(programme.doors.colleague_referral for programme in front.programmes.values()):
        return []
    t = front.texts.in_language(language)
    asked = [each for each in await work.referrals.open_of(who) if referrals.is_asked(each, now)]
    waiting = [each for each in asked if each.programme in front.programmes]
    notes = [tokens.for_viewer(front.handles, ids.REFERRAL, each.id, who, now) for each in waiting]
    return views.home_part(t, notes, [day(t, each.at) for each in await work.referrals.passed_on(who)])


def day(t: Translator, instant: datetime) -> str:
    """Return a day in words."""
    local = instant.astimezone(ZoneInfo(t.zone or "UTC"))
    number = "1er" if t.language == "fr" and local.day == 1 else local.day
    return f"{number} {t.month(local.month, local.year)}"
