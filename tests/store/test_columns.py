"""What may stand in which column: every one is declared, and what is sealed or hashed is bytes."""

import pytest
from sqlalchemy import LargeBinary, Uuid

from store.tables import metadata

SEALED = {
    "members.person",
    "supporters.profile",
    "requests.needs",
    "requests.contact",
    "posts.place",
    "preferences.person",
    "cover_choices.person",
    "referrals.colleague",
    "referrals.referrer",
    "notices.notice",
    "partner_people.person",
    "partner_keys.secret",
    "list_members.person",
    "terms_accepted.person",
    "themes.person",
    "department_lines.line",
    "series.link",
    "meeting_dates.presenter",
    "registrations.person",
    "proposals.person",
    "readers.person",
    "pitches.pitch",
    "listings.person",
    "introductions.pair",
    "check_ins.person",
}
HASHED = {
    "members.person_hash",
    "supporters.person_hash",
    "requests.requester_hash",
    "receipts.key_hash",
    "preferences.person_hash",
    "cover_choices.person_hash",
    "referrals.colleague_hash",
    "referrals.referrer_hash",
    "silences.person_hash",
    "silences.from_hash",
    "partner_people.person_hash",
    "list_members.person_hash",
    "terms_accepted.person_hash",
    "themes.person_hash",
    "consent_links.token_hash",
    "consent_links.code_hash",
    "registrations.person_hash",
    "proposals.person_hash",
    "readers.person_hash",
    "pitches.person_hash",
    "interests.person_hash",
    "listings.person_hash",
    "introductions.asker_hash",
    "introductions.peer_hash",
    "check_ins.person_hash",
}
KEYS = {
    "members.key_id",
    "supporters.key_id",
    "requests.identity_key",
    "requests.contact_key",
    "posts.key_id",
    "preferences.key_id",
    "cover_choices.key_id",
    "referrals.colleague_key",
    "referrals.referrer_key",
    "notices.key_id",
    "partner_people.key_id",
    "partner_keys.key_id",
    "list_members.key_id",
    "terms_accepted.key_id",
    "themes.key_id",
    "department_lines.key_id",
    "series.key_id",
    "meeting_dates.key_id",
    "registrations.key_id",
    "proposals.key_id",
    "readers.key_id",
    "pitches.key_id",
    "listings.key_id",
    "introductions.key_id",
    "check_ins.key_id",
}
_ALL = {f"{table.name}.{column.name}": column for table in metadata.tables.values() for column in table.columns}


def _of(kind: str) -> set[str]:
    return {name for name, column in _ALL.items() if column.info.get("kind") == kind}


@pytest.mark.threat("T25")
def test_every_column_is_declared() -> None:
    assert _of("plain") | _of("sealed") | _of("hash") | _of("key") == set(_ALL)


@pytest.mark.req("G12")
def test_sealed_hashed_and_key_columns_are_the_known_ones() -> None:
    assert (_of("sealed"), _of("hash"), _of("key")) == (SEALED, HASHED, KEYS)
    assert all(isinstance(_ALL[name].type, LargeBinary) for name in SEALED | HASHED)
    assert all(isinstance(_ALL[name].type, Uuid) for name in KEYS)


def test_every_table_with_a_sealed_column_has_a_key() -> None:
    assert {name.split(".")[0] for name in SEALED} == {name.split(".")[0] for name in KEYS}


@pytest.mark.req("G14")
def test_no_column_for_what_was_said() -> None:
    forbidden = ("note", "story", "summary", "conversation", "message", "comment", "said", "text", "detail")
    assert not [name for name in _ALL if any(word in name.split(".")[1].replace("notice", "") for word in forbidden)]


def test_every_reference_to_another_table_has_an_index() -> None:
    for table in metadata.tables.values():
        first = {next(iter(index.columns)).name for index in table.indexes}
        first.add(next(iter(table.primary_key.columns)).name)
        for key in table.foreign_keys:
            assert key.parent.name in first, key.parent
