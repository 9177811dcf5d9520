"""Elements a person chooses from: menus of one or several, people, channels, checkboxes, radio buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from simulator.web import icons
from simulator.web.confirms import confirm_data
from simulator.web.markup import Attr, Html, el, slug
from simulator.web.surface import Part, Slot, Surface
from simulator.web.texts import plain, text

Group = tuple[str, list[tuple[str, str]]]
Draw = Callable[[Part, Slot, Surface], Html]


def static_select(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a menu of which one is chosen."""
    return _select(part, slot, surface, _groups(part), _chosen_options(part, slot, surface))


def users_select(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a menu of people of which one is chosen."""
    return _select(part, slot, surface, [("", list(surface.people))], _chosen_ids(part, slot, surface, "user"))


def channels_select(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a menu of channels of which one is chosen."""
    key = "channel" if part.get("type") == "channels_select" else "conversation"
    return _select(part, slot, surface, [("", list(surface.channels))], _chosen_ids(part, slot, surface, key))


def multi_static_select(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a menu of which several may be chosen."""
    return _multi(part, slot, surface, _groups(part), _chosen_options(part, slot, surface))


def multi_users_select(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a menu of people of which several may be chosen."""
    return _multi(part, slot, surface, [("", list(surface.people))], _chosen_ids(part, slot, surface, "user"))


def multi_channels_select(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return a menu of channels of which several may be chosen."""
    key = "channel" if part.get("type") == "multi_channels_select" else "conversation"
    return _multi(part, slot, surface, [("", list(surface.channels))], _chosen_ids(part, slot, surface, key))


def checkboxes(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return boxes of which any may be ticked."""
    return _boxes("checkbox", part, slot, surface)


def radio_buttons(part: Part, slot: Slot, surface: Surface) -> Html:
    """Return buttons of which one is chosen."""
    return _boxes("radio", part, slot, surface)


def _boxes(kind: str, part: Part, slot: Slot, surface: Surface) -> Html:
    action_id = str(part.get("action_id", ""))
    base = surface.id(slot.block_id, action_id)
    chosen = _chosen_options(part, slot, surface)
    rows = []
    for number, option in enumerate(part.get("options", [])):
        value = str(option.get("value", ""))
        box = el(
            "input", type=kind, name=base, id=f"{base}-{number}", value=value, checked=value in chosen,
            disabled=surface.disabled, data_autofocus=bool(part.get("focus_on_load")) and number == 0,
        )  # fmt: skip
        description = option.get("description")
        words = el(
            "span",
            text(option.get("text"), surface.reader),
            el("small", text(description, surface.reader)) if description else None,
        )
        rows.append(el("label", box, words, class_="box"))
    role = "radiogroup" if kind == "radio" else "group"
    return el("div", rows, class_="boxes", role=role, **_frame(part, slot, surface))


def _select(part: Part, slot: Slot, surface: Surface, groups: Sequence[Group], chosen: Sequence[str]) -> Html:
    blank = el("option", plain(part.get("placeholder")) or _choose(surface), value="")
    body: list[Html] = [blank]
    for label, options in groups:
        rows = [el("option", words, value=value, selected=value in chosen) for value, words in options]
        body.extend([el("optgroup", rows, label=label)] if label else rows)
    attrs = _frame(part, slot, surface)
    attrs["data_autofocus"] = bool(part.get("focus_on_load"))
    attrs["data_was"] = chosen[0] if chosen else ""
    inner = el("select", body, class_="field", disabled=surface.disabled, **attrs)
    return el("span", inner, icons.CHEVRON, class_="select")


def _multi(part: Part, slot: Slot, surface: Surface, groups: Sequence[Group], chosen: Sequence[str]) -> Html:
    attrs = _frame(part, slot, surface)
    base = str(attrs.pop("id"))
    hint = plain(part.get("placeholder")) or _choose(surface, several=True)
    rows: list[Html] = []
    for label, options in groups:
        if label:
            rows.append(el("p", label, class_="multi-group"))
        rows.extend(_multi_row(base, value, words, value in chosen) for value, words in options)
    name = str(attrs.get("aria_labelledby") or "")
    opener = el(
        "button", el("span", hint, class_="multi-shown", data_keep=True), icons.CHEVRON, type="button",
        class_="field multi-open", id=base, aria_haspopup="true", aria_expanded="false", aria_controls=f"{base}-pop",
        aria_labelledby=f"{name} {base}" if name else None, aria_describedby=attrs.get("aria_describedby"),
        aria_invalid=attrs.get("aria_invalid"), data_opens=f"{base}-pop", disabled=surface.disabled,
    )  # fmt: skip
    find = el(
        "input", type="search", class_="field multi-find",
        placeholder="Filtrer" if surface.french else "Type to filter",
        aria_label="Filtrer la liste" if surface.french else "Filter the list", autocomplete="off",
    )  # fmt: skip
    pop = el(
        "div", find, el("div", rows, class_="multi-list"), class_="multi-pop", id=f"{base}-pop", role="group",
        aria_labelledby=name or base, hidden=True,
    )  # fmt: skip
    return el(
        "div",
        opener,
        pop,
        class_="multi",
        id=f"{base}-all",
        data_hint=hint,
        data_max=part.get("max_selected_items") or None,
        **attrs,
    )


def _choose(surface: Surface, *, several: bool = False) -> str:
    if surface.french:
        return "Choisir des options" if several else "Choisir une option"
    return "Choose options" if several else "Choose an option"


def _multi_row(base: str, value: str, words: str, chosen: bool) -> Html:
    box = el("input", type="checkbox", value=value, id=slug(base, value), checked=chosen)
    return el("label", box, el("span", words), class_="multi-row")


def _frame(part: Part, slot: Slot, surface: Surface) -> dict[str, Attr]:
    action_id = str(part.get("action_id", ""))
    label = None if slot.label_id else (plain(part.get("placeholder")) or "Choose")
    return {
        "id": surface.id(slot.block_id, action_id),
        "data_control": str(part.get("type", "")),
        "data_block": slot.block_id,
        "data_action": action_id,
        "data_dispatch": "change" if slot.dispatch else None,
        "data_required": slot.required,
        "data_confirm": confirm_data(part, surface),
        "aria_labelledby": slot.label_id or None,
        "aria_label": label,
        "aria_describedby": slot.described_by or None,
        "aria_invalid": "true" if slot.invalid else None,
        "aria_required": "true" if slot.required else None,
    }


def _groups(part: Part) -> list[Group]:
    if part.get("option_groups"):
        return [(plain(group.get("label")), _pairs(group.get("options", []))) for group in part["option_groups"]]
    return [("", _pairs(part.get("options", [])))]


def _pairs(options: Iterable[Part]) -> list[tuple[str, str]]:
    return [(str(option.get("value", "")), plain(option.get("text"))) for option in options]


def _chosen_options(part: Part, slot: Slot, surface: Surface) -> list[str]:
    filled = surface.value(slot.block_id, str(part.get("action_id", "")))
    if filled is None:
        one, several = part.get("initial_option"), part.get("initial_options")
    else:
        one, several = filled.get("selected_option"), filled.get("selected_options")
    options = ([one] if one else []) + list(several or [])
    return [str(option.get("value", "")) for option in options]


def _chosen_ids(part: Part, slot: Slot, surface: Surface, key: str) -> list[str]:
    filled = surface.value(slot.block_id, str(part.get("action_id", "")))
    source, prefix = (part, "initial") if filled is None else (filled, "selected")
    one = source.get(f"{prefix}_{key}")
    return ([str(one)] if one else []) + [str(item) for item in source.get(f"{prefix}_{key}s") or []]


CHOICES: dict[str, Draw] = {
    "static_select": static_select,
    "users_select": users_select,
    "channels_select": channels_select,
    "conversations_select": channels_select,
    "multi_static_select": multi_static_select,
    "multi_users_select": multi_users_select,
    "multi_channels_select": multi_channels_select,
    "multi_conversations_select": multi_channels_select,
    "checkboxes": checkboxes,
    "radio_buttons": radio_buttons,
}
