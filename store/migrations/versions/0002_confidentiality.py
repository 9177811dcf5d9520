"""Why an identity was opened, deeds for two administrators, a discreet Home, and when a request was erased."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    op.add_column("audit", sa.Column("reason", sa.Text(), nullable=True))
    op.create_index("ix_audit_actor", "audit", ["actor", "at"])
    op.add_column("installation", instant("restored_at"))
    op.add_column("requests", instant("erased_at"))
    op.add_column("requests", instant("keep_until"))
    op.create_index(
        "ix_requests_unerased", "requests", ["closed_at"], **where("state = 'closed' AND erased_at IS NULL")
    )
    with op.batch_alter_table("preferences") as batch:
        batch.alter_column("language", existing_type=sa.Text(), nullable=True)
        batch.add_column(sa.Column("discreet", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("hidden", sa.Boolean(), nullable=True))
    op.add_column("posts", sa.Column("stripped", sa.Boolean(), nullable=True))
    _create_approvals()
    op.create_table(
        "reports",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("programme", "period", "what", "shown")),
        sa.PrimaryKeyConstraint("programme", "period", "what", name=op.f("pk_reports")),
    )


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        instant("first_at"),
        sa.Column("second_by", sa.Uuid(), nullable=True),
        instant("second_at"),
        instant("used_at"),
        instant("ended_at"),
        sa.ForeignKeyConstraint(["first_by"], ["members.id"], name=op.f("fk_approvals_first_by")),
        sa.ForeignKeyConstraint(["second_by"], ["members.id"], name=op.f("fk_approvals_second_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(
        "ix_approvals_live", "approvals", ["programme", "expires_at"], **where("used_at IS NULL AND ended_at IS NULL")
    )
    for column in ("subject", "first_by", "second_by"):
        op.create_index(f"ix_approvals_{column}", "approvals", [column])


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_table("approvals")
    op.drop_column("posts", "stripped")
    # A row that holds no language says nothing to the older program.
    op.execute("DELETE FROM preferences WHERE language IS NULL")
    with op.batch_alter_table("preferences") as batch:
        batch.drop_column("hidden")
        batch.drop_column("discreet")
        batch.alter_column("language", existing_type=sa.Text(), nullable=False)
    op.drop_index("ix_requests_unerased", table_name="requests")
    op.drop_column("requests", "keep_until")
    op.drop_column("requests", "erased_at")
    op.drop_column("installation", "restored_at")
    op.drop_index("ix_audit_actor", table_name="audit")
    op.drop_column("audit", "reason")
