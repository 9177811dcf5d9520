"""Whose token this is: asked once at start, and what Slack's refusal of it means."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.door import Identity
from bot.refusals import StartRefused
from bot.settings import Settings

REFUSED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
        "org_login_required",
        "no_permission",
    }
)
"""Answers that no waiting mends."""
_APP_IN_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]{6,})-.*", re.DOTALL)


async def ask(client: AsyncWebClient, settings: Settings) -> Identity:
    """Return the identity of the bot token; raises StartRefused on a token that is none, and the call's own errors."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        if error.response.get("error") in REFUSED:
            raise StartRefused(
                f"Slack does not accept SLACK_BOT_TOKEN ({error.response['error']}); "
                "copy the bot token again from OAuth & Permissions of the app's page at api.slack.com/apps."
            ) from None
        raise
    facts = answer.data if isinstance(answer.data, dict) else {}
    return Identity(
        team=str(facts.get("team_id") or ""),
        bot_user=str(facts.get("user_id") or ""),
        bot=str(facts.get("bot_id") or ""),
        app=settings.slack_app_id or app_of(settings) or str(facts.get("app_id") or ""),
        enterprise=str(facts.get("enterprise_id") or ""),
    )


async def ask_plainly(client: AsyncWebClient, settings: Settings) -> Identity:
    """Return the identity, or raise StartRefused where Slack cannot be asked: for commands that need it at once."""
    try:
        return await ask(client, settings)
    except SlackApiError as error:
        raise StartRefused(f"Slack refused to say whose token this is ({error.response.get('error')}).") from None
    except (ClientError, TimeoutError, OSError):
        raise StartRefused("Slack cannot be reached; check the network and SLACK_API_URL.") from None


def app_of(settings: Settings) -> str:
    """Return the app's id as the app-level token spells it; empty where there is none."""
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    match = _APP_IN_TOKEN.fullmatch(token)
    return match[1] if match else ""


def granted(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Return the scopes that Slack's answer says the token has; None where it does not say."""
    found = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    return None if found is None else frozenset(part.strip() for part in found.split(",") if part.strip())
