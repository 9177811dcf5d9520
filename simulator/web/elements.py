"""Elements that a person presses or types in: buttons, overflow menus, text fields, dates and times.

Every control carries `data-control` (its type), `data-block` and `data-action`; static/forms.js reads nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.web import icons
from simulator.web.choices import CHOICES
from simulator.web.confirms import confirm_data
from simulator.web.markup import Attr, Html, el, join
from simulator.web.surface import Part, Slot, Surface
from simulator.web.texts import plain, text

Draw = Callable[[Part, Slot, Surface], Html]


def element(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return the HTML of one block element; an unknown one says so instead of vanishing."""
    kind = str(part.get("type", ""))
    audience = part.get("visible_to_user_ids")
    if audience is not None and surface.reader.me not in audience:
        return Html("")
    draw = _DRAW.get(kind) or CHOICES.get(kind)
    if draw is None:
        return el("p", f"This stand-in does not draw “{kind}”.", class_="undrawn")
    return draw(part, slot, surface)


def button(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a button; one with a `url` is a link that also tells the app it was followed."""
    style = str(part.get("style", ""))
    words = plain(part.get("text"))
    attrs: dict[str, Attr] = {
        "class_": f"btn {style if style in ('primary', 'danger') else ''}".strip(),
        "id": surface.id(slot.block_id, str(part.get("action_id", ""))),
        "data_control": "button",
        "data_block": slot.block_id,
        "data_action": str(part.get("action_id", "")),
        "data_confirm": confirm_data(part, surface),
        "aria_label": part.get("accessibility_label") or None,
    }
    url = str(part.get("url") or "")
    if url.startswith(("https://", "http://", "mailto:", "tel:")):
        return el("a", words, **attrs, href=url, target="_blank", rel="noopener noreferrer")
    return el("button", words, **attrs, type="button", disabled=surface.disabled)


def overflow(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a three-dot button with its menu."""
    action_id = str(part.get("action_id", ""))
    menu_id = surface.id(slot.block_id, action_id, "menu")
    items = [_menu_item(option, surface) for option in part.get("options", [])]
    return el(
        "div",
        el(
            "button", icons.MORE, type="button", class_="btn icon-btn", aria_haspopup="menu", aria_expanded="false",
            aria_controls=menu_id, aria_label=part.get("accessibility_label") or "More actions",
            id=surface.id(slot.block_id, action_id), data_opens=menu_id, disabled=surface.disabled,
        ),
        el("div", items, role="menu", id=menu_id, class_="menu", hidden=True),
        class_="overflow", data_control="overflow", data_block=slot.block_id, data_action=action_id,
        data_confirm=confirm_data(part, surface),
    )  # fmt: skip


def _menu_item(option: Part, surface: Surface) -> Html:
    description = option.get("description")
    words = [
        text(option.get("text"), surface.reader),
        el("small", text(description, surface.reader)) if description else None,
    ]
    value = str(option.get("value", ""))
    return el("button", words, type="button", role="menuitem", data_value=value)


def typed(input_type: str, state_key: str = "value", initial_key: str = "initial_value") -> Draw:
    """Return a drawer of single-line fields of one HTML input type."""

    def draw(part: Part, slot: Slot, surface: Surface) -> Html:
        attrs = _field(part, slot, surface)
        return el(
            "input", **attrs, type=input_type, value=_current(part, slot, surface, state_key, initial_key),
            minlength=part.get("min_length") or None, maxlength=_max_length(part),
            min=part.get("min_value") or None, max=part.get("max_value") or None, step=_step(part),
            inputmode=_input_mode(part),
        )  # fmt: skip

    return draw


def plain_text_input(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a field for a line or for several lines of text."""
    if not part.get("multiline"):
        return typed("text")(part, slot, surface)
    current = _current(part, slot, surface, "value", "initial_value")
    attrs = _field(part, slot, surface)
    limits = {"minlength": part.get("min_length") or None, "maxlength": _max_length(part)}
    # A line break right after the tag is dropped by the HTML parser, so one is put there to be dropped.
    return el("textarea", "\n" + current, **attrs, **limits, rows="4")


def _field(part: Part, slot: Slot, surface: Surface) -> dict[str, Attr]:
    action_id = str(part.get("action_id", ""))
    label = None if slot.label_id else (plain(part.get("placeholder")) or "Field")
    return {
        "class_": "field",
        "id": surface.id(slot.block_id, action_id),
        "data_control": str(part.get("type", "")),
        "data_block": slot.block_id,
        "data_action": action_id,
        "data_dispatch": _dispatch(part, slot),
        "data_autofocus": bool(part.get("focus_on_load")),
        "placeholder": plain(part.get("placeholder")) or None,
        "aria_label": label,
        "aria_describedby": slot.described_by or None,
        "aria_invalid": "true" if slot.invalid else None,
        "aria_required": "true" if slot.required else None,
        "data_required": slot.required,
        "disabled": surface.disabled,
        "autocomplete": "off",
    }


def _dispatch(part: Part, slot: Slot) -> str | None:
    """Return when the field tells the app: "enter", "character", "change", or None if it only speaks on submission."""
    if not slot.dispatch:
        return None
    if part.get("type") in ("plain_text_input", "email_text_input", "number_input", "url_text_input"):
        wanted = (part.get("dispatch_action_config") or {}).get("trigger_actions_on") or ["on_enter_pressed"]
        return " ".join("character" if item == "on_character_entered" else "enter" for item in wanted)
    return "change"


def _current(part: Part, slot: Slot, surface: Surface, state_key: str, initial_key: str) -> str:
    filled = surface.value(slot.block_id, str(part.get("action_id", "")))
    value: Any = part.get(initial_key) if filled is None else filled.get(state_key)
    return "" if value is None else str(value)


def _max_length(part: Part) -> str | None:
    if part.get("type") != "plain_text_input":
        return None
    return str(part.get("max_length") or 3000)


def _step(part: Part) -> str | None:
    if part.get("type") != "number_input":
        return None
    return "any" if part.get("is_decimal_allowed") else "1"


def _input_mode(part: Part) -> str | None:
    if part.get("type") != "number_input":
        return None
    return "decimal" if part.get("is_decimal_allowed") else "numeric"


def image(part: Part, _slot: Slot, _surface: Surface) -> Html:
    """Return a picture's frame and its alternative text; the picture itself would be a request to elsewhere."""
    alt = str(part.get("alt_text", ""))
    return el("span", icons.IMAGE, role="img", aria_label=alt, title=alt, class_="thumb")


def unnamed(part: Part, _slot: Slot, surface: Surface) -> Html:
    """Return a bare text object, which stands among a context block's elements."""
    return el("span", text(part, surface.reader))


def feedback_buttons(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return the pair of buttons under an answer."""
    pair = [part.get("positive_button") or {}, part.get("negative_button") or {}]
    action_id = str(part.get("action_id", ""))
    return join(button({**choice, "action_id": action_id}, slot, surface) for choice in pair)


_DRAW: dict[str, Draw] = {
    "button": button,
    "workflow_button": button,
    "icon_button": button,
    "feedback_buttons": feedback_buttons,
    "overflow": overflow,
    "plain_text_input": plain_text_input,
    "email_text_input": typed("email"),
    "url_text_input": typed("url"),
    "number_input": typed("number"),
    "datepicker": typed("date", "selected_date", "initial_date"),
    "timepicker": typed("time", "selected_time", "initial_time"),
    "image": image,
    "plain_text": unnamed,
    "mrkdwn": unnamed,
}
