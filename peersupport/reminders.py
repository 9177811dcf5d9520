"""Carries out timers: each is judged by the record when it fires, and what it says goes into rows of its own.

Everything is done in one transaction with the row's own end, so that a timer acts once, whoever carries it out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from peersupport import (
    introductions,
    listings,
    notice_taking,
    outreach,
    paging,
    referral_timers,
    session_timers,
    timers_match,
    timers_promise,
    waiting_list,
)
from peersupport.actors import Held, by_itself
from peersupport.notifications import Due, Kind
from peersupport.ports import Ids, UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import State

_OF_REQUEST: Mapping[Kind, Callable[[Held, Due], Awaitable[None]]] = {
    Kind.REMIND_ADMINS: timers_promise.remind,
    Kind.REMIND_BACKUPS: timers_promise.remind,
    Kind.ALERT_RISK: timers_promise.at_risk,
    Kind.ASK_REQUESTER: timers_promise.promise_due,
    Kind.NONE_LEFT: timers_promise.nobody_left,
    Kind.NOTE_REQUESTER: timers_promise.write_of_note,
    Kind.NUDGE_SUPPORTER: timers_match.nudge,
    Kind.ASK_GOING_ON: timers_match.ask_going_on,
    Kind.CLOSE_UNREACHED: timers_match.close_unreached,
    Kind.REMIND_OUTREACH: outreach.remind,
    Kind.END_OUTREACH: outreach.end,
}

_OTHERS = frozenset({Kind.LAPSE_OFFER, Kind.OFFER_UNASKED, Kind.TAKE_NOTICE})
_AMONG = introductions.KINDS | listings.KINDS
_OF_SESSIONS = session_timers.KINDS | waiting_list.KINDS
KINDS = frozenset(_OF_REQUEST) | _OTHERS | _OF_SESSIONS | _AMONG | paging.KINDS | referral_timers.KINDS
"""The outbox kinds that this file carries out."""


async def carry_out(work: UnitOfWork, programme: Programme, due: Due, now: datetime, ids: Ids) -> None:
    """Do what the timer is for, where the record still asks for it. Safe to repeat."""
    if due.kind is Kind.LAPSE_OFFER:
        await timers_match.lapse(work, programme, due, now)
        return
    if due.kind is Kind.TAKE_NOTICE:
        await notice_taking.take(work, programme, due, now, ids)
        return
    if due.kind in paging.KINDS:
        await paging.carry_out(work, programme, due, now)
        return
    if due.kind in referral_timers.KINDS:
        await referral_timers.carry_out(work, programme, due, now)
        return
    if due.kind in session_timers.KINDS:
        await session_timers.carry_out(work, programme, due, now)
        return
    if due.kind in waiting_list.KINDS:
        await waiting_list.carry_out(work, programme, due, now)
        return
    if due.kind in introductions.KINDS:
        await introductions.carry_out(work, due, now)
        return
    if due.kind in listings.KINDS:
        await listings.carry_out(work, programme, due, now)
        return
    request = await work.requests.get(due.subject, lock=True)
    if request is None or request.state is State.CLOSED:
        return
    held = by_itself(work, programme, request, now)
    if due.kind is Kind.OFFER_UNASKED:
        await timers_promise.offer_unasked(held, due, ids)
    else:
        await _OF_REQUEST[due.kind](held, due)
