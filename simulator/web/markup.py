"""Write HTML as nested calls in which every plain string is escaped."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """A piece of finished markup; any other string is text and gets escaped."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"
Attr: TypeAlias = str | int | bool | None


def join(*children: Child) -> Html:
    """Return the children one after another, text escaped, None left out."""
    return Html("".join(_flat(children)))


def _flat(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Html):
            yield child
        elif isinstance(child, str):
            yield escape(child, quote=True)
        else:
            yield from _flat(child)


def el(tag: str, *children: Child, **attrs: Attr) -> Html:
    """Return one element; `class_` and `data_x` become `class` and `data-x`, True is a bare attribute, None is none."""
    head = f"<{tag}{''.join(_attributes(attrs))}>"
    if tag in _VOID:
        return Html(head)
    return Html(f"{head}{join(*children)}</{tag}>")


def _attributes(attrs: dict[str, Attr]) -> Iterable[str]:
    for name, value in attrs.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        yield f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"'


def slug(*parts: str) -> str:
    """Return an HTML id made of the parts, the same every time and different for different parts."""
    raw = "\x1f".join(parts)
    words = re.sub(r"[^A-Za-z0-9]+", "-", raw).strip("-")[:48]
    return f"x-{words}-{zlib.crc32(raw.encode()):08x}"
