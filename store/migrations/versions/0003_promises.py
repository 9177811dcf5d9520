"""What keeps promises: safety concerns, notes to the requester, and what was put off."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.migrations import other_doors

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is new, each part in a function of its own."""
    _add_clocks()
    _create_cover()
    _create_put_off()
    _create_safety()
    _name_lookup_key()
    _add_wishes()
    _notify_of_rows()
    _create_paces()
    other_doors.create()


_CLOCKS = (
    "promised_at",
    "missed_at",
    "none_told_at",
    "waits_at",
    "unreached_at",
    "quiet_since",
    "going_on_at",
    "supporter_going_on_at",
    "off_slack_at",
    "phoned_at",
)
_NEW_KINDS = (
    "alert_risk", "none_left", "offer_unasked", "note_requester", "lapse_offer", "nudge_supporter", "ask_going_on",
    "close_unreached", "remind_outreach", "end_outreach", "cover", "tell_cover", "page_safety",
    "tell_safety", "digest", "tell_digest",
    "tell_colleague", "tell_referral", "referral_card", "remind_referral", "expire_referral",
    "partner_flood",
    "tell_safety", "digest", "tell_digest", "take_notice", "partner_flood",
)  # fmt: skip
"""Of the outbox: rows of kinds that the older program does not know would stop it."""


def _add_clocks() -> None:
    for name in _CLOCKS:
        op.add_column("requests", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


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


def _create_put_off() -> None:
    op.create_table(
        "put_off",
        sa.Column("request", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request"], ["requests.id"], name=op.f("fk_put_off_request")),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_put_off")),
    )
    op.create_index("ix_put_off_programme", "put_off", ["programme"])
    closed = sa.text("state = 'closed'")
    op.create_index(
        "ix_requests_closed_at", "requests", ["programme", "closed_at"], sqlite_where=closed, postgresql_where=closed
    )


def _create_safety() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "safety_concerns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("supporter_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", instant, nullable=False),
        sa.Column("hold_until", instant, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("joint_plan", sa.Boolean(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("paged", sa.Text(), nullable=False),
        sa.Column("next_page_at", instant, nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", instant, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", instant, nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_safety_concerns_{column}"))
            for column, table in (
                ("request_id", "requests"),
                ("supporter_id", "supporters"),
                ("taken_by", "members"),
                ("closed_by", "members"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_concerns")),
    )
    is_open: dict[str, Any] = {f"{dialect}_where": sa.text("closed_at IS NULL") for dialect in ("sqlite", "postgresql")}
    op.create_index("uq_safety_concerns_open", "safety_concerns", ["request_id"], unique=True, **is_open)
    op.create_index("ix_safety_concerns_open", "safety_concerns", ["programme", "raised_at", "id"], **is_open)
    for column in ("request_id", "supporter_id", "taken_by", "closed_by"):
        op.create_index(f"ix_safety_concerns_{column}", "safety_concerns", [column])


def _name_lookup_key() -> None:
    op.add_column("installation", sa.Column("index_id", sa.Uuid(), nullable=True))
    op.add_column("preferences", sa.Column("key_id", sa.Uuid(), nullable=True))
    op.add_column("preferences", sa.Column("person", sa.LargeBinary(), nullable=True))


def _add_wishes() -> None:
    """Keep that somebody wanted to be erased beside what is to be erased, and not in the outbox alone."""
    for table in ("requests", "supporters"):
        op.add_column(table, sa.Column("erase_asked_at", sa.DateTime(timezone=True), nullable=True))


def _notify_of_rows() -> None:
    """Tell whoever listens, at the commit, that rows were put down: a notice without content, of no row in particular.

    A trigger for each statement costs nothing that can be measured beside the insert, and no trip to the server.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NOTIFY peersupport_outbox; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify()"
    )


def _create_paces() -> None:
    op.create_table(
        "paces",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_paces")),
    )


def downgrade() -> None:
    """Take it away again."""
    other_doors.drop()
    op.drop_table("paces")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER outbox_notify ON outbox")
        op.execute("DROP FUNCTION outbox_notify()")
    for table in ("supporters", "requests"):
        op.drop_column(table, "erase_asked_at")
    op.drop_index("ix_requests_closed_at", table_name="requests")
    op.drop_table("put_off")
    for table, column in (("preferences", "person"), ("preferences", "key_id"), ("installation", "index_id")):
        op.drop_column(table, column)
    for name in reversed(_CLOCKS):
        op.drop_column("requests", name)
    for table in ("outbox", "posts"):
        rows = sa.table(table, sa.column("kind", sa.Text()))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(_NEW_KINDS)))
    op.drop_table("safety_concerns")
    op.drop_table("cover_choices")
