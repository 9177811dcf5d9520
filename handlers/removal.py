"""Hears that the app was removed or its token taken back, and believes it only when Slack says so itself."""

from __future__ import annotations

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from handlers import ids
from handlers.hear import Answer, Hear, Kind


async def told(hear: Hear) -> Answer:
    """Ask once whose token it is: an event may be late, or said again long after the app was installed anew."""
    hear.front.note(f"slack.told.{hear.id}", None)
    hear.front.spawn(_ask(hear))
    return None


async def _ask(hear: Hear) -> None:
    """Ask; the client itself falls silent where the token is refused, and asks nothing more with it."""
    async with hear.front.lanes.alone(hear.who):
        try:
            await hear.front.client.auth_test()
        except SlackApiError:
            # Which refusal it was stands in the log already, as a field of the alarm.
            hear.front.note("slack.told_truly", None)
        except (ClientError, TimeoutError, OSError) as error:
            # The next call finds out.
            hear.front.note("slack.not_asked", error)
        else:
            hear.front.note("slack.told_wrongly", None)


LISTENERS = {(Kind.EVENT, ids.APP_REMOVED): told, (Kind.EVENT, ids.TOKENS_REVOKED): told}
PUBLIC = frozenset(LISTENERS)
