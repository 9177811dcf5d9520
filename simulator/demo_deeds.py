"""What the invented people have done before a newcomer looks: each does it on their own screen, once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from simulator.demo_people import CAFE, CAFE_MEMBERS, IMPACT, INFORMAL, MEMBER
from simulator.people import Actor
from simulator.simulator import Simulator

PATIENCE = 60.0


async def let_the_partner_in(simulator: Simulator) -> None:
    """Let an administrator put the partner's person on the list of those who may notify."""
    gwen = await _at_home(simulator, "gwen", "Who may notify for a partner")
    await gwen.presses("Who may notify for a partner", where="home")
    await gwen.chooses("Patient Transfer Coordinators", [MEMBER], where="modal")
    await gwen.submits()
    await gwen.sees("may notify", where="modal")
    await gwen.closes(everything=True)


async def list_the_department(simulator: Simulator) -> None:
    """Let an administrator put the members of the cafe's department on its list."""
    gwen = await _at_home(simulator, "gwen", "List of members")
    await gwen.presses(action_id="keep_members", where="home")
    await gwen.chooses("Members", list(CAFE_MEMBERS), where="modal")
    await gwen.submits()
    await gwen.sees("on the list", where="modal")
    await gwen.closes(everything=True)


async def list_a_colleague(simulator: Simulator) -> None:
    """Let a colleague say that she is glad to be asked for ten minutes."""
    iris = await _at_home(simulator, "iris", "Find a colleague")
    await iris.presses("Find a colleague", where="home")
    await iris.chooses("Which fits you?", "Rural physician", where="modal")
    await iris.submits()
    await iris.presses("List myself", where="modal")
    await iris.fills("The name that colleagues see", "Iris", where="modal")
    await iris.fills("How to reach you", "604-555-0155", where="modal")
    await iris.fills("Your community, if you like", "Terrace", where="modal")
    await iris.chooses("What you have been through, if you like to say", ["Being on call alone"], where="modal")
    await iris.submits()
    await iris.sees("Your listing stands.", where="modal")
    await iris.closes(everything=True)


BEFORE: Mapping[str, Callable[[Simulator], Awaitable[None]]] = {
    IMPACT: let_the_partner_in,
    CAFE: list_the_department,
    INFORMAL: list_a_colleague,
}
"""What is done once in each programme."""


async def _at_home(simulator: Simulator, key: str, words: str) -> Actor:
    """Open a Home until these words stand there: just after its start the app may not reach its records yet."""
    who = simulator.person(key)
    who.patience = PATIENCE
    end = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < end:
        await who.opens_home()
        with suppress(AssertionError):
            await who.sees(words, where="home", within=2.0)
            return who
    await who.sees(words, where="home", within=0.0)
    return who
