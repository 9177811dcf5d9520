"""The few Block Kit parts the app uses, each with its ids said out loud and text that is plain unless asked.

A person's words go through `plain`, never through `rich`: Slack parses mentions, links and commands in the latter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import slackblocks as sb
from slackblocks import Block, Element

from handlers.views.drawing import drawn

View = dict[str, Any]
Choices = Sequence[tuple[str, str]]
"""Pairs of value and label."""
PAIRS = 5
"""Pairs of label and value in one section, which holds ten fields."""
FIELD = 2000
"""The most characters that Slack takes in one field of a section."""
OPTION = 75
"""The most characters that Slack takes in the label of a choice."""


def plain(text: str) -> sb.Text:
    """Return text that Slack shows literally."""
    return sb.Text(text, type_=sb.TextType.PLAINTEXT, emoji=False)


def rich(text: str) -> sb.Text:
    """Return our own wording with Slack's formatting; never a person's words."""
    return sb.Text(text, type_=sb.TextType.MARKDOWN, verbatim=True)


def header(text: str, block_id: str) -> Block:
    """Return a heading of at most 150 characters."""
    return sb.HeaderBlock(text, block_id=block_id)


def section(text: str, block_id: str, accessory: Element | None = None, *, formatted: bool = False) -> Block:
    """Return a paragraph of at most 3000 characters, with an optional element beside it."""
    return sb.SectionBlock(rich(text) if formatted else plain(text), block_id=block_id, accessory=accessory)


def facts(pairs: Sequence[tuple[str, str]], block_id: str) -> list[Block]:
    """Return labels and values side by side, five pairs a block; labels are our words in bold, values stay literal."""
    blocks: list[Block] = []
    for start in range(0, len(pairs), PAIRS):
        fields: list[str | sb.Text] = []
        for label, value in pairs[start : start + PAIRS]:
            fields += [rich(f"*{label}*"), plain(_short(value) or " ")]
        blocks.append(sb.SectionBlock(fields=fields, block_id=block_id if start == 0 else f"{block_id}.{start}"))
    return blocks


def _short(text: str, most: int = FIELD) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def context(text: str, block_id: str) -> Block:
    """Return small print."""
    return sb.ContextBlock([plain(text)], block_id=block_id)


def alert(text: str, block_id: str, level: str = "info") -> Block:
    """Return a notice box; Slack allows it in modals only, at most 200 characters."""
    return sb.AlertBlock(plain(text), level=level, block_id=block_id)  # type: ignore[arg-type]


def bars(title: str, name: str, points: Sequence[tuple[str, int]], block_id: str) -> Block:
    """Return a bar chart of one series; Slack takes it in messages and Home, with labels of at most 20 characters."""
    data = [sb.DataPoint(_short(label, 20), value) for label, value in points]
    drawing = sb.BarChart([sb.DataSeries(_short(name, 20), data)], sb.AxisConfig([point.label for point in data]))
    return sb.DataVisualizationBlock(_short(title, 50), drawing, block_id=block_id)


def divider(block_id: str) -> Block:
    """Return a rule."""
    return sb.DividerBlock(block_id=block_id)


def confirm(title: str, text: str, yes: str, no: str, *, danger: bool = False) -> sb.ConfirmationDialogue:
    """Return a question asked before a button acts."""
    # Only the text may have formatting; the library makes the others plain by itself, as on buttons and in headings.
    return sb.ConfirmationDialogue(
        title=title, text=plain(text), confirm=yes, deny=no, style="danger" if danger else None
    )


def button(
    text: str,
    action_id: str,
    value: str | None = None,
    *,
    style: str | None = None,
    ask: sb.ConfirmationDialogue | None = None,
    says: str | None = None,
    url: str | None = None,
) -> Element:
    """Return a button; `says` is what a screen reader reads where the text alone is not enough."""
    return sb.Button(
        text,
        action_id=action_id,
        value=value,
        style=style,  # type: ignore[arg-type]
        confirm=ask,
        accessibility_label=says,
        url=url,
    )


def actions(elements: Sequence[Element], block_id: str) -> Block:
    """Return a row of buttons or selects."""
    return sb.ActionsBlock(list(elements), block_id=block_id)


def _options(choices: Choices) -> list[sb.Option]:
    # A programme's own words in a label are as long as its file says: one that is cut is better than no page.
    return [sb.Option(plain(_short(label, OPTION)), value) for value, label in choices]


def _chosen(options: Iterable[sb.Option], values: Iterable[str]) -> list[sb.Option]:
    wanted = set(values)
    return [option for option in options if option.value in wanted]


def radios(action_id: str, choices: Choices, chosen: str | None = None) -> Element:
    """Return radio buttons, ten at most."""
    options = _options(choices)
    first = _chosen(options, [chosen] if chosen else [])
    return sb.RadioButtonGroup(action_id, options, initial_option=first[0] if first else None)


def checkboxes(action_id: str, choices: Choices, chosen: Iterable[str] = ()) -> Element:
    """Return checkboxes, ten at most."""
    options = _options(choices)
    return sb.CheckboxGroup(action_id, options, initial_options=_chosen(options, chosen) or None)


def select(action_id: str, choices: Choices, chosen: str | None = None, placeholder: str | None = None) -> Element:
    """Return a drop-down of at most 100 choices."""
    options = _options(choices)
    first = _chosen(options, [chosen] if chosen else [])
    return sb.StaticSelectMenu(
        action_id,
        options,
        initial_option=first[0] if first else None,
        placeholder=plain(placeholder) if placeholder else None,
    )


def multi_select(
    action_id: str, choices: Choices, chosen: Iterable[str] = (), placeholder: str | None = None
) -> Element:
    """Return a drop-down with several answers."""
    options = _options(choices)
    return sb.StaticMultiSelectMenu(
        action_id,
        options,
        initial_options=_chosen(options, chosen) or None,
        placeholder=plain(placeholder) if placeholder else None,
    )


def member(action_id: str, chosen: str | None = None, placeholder: str | None = None) -> Element:
    """Return a picker of one member; Slack fills it, so no typed name reaches us."""
    return sb.UserSelectMenu(action_id, initial_user=chosen, placeholder=plain(placeholder) if placeholder else None)


def members(action_id: str, chosen: Sequence[str] = (), placeholder: str | None = None, most: int = 20) -> Element:
    """Return a picker of several members."""
    return sb.UserMultiSelectMenu(
        action_id,
        initial_users=list(chosen) or None,
        placeholder=plain(placeholder) if placeholder else None,
        max_selected_items=most,
    )


def channels(action_id: str, most: int = 20) -> Element:
    """Return a picker of several public channels; Slack fills it."""
    return sb.ChannelMultiSelectMenu(action_id, max_selected_items=most)


def text_field(
    action_id: str,
    *,
    value: str | None = None,
    longest: int = 150,
    placeholder: str | None = None,
    multiline: bool = False,
) -> Element:
    """Return a text field of bounded length."""
    return sb.PlainTextInput(
        action_id,
        initial_value=value or None,
        multiline=multiline,
        max_length=longest,
        placeholder=plain(placeholder) if placeholder else None,
    )


def date_field(action_id: str, value: str | None = None) -> Element:
    """Return a date picker; the value is YYYY-MM-DD."""
    return sb.DatePicker(action_id, initial_date=value)


def time_field(action_id: str, value: str | None = None) -> Element:
    """Return a time picker; the value is HH:MM."""
    return sb.TimePicker(action_id, initial_time=value)


def field(
    label: str, element: Element, block_id: str, *, hint: str | None = None, optional: bool = False, live: bool = False
) -> Block:
    """Return a labelled input; `live` tells us at once when it changes."""
    return sb.InputBlock(
        plain(label),
        element,
        dispatch_action=live,
        block_id=block_id,
        hint=plain(hint) if hint else None,
        optional=optional,
    )


def meta(language: str, programme: str | None = None, handle: str | None = None, **more: str) -> str:
    """Return the hidden metadata of a view: language, programme and an opaque handle, nothing else."""
    held = {"l": language, "p": programme, "h": handle, **more}
    return json.dumps({key: value for key, value in held.items() if value is not None}, separators=(",", ":"))


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    close: str,
    metadata: str,
    submit: str | None = None,
    clear_on_close: bool = False,
) -> View:
    """Return a modal; title, submit and close hold 24 characters each."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": title, "emoji": False},
        "close": {"type": "plain_text", "text": close, "emoji": False},
        "blocks": drawn(list(blocks)),
        "private_metadata": metadata,
    }
    if submit:
        view["submit"] = {"type": "plain_text", "text": submit, "emoji": False}
    if clear_on_close:
        view["clear_on_close"] = True
    return view


def home(blocks: Sequence[Block], *, callback_id: str, metadata: str) -> View:
    """Return a Home tab."""
    return {"type": "home", "callback_id": callback_id, "blocks": drawn(list(blocks)), "private_metadata": metadata}


def message(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return the blocks of a message."""
    found: list[dict[str, Any]] = drawn(list(blocks))
    return found


Values = Mapping[str, Any]
"""What a view's inputs hold, by block id."""
