"""From the raw, already verified bytes of a request to one payload, decoded once."""

from __future__ import annotations

import binascii
import json
from typing import Any
from urllib.parse import unquote_to_bytes

MOST_FIELDS = 64
"""Slack sends about fifteen; ten thousand would only cost time."""
DEEPEST = 40
"""Slack nests about twelve deep."""

Payload = dict[str, Any]


class Malformed(ValueError):
    """The body is not what Slack sends. Its text never quotes the body."""


def decode(body: bytes, content_type: str) -> Payload:
    """Return the payload of a command, an interaction or an event; raises Malformed for anything else."""
    try:
        if content_type == "application/json":
            return _tree(body.decode("utf-8"))
        if content_type == "application/x-www-form-urlencoded":
            return _form(body)
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    raise Malformed("unknown content type")


def _form(body: bytes) -> Payload:
    if body.count(b"&") >= MOST_FIELDS:
        raise Malformed("too many fields")
    fields: dict[str, bytes] = {}
    # A plus is a space in names and values alike, and most of both hold nothing else to undo.
    for pair in body.replace(b"+", b" ").split(b"&"):
        name, _, value = pair.partition(b"=")
        fields.setdefault((unescape(name) if b"%" in name else name).decode("utf-8"), value)
    if "payload" in fields:
        return _tree(unescape(fields["payload"]).decode("utf-8"))
    return {
        name: (unescape(value) if b"%" in value else value).decode("utf-8") for name, value in fields.items() if name
    }


def unescape(value: bytes) -> bytes:
    """Undo form encoding: plus signs and percent escapes; a malformed escape stays as it is."""
    value = value.replace(b"+", b" ")
    escapes = value.count(b"%")
    if not escapes:
        return value
    # Python's quoted-printable decoder is written in C: twenty times faster than urllib on Slack's nearly fully escaped
    # JSON. It reads "=" where a form has "%", so it only serves values without raw "=" or line ends; and since a
    # well-formed escape shrinks by exactly two bytes and a malformed one by fewer, the length tells if all were.
    if b"=" not in value and b"\n" not in value and b"\r" not in value:
        plain = binascii.a2b_qp(value.replace(b"%", b"="))
        if len(plain) == len(value) - 2 * escapes:
            return plain
    return unquote_to_bytes(value)


def _tree(text: str) -> Payload:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(tree, dict):
        raise Malformed("not an object")
    if not _within(tree, DEEPEST):
        raise Malformed("too deep")
    return tree


def _within(tree: Payload, depth: int) -> bool:
    level: list[Any] = [tree]
    for _ in range(depth):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return True
    return False
