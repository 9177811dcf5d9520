"""How a partner's system signs what it sends: HMAC-SHA256 over time, nonce and raw body, checked before reading."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

KEY = "X-Peersupport-Key"
TIMESTAMP = "X-Peersupport-Timestamp"
NONCE = "X-Peersupport-Nonce"
SIGNATURE = "X-Peersupport-Signature"
HEADERS = (KEY, TIMESTAMP, NONCE, SIGNATURE)
"""The four headers, each of which is there once."""
WINDOW = timedelta(minutes=5)
"""So far a partner's clock may be off, on either side."""

_KEY = re.compile(r"[0-9a-f]{32}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SIGNATURE = re.compile(r"v1=[0-9a-f]{64}")
_FORMS = (_KEY, _TIMESTAMP, _NONCE, _SIGNATURE)
_NOBODYS = b"\x00" * 32


@dataclass(frozen=True, slots=True, repr=False)
class Signed:
    """What the headers of one request say; nothing of it is known to be true yet."""

    key: UUID
    timestamp: str
    nonce: str
    signature: str

    @property
    def once(self) -> str:
        """The receipt that this request leaves, so that the same bytes are not taken twice."""
        return f"partner:{self.key.hex}:{self.nonce}"


def read(headers: Sequence[Sequence[str]], now: datetime) -> Signed | None:
    """Read the values of the four headers; None unless each is there once, in its one form, and in time."""
    if any(len(values) != 1 for values in headers):
        return None
    key, timestamp, nonce, signature = (values[0] for values in headers)
    if not all(form.fullmatch(each) for form, each in zip(_FORMS, (key, timestamp, nonce, signature), strict=True)):
        return None
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return None
    return Signed(UUID(key), timestamp, nonce, signature)


def sign(secret: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the value of the signature's header over these bytes."""
    signed = b":".join((b"v1", timestamp.encode("ascii"), nonce.encode("ascii"), body))
    return "v1=" + hmac.digest(secret, signed, "sha256").hex()


def genuine(signed: Signed, body: bytes, secret: bytes | None) -> bool:
    """Say whether this secret made the signature; without one it takes as long and the answer is no."""
    made = sign(_NOBODYS if secret is None else secret, signed.timestamp, signed.nonce, body)
    return hmac.compare_digest(made, signed.signature) and secret is not None
