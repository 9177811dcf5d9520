"""Every table and column of the main database, each column declared as what it may hold (``store.columns``)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from store.columns import BIG, hashed, key, plain, sealed, where
from store.columns import UtcDateTime as UtcDateTime
from store.columns import fixed as fixed
from store.columns import metadata as metadata
from store.tables_beside import consent_links as consent_links
from store.tables_beside import notices as notices
from store.tables_beside import partner_keys as partner_keys
from store.tables_beside import partner_people as partner_people
from store.tables_beside import referrals as referrals
from store.tables_beside import silences as silences
from store.tables_cafe import *
from store.tables_informal import *
from store.tables_pages import *
from store.tables_sessions import *

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every schema revision, oldest first; the last is the one this program needs."""

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
    plain("off_slack_at", UtcDateTime, null=True),
    plain("phoned_at", UtcDateTime, null=True),
    hashed("requester_hash", null=True),
    key("identity_key"),
    key("contact_key"),
    sealed("needs"),
    sealed("contact"),
    UniqueConstraint("reference"),
    Index("uq_requests_open_of_person", "requester_hash", "programme", unique=True, **where("state <> 'closed'")),
    Index("ix_requests_requester_hash", "requester_hash", "created_at"),
    Index("ix_requests_queue", "programme", "due_at", "id", **where("state <> 'closed'")),
    Index("ix_requests_closed", "programme", "due_at", "id", **where("state = 'closed'")),
    Index("ix_requests_closed_at", "programme", "closed_at", **where("state = 'closed'")),
    Index("ix_requests_supporter", "supporter", "state"),
    Index("ix_requests_claimed_by", "claimed_by"),
    Index("ix_requests_unerased", "closed_at", **where("state = 'closed' AND erased_at IS NULL")),
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
    Index("uq_offers_accepted", "request_id", unique=True, **where("state = 'accepted'")),
    Index("ix_offers_supporter", "supporter_id", "state"),
)

outbox = Table(
    "outbox",
    metadata,
    plain("seq", BIG, primary_key=True, autoincrement=True),
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
    Index("ix_outbox_due", "run_at", "seq", **where("state = 'due'")),
    Index("ix_outbox_lane", "lane", "run_at", "seq", **where("state = 'due'")),
    Index("ix_outbox_done", "done_at", **where("state = 'done'")),
    Index("ix_outbox_parked", "done_at", **where("state = 'parked'")),
    sqlite_autoincrement=True,
)

paces = Table("paces", metadata, plain("place", Text, primary_key=True), plain("free_at", BigInteger))

audit = Table(
    "audit",
    metadata,
    plain("seq", BIG, primary_key=True, autoincrement=False),
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
    plain("seq", BIG),
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
    Index("uq_safety_concerns_open", "request_id", unique=True, **where("closed_at IS NULL")),
    Index("ix_safety_concerns_open", "programme", "raised_at", "id", **where("closed_at IS NULL")),
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
    Index("ix_approvals_live", "programme", "expires_at", **where("used_at IS NULL AND ended_at IS NULL")),
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
