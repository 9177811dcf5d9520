"""Text objects: mrkdwn is parsed, plain_text never is (but for emoji short names, as in Slack)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.web.emoji import with_emoji
from simulator.web.markup import Html, el, join
from simulator.web.mrkdwn import Reader, mrkdwn


def text(obj: Mapping[str, Any] | str | None, reader: Reader) -> Html:
    """Return the HTML of a text object; a bare string is plain text, None is nothing."""
    if obj is None:
        return Html("")
    if isinstance(obj, str):
        return _plain(obj)
    if obj.get("type") == "mrkdwn":
        return mrkdwn(str(obj.get("text", "")), reader)
    return _plain(plain(obj))


def plain(obj: Mapping[str, Any] | str | None) -> str:
    """Return the words of a text object, for a place that takes no markup."""
    if obj is None:
        return ""
    raw = obj if isinstance(obj, str) else str(obj.get("text", ""))
    if isinstance(obj, Mapping) and obj.get("emoji") is False:
        return raw
    return with_emoji(raw)


def spoken(obj: Mapping[str, Any] | str | None, reader: Reader) -> str:
    """Return the words of a text object without any markup, for a label that is only heard."""
    words = re.sub(r"<[^>]+>", " ", str(text(obj, reader)))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        words = words.replace(entity, sign)
    return " ".join(words.split())


def _plain(words: str) -> Html:
    return Html(el("br").join(join(line) for line in words.split("\n")))
