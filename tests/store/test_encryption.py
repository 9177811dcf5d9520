"""Sealed values stay in their place, and handles open for nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.encryption import Handles, LookupIndex, Sealer, framed, new_key
from store.errors import Sealed
from tests.store.records import START


@given(st.binary(max_size=300))
def test_bytes_come_back(value: bytes) -> None:
    sealer, row = Sealer(new_key()), uuid4()
    assert sealer.open("requests", "needs", row, sealer.seal("requests", "needs", row, value)) == value


@given(st.text(st.characters(), max_size=80))
def test_any_text_comes_back(value: str) -> None:
    sealer, row = Sealer(new_key()), uuid4()
    assert sealer.open_json("requests", "needs", row, sealer.seal_json("requests", "needs", row, [value])) == [value]


def test_length_shows_only_in_steps_of_64() -> None:
    sealer, row = Sealer(new_key()), uuid4()
    lengths = {len(sealer.seal("t", "c", row, b"x" * size)) for size in range(61)}
    assert len(lengths) == 1
    assert len(sealer.seal("t", "c", row, b"x" * 61)) == lengths.pop() + 64


def test_same_value_never_looks_the_same_twice() -> None:
    sealer, row = Sealer(new_key()), uuid4()
    assert sealer.seal("t", "c", row, b"again") != sealer.seal("t", "c", row, b"again")


@pytest.mark.req("G12")
def test_moved_value_does_not_open() -> None:
    sealer, row = Sealer(new_key()), uuid4()
    sealed = sealer.seal("requests", "needs", row, b"secret")
    for table, column, id_ in (("offers", "needs", row), ("requests", "contact", row), ("requests", "needs", uuid4())):
        with pytest.raises(Sealed):
            sealer.open(table, column, id_, sealed)
    with pytest.raises(Sealed):
        sealer.open("requestsn", "eeds", row, sealed)


@pytest.mark.parametrize("where", [0, 1, 13, -1])
def test_altered_value_does_not_open(where: int) -> None:
    sealer, row = Sealer(new_key()), uuid4()
    sealed = bytearray(sealer.seal("t", "c", row, b"secret"))
    sealed[where] ^= 1
    with pytest.raises(Sealed):
        sealer.open("t", "c", row, bytes(sealed))


@pytest.mark.parametrize("cut", [0, 1, 5, 13, 20])
def test_shortened_value_does_not_open(cut: int) -> None:
    sealer, row = Sealer(new_key()), uuid4()
    with pytest.raises(Sealed):
        sealer.open("t", "c", row, sealer.seal("t", "c", row, b"secret")[:cut])


def test_another_key_does_not_open() -> None:
    row = uuid4()
    with pytest.raises(Sealed):
        Sealer(new_key()).open("t", "c", row, Sealer(new_key()).seal("t", "c", row, b"secret"))


def test_framing_is_unambiguous() -> None:
    assert framed(b"ab", b"c") != framed(b"a", b"bc")


def test_hash_depends_on_key_team_and_user() -> None:
    index = LookupIndex(new_key())
    hashes = {
        index.member("T1", "U1"),
        index.member("T1", "U2"),
        index.member("T2", "U1"),
        index.member("T1U", "1"),
        LookupIndex(new_key()).member("T1", "U1"),
        index.receipt("T1U1"),
    }
    assert len(hashes) == 6
    assert index.member("T1", "U1") == index.member("T1", "U1")


class TestHandles:
    """T16: whatever is not exactly the token, its viewer, its purpose and its time opens nothing."""

    handles = Handles(new_key())
    record = uuid4()
    token = handles.make("offer", record, "T1 U1", START + timedelta(days=1))

    def test_opens_for_its_viewer(self) -> None:
        assert self.handles.open(self.token, "offer", "T1 U1", START) == self.record

    def test_is_short_and_safe_in_an_address(self) -> None:
        assert len(self.token) == 64
        assert self.token.replace("-", "").replace("_", "").isalnum()
        assert self.record.hex not in self.token

    @pytest.mark.parametrize(
        ("purpose", "viewer", "later"),
        [("sheet", "T1 U1", 0), ("offer", "T1 U2", 0), ("offer", "", 0), ("offer", "T1 U1", 24), ("offerT1", " U1", 0)],
    )
    def test_opens_for_nothing_else(self, purpose: str, viewer: str, later: int) -> None:
        assert self.handles.open(self.token, purpose, viewer, START + timedelta(hours=later)) is None

    def test_another_installation_opens_nothing(self) -> None:
        assert Handles(new_key()).open(self.token, "offer", "T1 U1", START) is None

    @given(st.text(max_size=70) | st.text("ABCDEFabcdef-_", min_size=64, max_size=64))
    def test_nonsense_opens_nothing(self, token: str) -> None:
        assert self.handles.open(token, "offer", "T1 U1", START) is None

    @given(st.integers(0, 63), st.sampled_from("ABCDxyz019-_+/=\n \u0661é"))
    def test_altered_token_opens_nothing_else(self, where: int, letter: str) -> None:
        altered = self.token[:where] + letter + self.token[where + 1 :]
        assert self.handles.open(altered, "offer", "T1 U1", START) in {None, self.record}
        if altered.translate(str.maketrans("+/", "-_")) != self.token:
            assert self.handles.open(altered, "offer", "T1 U1", START) is None
