"""What keeps promises: safety concerns, notes to the requester, and what was put off."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing of this revision needs a table yet."""


def downgrade() -> None:
    """Nothing of this revision needs a table yet."""
