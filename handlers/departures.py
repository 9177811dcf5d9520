"""Hears that a Slack account ended, and looks every night whether one did without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from handlers import ids
from handlers.hear import Answer, Front, Hear, Kind
from handlers.parsing import is_outside
from handlers.slack_codes import code_of, is_away
from peersupport import departures
from peersupport.addresses import Address
from peersupport.notifications import Delivered, Later, Parked, Result
from peersupport.ports import StoreUnavailable

AT_A_TIME = 8.0
"""Seconds after which a look at everybody pauses, so that one piece of work is never long."""
SLOWER = 30.0
"""Seconds to wait where Slack asked for slowness and named no time."""
_NOBODY = frozenset({"user_not_found", "user_not_visible"})


async def changed(hear: Hear) -> Answer:
    """See to what follows where an account ended; what cannot be done now, the nightly look does."""
    hear.front.directory.forget(hear.who)
    hear.front.spawn(_see_to(hear.front, hear.who))
    return None


async def _see_to(front: Front, who: Address) -> None:
    try:
        # Events may come late or in another order: what counts is how the account stands now.
        if await _is_anybody(front, who) and await still_here(front, who) is False:
            await end_account(front, who)
    except (SlackApiError, ClientError, TimeoutError, OSError, StoreUnavailable) as error:
        front.note("departure.left_to_the_night", error)


async def _is_anybody(front: Front, who: Address) -> bool:
    """Say whether somebody has a role or an open request here."""
    async with front.work() as work:
        standing = await work.members.standing(who)
        found = standing.members or standing.supporters or await work.requests.of(who)
        return bool(found or await work.list_members.of(who))


def has_ended(user: object, team: str) -> bool:
    """Say whether this is somebody who may not use the app any more: gone, a guest, or of another workspace."""
    if not isinstance(user, dict):
        return False
    return is_outside(user) or user.get("team_id", team) != team


async def still_here(front: Front, who: Address) -> bool | None:
    """Ask Slack whether somebody is still a full member; None where it does not say. Raises what says "later"."""
    try:
        answer = await front.client.users_info(user=who.user)
    except SlackApiError as error:
        if is_away(error):
            raise
        return False if code_of(error) in _NOBODY else None
    user = answer.get("user")
    return not has_ended(user, front.team) if isinstance(user, dict) else None


async def end_account(front: Front, who: Address) -> bool:
    """Carry out what follows in every programme; True where somebody must now be named."""
    alarm = False
    for programme in front.programmes.values():
        async with front.work() as work:
            departed = await departures.account_ended(work, programme, who, now=front.clock.now())
        if departed.too_few:
            front.note("departure.nobody_left", None)
            alarm = True
    front.directory.forget(who)
    return alarm


@dataclass(slots=True)
class Round:
    """How far a look at everybody of one programme is; kept in memory only, and begun again after a restart."""

    waiting: list[Address] | None = None
    here: int = 0
    gone: list[Address] = field(default_factory=list)


class Reconciliation:
    """Looks at everybody with a role or an open request, one after the other, and goes on where it was stopped."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._rounds: dict[str, Round] = {}

    async def go_on(self, programme_id: str) -> Result:
        """Look at as many as time and Slack allow; delivered once everybody was looked at."""
        programme = self._front.programmes.get(programme_id)
        if programme is None:
            return Delivered()
        state = self._rounds.setdefault(programme_id, Round())
        if state.waiting is None:
            async with self._front.work() as work:
                state.waiting = await departures.concerned(work, programme)
        stopped = await self._look(state, state.waiting)
        if stopped is not None:
            return stopped
        del self._rounds[programme_id]
        if state.gone and not state.here:
            # Rather a token of another workspace than a whole programme that left in one night.
            self._front.note("departure.nobody_found", None)
            return Parked("nobody_found")
        for who in state.gone:
            await end_account(self._front, who)
        return Delivered()

    async def _look(self, state: Round, waiting: list[Address]) -> Later | None:
        until = monotonic() + AT_A_TIME
        while waiting:
            if monotonic() > until:
                return Later(1.0, "going_on", counts=False)
            who = waiting[-1]
            try:
                here = await still_here(self._front, who)
            except SlackApiError as error:
                return Later(_seconds(error), "ratelimited", counts=False)
            except (TimeoutError, ClientError, OSError):
                return Later(SLOWER, "slack_unreachable", counts=False)
            waiting.pop()
            state.here += here is not False
            state.gone += [who] if here is False else []
        return None


def _seconds(error: SlackApiError) -> float:
    headers = {str(key).lower(): value for key, value in (error.response.headers or {}).items()}
    try:
        return min(max(float(str(headers.get("retry-after"))), 1.0), 3600.0)
    except ValueError:
        return SLOWER


LISTENERS = {(Kind.EVENT, ids.USER_CHANGED): changed}
PUBLIC = frozenset(LISTENERS)
