"""What people share with others: sessions and places, meetings and themes, the column, colleagues among themselves."""

import sqlalchemy as sa
from alembic import op

from store.migrations import group_cafe, group_informal, group_pages, group_sessions

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PARTS = (group_sessions, group_cafe, group_pages, group_informal)


def upgrade() -> None:
    """Add what is new, each part in a file of its own."""
    for part in _PARTS:
        part.create()


def downgrade() -> None:
    """Take it away again, with what is in it; rows of kinds that the older program does not know would stop it."""
    for part in reversed(_PARTS):
        for table in ("outbox", "posts"):
            rows = sa.table(table, sa.column("kind", sa.Text()))
            op.execute(sa.delete(rows).where(rows.c.kind.in_(part.NEW_KINDS)))
        part.drop()
