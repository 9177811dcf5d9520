"""Every id a view shows is answered, and every id answered is shown."""

import ast
from collections.abc import Iterator

from handlers import ids
from handlers.hear import Kind
from handlers.table import doors, public, table
from tests.house.source import Source, sources

NAMES = {name: value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
VIEWS = [source for source in sources("handlers") if source.path.startswith("handlers/views/")]


def named(node: ast.AST | None) -> str | None:
    """Give NAME for `ids.NAME`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ids":
        return node.attr
    return None


def beginning(name: str) -> str:
    """Tell views and the fields of forms, which are read on sending, from what is answered at once."""
    return next((kind for kind in ("VIEW_", "IN_") if name.startswith(kind)), "")


def shown() -> dict[str, str]:
    """Give every id that stands in a view, and one place where it does."""
    return {
        name: f"{view.path}:{getattr(node, 'lineno', 0)}"
        for view in VIEWS
        for node in view.nodes()
        if (name := named(node))
    }


def forms() -> Iterator[tuple[str, str]]:
    """Give the callback id of every modal that has a Send button, and where it is made."""
    for view in VIEWS:
        for node in _calls(view):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if "callback_id" in given and "submit" in given:
                for part in ast.walk(given["callback_id"]):
                    if callback := named(part):
                        yield callback, f"{view.path}:{node.lineno}"


def _calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in source.nodes() if isinstance(node, ast.Call))


def answered(*kinds: Kind) -> set[str]:
    return {id for kind, id in table() if kind in kinds}


def test_an_id_stands_once() -> None:
    for kind in ("VIEW_", "IN_", ""):
        values = [NAMES[name] for name in NAMES if beginning(name) == kind]
        assert sorted(values) == sorted(set(values))


def test_every_button_shown_is_answered() -> None:
    everything = answered(Kind.ACTION)
    unanswered = {name: at for name, at in shown().items() if not beginning(name) and NAMES[name] not in everything}
    assert unanswered == {}


def test_every_form_shown_is_answered() -> None:
    found = dict(forms())
    assert len(found) >= 5
    assert {name: place for name, place in found.items() if NAMES[name] not in answered(Kind.SUBMIT)} == {}


def test_everything_answered_is_shown() -> None:
    ever_shown = {NAMES[name] for name in shown()}
    assert answered(Kind.ACTION, Kind.SUBMIT, Kind.CLOSE) - ever_shown == set()


def test_every_id_answered_stands_in_one_place() -> None:
    assert {id for _, id in table()} - set(NAMES.values()) == set()
    assert public() <= table().keys()
    assert doors() <= table().keys() - public()
