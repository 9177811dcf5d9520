"""The tables of colleagues among themselves: who is listed, two who may talk to each other, reminders to check in."""

from sqlalchemy import Boolean, Index, Integer, Table, Text, UniqueConstraint, Uuid

from store.columns import UtcDateTime, hashed, key, metadata, plain, sealed

listings = Table(
    "listings",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("paused", Boolean),
    # How often they can be asked in a week, and how often they were since the week began: nobody stands beside it.
    plain("weekly_limit", Integer),
    plain("week_from", UtcDateTime, null=True),
    plain("week_count", Integer),
    plain("review_at", UtcDateTime),
    plain("asked_at", UtcDateTime, null=True),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "programme"),
    Index(None, "programme"),
)

introductions = Table(
    "introductions",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("state", Text),
    plain("made_at", UtcDateTime),
    plain("ends_at", UtcDateTime),
    # Both stand in one sealed value under one key, which goes with the row: nothing else links the two.
    hashed("asker_hash"),
    hashed("peer_hash", null=True),
    key("key_id"),
    sealed("pair"),
    Index(None, "asker_hash"),
    Index(None, "peer_hash"),
    Index(None, "ends_at"),
)

check_ins = Table(
    "check_ins",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("due_at", UtcDateTime),
    plain("again_at", UtcDateTime, null=True),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    Index(None, "person_hash"),
)
