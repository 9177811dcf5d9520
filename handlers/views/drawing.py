"""From the library's parts to JSON in one walk; the library itself walks each level anew, in an eighth of an answer.

A part that is not in the table is left to the library.
"""

from __future__ import annotations

from types import NoneType
from typing import Any

import slackblocks as sb

_ASKS = ("action_id", "confirm", "focus_on_load")
_PICKS = (*_ASKS, "placeholder", "options", "option_groups")
_KEPT: dict[type, tuple[str, ...]] = {
    sb.ActionsBlock: ("elements",),
    sb.AlertBlock: ("text", "level"),
    sb.Button: ("text", "action_id", "style", "url", "value", "confirm", "accessibility_label"),
    sb.CheckboxGroup: (*_ASKS, "options", "initial_options"),
    sb.ConfirmationDialogue: ("title", "text", "confirm", "deny", "style"),
    sb.ContextBlock: ("elements",),
    sb.DatePicker: (*_ASKS, "placeholder", "initial_date"),
    sb.DividerBlock: (),
    sb.HeaderBlock: ("text",),
    sb.InputBlock: ("label", "element", "hint", "dispatch_action", "optional"),
    sb.Option: ("text", "value", "description", "url"),
    sb.RadioButtonGroup: (*_ASKS, "options", "initial_option"),
    sb.SectionBlock: ("text", "fields", "accessory"),
    sb.StaticMultiSelectMenu: (*_PICKS, "initial_options", "max_selected_items"),
    sb.StaticSelectMenu: (*_PICKS, "initial_option"),
    sb.UserMultiSelectMenu: (*_ASKS, "placeholder", "initial_users", "max_selected_items"),
    sb.UserSelectMenu: (*_ASKS, "placeholder", "initial_user"),
}
"""What each part says of itself, by the names that Slack knows too."""
_AS_IT_IS = frozenset({str, int, bool, NoneType})
_UNTYPED = frozenset({sb.ConfirmationDialogue, sb.Option})
_BLOCKS = frozenset(kind for kind in _KEPT if issubclass(kind, sb.Block))


def drawn(part: Any) -> Any:
    """Return a part as JSON, with colons on every plain text left as colons: Slack has another default."""
    kind = type(part)  # The library's classes are abstract ones, which are slow to ask what is one of them.
    if kind in _AS_IT_IS:
        return part
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
        if value is not None and value is not False:
            found[name] = value if type(value) in _AS_IT_IS else drawn(value)
    return found


def _literal(part: Any) -> Any:
    if isinstance(part, dict):
        if part.get("type") == "plain_text":
            return {**part, "emoji": False}
        return {key: _literal(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_literal(value) for value in part]
    return part
