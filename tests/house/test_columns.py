"""No column for words is added, and none at all without somebody reading the list of columns."""

from sqlalchemy import Text

from tools.columns import DOCUMENT, KINDS, columns, page

# What a person writes freely is sealed; these hold words from a list, a reference, ids, or the name of a programme.
WORDS = {
    "approvals": {"act", "code", "programme", "reason"},
    "audit": {"event", "kind", "reason"},
    "consent_links": {"about"},
    "members": {"programme", "roles"},
    "notices": {"channel", "partner", "programme"},
    "offers": {"state"},
    "outbox": {"dedupe", "kind", "lane", "last_error", "programme", "state"},
    "paces": {"place"},
    "partner_keys": {"partner", "programme"},
    "partner_people": {"partner", "programme", "route"},
    "posts": {"kind"},
    "preferences": {"language"},
    "put_off": {"programme"},
    "referrals": {"programme", "reference", "route", "state"},
    "reports": {"period", "programme", "shown", "what"},
    "requests": {"door", "notice_version", "outcome", "programme", "reference", "state"},
    "safety_concerns": {"ending", "paged", "programme", "route", "told"},
    "silences": {"programme", "scope"},
    "supporters": {"programme"},
    "tallies": {"month", "programme", "what"},
}


def test_plain_words_are_from_a_list() -> None:
    found: dict[str, set[str]] = {}
    for table, column in columns():
        assert column.info["kind"] in KINDS
        if column.info["kind"] == "plain" and isinstance(column.type, Text):
            found.setdefault(table, set()).add(column.name)
    assert found == WORDS


def test_the_list_in_the_documents_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == page(), "run: python -m tools.columns, and read what it changed"
