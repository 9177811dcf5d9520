"""The deeds of a journey from asking to its end, each with the payload that does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers import ids
from peersupport.requests import State, SupportRequest
from simulator.people import Actor
from tests.faults.street import Story, Street
from tests.stories.town import CHANNEL


async def _asks(street: Street, story: Story) -> None:
    story.reference = await street.asks(story.key)


async def _claims(street: Street, story: Story) -> None:
    await street.claims("farah", story.reference)


async def _offers(street: Street, story: Story) -> None:
    await street.patient("farah").sees("Find a supporter", where=CHANNEL)
    await street.offers("farah", story.reference, "Iris Wintergreen")


async def _opened(street: Street, story: Story, opener: str) -> Actor:
    """Let the supporter open what they were asked, or took on, from their Home."""
    iris = street.patient("iris")
    await iris.opens_home()
    await iris.presses(action_id=opener, near=story.reference, where="home")
    return iris


async def _accepts(street: Street, story: Story) -> None:
    iris = await _opened(street, story, ids.OPEN_OFFER)
    await iris.presses(action_id=ids.ACCEPT)
    await iris.sees("It is with you now.")


async def _reaches(street: Street, story: Story) -> None:
    iris = await _opened(street, story, ids.OPEN_MATCH)
    await iris.presses(action_id=ids.REACHED)
    await iris.sees("The clock has stopped.")


async def _finishes(street: Street, story: Story) -> None:
    iris = await _opened(street, story, ids.OPEN_MATCH)
    await iris.presses(action_id=ids.FINISH, confirm="accept")
    await iris.sees("Name and contact are closed to you now")


async def _withdraws(street: Street, story: Story) -> None:
    who = street.patient(story.key)
    await who.opens_home()
    await who.presses(action_id=ids.WITHDRAW, where="home", confirm="accept")
    await who.sees_no_more(story.reference, where="home")


@dataclass(frozen=True)
class Deed:
    """One deed of the journey: the payload that does it, and what the database says when it is done."""

    name: str
    title: str
    do: Callable[[Street, Story], Awaitable[None]]
    done: Callable[[SupportRequest | None], bool]


_UNASKED = frozenset({State.RECEIVED, State.CONFIRMED, State.MATCHING})
ASK = Deed("ask", f"view_submission {ids.VIEW_REQUEST}", _asks, lambda it: it is not None)
CLAIM = Deed("claim", f"block_actions {ids.CLAIM}", _claims, lambda it: it is not None and it.claimed_by is not None)
OFFER = Deed(
    "offer",
    f"view_submission {ids.VIEW_CANDIDATES}",
    _offers,
    lambda it: it is not None and it.state not in _UNASKED,
)
ACCEPT = Deed("accept", f"block_actions {ids.ACCEPT}", _accepts, lambda it: it is not None and it.supporter is not None)
REACH = Deed(
    "made contact",
    f"block_actions {ids.REACHED}",
    _reaches,
    lambda it: it is not None and it.contacted_at is not None,
)
FINISH = Deed("close", f"block_actions {ids.FINISH}", _finishes, lambda it: it is not None and it.state is State.CLOSED)
# What is withdrawn is erased, and then is nobody's.
WITHDRAW = Deed(
    "withdraw", f"block_actions {ids.WITHDRAW}", _withdraws, lambda it: it is None or it.state is State.CLOSED
)
JOURNEY = (ASK, CLAIM, OFFER, ACCEPT, REACH, FINISH)
SHORT = (ASK, CLAIM, WITHDRAW)
