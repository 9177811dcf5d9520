"""Whether bytes came from Slack: its v0 signature over the raw body, checked before anything reads them."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import datetime

WINDOW_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def plausible(timestamps: Sequence[str], signatures: Sequence[str], now: datetime) -> bool:
    """Say whether the two headers are there once each, in their one form and in time; needs no body."""
    if len(timestamps) != 1 or len(signatures) != 1:
        return False
    if not _TIMESTAMP.fullmatch(timestamps[0]) or not _SIGNATURE.fullmatch(signatures[0]):
        return False
    return abs(now.timestamp() - int(timestamps[0])) <= WINDOW_SECONDS


def genuine(body: bytes, timestamp: str, signature: str, secrets: Sequence[bytes]) -> bool:
    """Say whether one of the secrets made this signature over these bytes; both headers must be plausible already."""
    signed = b"v0:" + timestamp.encode("ascii") + b":" + body
    given = bytes.fromhex(signature[3:])
    # Every secret is tried, so that the time taken does not tell which one is in use.
    matches = [hmac.compare_digest(hmac.digest(secret, signed, "sha256"), given) for secret in secrets]
    return any(matches)
