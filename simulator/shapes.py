"""Small checks that Block Kit's rules are put together from; each reports what is wrong in Slack's own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str, "Report"], None]


@dataclass
class Report:
    """What is wrong with a payload, as lines such as Slack's `response_metadata.messages`."""

    messages: list[str] = field(default_factory=list)

    def add(self, path: str, words: str) -> None:
        """Write down one fault at one place (a JSON pointer)."""
        self.messages.append(f"[ERROR] {words} [json-pointer:{path}]")


def anything(_value: Any, _path: str, _report: Report) -> None:
    """Accept whatever is there."""


def string(most: int, least: int = 1) -> Check:
    """Expect a string of this length."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(path, "must be a string")
        elif len(value) < least:
            report.add(path, f"must be more than {least - 1} characters")
        elif len(value) > most:
            report.add(path, f"must be less than {most + 1} characters")

    return check


def matching(pattern: str, words: str) -> Check:
    """Expect a string that matches this pattern as a whole."""
    compiled = re.compile(pattern)

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            report.add(path, words)

    return check


def url(most: int = 3000) -> Check:
    """Expect a web address (or another scheme's) of at most this length."""

    def check(value: Any, path: str, report: Report) -> None:
        string(most)(value, path, report)
        if isinstance(value, str) and value and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", value):
            report.add(path, "must be a valid URL")

    return check


def boolean(value: Any, path: str, report: Report) -> None:
    """Expect true or false."""
    if not isinstance(value, bool):
        report.add(path, "must be a boolean")


def integer(least: int, most: int) -> Check:
    """Expect a whole number between these two."""

    def check(value: Any, path: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            report.add(path, f"must be an integer between {least} and {most}")

    return check


def number(value: Any, path: str, report: Report) -> None:
    """Expect a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.add(path, "must be a number")


def one_of(*values: str) -> Check:
    """Expect one of these strings."""

    def check(value: Any, path: str, report: Report) -> None:
        if value not in values:
            report.add(path, f"must be one of: {', '.join(values)}")

    return check


def array(item: Check, most: int, least: int = 0) -> Check:
    """Expect a list of so many items, each passing `item`."""

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(path, "must be an array")
            return
        if len(value) < least:
            report.add(path, f"must provide at least {least} items")
        if len(value) > most:
            report.add(path, f"no more than {most} items allowed")
        for index, entry in enumerate(value):
            item(entry, f"{path}/{index}", report)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Expect an object with exactly these keys; unknown ones are refused."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(path, "must be an object")
            return
        for key in required:
            if key not in value:
                report.add(path, f"missing required field: {key}")
        for key, entry in value.items():
            if key in known:
                known[key](entry, f"{path}/{key}", report)
            else:
                report.add(path, f"invalid additional property: {key}")

    return check


def typed(table: Mapping[str, Check], allowed: Iterable[str] | None = None) -> Check:
    """Expect an object whose `type` is in the table (and allowed here), and check it by its own rule."""
    here = frozenset(table if allowed is None else allowed)

    def check(value: Any, path: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(path, "must be an object")
        elif not isinstance(value.get("type"), str):
            report.add(path, "missing required field: type")
        elif value["type"] not in here:
            report.add(f"{path}/type", f"unsupported type: {value['type']}")
        else:
            table[value["type"]](value, path, report)

    return check


def both(*checks: Check) -> Check:
    """Expect all of these."""

    def check(value: Any, path: str, report: Report) -> None:
        for each in checks:
            each(value, path, report)

    return check
