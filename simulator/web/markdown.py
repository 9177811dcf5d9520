"""Standard Markdown, as far as a `markdown` block takes it: headings, lists, quotes, code, emphasis, links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from simulator.web.emoji import with_emoji
from simulator.web.markup import Html, el, join
from simulator.web.mrkdwn import link

_FENCE = re.compile(r"^```.*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_BULLET = re.compile(r"^\s*[-*+]\s+(.+)$")
_NUMBER = re.compile(r"^\s*\d+[.)]\s+(.+)$")
_RULE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})$")
_QUOTE = re.compile(r"^>\s?(.*)$")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|!?\[(?P<label>[^\]]*)\]\((?P<url>[^)\s]+)\)|\*\*(?P<bold>\S(?:.*?\S)?)\*\*"
    r"|~~(?P<strike>\S(?:.*?\S)?)~~|\*(?P<star>[^*\s](?:[^*]*[^*\s])?)\*|(?<!\w)_(?P<under>[^_\s](?:[^_]*[^_\s])?)_(?!\w)"
)
_TAGS = {"bold": "strong", "strike": "s", "star": "em", "under": "em"}


def markdown(text: str) -> Html:
    """Return the HTML of a Markdown text; anything it does not know stays as written, escaped."""
    return join(_blocks(text.split("\n")))


def _blocks(lines: list[str]) -> Iterable[Html]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if _FENCE.match(line):
            end = next((n for n in range(at + 1, len(lines)) if _FENCE.match(lines[n])), len(lines))
            yield el("pre", el("code", "\n".join(lines[at + 1 : end])))
            at = end + 1
            continue
        for pattern, draw in _RUNS:
            rows = _run(pattern, lines, at)
            if rows:
                yield draw(rows)
                at += len(rows)
                break
        else:
            words = _paragraph(lines, at)
            if words:
                yield el("p", Html(el("br").join(_inline(row) for row in words)))
            at += max(1, len(words))


def _run(pattern: re.Pattern[str], lines: list[str], at: int) -> list[re.Match[str]]:
    found = []
    for line in lines[at:]:
        match = pattern.match(line)
        if match is None:
            break
        found.append(match)
    return found


def _paragraph(lines: list[str], at: int) -> list[str]:
    taken: list[str] = []
    for line in lines[at:]:
        if not line.strip() or _FENCE.match(line) or any(pattern.match(line) for pattern, _ in _RUNS):
            break
        taken.append(line)
    return taken


def _headings(rows: list[re.Match[str]]) -> Html:
    return join(el(f"h{min(6, len(row[1]) + 2)}", _inline(row[2])) for row in rows)


def _bullets(rows: list[re.Match[str]]) -> Html:
    return el("ul", [el("li", _inline(row[1])) for row in rows])


def _numbers(rows: list[re.Match[str]]) -> Html:
    return el("ol", [el("li", _inline(row[1])) for row in rows])


def _quotes(rows: list[re.Match[str]]) -> Html:
    return el("blockquote", Html(el("br").join(_inline(row[1]) for row in rows)))


def _rules(rows: list[re.Match[str]]) -> Html:
    return join(el("hr") for _ in rows)


_RUNS = ((_HEADING, _headings), (_RULE, _rules), (_BULLET, _bullets), (_NUMBER, _numbers), (_QUOTE, _quotes))


def _inline(text: str) -> Html:
    out: list[Html | str] = []
    at = 0
    for match in _INLINE.finditer(text):
        out.append(with_emoji(text[at : match.start()]))
        out.append(_piece(match))
        at = match.end()
    out.append(with_emoji(text[at:]))
    return join(out)


def _piece(match: re.Match[str]) -> Html:
    if match["code"] is not None:
        return el("code", match["code"])
    if match["url"] is not None:
        return link(match["url"], _inline(match["label"]) or match["url"])
    name = match.lastgroup or ""
    return el(_TAGS[name], _inline(match[name]))
