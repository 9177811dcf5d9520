"""The tables of listings, two who may talk to each other, and reminders, which revision 0004 creates and drops."""

import sqlalchemy as sa
from alembic import op

NEW_KINDS: tuple[str, ...] = (
    "tell_asked",
    "tell_asker",
    "tell_listed",
    "tell_check_in",
    "end_introduction",
    "review_listing",
    "end_listing",
)
"""Of the outbox."""


def create() -> None:
    """Create the new tables, each in a function of its own."""
    _create_listings()
    _create_introductions()
    _create_check_ins()


def _create_listings() -> None:
    op.create_table(
        "listings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("weekly_limit", sa.Integer(), nullable=False),
        sa.Column("week_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("week_count", sa.Integer(), nullable=False),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("person_hash", "programme", name=op.f("uq_listings_person_hash_programme")),
    )
    op.create_index(op.f("ix_listings_programme"), "listings", ["programme"])


def _create_introductions() -> None:
    op.create_table(
        "introductions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asker_hash", sa.LargeBinary(), nullable=False),
        sa.Column("peer_hash", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("pair", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    for column in ("asker_hash", "peer_hash", "ends_at"):
        op.create_index(op.f(f"ix_introductions_{column}"), "introductions", [column])


def _create_check_ins() -> None:
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
    )
    op.create_index(op.f("ix_check_ins_person_hash"), "check_ins", ["person_hash"])


def drop() -> None:
    """Drop them again, with what is in them."""
    op.drop_table("check_ins")
    op.drop_table("introductions")
    op.drop_table("listings")
