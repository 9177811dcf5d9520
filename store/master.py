"""The master key that wraps the keyring's keys: from a file, the environment or a command.

A key management service fits the ``MasterKey`` protocol; the three kinds here hold 32 bytes, written as base64.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.encryption import KEY_BYTES, framed, new_key
from store.errors import KeyringSealed

_VERSION = b"\x01"
_NONCE_BYTES = 12
_COMMAND_SECONDS = 10


class MasterKey(Protocol):
    """Wraps and unwraps keys; a wrapped key opens only with the same context. Failures raise KeyringSealed."""

    async def id(self) -> str:
        """A name for this master key that gives nothing away, kept beside every key it wrapped."""

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a key."""

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Give back what ``wrap`` was given."""

    def forget(self) -> None:
        """Drop what is held in memory, so that a corrected master key is noticed without a restart."""


class _LocalMasterKey:
    """A master key held by this process, read when first needed."""

    def __init__(self) -> None:
        self._cipher: AESGCM | None = None
        self._id = ""

    async def _read(self) -> str:
        raise KeyringSealed("No master key is set.")

    async def _open(self) -> AESGCM:
        if self._cipher is None:
            key = _decoded(await self._read())
            self._id = hmac.digest(key, b"peersupport master key", hashlib.sha256).hex()[:16]
            self._cipher = AESGCM(key)
        return self._cipher

    async def id(self) -> str:
        """The first half of a keyed hash of the key itself."""
        await self._open()
        return self._id

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap with AES-256-GCM."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + (await self._open()).encrypt(nonce, key, framed(b"wrap", context))

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap; raises KeyringSealed where another master key or another context wrapped it."""
        nonce, body = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        try:
            return (await self._open()).decrypt(nonce, body, framed(b"wrap", context))
        except (InvalidTag, ValueError):
            raise KeyringSealed("The keyring does not open with this master key.") from None

    def forget(self) -> None:
        """Read the key again at next use."""
        self._cipher = None


class FileMasterKey(_LocalMasterKey):
    """A master key in a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        """``path`` is read at first use."""
        super().__init__()
        self._path = path

    @staticmethod
    def create(path: Path) -> None:
        """Write a new random key to a new file (0600) in a directory of its own (0700); refuses to overwrite."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeyringSealed("There is a master key file already; it is never overwritten.") from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(new_key()) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    async def _read(self) -> str:
        try:
            return self._path.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise KeyringSealed("The master key file cannot be read.") from None


class EnvironmentMasterKey(_LocalMasterKey):
    """A master key in an environment variable."""

    def __init__(self, variable: str, environment: Mapping[str, str] = os.environ) -> None:
        """``variable`` holds the key as base64."""
        super().__init__()
        self._variable = variable
        self._environment = environment

    async def _read(self) -> str:
        value = self._environment.get(self._variable)
        if not value:
            raise KeyringSealed("The environment variable of the master key is not set.")
        return value


class CommandMasterKey(_LocalMasterKey):
    """A master key printed by a command, for example one that asks a vault."""

    def __init__(self, command: Sequence[str]) -> None:
        """``command`` is run without a shell; it prints the key as base64."""
        super().__init__()
        self._command = command

    async def _read(self) -> str:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError:
            raise KeyringSealed("The command for the master key cannot be run.") from None
        try:
            out, _ = await asyncio.wait_for(process.communicate(), _COMMAND_SECONDS)
        except TimeoutError:
            process.kill()
            raise KeyringSealed("The command for the master key did not answer.") from None
        if process.returncode != 0:
            raise KeyringSealed("The command for the master key failed.")
        return out.decode("ascii", "replace")


class Masters:
    """The present master key and, while keys go over from one to the other, the previous one too."""

    def __init__(self, present: MasterKey, previous: MasterKey | None = None) -> None:
        """Nothing is read before first use; a previous key that cannot be read is missed only where it is needed."""
        self.present = present
        self.previous = previous

    async def id(self) -> str:
        """The name of the present master key."""
        return await self.present.id()

    async def read(self) -> None:
        """Have both keys at hand, as asking for them may take seconds."""
        await self.present.id()
        await self._previous_id()

    async def of(self, master_id: str) -> MasterKey:
        """Return the master key with this name; raises KeyringSealed where it is neither of the two."""
        if master_id == await self.present.id():
            return self.present
        if self.previous is not None and master_id == await self._previous_id():
            return self.previous
        raise KeyringSealed("The keyring was sealed with another master key.")

    def forget(self) -> None:
        """Read both keys again at next use."""
        self.present.forget()
        if self.previous is not None:
            self.previous.forget()

    async def _previous_id(self) -> str | None:
        try:
            return None if self.previous is None else await self.previous.id()
        except KeyringSealed:
            return None


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyringSealed("The master key is not 32 bytes of base64.")
    return key
