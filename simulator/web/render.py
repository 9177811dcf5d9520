"""Block Kit to HTML: one function a block type, everything escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.web import icons
from simulator.web.charts import chart
from simulator.web.elements import element, image
from simulator.web.markdown import markdown
from simulator.web.markup import Child, Html, el, join
from simulator.web.rich import rich_text
from simulator.web.surface import Part, Slot, Surface
from simulator.web.texts import plain, spoken, text

Draw = Callable[[Part, Surface], Html]

_LEVELS = {
    "default": (icons.INFO, "Note"),
    "info": (icons.INFO, "Information"),
    "warning": (icons.WARN, "Warning"),
    "error": (icons.ERROR, "Error"),
    "success": (icons.CHECK, "Done"),
}


def render_blocks(blocks: Iterable[Part], surface: Surface) -> Html:
    """Return the HTML of blocks in order, as this surface's reader sees them."""
    return join(render_block(block, surface) for block in blocks)


def render_block(block: Part, surface: Surface) -> Html:
    """Return the HTML of one block; an unknown type says so instead of vanishing."""
    kind = str(block.get("type", ""))
    draw = _DRAW.get(kind)
    inner = draw(block, surface) if draw else el("p", f"This stand-in does not draw “{kind}” blocks.", class_="undrawn")
    block_id = str(block.get("block_id", ""))
    return el("div", inner, class_=f"block block-{kind}", id=surface.id("block", block_id) if block_id else None)


def section(block: Part, surface: Surface) -> Html:
    """Return a section: text, two columns of fields, and at most one accessory."""
    block_id = str(block.get("block_id", ""))
    words_id = surface.id(block_id, "words")
    parts: list[Child] = []
    if block.get("text"):
        parts.append(el("div", text(block["text"], surface.reader), class_="words"))
    if block.get("fields"):
        cells = [el("div", text(cell, surface.reader), class_="words") for cell in block["fields"]]
        parts.append(el("div", cells, class_="fields"))
    main = el("div", parts, class_="section-main", id=words_id)
    accessory = block.get("accessory")
    if not accessory:
        return main
    labelled = "" if accessory.get("type") in ("button", "overflow", "image") else words_id
    slot = Slot(block_id, label_id=labelled)
    return join(main, el("div", element(accessory, slot, surface), class_="accessory"))


def input_block(block: Part, surface: Surface) -> Html:
    """Return an input with its label, hint and error; required unless it says it is optional."""
    block_id = str(block.get("block_id", ""))
    part: Part = block.get("element") or {}
    error = surface.errors.get(block_id, "")
    label_id, hint_id, error_id = (surface.id(block_id, name) for name in ("label", "hint", "error"))
    required = not block.get("optional")
    slot = Slot(
        block_id,
        label_id=label_id,
        described_by=" ".join([*([hint_id] if block.get("hint") else []), error_id]),
        required=required,
        invalid=bool(error),
        in_input=True,
        dispatch=bool(block.get("dispatch_action")),
    )
    mark = None if required else el("span", " (facultatif)" if surface.french else " (optional)", class_="optional")
    target = surface.id(block_id, str(part.get("action_id", "")))
    plural = part.get("type") in ("checkboxes", "radio_buttons")
    title = join(text(block.get("label"), surface.reader), mark)
    label = el("span", title, id=label_id) if plural else el("label", title, id=label_id, for_=target)
    asterisk = el("span", "*", class_="needed", title="Required", aria_hidden="true") if required else None
    return join(
        el("div", label, asterisk, class_="label"),
        element(part, slot, surface),
        el("p", icons.ERROR, el("span", error), id=error_id, class_="error", role="alert"),
        el("p", text(block["hint"], surface.reader), id=hint_id, class_="hint") if block.get("hint") else None,
    )


def header(block: Part, surface: Surface) -> Html:
    """Return a header; its level keeps headings in order below the page's own."""
    level = block.get("level")
    below = level - 1 if isinstance(level, int) and level > 0 else 0
    return el(f"h{min(6, surface.heading + below)}", text(block.get("text"), surface.reader))


def context(block: Part, surface: Surface) -> Html:
    """Return a context line of small texts and pictures."""
    slot = Slot(str(block.get("block_id", "")))
    return join(el("div", element(part, slot, surface), class_="context-part") for part in block.get("elements", []))


def actions(block: Part, surface: Surface) -> Html:
    """Return a row of interactive elements."""
    slot = Slot(str(block.get("block_id", "")))
    return join(element(part, slot, surface) for part in block.get("elements", []))


def divider(_block: Part, _surface: Surface) -> Html:
    """Return a line between blocks."""
    return el("hr")


def alert(block: Part, surface: Surface) -> Html:
    """Return an alert with an icon and its level in words for those who do not see the colour."""
    level = str(block.get("level") or "default")
    icon, word = _LEVELS.get(level, _LEVELS["default"])
    words = el("div", el("span", f"{word}: ", class_="heard"), text(block.get("text"), surface.reader), class_="words")
    return el("div", icon, words, class_=f"alert alert-{level if level in _LEVELS else 'default'}")


def card(block: Part, surface: Surface) -> Html:
    """Return a card: icon, title, subtitle, body and its buttons."""
    slot = Slot(str(block.get("block_id", "")))
    reader = surface.reader
    heads = [
        el(tag, text(block[name], reader), class_=f"card-{name}")
        for name, tag in (("title", f"h{surface.heading}"), ("subtitle", "p"))
        if block.get(name)
    ]
    icon = block.get("icon")
    return el(
        "div",
        image(block["hero_image"], slot, surface) if block.get("hero_image") else None,
        el("div", image(icon, slot, surface) if icon else None, el("div", heads), class_="card-head"),
        el("div", text(block["body"], reader), class_="words") if block.get("body") else None,
        el("div", actions({**block, "elements": block["actions"]}, surface), class_="card-actions")
        if block.get("actions")
        else None,
        class_="card",
        role="group",
        aria_label=spoken(block.get("title"), reader) or None,
    )


def carousel(block: Part, surface: Surface) -> Html:
    """Return cards side by side."""
    block_id = str(block.get("block_id", ""))
    cards = [card({"block_id": block_id, **one}, surface) for one in block.get("elements", [])]
    return el("div", cards, class_="carousel", tabindex="0", role="group", aria_label="Cards")


def container(block: Part, surface: Surface) -> Html:
    """Return a titled group of blocks, folded if it says so."""
    title = el(f"h{surface.heading}", text(block.get("title"), surface.reader))
    if block.get("rich_text_title"):
        title = rich_text(block["rich_text_title"], surface.reader)
    subtitle = el("p", text(block["subtitle"], surface.reader), class_="hint") if block.get("subtitle") else None
    inner = el("div", render_blocks(block.get("child_blocks", []), surface), class_="container-body")
    if block.get("is_collapsible"):
        opened = not block.get("default_collapsed")
        return el("details", el("summary", title, subtitle), inner, class_="container", open=opened)
    return el("div", title, subtitle, inner, class_="container")


def picture(block: Part, surface: Surface) -> Html:
    """Return an image's frame with its title and alternative text; nothing is fetched from elsewhere."""
    title = el("figcaption", text(block["title"], surface.reader)) if block.get("title") else None
    alt = str(block.get("alt_text", ""))
    frame = el("div", icons.IMAGE, el("span", alt), role="img", aria_label=alt, class_="picture")
    return el("figure", title, frame)


def rich(block: Part, surface: Surface) -> Html:
    """Return a rich text block."""
    return el("div", rich_text(block, surface.reader), class_="words")


def marked_down(block: Part, _surface: Surface) -> Html:
    """Return a standard Markdown block."""
    return el("div", markdown(str(block.get("text", ""))), class_="words")


def table(block: Part, surface: Surface) -> Html:
    """Return a table; its first row is its head, as in Slack."""
    rows = []
    for number, row in enumerate(block.get("rows", [])):
        tag = "th" if number == 0 else "td"
        rows.append(el("tr", [el(tag, _cell(cell, surface), scope="col" if tag == "th" else None) for cell in row]))
    return el("div", el("table", rows), class_="table", tabindex="0", role="group", aria_label="Table")


def _cell(cell: Part, surface: Surface) -> Html:
    if cell.get("type") == "rich_text":
        return rich_text(cell, surface.reader)
    return join(plain(str(cell.get("text", cell.get("value", "")))))


_DRAW: dict[str, Draw] = {
    "section": section,
    "input": input_block,
    "header": header,
    "context": context,
    "context_actions": actions,
    "actions": actions,
    "divider": divider,
    "alert": alert,
    "card": card,
    "carousel": carousel,
    "container": container,
    "image": picture,
    "rich_text": rich,
    "markdown": marked_down,
    "table": table,
    "data_visualization": chart,
}
