"""Sealed values, keyed look-ups and opaque handles.

A sealed value is ``version | nonce | AES-256-GCM ciphertext``. The plaintext is padded to a multiple of
64 bytes, so that its length says little, and bound by associated data to one (table, column, row): moved elsewhere, it
does not open.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import struct
from datetime import datetime
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.errors import Sealed

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_BLOCK = 64
_LENGTH = struct.Struct(">I")
_HANDLE = struct.Struct(">16sI")
_HANDLE_CHARS = 64


def new_key() -> bytes:
    """A fresh random 256-bit key."""
    return os.urandom(KEY_BYTES)


def framed(*parts: bytes) -> bytes:
    """Join parts, each with its length in front, so that no two lists of parts give the same bytes."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


class Sealer:
    """Seals and opens the columns of one record with that record's data key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        """``key`` is the 32-byte data key."""
        self._cipher = AESGCM(key)

    def seal(self, table: str, column: str, row_id: UUID, value: bytes) -> bytes:
        """Seal bytes for one place."""
        plain = _LENGTH.pack(len(value)) + value
        plain += b"\x00" * (-len(plain) % _BLOCK)
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, _place(table, column, row_id))

    def open(self, table: str, column: str, row_id: UUID, sealed: bytes) -> bytes:
        """Open what ``seal`` made for the same place, or raise ``Sealed``."""
        if sealed[:1] != _VERSION:
            raise Sealed("A sealed value is of an unknown version.")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            plain = self._cipher.decrypt(nonce, body, _place(table, column, row_id))
        except (InvalidTag, ValueError):
            raise Sealed("A sealed value does not open with its key in its place.") from None
        (length,) = _LENGTH.unpack_from(plain)
        return plain[_LENGTH.size : _LENGTH.size + length]

    def seal_json(self, table: str, column: str, row_id: UUID, value: object) -> bytes:
        """Seal a value of JSON's types."""
        return self.seal(table, column, row_id, json.dumps(value, separators=(",", ":")).encode("ascii"))

    def open_json(self, table: str, column: str, row_id: UUID, sealed: bytes) -> object:
        """Open what ``seal_json`` made."""
        return json.loads(self.open(table, column, row_id, sealed).decode("ascii"))


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return _column(table, column) + row_id.bytes


@cache
def _column(table: str, column: str) -> bytes:
    """What stands before a row's id in the frame of its place; there are only so many sealed columns."""
    return framed(table.encode(), column.encode()) + _LENGTH.pack(16)


class LookupIndex:
    """Keyed hashes by which a person's rows are found without storing who the person is."""

    __slots__ = ("_key", "id")

    def __init__(self, key: bytes) -> None:
        """``key`` is an index key of the keyring."""
        self._key = key
        self.id = UUID(bytes=self._hash(b"name of this key")[:16])
        """A name for the key that gives nothing away."""

    def member(self, team: str, user: str) -> bytes:
        """HMAC-SHA256 over team and user, 32 bytes."""
        return self._hash(b"member", team.encode(), user.encode())

    def receipt(self, key: str) -> bytes:
        """HMAC-SHA256 over the key of an interaction, 32 bytes."""
        return self._hash(b"receipt", key.encode("utf-8", "surrogatepass"))

    def _hash(self, *parts: bytes) -> bytes:
        return hmac.digest(self._key, framed(*parts), hashlib.sha256)


class Handles:
    """Opaque tokens for buttons and hidden metadata: a record, bound to a purpose, a viewer and an expiry.

    A token is 64 characters of URL-safe base64 and says nothing to whom holds it.
    """

    __slots__ = ("_ciphers", "_key")

    def __init__(self, key: bytes) -> None:
        """``key`` is the handle key of the keyring; every purpose gets a key derived from it."""
        self._key = key
        self._ciphers: dict[str, AESGCM] = {}

    def make(self, purpose: str, record_id: UUID, viewer: str, expires_at: datetime) -> str:
        """A token for one viewer and purpose that opens until ``expires_at``."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = _HANDLE.pack(record_id.bytes, int(expires_at.timestamp()))
        sealed = nonce + self._cipher(purpose).encrypt(nonce, plain, framed(purpose.encode(), viewer.encode()))
        return base64.urlsafe_b64encode(sealed).decode("ascii")

    def open(self, token: str, purpose: str, viewer: str, now: datetime) -> UUID | None:
        """The record behind a token; None for anything forged, foreign, expired or of another purpose."""
        if len(token) != _HANDLE_CHARS or not token.isascii():
            return None
        try:
            sealed = base64.b64decode(token, altchars=b"-_", validate=True)
            nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            aad = framed(purpose.encode(), viewer.encode("utf-8", "surrogatepass"))
            record, expires = _HANDLE.unpack(self._cipher(purpose).decrypt(nonce, body, aad))
        except (binascii.Error, InvalidTag, ValueError):
            return None
        return UUID(bytes=record) if now.timestamp() < expires else None

    def receipts(self) -> LookupIndex:
        """The index of receipts: what was carried out names nobody, so that its key need not change."""
        return LookupIndex(self._derived(b"receipts"))

    def _derived(self, *parts: bytes) -> bytes:
        return hmac.digest(self._key, framed(*parts), hashlib.sha256)

    def _cipher(self, purpose: str) -> AESGCM:
        cipher = self._ciphers.get(purpose)
        if cipher is None:
            cipher = self._ciphers[purpose] = AESGCM(self._derived(b"handle", purpose.encode()))
        return cipher
