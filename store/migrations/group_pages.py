"""The tables of readers, ideas, announcements, and resources kept in the app, which revision 0004 creates and drops."""

import sqlalchemy as sa
from alembic import op

NEW_KINDS: tuple[str, ...] = ("tell_reader", "tell_editor", "announce", "readers")
"""Of the outbox."""
_TABLES = ("readers", "interests", "pitches", "announcements", "resource_entries")


def create() -> None:
    """Create the new tables, each in a function of its own."""
    _create_readers()
    _create_interests()
    _create_pitches()
    _create_announcements()
    _create_resource_entries()


def drop() -> None:
    """Drop them again, with what is in them."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_readers() -> None:
    op.create_table(
        "readers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readers")),
        sa.UniqueConstraint("person_hash", "programme", "what", name=op.f("uq_readers_person_hash_programme_what")),
    )
    op.create_index(op.f("ix_readers_programme_what"), "readers", ["programme", "what"])


def _create_interests() -> None:
    op.create_table(
        "interests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("item", sa.Uuid(), nullable=False),
        sa.Column("under", sa.Uuid(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint("person_hash", name=op.f("uq_interests_person_hash")),
    )
    op.create_index(op.f("ix_interests_item"), "interests", ["item"])


def _create_pitches() -> None:
    op.create_table(
        "pitches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("pitch", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitches")),
    )
    op.create_index(op.f("ix_pitches_person_hash"), "pitches", ["person_hash"])
    op.create_index(op.f("ix_pitches_programme_made_at"), "pitches", ["programme", "made_at"])


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("item", sa.Uuid(), nullable=True),
        sa.Column("wall", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_programme_about"), "announcements", ["programme", "about"])


def _create_resource_entries() -> None:
    op.create_table(
        "resource_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("contact_en", sa.Text(), nullable=False),
        sa.Column("contact_fr", sa.Text(), nullable=False),
        sa.Column("hours_en", sa.Text(), nullable=False),
        sa.Column("hours_fr", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_entries")),
    )
    op.create_index(op.f("ix_resource_entries_programme_place"), "resource_entries", ["programme", "place"])
