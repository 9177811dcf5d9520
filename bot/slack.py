"""Bolt and the Web API client, put together so that neither reads the environment, retries, nor says a word."""

from __future__ import annotations

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import logs
from bot.door import Identity
from bot.logs import quiet_logger
from bot.web_client import Client

CALL_SECONDS = 10
"""The longest a Web API call may take; views have a bound of their own, far below."""


def forget_bolts_variables() -> None:
    """Take away the variables that would make Bolt keep tokens in files or prefer another token than ours."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN", "SLACK_BOT_TOKEN"):
        os.environ.pop(name, None)


def make_session() -> aiohttp.ClientSession:
    """Make the one HTTP session that all calls share."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, connect=3))


def make_client(token: str | None, url: str, session: aiohttp.ClientSession) -> Client:
    """Make a Web API client that never repeats a call by itself: a post that was accepted would stand twice."""
    client = Client(
        token=token,
        base_url=url,
        timeout=CALL_SECONDS,
        session=session,
        retry_handlers=[],
        logger=quiet_logger("slack_sdk"),
    )
    client.keep_time_by()
    if is_loopback(url):
        client.proxy = None  # The SDK takes a proxy from the environment and knows no exceptions.
    return client


def is_loopback(url: str) -> bool:
    """Say whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Known(AsyncAuthorize):
    """Authorises every payload alike: the door has checked the workspace, and the token was asked about at start."""

    def __init__(self, result: AuthorizeResult) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._result = result

    async def __call__(self, **_facts: object) -> AuthorizeResult:
        return self._result


class _Bolt(AsyncApp):
    """Bolt without a Web API client made anew for every payload, which costs more than all that is done with one."""

    def _init_context(self, req: AsyncBoltRequest) -> None:
        req.context.update(logger=self._base_logger, client=self._async_client, listener_runner=self.listener_runner)


def make_bolt(
    identity: Identity, token: str, url: str, session: aiohttp.ClientSession, front: AsyncMiddleware
) -> AsyncApp:
    """Make the Bolt app: the front is its first middleware, and no payload gets past it."""
    forget_bolts_variables()
    result = AuthorizeResult(
        enterprise_id=identity.enterprise or None,
        team_id=identity.team,
        bot_user_id=identity.bot_user,
        bot_id=identity.bot or None,
        bot_token=token,
    )
    app = _Bolt(
        name="peersupport",
        logger=quiet_logger("slack_bolt"),
        # Otherwise Bolt looks for the listener's answer every ten milliseconds.
        process_before_response=True,
        signing_secret="unused: the server checks signatures on the raw bytes",  # noqa: S106
        # Without a token: given both a client's and an authorisation, Bolt drops one and says so.
        client=make_client(None, url, session),
        authorize=_Known(result),
        # It answers everything itself, and the door has seen to what Bolt would look up for each payload anew.
        before_authorize=front,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ignoring_self_assistant_message_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(_crashed)
    return app


async def _crashed(error: Exception) -> BoltResponse:
    """Replace Bolt's own handler, which logs the words of the exception and answers with an error page."""
    logs.trouble("payload.crashed", error)
    return BoltResponse(status=200, body="")
