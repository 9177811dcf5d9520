"""What Slack's refusals mean for a row of the outbox: wait as long as it takes, give up on a person, or look again."""

from __future__ import annotations

from collections import Counter
from random import Random

from slack_sdk.errors import SlackApiError

from handlers.slack_faults import POST, POST_TO_PERSON, UNREADABLE, UPDATE, Fault, codes, fault_of
from peersupport.notifications import Kind, Later, Result

GONE = codes(UPDATE, Fault.DEGRADE)
"""A message that cannot be edited any more."""
CHANNEL_TROUBLE = codes(POST, Fault.DEGRADE)
"""A channel in which the app cannot write now."""
NO_PERSON = codes(POST_TO_PERSON, Fault.DEGRADE)
"""Somebody whom no direct message reaches, however often it is tried."""
NO_MESSAGES_TAB = "messages_tab_disabled"
"""Nobody can be written to until the app's Messages tab is switched on again."""
_NO_PLACE = CHANNEL_TROUBLE | {"is_inactive"}
_SLOWER = frozenset({"ratelimited", "rate_limited"})
_TOO_MANY = 429
_REFUSED = "slack_refused_"
_ROWS = (POST, UPDATE, "views.publish")
"""The methods by which a row of the outbox is carried out."""
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

    def slowly(self) -> float:
        """Return how many seconds to wait where only the operator can mend it."""
        return _LONGEST * self._chance.uniform(0.5, 1.0)

    def over(self, kind: Kind) -> None:
        """Begin again: something was delivered."""
        del self._failures[kind]


def code_of(error: SlackApiError) -> str:
    """Return Slack's word for the refusal, or an empty string where it gave none."""
    code = error.response.get("error") if isinstance(error.response.data, dict) else None
    return code if isinstance(code, str) and code.isidentifier() and code.isascii() else ""


def method_of(error: SlackApiError) -> str:
    """Return which method was refused; empty where the answer does not say."""
    return str(getattr(error.response, "api_url", "") or "").rpartition("/")[2]


def status_of(error: SlackApiError) -> int:
    """Return the HTTP status of the answer."""
    return int(getattr(error.response, "status_code", 200))


def is_away(error: SlackApiError) -> bool:
    """Say whether the trouble is Slack and not what was asked for: an outage, a limit, or a token it does not take."""
    known = fault_of(method_of(error), code_of(error))
    return status_of(error) >= _TOO_MANY or known in (Fault.RETRY, Fault.ALARM)


def is_unread(error: SlackApiError) -> bool:
    """Say whether an answer came that cannot be read, so that nobody knows whether the call was carried out."""
    return status_of(error) < 400 and code_of(error) in ("", UNREADABLE)


def retry_after(error: SlackApiError, otherwise: float = 30.0) -> float:
    """Return the seconds that Slack asks to wait, an hour at most."""
    headers = {str(key).lower(): value for key, value in (error.response.headers or {}).items()}
    try:
        return min(max(float(str(headers.get("retry-after"))), 1.0), 3600.0)
    except ValueError:
        return otherwise


def limited(error: SlackApiError) -> bool:
    """Say whether Slack asks for slowness."""
    return status_of(error) == _TOO_MANY or code_of(error) in _SLOWER


def judge(error: SlackApiError, kind: Kind, patience: Patience) -> Result:
    """Say what a refusal means for the row; only what can never work as it is counts as an attempt."""
    code = code_of(error)
    if limited(error):
        return Later(retry_after(error), "ratelimited", counts=False)
    if code == NO_MESSAGES_TAB:
        return Later(_LONGEST, NO_MESSAGES_TAB, counts=False)
    if code in _NO_PLACE:
        return Later(CHANNEL_PATIENCE, "channel_trouble", counts=False)
    fault, word = fault_of(method_of(error), code), f"{_REFUSED}{code.lower()}"[:60] if code else "no_answer"
    if fault is Fault.GIVE_UP:
        return Later(10.0, word)
    wait = patience.slowly() if fault in (Fault.ALARM, Fault.UNKNOWN) else patience.wait(kind)
    return Later(wait, word, counts=False)


def alarm_in(word: str) -> str:
    """Return Slack's code where a row that was put back waits for the operator; else an empty string."""
    code = word.removeprefix(_REFUSED) if word.startswith(_REFUSED) else ""
    known = code and any(fault_of(method, code) not in (Fault.ALARM, Fault.GIVE_UP, Fault.UNKNOWN) for method in _ROWS)
    return "" if known else code
