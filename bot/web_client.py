"""The Web API client: one try a call, patient where Slack said to wait, and its refusals always in one shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.holds import Holds
from handlers.slack_faults import POST, POST_TO_PERSON

_JSON = "application/json;charset=utf-8"
_JSON_ALONE = {"json"}
_UNREADABLE = "unreadable_answer"
_SLOWER = "ratelimited"
_SLOWER_TOO = "rate_limited"
_DEFAULT_WAIT = 30.0
_WHOSE = "auth.test"
_APP_TOKENS_OWN = "apps.connections.open"
"""The one method that is called with the app-level token instead."""
TOKEN_REFUSED = frozenset({"token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"})
"""Slack's words for a token that it does not take, and that no waiting mends."""
_LONGEST_WAIT = 3600.0


class Client(AsyncWebClient):
    """Keeps off a method or channel until its Retry-After is over: such a call is refused here, as Slack would."""

    _holds: Holds
    _tell: Callable[[], None]
    _tell_of: Callable[[str, str], None]
    _tell_of_hold: Callable[[str, float], None]
    refused: str
    """Slack's word for why it does not take the token any more; empty while it does."""

    def keep_time_by(self, seconds: Callable[[], float] = monotonic) -> None:
        """Start with no method held; `seconds` is a clock that never goes back."""
        self._holds = Holds(seconds)
        self.refused, self._tell, self._tell_of = "", lambda: None, lambda _method, _code: None
        self._tell_of_hold = lambda _method, _seconds: None

    def tell_when_refused(self, tell: Callable[[], None]) -> None:
        """Have somebody told as soon as Slack does not take the token any more."""
        self._tell = tell

    def tell_of_calls(self, tell: Callable[[str, str], None]) -> None:
        """Have somebody told of every answer: the method as the table of refusals has it, and the code, if any."""
        self._tell_of = tell

    def tell_of_holds(self, tell: Callable[[str, float], None]) -> None:
        """Have somebody told of each method that is to be left alone altogether, and for how long."""
        self._tell_of_hold = tell

    def take_token(self, token: str) -> None:
        """Go on with another token; what Slack said to leave alone is still left alone."""
        self.token, self.refused = token, ""

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Make one call; raises SlackApiError (its response a dict with `error`), ClientError or TimeoutError."""
        if self.refused and api_method != _APP_TOKENS_OWN:
            raise self._refusal(api_method, 200, self.refused, {})
        channel = _channel(arguments)
        told_as = POST_TO_PERSON if api_method == POST and channel[:1] in ("U", "W") else api_method
        wait = self._holds.wait(api_method, channel)
        if wait > 0:
            raise self._refusal(api_method, 429, _SLOWER, {"Retry-After": f"{wait:.3f}"})
        try:
            if arguments.keys() == _JSON_ALONE:
                answer = await self._post(api_method, arguments["json"])
            else:
                answer = await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            response, code = error.response, _code(error.response)
            status = int(getattr(response, "status_code", getattr(response, "status", 200)))
            headers = getattr(response, "headers", {})
            if status == 429 or code in (_SLOWER, _SLOWER_TOO):
                if self._holds.hold(api_method, channel, _wait(headers)):
                    self._tell_of_hold(api_method, _wait(headers))
                code = _SLOWER
            self._tell_of(told_as, code or _UNREADABLE)
            if code in TOKEN_REFUSED and api_method != _APP_TOKENS_OWN:
                await self._doubt(api_method, code)
            raise self._refusal(api_method, status, code or _UNREADABLE, headers) from None
        except (AttributeError, TypeError, UnicodeDecodeError):
            # The SDK stumbles over an answer that is no JSON object.
            self._tell_of(told_as, _UNREADABLE)
            raise self._refusal(api_method, 200, _UNREADABLE, {}) from None
        self._tell_of(told_as, "")
        return answer

    async def _doubt(self, api_method: str, code: str) -> None:
        """Ask once whether the token is refused altogether; if so nothing is asked with it again."""
        token = self.token
        if api_method != _WHOSE:
            try:
                await super().api_call(_WHOSE)
            except SlackApiError as error:
                code = _code(error.response) or ""
            except Exception:  # noqa: BLE001 - whatever it was, it was no refusal of the token
                return
            else:
                return
        if code in TOKEN_REFUSED and token == self.token and not self.refused:
            self.refused = code
            self._tell()

    async def _post(self, method: str, content: dict[str, Any]) -> AsyncSlackResponse:
        """Make a call whose arguments are all JSON, as views and messages are, without the SDK's detours.

        They cost as much processor time again as the request itself: copies for retries that are switched off, the
        address put together anew, the answer's text guessed at.
        """
        assert self.session is not None
        headers = {**self.headers, "Authorization": f"Bearer {self.token}", "Content-Type": _JSON}
        body = json.dumps(content).encode()
        async with self.session.post(
            self.base_url + method, data=body, headers=headers, proxy=self.proxy, ssl=self.ssl or True
        ) as answer:
            raw, status, sent = await answer.read(), answer.status, answer.headers
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            if status == 429:
                data = {"ok": False, "error": _SLOWER}
            else:
                raise self._refusal(method, status, _UNREADABLE, sent)
        response = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers=dict(sent),
            status_code=status,
        )
        validated: AsyncSlackResponse = response.validate()  # type: ignore[no-untyped-call]
        return validated

    def _refusal(self, method: str, status: int, code: str, headers: Any) -> SlackApiError:
        response = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=method,
            req_args={},
            data={"ok": False, "error": code},
            headers=dict(headers),
            status_code=status,
        )
        return SlackApiError(code, response)  # type: ignore[no-untyped-call]


def _code(response: object) -> str | None:
    data = response.data if isinstance(response, AsyncSlackResponse) else None
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else None


def _channel(arguments: dict[str, Any]) -> str:
    """Return where a message is to go; empty for calls that name no channel."""
    content = arguments.get("json")
    channel = content.get("channel") if isinstance(content, dict) else None
    return channel if isinstance(channel, str) else ""


def _wait(headers: Any) -> float:
    found = {str(name).lower(): value for name, value in dict(headers or {}).items()}
    try:
        return min(max(float(found["retry-after"]), 0.0), _LONGEST_WAIT)
    except (KeyError, TypeError, ValueError):
        return _DEFAULT_WAIT
