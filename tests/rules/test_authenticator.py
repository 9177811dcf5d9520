"""Authenticator codes: those of RFC 6238, half a minute off at most, and whatever else somebody may type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport import authenticator

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the one of RFC 6238, appendix B
NOW = datetime(2026, 11, 24, 18, 0, 10, tzinfo=UTC)


@pytest.mark.req("I11")
@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert authenticator.step_of(SECRET, code, at) == seconds // 30


@pytest.mark.req("I11")
def test_a_code_may_be_half_a_minute_off_and_no_more() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    step = int(NOW.timestamp()) // 30
    for by in (-30, 0, 30):
        assert authenticator.step_of(SECRET, code, NOW + timedelta(seconds=by)) == step
    for by in (-60, 60, 86400):
        assert authenticator.step_of(SECRET, code, NOW + timedelta(seconds=by)) is None


@pytest.mark.req("I11")
def test_codes_are_typed_as_apps_show_them() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    for typed in (f"{code[:3]} {code[3:]}", f" {code}", f"{code[:3]}\u202f{code[3:]}"):
        assert authenticator.step_of(SECRET, typed, NOW) is not None


@pytest.mark.req("I11")
@given(typed=st.text(max_size=20))
def test_no_text_of_anybody_breaks_it(typed: str) -> None:
    assert typed.strip() == pyotp.TOTP(SECRET).at(NOW) or authenticator.step_of(SECRET, typed, NOW) in (
        None,
        *(int(NOW.timestamp()) // 30 + by for by in (-1, 0, 1)),
    )


@pytest.mark.req("I11")
def test_an_app_learns_the_secret_from_an_address() -> None:
    address = authenticator.enrolment(SECRET, "Robin Moss")
    known = pyotp.parse_uri(address)
    assert isinstance(known, pyotp.TOTP)
    assert (known.secret, known.name, known.issuer) == (SECRET, "Robin Moss", authenticator.ISSUER)
    assert authenticator.fits(SECRET)
    assert authenticator.fits(authenticator.NOBODYS)
    assert not authenticator.fits("short")
