"""Refuses what Slack refuses: blocks and views checked by surface, size, key, type and the rules across them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from simulator.block_kit_elements import (
    BUTTON,
    ELEMENT_SURFACES,
    ELEMENTS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    TYPE,
    any_text,
    plain_text,
)
from simulator.shapes import (
    Check,
    Report,
    anything,
    array,
    boolean,
    both,
    integer,
    number,
    one_of,
    shape,
    string,
    typed,
    url,
)

Surface = Literal["message", "modal", "home"]

VIEW_BYTES = 250_000
MESSAGE_TEXT = 40_000
MESSAGE_BLOCK_CHARACTERS = 13_200
BLOCK_ID: dict[str, Check] = {"block_id": string(255)}


def _section(block: Any, path: str, report: Report) -> None:
    if "text" not in block and "fields" not in block:
        report.add(path, "missing required field: text")


def _one_image(block: Any, path: str, report: Report) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        report.add(path, "exactly one of image_url and slack_file must be provided")


def _card(block: Any, path: str, report: Report) -> None:
    if not {"title", "body", "hero_image", "actions"} & set(block):
        report.add(path, "must provide at least one of: hero_image, title, actions, body")


def _plot(chart: Any, path: str, report: Report) -> None:
    """See that the series have names of their own, and one point for each category."""
    series = [each for each in chart.get("series") or () if isinstance(each, dict)]
    if len({each.get("name") for each in series}) < len(series):
        report.add(f"{path}/series", "series names must be unique")
    categories = (chart.get("axis_config") or {}).get("categories")
    for index, each in enumerate(series):
        if [point.get("label") for point in each.get("data") or ()] != categories:
            report.add(f"{path}/series/{index}/data", "labels must match axis categories")


POINT = shape({"label": string(20), "value": number})
SERIES = shape({"name": string(20), "data": array(POINT, 20, 1)})
AXIS = shape({"categories": array(string(20), 20, 1)}, {"x_label": string(50), "y_label": string(50)})
PLOT = both(shape({**TYPE, "series": array(SERIES, 12, 1), "axis_config": AXIS}), _plot)
PIE = shape({**TYPE, "segments": array(POINT, 12, 1)})
CHART = typed({"pie": PIE, "bar": PLOT, "line": PLOT, "area": PLOT})
CARD = both(
    shape(
        TYPE,
        {
            **BLOCK_ID,
            "hero_image": ELEMENTS["image"],
            "icon": ELEMENTS["image"],
            "slack_icon": anything,
            "title": any_text(150),
            "subtitle": any_text(150),
            "body": any_text(200),
            "subtext": any_text(200),
            "actions": array(typed({"button": BUTTON}), 3, 1),
        },
    ),
    _card,
)
CELLS = array(typed({"raw_text": anything, "rich_text": anything, "raw_number": anything}), 20, 1)

BLOCKS: dict[str, Check] = {
    "actions": shape({**TYPE, "elements": array(typed(ELEMENTS, IN_ACTIONS), 25, 1)}, BLOCK_ID),
    "alert": shape(
        {**TYPE, "text": any_text(200)},
        {**BLOCK_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": CARD,
    "carousel": shape({**TYPE, "elements": array(typed({"card": CARD}), 10, 1)}, BLOCK_ID),
    "context": shape(
        {
            **TYPE,
            "elements": array(
                typed(
                    {"image": ELEMENTS["image"], "mrkdwn": any_text(3000), "plain_text": any_text(3000)},
                ),
                10,
                1,
            ),
        },
        BLOCK_ID,
    ),
    "context_actions": shape(
        {**TYPE, "elements": array(typed(ELEMENTS, ("feedback_buttons", "icon_button")), 5, 1)}, BLOCK_ID
    ),
    "data_table": shape(
        {**TYPE, "caption": string(3000), "rows": array(CELLS, 201, 2)},
        {**BLOCK_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    ),
    "data_visualization": shape({**TYPE, "title": string(50), "chart": CHART}, BLOCK_ID),
    "divider": shape(TYPE, BLOCK_ID),
    "file": shape({**TYPE, "external_id": string(255), "source": one_of("remote")}, BLOCK_ID),
    "header": shape({**TYPE, "text": plain_text(150)}, {**BLOCK_ID, "level": integer(1, 4)}),
    "image": both(
        shape({**TYPE, "alt_text": string(2000)}, {**BLOCK_ID, **IMAGE, "title": plain_text(2000)}), _one_image
    ),
    "input": shape(
        {**TYPE, "label": plain_text(2000), "element": typed(ELEMENTS, IN_INPUT)},
        {**BLOCK_ID, "hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": shape({**TYPE, "text": string(12_000)}, BLOCK_ID),
    "rich_text": shape({**TYPE, "elements": array(anything, 1000, 1)}, BLOCK_ID),
    "section": both(
        shape(
            TYPE,
            {
                **BLOCK_ID,
                "text": any_text(3000),
                "fields": array(any_text(2000), 10, 1),
                "accessory": typed(ELEMENTS, IN_SECTION),
                "expand": boolean,
            },
        ),
        _section,
    ),
    "table": shape({**TYPE, "rows": array(CELLS, 100, 1)}, {**BLOCK_ID, "column_settings": array(anything, 20, 1)}),
    "video": shape(
        {
            **TYPE,
            "alt_text": string(2000),
            "title": plain_text(200),
            "thumbnail_url": url(),
            "video_url": url(),
        },
        {
            **BLOCK_ID,
            "author_name": string(50),
            "description": plain_text(200),
            "provider_icon_url": url(2000),
            "provider_name": string(50),
            "title_url": url(2000),
        },
    ),
}
BLOCKS["container"] = shape(
    {**TYPE, "child_blocks": array(typed(BLOCKS), 10, 1)},
    {
        **BLOCK_ID,
        "title": plain_text(150),
        "rich_text_title": anything,
        "subtitle": plain_text(150),
        "width": anything,
        "icon": anything,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
)

EVERYWHERE = frozenset(
    {"actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
)
WIDE = frozenset({"carousel", "container", "data_table", "data_visualization", "table"})
SURFACES: dict[Surface, frozenset[str]] = {
    "message": EVERYWHERE | WIDE | {"context_actions", "file", "markdown"},
    "modal": EVERYWHERE | {"alert"},
    "home": EVERYWHERE | WIDE,
}
MOST_BLOCKS: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}

COMMON_VIEW: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
VIEW_SHAPES: dict[str, Check] = {
    "modal": shape(
        {**TYPE, "title": plain_text(24), "blocks": anything},
        {
            **COMMON_VIEW,
            "submit": plain_text(24),
            "close": plain_text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": shape({**TYPE, "blocks": anything}, COMMON_VIEW),
}


def check_view(view: Any, surface: Surface) -> list[str]:
    """Return what Slack would refuse in this view on this surface; nothing if it would take it."""
    report = Report()
    if not isinstance(view, dict) or view.get("type") != surface:
        report.add("/view/type", f"must be {surface}")
        return report.messages
    VIEW_SHAPES[surface](view, "/view", report)
    blocks = view.get("blocks", [])
    _check_blocks(blocks, surface, "/view/blocks", report)
    listed = blocks if isinstance(blocks, list) else []
    asks = any(isinstance(block, dict) and block.get("type") == "input" for block in listed)
    if surface == "modal" and asks and "submit" not in view:
        report.add("/view", "missing required field: submit")
    return report.messages


def check_blocks(blocks: Any, surface: Surface = "message") -> list[str]:
    """Return what Slack would refuse in these blocks on this surface; nothing if it would take them."""
    report = Report()
    _check_blocks(blocks, surface, "/blocks", report)
    return report.messages


def view_too_large(view: Any) -> bool:
    """Whether a view is over Slack's 250 kB."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES


def elements_of(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every element of a block that a person could use, in order."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]
    for key in ("elements", "actions", "child_blocks"):
        listed = block.get(key)
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, dict):
                if key == "child_blocks" or entry.get("type") == "card":
                    yield from elements_of(entry)
                else:
                    yield entry


def _check_blocks(blocks: Any, surface: Surface, path: str, report: Report) -> None:
    array(typed(BLOCKS, SURFACES[surface]), MOST_BLOCKS[surface])(blocks, path, report)
    known = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    for block_id, times in Counter(block["block_id"] for block in known if block.get("block_id")).items():
        if times > 1:
            report.add(path, f"block_id must be unique: {block_id}")
    focused = 0
    for index, block in enumerate(known):
        elements = list(elements_of(block))
        focused += sum(1 for element in elements if element.get("focus_on_load") is True)
        _check_elements(elements, surface, f"{path}/{index}", report)
    if focused > 1:
        report.add(path, "only one element may have focus_on_load")
    if sum(1 for block in known if block.get("type") == "data_visualization") > 2 and surface == "message":
        report.add(path, "no more than 2 data_visualization blocks allowed")


def _check_elements(elements: list[dict[str, Any]], surface: Surface, path: str, report: Report) -> None:
    named = Counter(element["action_id"] for element in elements if isinstance(element.get("action_id"), str))
    for action_id, times in named.items():
        if times > 1:
            report.add(path, f"action_id must be unique within a block: {action_id}")
    for element in elements:
        kind = str(element.get("type"))
        if surface not in ELEMENT_SURFACES.get(kind, {surface}):
            report.add(path, f"element type {kind} is not supported on this surface")
