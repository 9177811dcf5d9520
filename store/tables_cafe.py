"""The tables of themes, lists of members, terms that were accepted, and lines for a department."""

from sqlalchemy import ForeignKey, Index, Table, Text, UniqueConstraint, Uuid

from store.columns import UtcDateTime, hashed, key, metadata, plain, sealed

list_members = Table(
    "list_members",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "programme"),
    Index(None, "programme"),
)

terms_accepted = Table(
    "terms_accepted",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("version", Text),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "programme"),
)

themes = Table(
    "themes",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("date_id", Uuid, ForeignKey("meeting_dates.id")),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "date_id"),
    Index(None, "date_id"),
)

# Without an author: nothing here leads to one.
department_lines = Table(
    "department_lines",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("expires_at", UtcDateTime),
    key("key_id"),
    sealed("line"),
    Index(None, "programme"),
    Index(None, "expires_at"),
)
