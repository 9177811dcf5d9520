"""The timers of a referral: one reminder, and the end of waiting; each judged by the record when it fires."""

from __future__ import annotations

from datetime import datetime

from peersupport import referral_rows, referrals, timer_rows
from peersupport.clocks import quiet_until
from peersupport.notifications import Due, Kind
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.referral import Referral

KINDS = frozenset({Kind.REMIND_REFERRAL, Kind.EXPIRE_REFERRAL})
"""The outbox kinds that this file carries out."""


async def carry_out(work: UnitOfWork, programme: Programme, due: Due, now: datetime) -> None:
    """Do what the timer is for, where the referral still asks for it. Safe to repeat."""
    referral = await work.referrals.get(due.subject, lock=True)
    if referral is None or not referral.is_open:
        return
    if due.kind is Kind.EXPIRE_REFERRAL:
        await _expire(work, due, referral, now)
    else:
        await _remind(work, programme, due, referral, now)


async def _expire(work: UnitOfWork, due: Due, referral: Referral, now: datetime) -> None:
    if now < referral.expires_at:
        await work.outbox.put(timer_rows.again(due, referral.expires_at))
        return
    await referrals.close(work, referral, now)


async def _remind(work: UnitOfWork, programme: Programme, due: Due, referral: Referral, now: datetime) -> None:
    """Remind the colleague, outside quiet hours; or the administrators, where it waits for one of them."""
    at = referral_rows.remind_at(programme, referral)
    if now >= referral.expires_at:
        return
    rests = quiet_until(programme.quiet_hours, programme.clock.tz, now)
    if now < at or rests is not None:
        await work.outbox.put(timer_rows.again(due, max(at, rests or at)))
        return
    if referral_rows.asks_administrators(referral):
        concerned = await referrals.administrators(work, programme, referral)
        await work.outbox.put(*referral_rows.tell_members(referral, [each.id for each in concerned], "again"))
    elif Kind.TELL_COLLEAGUE not in await work.outbox.waiting(referral.id):
        # After an outage the first note may still be on its way: one is enough.
        await work.outbox.put(referral_rows.tell_colleague(referral, "again"))
