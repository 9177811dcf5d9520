"""What can go wrong in the store, in plain sentences that never carry a stored value.

Whoever only needs to know that nothing could be saved catches ``peersupport.ports.StoreUnavailable``.
"""

from peersupport import ports


class StoreError(Exception):
    """Any trouble of this room; the text is a fixed sentence without values."""


class StoreUnavailable(StoreError, ports.StoreUnavailable):
    """The database cannot be used just now (connection lost, pool exhausted, disk full, read-only, locked)."""


class StoreUndone(StoreUnavailable, ports.Undone):
    """The server undid the transaction as a whole: a deadlock, or a change that came in between."""


class StoreBusy(StoreUnavailable):
    """Every connection of this process is in use, for longer than anybody should wait; the database may be well."""


class SchemaMismatch(StoreUnavailable):
    """The database holds no schema, or an older or newer one than this program."""


class DatabaseMissing(SchemaMismatch):
    """The database's file is not there: nothing was ever made, or it is out of reach."""


class Conflict(StoreError):
    """A row that must be unique exists already, or a rule of the database refused the change."""


class Presumed(StoreError, ports.Presumed):
    """What was taken for done could not be; nothing of it was saved."""


class Sealed(StoreError):
    """A sealed value could not be opened: wrong key, moved or altered bytes."""


class KeyringUnavailable(StoreUnavailable):
    """The keyring cannot be reached just now."""


class KeyringSealed(StoreUnavailable):
    """The keyring is there but does not open: wrong or missing master key, or not this database's keyring."""


class KeyGone(StoreError):
    """A data key was destroyed; what it sealed is gone for good."""


class BackupRefused(StoreError):
    """A backup cannot be written or restored as it was asked for; nothing was changed."""
