"""A small builder of HTML: whatever is not markup made here is escaped, attributes as well as words."""

from __future__ import annotations

from html import escape

_EMPTY = frozenset({"br", "hr", "input", "meta"})


class Html(str):
    """Markup made by `tag` or `joined`; any other text is escaped where it is put in."""

    __slots__ = ()


Part = str | None
"""What can be put into a tag: words, markup, or None for nothing."""


def tag(name: str, /, *content: Part, **attributes: str | bool | None) -> Html:
    """Return an element; `class_`, `for_` and `aria_label` become class, for and aria-label.

    An attribute that is True stands without a value; None and False leave it out.
    """
    written = "".join(_attribute(each, value) for each, value in attributes.items())
    if name in _EMPTY:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: Part) -> Html:
    """Return several parts one after the other."""
    return Html("".join(each if isinstance(each, Html) else escape(each) for each in content if each is not None))


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(value)}"'
