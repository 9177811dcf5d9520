"""What Slack's refusals mean for a row of the outbox: wait as long as it takes, give up on a person, or look again."""

from __future__ import annotations

from collections import Counter
from random import Random

from slack_sdk.errors import SlackApiError

from peersupport.notifications import Kind, Later, Result

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""A message that cannot be edited any more."""
CHANNEL_TROUBLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "is_inactive",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "app_access_restricted",
        "no_permission",
    }
)
"""A channel in which the app cannot write now."""
NO_PERSON = frozenset(
    {
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "user_not_in_channel",
        "user_is_restricted",
        "user_is_ultra_restricted",
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
    }
)
"""Somebody whom no direct message reaches, however often it is tried."""
NO_MESSAGES_TAB = "messages_tab_disabled"
"""Nobody can be written to until the app's Messages tab is switched on again."""
_NEVER = frozenset(
    {
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "too_many_attachments",
        "too_many_contact_cards",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "invalid_post_type",
        "json_not_object",
        "missing_post_type",
        "view_too_large",
        "markdown_text_conflict",
    }
)
_NEVER_BEGINS = ("invalid_blocks", "invalid_metadata", "metadata_")
_AWAY = frozenset(
    {
        "unreadable_answer",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
        "ekm_access_denied",
        "accesslimited",
        "access_denied",
        "ratelimited",
        "rate_limited",
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "two_factor_setup_required",
    }
)
_LONGEST = 60.0
CHANNEL_PATIENCE = 60.0
"""Seconds until a card is tried again while its channel is missing, archived or not private."""


class Patience:
    """Waits longer with each try in vain, up to a minute, each kind of row for itself; remembered in memory only."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._failures: Counter[Kind] = Counter()

    def wait(self, kind: Kind) -> float:
        """Return how many seconds to wait now."""
        self._failures[kind] += 1
        longest = min(_LONGEST, 2.0 ** min(self._failures[kind], 10))
        return longest * self._chance.uniform(0.5, 1.0)

    def over(self, kind: Kind) -> None:
        """Begin again: something was delivered."""
        del self._failures[kind]


def code_of(error: SlackApiError) -> str:
    """Return Slack's word for the refusal, or an empty string where it gave none."""
    code = error.response.get("error") if isinstance(error.response.data, dict) else None
    return code if isinstance(code, str) and code.isidentifier() and code.isascii() else ""


def is_away(error: SlackApiError) -> bool:
    """Say whether the trouble is Slack and not what was asked for: an outage, a limit, or a token it does not take."""
    return getattr(error.response, "status_code", 200) >= 429 or code_of(error) in _AWAY or not code_of(error)


def judge(error: SlackApiError, kind: Kind, patience: Patience) -> Result:
    """Say what a refusal means for the row; only what can never work as it is counts as an attempt."""
    code = code_of(error)
    if getattr(error.response, "status_code", 200) == 429 or code == "ratelimited":
        headers = {str(key).lower(): value for key, value in (error.response.headers or {}).items()}
        return Later(_seconds(headers.get("retry-after")), "ratelimited", counts=False)
    if code == NO_MESSAGES_TAB:
        return Later(_LONGEST, NO_MESSAGES_TAB, counts=False)
    if code in CHANNEL_TROUBLE:
        return Later(CHANNEL_PATIENCE, "channel_trouble", counts=False)
    if code in _NEVER or code.startswith(_NEVER_BEGINS):
        return Later(10.0, f"slack_{code}"[:60])
    return Later(patience.wait(kind), f"slack_{code.lower()}"[:60] if code else "slack_unclear", counts=False)


def _seconds(value: object) -> float:
    try:
        return min(max(float(str(value)), 1.0), 3600.0)
    except ValueError:
        return 30.0
