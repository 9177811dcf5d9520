"""What keeps promises: safety concerns, notes to the requester, and what was put off."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new, each part in a function of its own."""
    _name_lookup_key()
    _create_cover()


def _create_cover() -> None:
    op.create_table(
        "cover_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_choices")),
        sa.UniqueConstraint("person_hash", name=op.f("uq_cover_choices_person_hash")),
    )


def _name_lookup_key() -> None:
    op.add_column("installation", sa.Column("index_id", sa.Uuid(), nullable=True))
    op.add_column("preferences", sa.Column("key_id", sa.Uuid(), nullable=True))
    op.add_column("preferences", sa.Column("person", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    for table, column in (("preferences", "person"), ("preferences", "key_id"), ("installation", "index_id")):
        op.drop_column(table, column)
    # Rows of kinds that the older program does not know would stop it.
    op.execute("DELETE FROM outbox WHERE kind IN ('cover', 'tell_cover')")
    op.execute("DELETE FROM posts WHERE kind = 'tell_cover'")
    op.drop_table("cover_choices")
