"""Follows our texts from their keys to the places where Slack bounds them: labels, titles, choices, questions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tests.house.source import Source, sources

Key = tuple[str, str]
"""A function: the module's path without its ending, and its name."""
KIT = "handlers/views/kit"
PLACEHOLDER, CHOICE, LABEL, TITLE = 150, 75, 75, 24


@dataclass(frozen=True)
class Slot:
    """A parameter that ends where Slack bounds it: as words, as the key of a text, or as pairs of value and label."""

    most: int
    kind: str = "words"
    under: str = ""
    """What stands before the key."""


@dataclass(frozen=True)
class Use:
    """A text, or every text whose key has this form (stars stand for one word), where so many characters are taken."""

    key: str
    most: int
    place: str


_CHOICES = {"choices": Slot(CHOICE, "choices")}
_PLACEHOLDER = {"placeholder": Slot(PLACEHOLDER)}
BOUNDS: dict[Key, dict[str, Slot]] = {
    (KIT, "button"): {"text": Slot(LABEL), "says": Slot(LABEL)},
    (KIT, "modal"): {"title": Slot(TITLE), "submit": Slot(TITLE), "close": Slot(TITLE)},
    (KIT, "confirm"): {"title": Slot(100), "text": Slot(300), "yes": Slot(30), "no": Slot(30)},
    (KIT, "header"): {"text": Slot(150)},
    (KIT, "alert"): {"text": Slot(200)},
    (KIT, "radios"): _CHOICES,
    (KIT, "checkboxes"): _CHOICES,
    (KIT, "select"): {**_CHOICES, **_PLACEHOLDER},
    (KIT, "multi_select"): {**_CHOICES, **_PLACEHOLDER},
    (KIT, "member"): _PLACEHOLDER,
    (KIT, "members"): _PLACEHOLDER,
    (KIT, "text_field"): _PLACEHOLDER,
}


@dataclass
class Module:
    """One file: its functions, what its names stand for, and its constants."""

    source: Source

    @property
    def name(self) -> str:
        """The path without its ending."""
        return self.source.path.removesuffix(".py")

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, by name."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return {node.name: node for node in self.source.nodes() if isinstance(node, kinds)}

    @cached_property
    def imported(self) -> dict[str, str]:
        """What is imported from handlers, as a path."""
        return {
            name.asname or name.name: f"{node.module}.{name.name}".replace(".", "/")
            for node in self.source.nodes()
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handlers")
            for name in node.names
        }

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What stands at the top of the file."""
        found: dict[str, ast.expr] = {}
        for node in self.source.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    def called(self, call: ast.Call) -> Key | None:
        """Return which function of ours is called."""
        match call.func:
            case ast.Name(name) if name in self.functions:
                return self.name, name
            case ast.Name(name) if name in self.imported:
                path, _, function = self.imported[name].rpartition("/")
                return path, function
            case ast.Attribute(ast.Name(name), function) if name in self.imported:
                return self.imported[name], function
        return None


@dataclass
class Tracer:
    """Finds every use of a text where Slack bounds it, also through functions of ours."""

    slots: dict[Key, dict[str, Slot]] = field(default_factory=lambda: {key: dict(held) for key, held in BOUNDS.items()})
    uses: set[Use] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.modules = {module.name: module for module in map(Module, sources("handlers"))}
        before = -1
        while before != (before := sum(map(len, self.slots.values()))):
            for module in (each for each in self.modules.values() if each.name != KIT):
                for function in module.functions.values():
                    self._look(At(module, function))

    def _look(self, at: At) -> None:
        for call in (node for node in ast.walk(at.function) if isinstance(node, ast.Call)):
            key = at.module.called(call)
            if key is None:
                continue
            for name, slot in dict(self.slots.get(key, {})).items():
                given = at.given(call, name, self.parameters(key))
                if given is not None:
                    self._follow(at, given, slot)

    def parameters(self, key: Key) -> list[str]:
        """Return the positional parameters of a function of ours."""
        return [each.arg for each in self.modules[key[0]].functions[key[1]].args.args]

    def _follow(self, at: At, node: ast.expr, slot: Slot) -> None:
        for part in at.behind(node):
            if isinstance(part, ast.Name):
                if part.id in at.parameters:
                    self.slots.setdefault(at.key, {}).setdefault(part.id, slot)
            elif slot.kind == "choices":
                for pair in ast.walk(part):
                    if isinstance(pair, ast.Tuple) and len(pair.elts) == len(("value", "label")):
                        self._follow(at, pair.elts[1], Slot(slot.most))
            elif slot.kind == "key":
                self._key(at, part, slot)
            elif isinstance(part, ast.Call):
                self._words(at, part, slot)
            elif isinstance(part, ast.JoinedStr):
                for value in part.values:
                    if isinstance(value, ast.FormattedValue):
                        self._follow(at, value.value, slot)

    def _words(self, at: At, call: ast.Call, slot: Slot) -> None:
        if _translates(call.func):
            self._follow(at, call.args[0], Slot(slot.most, "key"))
            return
        key = at.module.called(call)
        if key in self.slots or key is None or key[0] not in self.modules or key[0] == KIT:
            return
        function = self.modules[key[0]].functions.get(key[1])
        there = At(self.modules[key[0]], function) if function else None
        for node in ast.walk(function) if function else ():
            if there and isinstance(node, ast.Return) and node.value and key != at.key:
                self._follow(there, node.value, slot)

    def _key(self, at: At, part: ast.expr, slot: Slot) -> None:
        place = f"{at.module.name}.{at.function.name}"
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            self.uses.add(Use(slot.under + part.value, slot.most, place))
        elif isinstance(part, ast.JoinedStr) and isinstance(part.values[0], ast.Constant):
            begun = str(part.values[0].value)
            match part.values[1:]:
                case [ast.FormattedValue(ast.Name(name))] if name in at.parameters:
                    self.slots.setdefault(at.key, {}).setdefault(name, Slot(slot.most, "key", begun))
                case _ if form := _form(part):
                    self.uses.add(Use(form, slot.most, place))
        elif isinstance(part, ast.Dict):
            for value in part.values:
                self._follow(at, value, slot)


@dataclass(frozen=True)
class At:
    """A function, in its file."""

    module: Module
    function: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def key(self) -> Key:
        """Which it is."""
        return self.module.name, self.function.name

    @property
    def parameters(self) -> set[str]:
        """The names of what it is given."""
        given = self.function.args
        return {each.arg for each in (*given.args, *given.kwonlyargs)}

    def given(self, call: ast.Call, name: str, positions: list[str]) -> ast.expr | None:
        """Return what a call gives for a parameter."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        place = positions.index(name) if name in positions else len(call.args)
        return call.args[place] if place < len(call.args) else None

    def behind(self, node: ast.expr, depth: int = 5) -> Iterator[ast.expr]:
        """Give what an expression may stand for; what is cut to its length is left out."""
        branches: list[ast.expr] = []
        match node:
            case ast.Subscript(slice=ast.Slice()):
                return
            case ast.Subscript(value=value):
                branches = [value]
            case ast.IfExp(body=body, orelse=orelse):
                branches = [body, orelse]
            case ast.BoolOp(values=values):
                branches = values
            case ast.Name(id=name) if name not in self.parameters:
                branches = list(self._assigned(name))
            case _:
                yield node
        for branch in branches if depth else ():
            yield from self.behind(branch, depth - 1)

    def _assigned(self, name: str) -> Iterator[ast.expr]:
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
                yield node.value
        if name in self.module.constants:
            yield self.module.constants[name]


def _form(key: ast.JoinedStr) -> str:
    """Return the form of a key made of parts; nothing where it may be any text of a file, as far as can be read."""
    form = "".join(str(each.value) if isinstance(each, ast.Constant) else "*" for each in key.values)
    return "" if form.partition(".")[2] == "*" else form


def _translates(function: ast.expr) -> bool:
    match function:
        case ast.Name("t") | ast.Attribute(attr="t") | ast.Attribute(ast.Name("t"), "count"):
            return True
    return isinstance(function, ast.Attribute) and function.attr == "count" and _translates(function.value)
