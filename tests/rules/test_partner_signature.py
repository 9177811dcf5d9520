"""A partner's signature: what is signed, how far clocks may differ, and everything that is not taken for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport import partner_signature as scheme

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
KEY, NONCE, SECRET = "0123456789abcdef0123456789abcdef", "aB3_-aB3_-aB3_-x", bytes(range(32))
BODY = b'{"profession":"nurse"}'


def values(at: datetime = NOW, body: bytes = BODY, secret: bytes = SECRET, **changes: str) -> list[list[str]]:
    timestamp = changes.get("timestamp", str(int(at.timestamp())))
    nonce = changes.get("nonce", NONCE)
    made = changes.get("signature") or scheme.sign(secret, timestamp, nonce, body)
    return [[changes.get("key", KEY)], [timestamp], [nonce], [made]]


def accepted(headers: list[list[str]], body: bytes = BODY, secret: bytes | None = SECRET) -> bool:
    signed = scheme.read(headers, NOW)
    return signed is not None and scheme.genuine(signed, body, secret)


@pytest.mark.req("I5")
def test_the_signature_is_the_documented_one() -> None:
    made = scheme.sign(b"secret", "1700000000", "0123456789abcdef", b"{}")
    # Worked out apart from this code: printf "v1:1700000000:0123456789abcdef:{}" | openssl dgst -sha256 -hmac secret
    assert made == "v1=d971f4669e4ea1ffee75ef3ff5e0b1d52b350018e2b1e7a1ebdbb5f2e4aff283"
    assert accepted(values())
    signed = scheme.read(values(), NOW)
    assert signed is not None
    assert (signed.key, signed.once) == (UUID(KEY), f"partner:{KEY}:{NONCE}")


@pytest.mark.req("I5")
@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_clocks_may_differ_by_five_minutes(seconds: int) -> None:
    assert accepted(values(NOW + timedelta(seconds=seconds)))


@pytest.mark.req("I5")
@pytest.mark.parametrize("seconds", [-301, 301, 86400 * 365])
def test_and_by_no_more(seconds: int) -> None:
    assert not accepted(values(NOW + timedelta(seconds=seconds)))


@pytest.mark.req("I5")
@pytest.mark.parametrize(
    "changes",
    [
        {"key": KEY.upper()},
        {"key": KEY + "0"},
        {"key": "not-a-key"},
        {"timestamp": "1e9"},
        {"timestamp": "-5"},
        {"timestamp": ""},
        {"timestamp": "9" * 40},
        {"timestamp": "\u0661\u0662\u0663"},
        {"nonce": "short"},
        {"nonce": "x" * 65},
        {"nonce": "sixteen chars ok"},
        {"signature": "v0=" + "0" * 64},
        {"signature": "v1=" + "0" * 64},
        {"signature": "v1=" + "A" * 64},
        {"signature": "v1=" + "é" * 64},
    ],
)
def test_whatever_is_not_of_the_one_form_is_refused(changes: dict[str, str]) -> None:
    given_values = values()
    names = ("key", "timestamp", "nonce", "signature")
    for name, value in changes.items():
        given_values[names.index(name)] = [value]
    assert not accepted(given_values)


@pytest.mark.req("I5")
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("times", [0, 2])
def test_each_header_is_there_once(place: int, times: int) -> None:
    headers = values()
    headers[place] = headers[place] * times
    assert scheme.read(headers, NOW) is None


@pytest.mark.req("I5")
def test_everything_that_is_sent_is_signed() -> None:
    assert not accepted(values(), body=BODY + b" ")
    assert not accepted(values(), secret=bytes(32))
    made = values()
    for place, other in ((1, str(int(NOW.timestamp()) + 1)), (2, NONCE[:-1] + "y")):
        changed = [*made]
        changed[place] = [other]
        assert not accepted(changed)


@pytest.mark.req("I5")
def test_where_there_is_no_key_nothing_is_genuine() -> None:
    assert not accepted(values(), secret=None)
    assert not accepted(values(secret=bytes(32)), secret=None)


@pytest.mark.req("I5")
@given(
    headers=st.lists(st.lists(st.text(max_size=80), max_size=2), min_size=4, max_size=4), body=st.binary(max_size=99)
)
def test_no_text_of_anybody_breaks_it(headers: list[list[str]], body: bytes) -> None:
    assert not accepted(headers, body)
