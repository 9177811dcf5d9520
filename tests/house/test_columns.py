"""No column for words is added, and none at all without somebody reading the list of columns."""

from sqlalchemy import Text

from tools.columns import DOCUMENT, KINDS, columns, page

# What a person writes freely is sealed; these hold words from a list, a reference, ids, or the name of a programme;
# and what organisers say to everybody of a session.
WORDS = {
    "announcements": {"about", "channel", "programme", "state", "trouble", "wall"},
    "check_ins": {"programme"},
    "introductions": {"programme", "state"},
    "listings": {"programme"},
    "approvals": {"act", "code", "programme", "reason"},
    "audit": {"event", "kind", "reason"},
    "consent_links": {"about"},
    "department_lines": {"programme"},
    "list_members": {"programme"},
    "interests": {"programme"},
    "members": {"programme", "roles"},
    "meeting_dates": {"decided", "format", "programme", "reminded", "state", "topic_en", "topic_fr"},
    "notices": {"channel", "partner", "programme"},
    "offers": {"state"},
    "outbox": {"dedupe", "kind", "lane", "last_error", "programme", "state"},
    "paces": {"place"},
    "partner_keys": {"partner", "programme"},
    "partner_people": {"partner", "programme", "route"},
    "pitches": {"programme"},
    "posts": {"kind"},
    "preferences": {"language"},
    "proposals": {"programme", "state"},
    "put_off": {"programme"},
    "readers": {"programme", "what"},
    "referrals": {"programme", "reference", "route", "state"},
    "reports": {"period", "programme", "shown", "what"},
    "registrations": {"programme", "reminders", "state"},
    "requests": {"door", "notice_version", "outcome", "programme", "reference", "state"},
    "resource_entries": {
        "contact_en", "contact_fr", "hours_en", "hours_fr", "label_en", "label_fr", "name", "programme", "url",
    },
    "safety_concerns": {"ending", "paged", "programme", "route", "told"},
    "series": {
        "about_en", "about_fr", "also_on", "decided", "formats", "holidays", "host", "kept_on", "kind", "not_on",
        "place", "programme", "register_at", "repeats", "roles", "slug", "state", "title_en", "title_fr", "zone",
    },
    "silences": {"programme", "scope"},
    "supporters": {"programme"},
    "tallies": {"month", "programme", "what"},
    "terms_accepted": {"programme", "version"},
    "themes": {"programme"},
}  # fmt: skip


def test_plain_words_are_from_a_list() -> None:
    found: dict[str, set[str]] = {}
    for table, column in columns():
        assert column.info["kind"] in KINDS
        if column.info["kind"] == "plain" and isinstance(column.type, Text):
            found.setdefault(table, set()).add(column.name)
    assert found == WORDS


def test_the_list_in_the_documents_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == page(), "run: python -m tools.columns, and read what it changed"
