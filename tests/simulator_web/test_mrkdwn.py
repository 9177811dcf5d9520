"""mrkdwn as the page writes it: what is markup, what is text, and that nothing of a text becomes markup of the page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.web.markdown import markdown
from simulator.web.mrkdwn import Reader, mrkdwn
from simulator.web.rich import rich_text

READER = Reader(
    names={"U1": "Iris Wintergreen", "U2": "Ava Larkspur"},
    channels={"C1": "general"},
    me="U2",
    tz="America/Vancouver",
    language="en-us",
    now=datetime(2026, 12, 7, 20, 0, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~ `code`", "<strong>bold</strong> <em>italic</em> <s>gone</s> <code>code</code>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2 * 3 * 4, snake_case_name, ~", "2 * 3 * 4, snake_case_name, ~"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("a\nb", "a<br>b"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("&gt; one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("```x < *y*\nz```", "<pre><code>x &lt; *y*\nz</code></pre>"),
        ("<@U1>", '<span class="mention">@Iris Wintergreen</span>'),
        ("<@U2>", '<span class="mention mention-me">@Ava Larkspur</span>'),
        ("<#C1> <#C9|>", '<span class="mention">#general</span> <span class="mention">#private-channel</span>'),
        ("<!here>", '<span class="mention mention-me">@here</span>'),
        (":wave: :no_such_thing:", "👋 :no_such_thing:"),
    ],
)
def test_marks(text: str, html: str) -> None:
    assert mrkdwn(text, READER) == html


@pytest.mark.parametrize(
    ("text", "href", "words"),
    [
        ("<https://example.org/a?b=1&amp;c=2|a *place*>", "https://example.org/a?b=1&amp;c=2", "a *place*"),
        ("<tel:911>", "tel:911", "911"),
        ("<mailto:help@example.org>", "mailto:help@example.org", "help@example.org"),
        ("see https://example.org.", "https://example.org", "https://example.org"),
    ],
)
def test_links(text: str, href: str, words: str) -> None:
    link = f'<a href="{href}" target="_blank" rel="noopener noreferrer">{words}</a>'
    assert link in mrkdwn(text, READER)


@pytest.mark.parametrize("text", ["<javascript:alert(1)|press>", "<script>alert(1)</script>", '<x" onclick="y|z>'])
def test_nothing_dangerous_becomes_a_link(text: str) -> None:
    html = mrkdwn(text, READER)
    assert "<a" not in html
    assert "<script" not in html
    assert "&lt;" in html


def test_dates_are_written_in_the_readers_zone_and_language() -> None:
    text = "<!date^1796696100^{date_long} {time}|fallback>"
    assert "Monday, December 7th, 2026 7:15 PM" in mrkdwn(text, READER)
    french = Reader(tz="America/Toronto", language="fr-fr", now=READER.now)
    assert "lundi 7 décembre 2026 21:15" in mrkdwn(text, french)


def test_a_near_date_is_written_as_a_word() -> None:
    assert ">Today 7:15 PM<" in mrkdwn("<!date^1796696100^{date_pretty} {time}|x>", READER).replace("today", "Today")
    assert "tomorrow" in mrkdwn("<!date^1796782500^{date_short_pretty}|x>", READER)


@pytest.mark.parametrize("text", ["<!date^nonsense^{time}|then>", "<!date^1^{no_such}|then>", "<!date^1|then>"])
def test_a_date_slack_does_not_know_shows_its_fallback(text: str) -> None:
    assert mrkdwn(text, READER) == "then"


def test_british_columbia_no_longer_changes_its_clocks() -> None:
    assert "-07:00" in mrkdwn("<!date^1796696100^{time}|x>", READER)


@given(st.text(alphabet=st.sampled_from("<>&*_~`|@#!\"'\n abc:/^{}\x02\x03019"), max_size=60))
def test_no_text_can_open_a_tag_of_its_own(text: str) -> None:
    html = str(mrkdwn(text, READER))
    for tag in ("strong", "em", "s", "code", "pre", "blockquote", "span", "time"):
        assert html.count(f"<{tag}>") + html.count(f"<{tag} ") == html.count(f"</{tag}>")
    assert "\x02" not in html


def test_markdown_blocks_take_standard_markdown() -> None:
    html = markdown(
        "# Title\n\nA **bold** and *slanted* `x<y` [place](https://example.org)\n- one\n- two\n1. first\n> said\n---"
    )
    assert "<h3>Title</h3>" in html
    assert "<strong>bold</strong> and <em>slanted</em> <code>x&lt;y</code>" in html
    assert 'href="https://example.org"' in html
    assert "<ul><li>one</li><li>two</li></ul><ol><li>first</li></ol><blockquote>said</blockquote><hr>" in html


def test_markdown_makes_no_link_to_a_script() -> None:
    assert "<a" not in markdown("[press](javascript:alert(1))")
    assert "&lt;b&gt;" in markdown("<b>")


def test_rich_text_keeps_its_styles_lists_and_mentions() -> None:
    block = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "<b>", "style": {"bold": True, "italic": True}},
                    {"type": "user", "user_id": "U1"},
                    {"type": "link", "url": "https://example.org", "text": "there"},
                    {"type": "emoji", "name": "wave"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
        ],
    }
    html = rich_text(block, READER)
    assert "<strong><em>&lt;b&gt;</em></strong>" in html
    assert "@Iris Wintergreen" in html
    assert "👋" in html
    assert "<li>first</li></ol><pre><code>x</code></pre>" in html
