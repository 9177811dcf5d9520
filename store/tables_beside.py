"""The tables of the doors that somebody else opens: referrals, partners' notices, refusals that last, consent links."""

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, Uuid

from store.columns import UtcDateTime, hashed, key, metadata, plain, sealed, where

referrals = Table(
    "referrals",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("reference", Text),
    plain("programme", Text),
    plain("state", Text),
    plain("route", Text),
    plain("version", Integer),
    plain("created_at", UtcDateTime),
    plain("expires_at", UtcDateTime),
    plain("asked_at", UtcDateTime, null=True),
    plain("later_at", UtcDateTime, null=True),
    plain("closed_at", UtcDateTime, null=True),
    plain("tells_who", Boolean),
    plain("private_card", Boolean),
    # The two are sealed apart: an answer erases the colleague, and leaves what the referrer did.
    hashed("colleague_hash", null=True),
    key("colleague_key"),
    sealed("colleague"),
    hashed("referrer_hash", null=True),
    key("referrer_key"),
    sealed("referrer"),
    UniqueConstraint("reference"),
    # Two referrals never ask one person the same at once.
    Index("uq_referrals_colleague_hash", "colleague_hash", "programme", unique=True, **where("state <> 'closed'")),
    Index("ix_referrals_referrer_hash", "referrer_hash", "created_at"),
    Index("ix_referrals_open", "programme", "created_at", "id", **where("state <> 'closed'")),
)

silences = Table(
    "silences",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("scope", Text),
    plain("since", UtcDateTime),
    # The name of the lasting key that the hashes were made with.
    plain("under", Uuid),
    hashed("person_hash"),
    hashed("from_hash", null=True),
    Index("ix_silences_person_hash", "person_hash", "programme", "scope"),
)

notices = Table(
    "notices",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("request_id", Uuid, ForeignKey("requests.id"), null=True),
    plain("programme", Text),
    plain("partner", Text),
    plain("channel", Text),
    plain("version", Integer),
    plain("noticed_at", UtcDateTime),
    plain("received_at", UtcDateTime),
    plain("times", Integer),
    key("key_id"),
    sealed("notice"),
    Index("uq_notices_request_id", "request_id", unique=True),
)

partner_people = Table(
    "partner_people",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("partner", Text),
    plain("route", Text),
    plain("active", Boolean),
    plain("sent", Integer),
    plain("day_began", UtcDateTime, null=True),
    plain("day_sent", Integer),
    plain("last_step", BigInteger, null=True),
    plain("failed", Integer),
    plain("locked_until", UtcDateTime, null=True),
    hashed("person_hash"),
    key("key_id"),
    sealed("person"),
    UniqueConstraint("person_hash", "programme"),
    Index(None, "programme"),
)

partner_keys = Table(
    "partner_keys",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("programme", Text),
    plain("partner", Text),
    plain("made_at", UtcDateTime),
    plain("ended_at", UtcDateTime, null=True),
    # How many notices came with it since the hour began, so that one partner's flood slows only them.
    plain("hour_from", UtcDateTime, null=True),
    plain("hour_count", Integer),
    key("key_id"),
    sealed("secret"),
    Index(None, "programme"),
)

consent_links = Table(
    "consent_links",
    metadata,
    plain("id", Uuid, primary_key=True),
    plain("subject", Uuid),
    plain("about", Text),
    plain("made_at", UtcDateTime),
    plain("expires_at", UtcDateTime),
    plain("tries", Integer),
    plain("spent_at", UtcDateTime, null=True),
    hashed("token_hash"),
    hashed("code_hash"),
    UniqueConstraint("token_hash"),
    Index(None, "subject"),
    Index(None, "expires_at"),
)
