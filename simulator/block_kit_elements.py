"""Slack's composition objects and interactive elements: their keys, their limits and where each may stand.

Limits are those of Slack's reference as of late 2026, taken strictly: what the reference does not allow is refused.
"""

from __future__ import annotations

from typing import Any

from simulator.shapes import (
    Check,
    Report,
    anything,
    array,
    boolean,
    both,
    integer,
    matching,
    one_of,
    shape,
    string,
    typed,
    url,
)

TYPE: dict[str, Check] = {"type": anything}
ACTION_ID = {"action_id": string(255)}
FOCUS: dict[str, Check] = {"focus_on_load": boolean}


def plain_text(most: int, least: int = 1) -> Check:
    """Expect a plain_text object of at most so many characters."""
    return typed({"plain_text": shape({**TYPE, "text": string(most, least)}, {"emoji": boolean})})


def any_text(most: int) -> Check:
    """Expect a plain_text or mrkdwn object of at most so many characters."""
    return typed(
        {
            "plain_text": shape({**TYPE, "text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({**TYPE, "text": string(most)}, {"verbatim": boolean}),
        }
    )


def option(text: Check, *, with_url: bool = False) -> Check:
    """Expect one option of a menu or group."""
    extra: dict[str, Check] = {"url": url()} if with_url else {}
    return shape({"text": text, "value": string(150)}, {"description": text, **extra})


PLAIN_OPTION = option(plain_text(75))
RICH_OPTION = option(any_text(75))
LINK_OPTION = option(plain_text(75), with_url=True)
OPTION_GROUP = shape({"label": plain_text(75), "options": array(PLAIN_OPTION, 100, 1)})
CONFIRM = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)
DISPATCH_CONFIG = shape({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)})
FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
SLACK_FILE = shape({}, {"id": string(255), "url": url()})
CHOICE: dict[str, Check] = {**ACTION_ID, **FOCUS, "confirm": CONFIRM}
MENU: dict[str, Check] = {**CHOICE, "placeholder": plain_text(150)}
MULTI: dict[str, Check] = {**MENU, "max_selected_items": integer(1, 1000)}
TYPED_INPUT: dict[str, Check] = {
    **ACTION_ID,
    **FOCUS,
    "placeholder": plain_text(150),
    "dispatch_action_config": DISPATCH_CONFIG,
}
PERSON_ID = matching(r"[UW][A-Z0-9]{2,}", "must be a valid user id")
CONVERSATION_ID = matching(r"[CDGU][A-Z0-9]{2,}", "must be a valid conversation id")
CHANNEL_ID = matching(r"C[A-Z0-9]{2,}", "must be a valid channel id")
DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "must be a date in the form YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a time in the form HH:mm")


def _options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    groups = element.get("option_groups")
    listed = [g.get("options") for g in groups if isinstance(g, dict)] if isinstance(groups, list) else []
    lists = [element.get("options"), *listed]
    return [one for some in lists if isinstance(some, list) for one in some if isinstance(one, dict)]


def _choices(element: Any, path: str, report: Report) -> None:
    """Either options or groups; no value twice; whatever is chosen beforehand is one of the options."""
    options = _options_of(element)
    if "options" in element and "option_groups" in element:
        report.add(path, "only one of options and option_groups may be provided")
    if "options" not in element and "option_groups" not in element:
        report.add(path, "missing required field: options")
    values = [str(one.get("value")) for one in options]
    for value in sorted({value for value in values if values.count(value) > 1}):
        report.add(f"{path}/options", f"option values must be unique: {value}")
    chosen = element.get("initial_options", [])
    initial = [*(chosen if isinstance(chosen, list) else []), element.get("initial_option")]
    for one in initial:
        if one is not None and one not in options:
            report.add(path, "initial_option must be one of the options")
    if len(initial) - 1 > element.get("max_selected_items", 1000):
        report.add(path, "initial_options may not be more than max_selected_items")


def _text_input(element: Any, path: str, report: Report) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        report.add(path, "min_length may not be greater than max_length")
    initial = element.get("initial_value")
    if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
        report.add(f"{path}/initial_value", f"must be less than {most + 1} characters")


def _number_input(element: Any, path: str, report: Report) -> None:
    for key in ("min_value", "max_value", "initial_value"):
        try:
            float(element.get(key, "0"))
        except (TypeError, ValueError):
            report.add(f"{path}/{key}", "must be a number in a string")


def _image(element: Any, path: str, report: Report) -> None:
    if ("image_url" in element) == ("slack_file" in element):
        report.add(path, "exactly one of image_url and slack_file must be provided")


IMAGE: dict[str, Check] = {"image_url": url(), "slack_file": SLACK_FILE}
BUTTON = shape(
    {**TYPE, "text": plain_text(75)},
    {
        **ACTION_ID,
        "url": url(),
        "value": string(2000, 0),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": array(PERSON_ID, 10),
    },
)
GROUPED: dict[str, Check] = {"options": array(PLAIN_OPTION, 100, 1), "option_groups": array(OPTION_GROUP, 100, 1)}
EXTERNAL: dict[str, Check] = {"min_query_length": integer(0, 255)}
CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": FILTER}
FEEDBACK = shape({"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "image": both(shape({**TYPE, "alt_text": string(2000)}, IMAGE), _image),
    "checkboxes": both(
        shape({**TYPE, "options": array(RICH_OPTION, 10, 1)}, {**CHOICE, "initial_options": array(RICH_OPTION, 10, 1)}),
        _choices,
    ),
    "radio_buttons": both(
        shape({**TYPE, "options": array(RICH_OPTION, 10, 1)}, {**CHOICE, "initial_option": RICH_OPTION}), _choices
    ),
    "overflow": both(shape({**TYPE, "options": array(LINK_OPTION, 5, 1)}, {**ACTION_ID, "confirm": CONFIRM}), _choices),
    "static_select": both(shape(TYPE, {**MENU, **GROUPED, "initial_option": PLAIN_OPTION}), _choices),
    "multi_static_select": both(
        shape(TYPE, {**MULTI, **GROUPED, "initial_options": array(PLAIN_OPTION, 100, 1)}), _choices
    ),
    "external_select": shape(TYPE, {**MENU, **EXTERNAL, "initial_option": PLAIN_OPTION}),
    "multi_external_select": shape(TYPE, {**MULTI, **EXTERNAL, "initial_options": array(PLAIN_OPTION, 100, 1)}),
    "users_select": shape(TYPE, {**MENU, "initial_user": PERSON_ID}),
    "multi_users_select": shape(TYPE, {**MULTI, "initial_users": array(PERSON_ID, 1000, 1)}),
    "conversations_select": shape(
        TYPE, {**MENU, **CONVERSATIONS, "initial_conversation": CONVERSATION_ID, "response_url_enabled": boolean}
    ),
    "multi_conversations_select": shape(
        TYPE, {**MULTI, **CONVERSATIONS, "initial_conversations": array(CONVERSATION_ID, 1000, 1)}
    ),
    "channels_select": shape(TYPE, {**MENU, "initial_channel": CHANNEL_ID, "response_url_enabled": boolean}),
    "multi_channels_select": shape(TYPE, {**MULTI, "initial_channels": array(CHANNEL_ID, 1000, 1)}),
    "datepicker": shape(TYPE, {**MENU, "initial_date": DATE}),
    "timepicker": shape(TYPE, {**MENU, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": shape(TYPE, {**CHOICE, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": both(
        shape(
            TYPE,
            {
                **TYPED_INPUT,
                "initial_value": string(3000, 0),
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
            },
        ),
        _text_input,
    ),
    "email_text_input": shape(TYPE, {**TYPED_INPUT, "initial_value": string(3000)}),
    "url_text_input": shape(TYPE, {**TYPED_INPUT, "initial_value": string(3000)}),
    "number_input": both(
        shape(
            {**TYPE, "is_decimal_allowed": boolean},
            {**TYPED_INPUT, "initial_value": anything, "min_value": anything, "max_value": anything},
        ),
        _number_input,
    ),
    "rich_text_input": shape(TYPE, {**TYPED_INPUT, "initial_value": anything}),
    "file_input": shape(TYPE, {**ACTION_ID, "filetypes": array(string(20), 100, 1), "max_files": integer(1, 10)}),
    "feedback_buttons": shape({**TYPE, "positive_button": FEEDBACK, "negative_button": FEEDBACK}, ACTION_ID),
    "icon_button": shape(
        {**TYPE, "icon": one_of("trash"), "text": plain_text(75)},
        {
            **ACTION_ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(PERSON_ID, 10),
        },
    ),
    "workflow_button": shape(
        {**TYPE, "text": plain_text(75), "workflow": anything},
        {**ACTION_ID, "style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
}

SELECTS = frozenset(f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels"))
MULTI_SELECTS = frozenset(f"multi_{name}" for name in SELECTS)
PICKERS = SELECTS | MULTI_SELECTS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
TYPED_INPUTS = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input"}
)
IN_SECTION = PICKERS | {"button", "image", "overflow", "workflow_button"}
IN_ACTIONS = PICKERS | {"button", "overflow", "datetimepicker", "workflow_button"}
IN_INPUT = PICKERS | TYPED_INPUTS | {"datetimepicker"}

# An element that is not named here may stand on every surface.
ELEMENT_SURFACES: dict[str, frozenset[str]] = {
    "datetimepicker": frozenset({"modal", "message"}),
    "email_text_input": frozenset({"modal"}),
    "url_text_input": frozenset({"modal"}),
    "number_input": frozenset({"modal"}),
    "file_input": frozenset({"modal"}),
    "rich_text_input": frozenset({"modal", "home"}),
    "workflow_button": frozenset({"message"}),
    "feedback_buttons": frozenset({"message"}),
    "icon_button": frozenset({"message"}),
}
