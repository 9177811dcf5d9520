"""The tables of themes, lists of members, and terms that were accepted, which revision 0004 creates and drops."""

import sqlalchemy as sa
from alembic import op

NEW_KINDS: tuple[str, ...] = ()
"""Of the outbox."""


def create() -> None:
    """Create the new tables, each in a function of its own."""
    _create_list_members()
    _create_terms_accepted()
    _create_themes()
    _create_department_lines()


def _create_list_members() -> None:
    op.create_table(
        "list_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_members")),
        sa.UniqueConstraint("person_hash", "programme", name=op.f("uq_list_members_person_hash_programme")),
    )
    op.create_index(op.f("ix_list_members_programme"), "list_members", ["programme"])


def _create_terms_accepted() -> None:
    op.create_table(
        "terms_accepted",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_accepted")),
        sa.UniqueConstraint("person_hash", "programme", name=op.f("uq_terms_accepted_person_hash_programme")),
    )


def _create_themes() -> None:
    op.create_table(
        "themes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("date_id", sa.Uuid(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["date_id"], ["meeting_dates.id"], name=op.f("fk_themes_date_id_meeting_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("person_hash", "date_id", name=op.f("uq_themes_person_hash_date_id")),
    )
    op.create_index(op.f("ix_themes_date_id"), "themes", ["date_id"])


def _create_department_lines() -> None:
    op.create_table(
        "department_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("line", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_lines")),
    )
    op.create_index(op.f("ix_department_lines_expires_at"), "department_lines", ["expires_at"])
    op.create_index(op.f("ix_department_lines_programme"), "department_lines", ["programme"])


def drop() -> None:
    """Drop them again, with what is in them."""
    for table in ("department_lines", "themes", "terms_accepted", "list_members"):
        op.drop_table(table)
