"""From the library's parts to JSON in one walk; the library itself walks each level anew, in an eighth of an answer.

A part that is not in the table is left to the library.
"""

from __future__ import annotations

from typing import Any

import slackblocks as sb

_KEPT: dict[type, tuple[str, ...]] = {
    sb.ActionsBlock: ("elements",),
    sb.AlertBlock: ("text", "level"),
    sb.Button: ("text", "action_id", "style", "url", "value", "confirm", "accessibility_label"),
    sb.ConfirmationDialogue: ("title", "text", "confirm", "deny", "style"),
    sb.ContextBlock: ("elements",),
    sb.DividerBlock: (),
    sb.HeaderBlock: ("text",),
    sb.Option: ("text", "value", "description", "url"),
    sb.SectionBlock: ("text", "fields", "accessory"),
}
"""What each part says of itself, by the names that Slack knows too."""
_UNTYPED = frozenset({sb.ConfirmationDialogue, sb.Option})
_BLOCKS = frozenset(kind for kind in _KEPT if issubclass(kind, sb.Block))


def drawn(part: Any) -> Any:
    """Return a part as JSON, with colons on every plain text left as colons: Slack has another default."""
    if part is None or isinstance(part, str):
        return part
    kind = type(part)  # The library's classes are abstract ones, which are slow to ask what is one of them.
    if kind is sb.Text:
        if part.text_type is sb.TextType.PLAINTEXT:
            return {"type": "plain_text", "text": part.text, "emoji": False}
        return {"type": "mrkdwn", "text": part.text, **({"verbatim": True} if part.verbatim else {})}
    if kind is list:
        return [drawn(each) for each in part]
    names = _KEPT.get(kind)
    if names is None:
        return _literal(part._resolve())  # noqa: SLF001 - the library's only way from one part to its JSON
    found: dict[str, Any] = {}
    if kind not in _UNTYPED:
        found["type"] = part.type.value
    if kind in _BLOCKS:
        found["block_id"] = part.block_id
    for name in names:
        value = getattr(part, name)
        if value is not None:
            found[name] = drawn(value)
    return found


def _literal(part: Any) -> Any:
    if isinstance(part, dict):
        if part.get("type") == "plain_text":
            return {**part, "emoji": False}
        return {key: _literal(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_literal(value) for value in part]
    return part
