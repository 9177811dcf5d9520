"""Reads YAML without surprises: no times as numbers, no dates, no yes for true, no doubled keys; keeps every line."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Place = tuple[str | int, ...]
"""Keys and list positions from the top of a file."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"[-+]?\d+\.\d+")
_CLOCK_LIKE = re.compile(r"[-+]?\d+(?::\d+)+(?:\.\d*)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}
_MENDS = {
    "mapping values are not allowed": "put a text that holds a colon in quotes",
    "could not find expected ':'": "write each entry as key: value, with a space after the colon",
    "expected <block end>": "line the entry up with its neighbours",
    "expected ',' or ']'": "close the list with ]",
    "expected ',' or '}'": "close the braces with }, and put a text that holds a comma in quotes",
    "found unexpected end of stream": "close the quotes that were opened",
    "unknown escape character": "put the text in single quotes",
    "expected a single document": "keep one programme in a file and take out the line ---",
    "cannot start any token": "put the text in quotes",
}


class YamlError(Exception):
    """A file that cannot be read: one plain sentence, and the line where that is known."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        self.sentence = sentence
        self.line = line
        super().__init__(sentence)


@dataclass(frozen=True)
class Document:
    """What a file says, and the line (from 1) on which each part of it stands."""

    content: Any
    lines: dict[Place, int] = field(repr=False)

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest part around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Loader(yaml.SafeLoader):
    """Composes nodes only, and resolves nothing by itself."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to say so

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            line = event.start_mark.line + 1
            raise YamlError("& and * are not used here; write the text out again, in quotes if it begins so", line)
        return super().compose_node(parent, index)


def read(data: bytes) -> Document:
    """Read one YAML document from the bytes of a file; raises YamlError."""
    text = _decode(data)
    for number, row in enumerate(text.splitlines(), start=1):
        if "\t" in row[: len(row) - len(row.lstrip())] and row.strip():
            raise YamlError("a tab is used to indent; use spaces", number)
    node = _compose(text)
    if node is None:
        raise YamlError("the file is empty; start from one of the programme files that came with the app")
    lines: dict[Place, int] = {}
    return Document(_value(node, (), lines), lines)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError("a character is not in UTF-8; save the file with the encoding UTF-8", line) from None


def _compose(text: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except RecursionError:
        raise YamlError("the brackets are nested too deeply; write the entries on lines of their own") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError("a character here cannot be shown; delete it and type it again", line) from None
    except yaml.MarkedYAMLError as error:
        problem = error.problem or ""
        advice = next(
            (advice for words, advice in _MENDS.items() if words in problem), "compare it with the lines above"
        )
        mark = error.problem_mark or error.context_mark
        raise YamlError(f"this is not valid YAML; {advice}", mark.line + 1 if mark else None) from None


def _value(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if node.tag not in _PLAIN_TAGS:
        raise YamlError("a tag that starts with ! is not used here; take it out", line)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, position), lines) for position, item in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return _scalar(node.value, line) if plain else node.value


def _mapping(node: yaml.MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError("a key must be one word; write key: value", line)
        key = key_node.value
        if key in found:
            first = lines[(*place, key)]
            sentence = f'the key "{key}" (column {column}) stands on line {first} already; keep one of them'
            raise YamlError(sentence, line)
        lines[(*place, key)] = line
        found[key] = _value(value_node, (*place, key), lines)
    return found


def _scalar(text: str, line: int) -> Any:
    if _CLOCK_LIKE.fullmatch(text):
        raise YamlError(f'{text} must be quoted: write "{text}"', line)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
