"""What a person's screen says, as plain text: every surface they can see, in the words they would read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from simulator.forms import STATEFUL, options_of
from simulator.web.dates import write_date, zone
from simulator.workspace import Blocks, Channel, Message, Person, Values, View, Workspace

Json = dict[str, Any]

ANGLE = re.compile(r"<([^<>\n]+)>")


class Reader:
    """Reads Slack's text and blocks with one person's eyes: their names, zone and language."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self.workspace = workspace
        self.person = person

    def text(self, text: Any) -> str:
        """Return the words of a text object or a message's `text`."""
        if isinstance(text, dict):
            raw = str(text.get("text", ""))
            return raw if text.get("type") == "plain_text" else self._mrkdwn(raw)
        return self._mrkdwn(str(text or ""))

    def blocks(self, blocks: Blocks, values: Values, errors: dict[str, str] | None = None) -> list[str]:
        """Return the lines of some blocks, with what has been entered so far."""
        lines: list[str] = []
        for block in blocks:
            lines += [line for line in self._block(block, values) if line.strip()]
            if errors and (words := errors.get(block.get("block_id", ""))):
                lines.append(f"  ! {words}")
        return lines

    def _block(self, block: Json, values: Values) -> Iterator[str]:
        kind = block["type"]
        if kind == "divider":
            yield "---"
        elif kind == "header":
            yield f"# {self.text(block['text'])}"
        elif kind == "input":
            yield f"{self.text(block['label'])}{'' if block.get('optional') else ' *'}"
            yield from self._element(block["element"], block, values)
            yield self.text(block.get("hint"))
        elif kind == "container":
            yield self.text(block.get("title"))
            for child in block["child_blocks"]:
                yield from self._block(child, values)
        elif kind == "data_visualization":
            yield f"{block['title']}: {_chart(block['chart'])}"
        elif kind == "rich_text":
            yield " ".join(str(leaf) for leaf in _leaves(block["elements"]))
        else:
            yield from self._plain_block(block, values)

    def _plain_block(self, block: Json, values: Values) -> Iterator[str]:
        for key in ("title", "subtitle", "body", "text", "subtext"):
            yield self.text(block.get(key))
        for field in block.get("fields", []):
            yield self.text(field)
        if "accessory" in block:
            yield from self._element(block["accessory"], block, values)
        entries = [*block.get("elements", []), *block.get("actions", [])]
        for entry in entries:
            if entry.get("type") in ("mrkdwn", "plain_text"):
                yield self.text(entry)
            elif entry.get("type") == "card":
                yield from self._block(entry, values)
            else:
                yield from self._element(entry, block, values)
        for row in block.get("rows", []):
            yield " | ".join(str(cell.get("text", cell.get("value", ""))) for cell in row)

    def _element(self, element: Json, block: Json, values: Values) -> Iterator[str]:
        kind = element["type"]
        if self.person.id not in element.get("visible_to_user_ids", [self.person.id]):
            return
        if kind in ("button", "workflow_button"):
            yield f"[{self.text(element['text'])}]"
        elif kind == "image":
            yield f"({element['alt_text']})"
        elif kind == "overflow":
            yield f"[... {' / '.join(self.text(one['text']) for one in element['options'])}]"
        elif kind in STATEFUL:
            state = values.get(block.get("block_id", ""), {}).get(element.get("action_id", ""), {})
            yield from self._stateful(element, state)

    def _stateful(self, element: Json, state: Json) -> Iterator[str]:
        kind = element["type"]
        key, _, many = STATEFUL[kind]
        answer = state.get(key)
        chosen = (answer or []) if many else ([] if answer in (None, "") else [answer])
        if kind in ("radio_buttons", "checkboxes"):
            for one in options_of(element):
                mark = "x" if one in chosen else " "
                yield f"  ({mark}) {self.text(one['text'])} {self.text(one.get('description'))}".rstrip()
            return
        shown = ", ".join(self._answer(one) for one in chosen) or self.text(element.get("placeholder"))
        menu = " / ".join(self.text(one["text"]) for one in options_of(element))
        yield f"  [{shown}]{f' of: {menu}' if menu else ''}"

    def _answer(self, answer: Any) -> str:
        if isinstance(answer, dict):
            return self.text(answer.get("text", ""))
        person = self.workspace.people.get(str(answer))
        channel = self.workspace.channels.get(str(answer))
        return person.real_name if person else f"#{channel.name}" if channel else str(answer)

    def _mrkdwn(self, text: str) -> str:
        shown = ANGLE.sub(lambda found: self._angle(found[1]), text)
        return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def _angle(self, inner: str) -> str:
        target, _, label = inner.partition("|")
        if target.startswith("@"):
            person = self.workspace.people.get(target[1:])
            return f"@{person.real_name if person else target[1:]}"
        if target.startswith("#"):
            channel = self.workspace.channels.get(target[1:])
            seen = channel is not None and self.workspace.sees_channel(self.person.id, channel)
            return f"#{channel.name}" if channel is not None and seen else "#private-channel"
        if target.startswith("!date^"):
            return self._date(target, label)
        if target.startswith("!"):
            return label or f"@{target[1:]}"
        return label or target

    def _date(self, target: str, label: str) -> str:
        parts = target.split("^")
        if len(parts) < 3 or not parts[1].lstrip("-").isdigit():
            return label
        there = zone(self.person.tz)
        now = datetime.fromtimestamp(self.workspace.clock(), UTC)
        when = datetime.fromtimestamp(int(parts[1]), UTC).astimezone(there)
        return write_date(parts[2], when, now, self.person.locale.lower()) or label


def view_lines(reader: Reader, view: View) -> list[str]:
    """Return what a modal or Home says."""
    lines = [f"== {view.plain('title')} ==" if view.type == "modal" else "== Home =="]
    lines += reader.blocks(view.blocks, view.values, view.errors)
    if view.trouble:
        lines.append(f"! {view.trouble}")
    if view.type == "modal":
        lines.append(" ".join(f"[{view.plain(key)}]" for key in ("close", "submit") if view.plain(key)))
    return lines


def message_lines(reader: Reader, message: Message, values: Values) -> list[str]:
    """Return what a message says: its blocks, or its text when it has none."""
    sender = reader.workspace.people.get(message.user)
    name = reader.workspace.app.name if message.bot_id else sender.real_name if sender else "?"
    words = reader.blocks(message.blocks, values) if message.blocks else [reader.text(message.text)]
    marks = " (only visible to you)" if message.ephemeral_to else " (edited)" if message.edited else ""
    return [f"{name}{marks}:", *[f"  {line}" for line in words]]


def channel_title(reader: Reader, channel: Channel) -> str:
    """Return the name under which a person sees a conversation."""
    if channel.kind != "dm":
        return f"#{channel.name}"
    return reader.workspace.app.name


def _chart(chart: Json) -> str:
    rows = [(row["label"], row["value"]) for row in chart.get("segments", [])]
    rows += [
        (f"{line['name']} {row['label']}", row["value"]) for line in chart.get("series", []) for row in line["data"]
    ]
    return ", ".join(f"{label} {value}" for label, value in rows)


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _leaves(each)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        yield from _leaves(node.get("elements"))
