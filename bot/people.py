"""People as Slack knows them, and the files' people against the database's."""

from __future__ import annotations

import asyncio

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.installation import Files, members_of
from bot.machine import RandomIds
from bot.refusals import StartRefused
from bot.web_client import Client
from handlers.slack_codes import code_of, is_away
from peersupport.membership import ENOUGH, AwaitsTwo, OneAtATime, TooFew, set_people
from peersupport.ports import Clock, Ids, Kept, Member, Work

UNREACHABLE = (aiohttp.ClientError, TimeoutError, OSError)
_NOT_FULL = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
_TRIES = 5


async def is_full_member(client: Client, user: str) -> bool:
    """Say whether somebody is an active full member of this workspace; raises StartRefused where Slack cannot say."""
    for _ in range(_TRIES):
        try:
            facts = (await client.users_info(user=user)).get("user") or {}
        except SlackApiError as error:
            if code_of(error) == "ratelimited":
                await asyncio.sleep(_seconds(error))
                continue
            if is_away(error):
                break
            return False
        except UNREACHABLE:
            break
        return not any(facts.get(flag) for flag in _NOT_FULL)
    raise StartRefused("Slack could not be asked about these people; nothing was changed. Try again.")


def _seconds(error: SlackApiError) -> float:
    headers = {str(name).lower(): value for name, value in (error.response.headers or {}).items()}
    try:
        return min(max(float(headers["retry-after"]), 0.1), 60.0)
    except (KeyError, TypeError, ValueError):
        return 10.0


async def follow_files(files: Files, programme: str, team: str, work: Work, clock: Clock, ids: Ids) -> Kept | AwaitsTwo:
    """Make the members of the database equal the people of the files, or ask two administrators first.

    Raises StartRefused where that cannot be.
    """
    async with work() as unit:
        members = members_of(files.programmes[programme], team, ids)
        kept = await set_people(unit, programme, members, clock.now(), ids)
    if isinstance(kept, TooFew):
        raise StartRefused(f"The files name fewer than {ENOUGH} administrators; nothing was changed.")
    if isinstance(kept, OneAtATime):
        raise StartRefused(
            "More than one person with a role would be given another; nothing was changed. Change one person at a time."
        )
    return kept


async def differing(files: Files, team: str, work: Work) -> list[str]:
    """Return the ids of the programmes whose people in the database are not those of the files."""
    found = []
    async with work() as unit:
        for programme in files.programmes.values():
            kept = {_plain(member) for member in await unit.members.all(programme.id)}
            if kept and kept != {_plain(member) for member in members_of(programme, team, RandomIds())}:
                found.append(programme.id)
    return found


def _plain(member: Member) -> tuple[object, ...]:
    return member.address, member.roles, member.phone
