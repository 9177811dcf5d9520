"""Invented records, and a clock that moves when told."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from peersupport.offers import Offer, OfferState
from peersupport.people import Address, Role
from peersupport.ports import Member
from peersupport.referral import Referral, ReferralState, Route
from peersupport.requests import Contact, Door, Needs, State, SupportRequest
from peersupport.supporters import Profile, Supporter
from store.keyring import Keyring
from store.store import Store

START = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
PROGRAMME = "north"
AVERY = Address("T0NORTH", "U0AVERYQUILL")
ROBIN = Address("T0NORTH", "U0ROBINMOSS")
ADMIN = Address("T0NORTH", "W0HOLLYREED")


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


def a_request(**changes: Any) -> SupportRequest:
    id_ = uuid4()
    request = SupportRequest(
        id=id_,
        reference=f"K7-{id_.hex[:8]}",
        programme=PROGRAMME,
        door=Door.SELF,
        state=State.RECEIVED,
        version=1,
        created_at=START,
        due_at=START + timedelta(days=3),
        notice_version="2026-11",
    )
    return replace(request, **changes)


def some_needs(who: Address = AVERY, **changes: Any) -> Needs:
    needs = Needs(
        requester=who,
        name="Avery Quill",
        language="fr",
        role="physician",
        modalities=("phone", "zoom"),
        reasons=("burnout",),
        times=("evenings",),
        zone="America/Vancouver",
        wishes={"gender": "no_preference"},
        department="Lighthouse ward",
        avoid_members=(ROBIN,),
        avoid_names=("Sorrel \x00 Vane \ud800",),
        notify=True,
    )
    return replace(needs, **changes)


def a_referral(**changes: Any) -> Referral:
    id_ = uuid4()
    referral = Referral(
        id=id_,
        reference=f"K7-{id_.hex[:8]}",
        programme=PROGRAMME,
        state=ReferralState.ASKED,
        route=Route.SLACK,
        version=1,
        created_at=START,
        expires_at=START + timedelta(days=7),
        asked_at=START,
        tells_who=True,
    )
    return replace(referral, **changes)


def a_contact() -> Contact:
    return Contact(reach="604 555 0142", voicemail=True, private=True)


def a_supporter(**changes: Any) -> Supporter:
    supporter = Supporter(
        id=uuid4(),
        programme=PROGRAMME,
        version=1,
        trained_on=date(2026, 1, 5),
        agreement_on=date(2026, 1, 6),
        limit=2,
    )
    return replace(supporter, **changes)


def a_profile(who: Address = ROBIN) -> Profile:
    return Profile(
        address=who, name="Robin Moss", languages=("en", "fr"), modalities=("phone",), traits={"stage": "late"}
    )


def a_member(who: Address = ADMIN, *roles: Role) -> Member:
    return Member(uuid4(), PROGRAMME, frozenset(roles or (Role.ADMIN,)), who, "604 555 0100")


def an_offer(request: UUID, supporter: UUID, **changes: Any) -> Offer:
    offer = Offer(uuid4(), request, supporter, position=1, state=OfferState.OPEN, created_at=START, sent_at=START)
    return replace(offer, **changes)


async def open_request(store: Store, who: Address = AVERY, **changes: Any) -> SupportRequest:
    """Store a request and return it."""
    request = a_request(**changes)
    async with store.work() as work:
        assert await work.requests.add(request, some_needs(who), a_contact())
    return request


async def register_supporter(store: Store, who: Address = ROBIN, **changes: Any) -> Supporter:
    """Store a supporter and return them."""
    supporter = a_supporter(**changes)
    async with store.work() as work:
        assert await work.supporters.add(supporter, a_profile(who))
    return supporter


def is_minting() -> bool:
    """Say whether this is where new keys are made, beside whatever a test counts."""
    task = asyncio.current_task()
    return task is not None and getattr(task.get_coro(), "__qualname__", "") == Keyring._refill_quietly.__qualname__
