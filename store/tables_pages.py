"""The tables of readers, ideas, announcements, and resources kept in the app."""

from sqlalchemy import Boolean, Index, Integer, Table, Text, UniqueConstraint, Uuid

from store.columns import UtcDateTime, hashed, key, metadata, plain, sealed

readers = Table(
    "readers",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    # What they read: the column, or the ideas for leaders.
    plain("what", Text),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "programme", "what"),
    Index(None, "programme", "what"),
)

interests = Table(
    "interests",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    # What is only thought of: a series without dates.
    plain("item", Uuid),
    # The name of the lasting key that the hash was made with; the item is part of what is hashed.
    plain("under", Uuid),
    hashed("person_hash"),
    UniqueConstraint("person_hash"),
    Index(None, "item"),
)

pitches = Table(
    "pitches",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("made_at", UtcDateTime),
    hashed("person_hash"),
    key("key_id"),
    sealed("pitch"),
    Index(None, "person_hash"),
    Index(None, "programme", "made_at"),
)

announcements = Table(
    "announcements",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    # The front door, or a date of a series.
    plain("about", Text),
    plain("item", Uuid, null=True),
    # The wall time by which the date of the series is known.
    plain("wall", Text, null=True),
    # The Slack id of a public channel.
    plain("channel", Text),
    plain("state", Text),
    plain("trouble", Text),
    plain("version", Integer),
    plain("posted_at", UtcDateTime, null=True),
    Index(None, "programme", "about"),
)

resource_entries = Table(
    "resource_entries",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    # Its name in the library of the files; none where it was added here.
    plain("name", Text, null=True),
    plain("place", Integer),
    plain("hidden", Boolean),
    plain("label_en", Text),
    plain("label_fr", Text),
    plain("contact_en", Text),
    plain("contact_fr", Text),
    plain("hours_en", Text),
    plain("hours_fr", Text),
    plain("url", Text),
    plain("version", Integer),
    Index(None, "programme", "place"),
)
