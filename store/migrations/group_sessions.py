"""The tables of sessions, their dates, and who has registered, which revision 0004 creates and drops."""

import sqlalchemy as sa
from alembic import op

NEW_KINDS: tuple[str, ...] = (
    "plan_sessions",
    "remind_date",
    "decide_date",
    "decide_series",
    "end_date",
    "tell_reminder",
    "tell_changed",
    "tell_organiser",
    "tell_presenter",
    "offer_place_ends",
    "tell_place",
)
"""Of the outbox."""


def create() -> None:
    """Create the new tables, each in a function of its own."""
    _create_series()
    _create_meeting_dates()
    _create_registrations()
    _create_proposals()


def _create_series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("about_en", sa.Text(), nullable=False),
        sa.Column("about_fr", sa.Text(), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("repeats", sa.Text(), nullable=True),
        sa.Column("also_on", sa.Text(), nullable=False),
        sa.Column("not_on", sa.Text(), nullable=False),
        sa.Column("kept_on", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("waitlist", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("alias", sa.Boolean(), nullable=False),
        sa.Column("presenters", sa.Boolean(), nullable=False),
        sa.Column("all_dates", sa.Boolean(), nullable=False),
        sa.Column("formats", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("register_at", sa.Text(), nullable=True),
        sa.Column("enrol_opens", sa.DateTime(), nullable=True),
        sa.Column("enrol_closes", sa.DateTime(), nullable=True),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("programme", "slug", name=op.f("uq_series_programme_slug")),
    )


def _create_meeting_dates() -> None:
    op.create_table(
        "meeting_dates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("on", sa.DateTime(), nullable=False),
        sa.Column("moved_to", sa.DateTime(), nullable=True),
        sa.Column("was", sa.DateTime(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("topic_en", sa.Text(), nullable=False),
        sa.Column("topic_fr", sa.Text(), nullable=False),
        sa.Column("presenter_ok", sa.Boolean(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("reminded", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("presenter", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_dates")),
    )
    op.create_index(op.f("ix_meeting_dates_series_id"), "meeting_dates", ["series_id"])


def _create_registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("date_id", sa.Uuid(), nullable=True),
        sa.Column("held_for", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("person_hash", "held_for", name=op.f("uq_registrations_person_hash_held_for")),
    )
    op.create_index(op.f("ix_registrations_held_for_number"), "registrations", ["held_for", "number"])
    op.create_index(op.f("ix_registrations_series_id"), "registrations", ["series_id"])


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("on", sa.DateTime(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("person_hash", "series_id", name=op.f("uq_proposals_person_hash_series_id")),
    )
    op.create_index(op.f("ix_proposals_series_id"), "proposals", ["series_id"])


def drop() -> None:
    """Drop them again, with what is in them."""
    for table in ("proposals", "registrations", "meeting_dates", "series"):
        op.drop_table(table)
