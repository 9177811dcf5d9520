"""Every table and column of the main database, each column declared as what it may hold.

``plain`` holds nothing that names a person or what they told us; ``sealed`` is encrypted before it is bound; ``hashed``
is a keyed hash for look-ups; ``key`` is the id of a data key in the keyring.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    literal_column,
    text,
)

REVISIONS = ("0001", "0002", "0003")
"""Every schema revision, oldest first; the last is the one this program needs."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive instants and turn others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant without a time zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware instant in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


_BIG = BigInteger().with_variant(Integer, "sqlite")


def plain(name: str, kind: Any, *args: Any, null: bool = False, **options: Any) -> Column[Any]:
    """A column with nothing in it about who or why."""
    return Column(name, kind, *args, nullable=null, info={"kind": "plain"}, **options)


def sealed(name: str) -> Column[bytes | None]:
    """A column encrypted under the record's data key; NULL once erased."""
    return Column(name, LargeBinary, nullable=True, info={"kind": "sealed"})


def hashed(name: str, *, null: bool = False, **options: Any) -> Column[bytes]:
    """A keyed hash by which a row is found."""
    return Column(name, LargeBinary, nullable=null, info={"kind": "hash"}, **options)


def key(name: str) -> Column[Any]:
    """The id of a data key; NULL once it is destroyed."""
    return Column(name, Uuid, nullable=True, info={"kind": "key"})


def fixed(word: str) -> ColumnElement[str]:
    """A constant in the SQL text itself: with a bound value the planner could not use a partial index."""
    assert word.isidentifier()
    return literal_column(f"'{word}'")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


installation = Table(
    "installation",
    metadata,
    plain("id", Integer, primary_key=True, autoincrement=False),
    plain("keyring_id", Uuid),
    plain("restored_at", UtcDateTime, null=True),
    # The name of the index key that rows are written by.
    plain("index_id", Uuid, null=True),
)

members = Table(
    "members",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("roles", Text),
    plain("active", Boolean),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "programme"),
    Index(None, "programme"),
)

supporters = Table(
    "supporters",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("version", Integer),
    plain("trained_on", Date, null=True),
    plain("agreement_on", Date, null=True),
    plain("load_limit", Integer),
    plain("paused_until", UtcDateTime, null=True),
    plain("active", Boolean),
    plain("erase_asked_at", UtcDateTime, null=True),
    hashed("person_hash"),
    key("key_id"),
    sealed("profile"),
    UniqueConstraint("person_hash", "programme"),
    Index(None, "programme"),
)

requests = Table(
    "requests",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("reference", Text),
    plain("programme", Text),
    plain("door", Text),
    plain("state", Text),
    plain("version", Integer),
    plain("created_at", UtcDateTime),
    plain("due_at", UtcDateTime),
    plain("notice_version", Text),
    plain("urgent", Boolean),
    plain("private_card", Boolean),
    plain("ask_first", Boolean),
    plain("name_agreed_at", UtcDateTime, null=True),
    plain("outcome", Text, null=True),
    plain("claimed_by", Uuid, ForeignKey("members.id"), null=True),
    plain("claimed_at", UtcDateTime, null=True),
    plain("supporter", Uuid, ForeignKey("supporters.id"), null=True),
    plain("accepted_at", UtcDateTime, null=True),
    plain("contacted_at", UtcDateTime, null=True),
    plain("not_yet_at", UtcDateTime, null=True),
    plain("closed_at", UtcDateTime, null=True),
    plain("talks", Integer),
    plain("attempts", Integer),
    plain("fourth_agreed", Boolean),
    plain("none_left", Boolean),
    plain("erased_at", UtcDateTime, null=True),
    plain("keep_until", UtcDateTime, null=True),
    plain("promised_at", UtcDateTime, null=True),
    plain("missed_at", UtcDateTime, null=True),
    plain("none_told_at", UtcDateTime, null=True),
    plain("waits_at", UtcDateTime, null=True),
    plain("unreached_at", UtcDateTime, null=True),
    plain("quiet_since", UtcDateTime, null=True),
    plain("going_on_at", UtcDateTime, null=True),
    plain("supporter_going_on_at", UtcDateTime, null=True),
    plain("erase_asked_at", UtcDateTime, null=True),
    hashed("requester_hash", null=True),
    key("identity_key"),
    key("contact_key"),
    sealed("needs"),
    sealed("contact"),
    UniqueConstraint("reference"),
    Index("uq_requests_open_of_person", "requester_hash", "programme", unique=True, **_where("state <> 'closed'")),
    Index("ix_requests_requester_hash", "requester_hash", "created_at"),
    Index("ix_requests_queue", "programme", "due_at", "id", **_where("state <> 'closed'")),
    Index("ix_requests_closed", "programme", "due_at", "id", **_where("state = 'closed'")),
    Index("ix_requests_closed_at", "programme", "closed_at", **_where("state = 'closed'")),
    Index("ix_requests_supporter", "supporter", "state"),
    Index("ix_requests_claimed_by", "claimed_by"),
    Index("ix_requests_unerased", "closed_at", **_where("state = 'closed' AND erased_at IS NULL")),
)

offers = Table(
    "offers",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("request_id", Uuid, ForeignKey("requests.id")),
    plain("supporter_id", Uuid, ForeignKey("supporters.id")),
    plain("position", Integer),
    plain("state", Text),
    plain("created_at", UtcDateTime),
    plain("sent_at", UtcDateTime, null=True),
    plain("expires_at", UtcDateTime, null=True),
    plain("decided_at", UtcDateTime, null=True),
    Index("ix_offers_request_id", "request_id", "position"),
    Index("uq_offers_accepted", "request_id", unique=True, **_where("state = 'accepted'")),
    Index("ix_offers_supporter", "supporter_id", "state"),
)

outbox = Table(
    "outbox",
    metadata,
    plain("seq", _BIG, primary_key=True, autoincrement=True),
    plain("id", Uuid),
    plain("kind", Text),
    plain("subject", Uuid),
    plain("audience", Uuid, null=True),
    plain("programme", Text),
    plain("lane", Text),
    plain("dedupe", Text),
    plain("state", Text),
    plain("run_at", UtcDateTime),
    plain("lease_until", UtcDateTime, null=True),
    plain("fence", Integer),
    plain("attempts", Integer),
    plain("last_error", Text, null=True),
    plain("created_at", UtcDateTime),
    plain("done_at", UtcDateTime, null=True),
    UniqueConstraint("dedupe"),
    Index("ix_outbox_due", "run_at", "seq", **_where("state = 'due'")),
    Index("ix_outbox_lane", "lane", "run_at", "seq", **_where("state = 'due'")),
    Index("ix_outbox_done", "done_at", **_where("state = 'done'")),
    Index("ix_outbox_parked", "done_at", **_where("state = 'parked'")),
    sqlite_autoincrement=True,
)

paces = Table("paces", metadata, plain("place", Text, primary_key=True), plain("free_at", BigInteger))

audit = Table(
    "audit",
    metadata,
    plain("seq", _BIG, primary_key=True, autoincrement=False),
    plain("at", UtcDateTime),
    plain("event", Text),
    plain("kind", Text),
    plain("actor", Uuid, null=True),
    plain("subject", Uuid, null=True),
    plain("prev_hash", LargeBinary),
    plain("hash", LargeBinary),
    plain("reason", Text, null=True),
    Index("ix_audit_subject", "subject", "seq"),
    Index("ix_audit_actor", "actor", "at"),
)

audit_head = Table(
    "audit_head",
    metadata,
    plain("id", Integer, primary_key=True, autoincrement=False),
    plain("seq", _BIG),
    plain("hash", LargeBinary),
)

receipts = Table(
    "receipts",
    metadata,
    hashed("key_hash", primary_key=True),
    plain("result", Uuid, null=True),
    plain("kept_at", UtcDateTime),
    Index(None, "kept_at"),
)

preferences = Table(
    "preferences",
    metadata,
    hashed("person_hash", primary_key=True),
    plain("language", Text, null=True),
    plain("discreet", Boolean, null=True),
    plain("hidden", Boolean, null=True),
    key("key_id"),
    sealed("person"),
)

safety_concerns = Table(
    "safety_concerns",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("request_id", Uuid, ForeignKey("requests.id")),
    plain("supporter_id", Uuid, ForeignKey("supporters.id")),
    plain("raised_at", UtcDateTime),
    plain("hold_until", UtcDateTime),
    plain("told", Text),
    plain("joint_plan", Boolean),
    plain("route", Text),
    plain("pages", Integer),
    plain("paged", Text),
    plain("next_page_at", UtcDateTime, null=True),
    plain("taken_by", Uuid, ForeignKey("members.id"), null=True),
    plain("taken_at", UtcDateTime, null=True),
    plain("closed_by", Uuid, ForeignKey("members.id"), null=True),
    plain("closed_at", UtcDateTime, null=True),
    plain("ending", Text, null=True),
    Index("uq_safety_concerns_open", "request_id", unique=True, **_where("closed_at IS NULL")),
    Index("ix_safety_concerns_open", "programme", "raised_at", "id", **_where("closed_at IS NULL")),
    Index("ix_safety_concerns_request_id", "request_id"),
    Index("ix_safety_concerns_supporter_id", "supporter_id"),
    Index("ix_safety_concerns_taken_by", "taken_by"),
    Index("ix_safety_concerns_closed_by", "closed_by"),
)

cover_choices = Table(
    "cover_choices",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("wanted", Boolean),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash"),
)

approvals = Table(
    "approvals",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("act", Text),
    plain("subject", Uuid, null=True),
    plain("code", Text, null=True),
    plain("reason", Text, null=True),
    plain("asked_at", UtcDateTime),
    plain("expires_at", UtcDateTime),
    plain("first_by", Uuid, ForeignKey("members.id"), null=True),
    plain("first_at", UtcDateTime, null=True),
    plain("second_by", Uuid, ForeignKey("members.id"), null=True),
    plain("second_at", UtcDateTime, null=True),
    plain("used_at", UtcDateTime, null=True),
    plain("ended_at", UtcDateTime, null=True),
    Index("ix_approvals_live", "programme", "expires_at", **_where("used_at IS NULL AND ended_at IS NULL")),
    Index("ix_approvals_subject", "subject"),
    Index("ix_approvals_first_by", "first_by"),
    Index("ix_approvals_second_by", "second_by"),
)

put_off = Table(
    "put_off",
    metadata,
    plain("request", Uuid, ForeignKey("requests.id"), primary_key=True),
    plain("programme", Text),
    plain("version", Integer),
    plain("until", UtcDateTime),
    Index(None, "programme"),
)

tallies = Table(
    "tallies",
    metadata,
    plain("programme", Text, primary_key=True),
    plain("month", Text, primary_key=True),
    plain("what", Text, primary_key=True),
    plain("count", Integer),
)

reports = Table(
    "reports",
    metadata,
    plain("programme", Text, primary_key=True),
    plain("period", Text, primary_key=True),
    plain("what", Text, primary_key=True),
    plain("shown", Text),
)

posts = Table(
    "posts",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("subject", Uuid),
    plain("kind", Text),
    plain("audience", Uuid, null=True),
    plain("stripped", Boolean, null=True),
    key("key_id"),
    sealed("place"),
    Index(None, "subject"),
)
