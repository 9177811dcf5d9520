"""Codes of an authenticator app (RFC 6238, six digits, half a minute each), as partners' people sign in with them."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

STEP_SECONDS = 30
ISSUER = "Peer support"
_CODE = re.compile(r"[0-9]{6}")
_AROUND = (-1, 0, 1)
"""A clock may be half a minute off, and a code may be typed as it changes."""
NOBODYS = "A" * 32
"""What a code is tried against where there is nobody, so that it takes as long."""


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return which half minute a code stands for, counted as RFC 6238 does; None where it is not a code of now."""
    typed = re.sub(r"[\s\u00a0\u202f-]", "", code)
    if not _CODE.fullmatch(typed):
        typed = ""
    maker, present = pyotp.TOTP(secret, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    # All are tried, so that the time taken does not tell which one it was.
    fits = [hmac.compare_digest(maker.generate_otp(present + by), typed) for by in _AROUND]
    return next((present + by for by, fit in zip(_AROUND, fits, strict=True) if fit), None)


def enrolment(secret: str, name: str) -> str:
    """Return the address that an authenticator app reads, mostly as a picture, to learn the secret."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=name, issuer_name=ISSUER)


def fits(secret: str) -> bool:
    """Say whether this is a secret as authenticator apps take it: 160 bits, in base 32."""
    return re.fullmatch(r"[A-Z2-7]{32}", secret) is not None
