"""Rich text blocks to HTML."""

from __future__ import annotations

from datetime import UTC, datetime

from simulator.web.dates import write_date, zone
from simulator.web.emoji import with_emoji
from simulator.web.markup import Html, el, join
from simulator.web.mrkdwn import Reader, link
from simulator.web.surface import Part

_STYLES = (("code", "code"), ("strike", "s"), ("italic", "em"), ("bold", "strong"))


def rich_text(block: Part, reader: Reader) -> Html:
    """Return the HTML of a rich text block: sections, lists, quotes and preformatted text."""
    return join(_element(part, reader) for part in block.get("elements", []))


def _element(part: Part, reader: Reader) -> Html:
    kind = part.get("type")
    inner = part.get("elements", [])
    if kind == "rich_text_list":
        tag = "ol" if part.get("style") == "ordered" else "ul"
        rows = [el("li", _inline(item.get("elements", []), reader)) for item in inner]
        start = int(part.get("offset") or 0) + 1
        indent = min(int(part.get("indent") or 0), 6)
        return el(tag, rows, start=start if tag == "ol" and start > 1 else None, class_=f"indent-{indent}")
    if kind == "rich_text_quote":
        return el("blockquote", _inline(inner, reader))
    if kind == "rich_text_preformatted":
        return el("pre", el("code", _inline(inner, reader)))
    return el("p", _inline(inner, reader))


def _inline(parts: list[Part], reader: Reader) -> Html:
    return join(_styled(part, _piece(part, reader)) for part in parts)


def _piece(part: Part, reader: Reader) -> Html:
    kind = part.get("type")
    if kind == "link":
        return link(str(part.get("url", "")), str(part.get("text") or part.get("url", "")))
    if kind == "user":
        user = str(part.get("user_id", ""))
        mine = " mention-me" if user == reader.me else ""
        return el("span", f"@{reader.names.get(user, user)}", class_=f"mention{mine}")
    if kind == "channel":
        channel = str(part.get("channel_id", ""))
        return el("span", f"#{reader.channels.get(channel, 'private-channel')}", class_="mention")
    if kind == "broadcast":
        return el("span", f"@{part.get('range', 'here')}", class_="mention mention-me")
    if kind == "usergroup":
        return el("span", "@group", class_="mention")
    if kind == "emoji":
        return join(with_emoji(f":{part.get('name', '')}:"))
    if kind == "date":
        return _date(part, reader)
    return Html(el("br").join(join(line) for line in str(part.get("text", "")).split("\n")))


def _date(part: Part, reader: Reader) -> Html:
    when = datetime.fromtimestamp(int(part.get("timestamp", 0)), UTC).astimezone(zone(reader.tz))
    words = write_date(str(part.get("format", "")), when, reader.now, reader.language)
    return el("time", words if words is not None else str(part.get("fallback", "")), datetime=when.isoformat())


def _styled(part: Part, html: Html) -> Html:
    style = part.get("style") or {}
    for name, tag in _STYLES:
        if style.get(name):
            html = el(tag, html)
    return html
