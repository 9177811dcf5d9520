"""Turn Slack's mrkdwn into HTML: bold, italics, strike, code, quotes, links, mentions, dates, emoji."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulator.web.dates import write_date, zone
from simulator.web.emoji import with_emoji
from simulator.web.markup import Html, el, join

_ANGLE = re.compile(r"<([^<>\n]+)>")
_BARE_URL = re.compile(r"\bhttps?://[^\s<>|\x02\x03]+[^\s<>|.,;:!?)\]'\"\x02\x03]")
_SAFE_URL = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_STYLES = (("strong", r"\*"), ("em", "_"), ("s", "~"))
_MARK = re.compile("\x02(\\d+)\x03")
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_BROADCASTS = ("here", "channel", "everyone")


@dataclass(frozen=True)
class Reader:
    """Whose eyes the text is for: names they can see, their zone and language, and what time it is."""

    names: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    me: str = ""
    tz: str = "UTC"
    language: str = "en"
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)


def unescape(text: str) -> str:
    """Return text with Slack's three entities (and no others) turned back into characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: Html | str) -> Html:
    """Return a link that opens elsewhere, or the label alone if the address is not one to follow."""
    if not _SAFE_URL.match(url):
        return join(label)
    return el("a", label, href=url, target="_blank", rel="noopener noreferrer")


def mrkdwn(text: str, reader: Reader) -> Html:
    """Return the HTML of a mrkdwn text as one reader sees it."""
    held: list[Html] = []

    def hold(html: Html) -> str:
        held.append(html)
        return f"\x02{len(held) - 1}\x03"

    text = text.replace("\x02", "").replace("\x03", "")
    text = _FENCE.sub(lambda m: hold(el("pre", el("code", unescape(m[1].strip("\n"))))), text)
    text = _CODE.sub(lambda m: hold(el("code", unescape(m[1]))), text)
    text = _ANGLE.sub(lambda m: hold(_angle(m[1], reader)), text)
    text = _BARE_URL.sub(lambda m: hold(link(unescape(m[0]), unescape(m[0]))), text)
    return _release(_lines(text), held)


def _release(html: str, held: list[Html]) -> Html:
    # A held piece never holds another one of a later number, so this ends.
    while _MARK.search(html):
        html = _MARK.sub(lambda m: held[int(m[1])], html)
    return Html(html)


def _lines(text: str) -> Html:
    out: list[Html] = []
    quoted: list[Html] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _QUOTE.match(line):
            quoted.append(_styled(_QUOTE.sub("", line)))
            continue
        if quoted:
            out.append(_quote(quoted))
            quoted = []
        out.append(_styled(line))
        last = number == len(lines) - 1
        if not last and not _QUOTE.match(lines[number + 1]):
            out.append(el("br"))
    if quoted:
        out.append(_quote(quoted))
    return join(out)


def _quote(lines: list[Html]) -> Html:
    return el("blockquote", Html(el("br").join(lines)))


def _styled(line: str) -> Html:
    html = str(join(with_emoji(unescape(line))))
    for tag, sign in _STYLES:
        pattern = rf"(?<![\w{sign}]){sign}(?=\S)([^{sign}\n]*?[^{sign}\s]){sign}(?![\w{sign}])"
        html = re.sub(pattern, rf"<{tag}>\1</{tag}>", html)
    return Html(html)


def _angle(inner: str, reader: Reader) -> Html:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        name = unescape(label) or reader.names.get(target[1:], target[1:])
        mine = " mention-me" if target[1:] == reader.me else ""
        return el("span", f"@{name}", class_=f"mention{mine}")
    if target.startswith("#"):
        return el("span", f"#{unescape(label) or reader.channels.get(target[1:], 'private-channel')}", class_="mention")
    if target.startswith("!"):
        return _special(target[1:], unescape(label), reader)
    url = unescape(target)
    if not _SAFE_URL.match(url):
        return join(f"<{unescape(inner)}>")
    shown = unescape(label) or re.sub(r"^(?:mailto|tel):", "", url)
    return link(url, with_emoji(shown))


def _special(command: str, label: str, reader: Reader) -> Html:
    if command.startswith("date^"):
        return _date(command, label, reader)
    if command in _BROADCASTS:
        return el("span", f"@{command}", class_="mention mention-me")
    if command.startswith("subteam^"):
        return el("span", label if label.startswith("@") else f"@{label or 'group'}", class_="mention")
    return join(label or f"<!{command}>")


def _date(command: str, fallback: str, reader: Reader) -> Html:
    parts = command.split("^")
    if len(parts) < 3 or not re.fullmatch(r"-?\d{1,11}", parts[1]):
        return join(fallback)
    try:
        when = datetime.fromtimestamp(int(parts[1]), UTC).astimezone(zone(reader.tz))
    except (OverflowError, OSError, ValueError):
        return join(fallback)
    text = write_date(unescape(parts[2]), when, reader.now, reader.language)
    if text is None:
        return join(fallback)
    time = el("time", text, datetime=when.isoformat(), title=f"{when:%Y-%m-%d %H:%M} ({reader.tz})")
    return link(unescape(parts[3]), time) if len(parts) > 3 else time
