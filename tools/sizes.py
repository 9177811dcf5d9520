"""Lists what has grown long: `python -m tools.sizes`. Over the first figure look again; over the second it fails."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "peersupport", "simulator", "store", "bench", "tests", "tools")
FILE = (300, 400)
FUNCTION = (60, 80)


@dataclass(frozen=True)
class Long:
    """Something longer than the figure at which to look again, in lines."""

    what: str
    lines: int
    too_long: bool

    def __str__(self) -> str:
        return f"{self.lines:5} lines{' (too long)' if self.too_long else ''}  {self.what}"


def measure(name: str, text: str) -> Iterator[Long]:
    """Give what is long in one Python file: the file itself and its functions, docstrings not counted."""
    lines = len(text.splitlines())
    if lines > FILE[0]:
        yield Long(name, lines, lines > FILE[1])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring(node)
            if lines > FUNCTION[0]:
                yield Long(f"{name}:{node.lineno} {node.name}", lines, lines > FUNCTION[1])


def everything() -> list[Long]:
    """Give all that is long in the house, longest first."""
    found: list[Long] = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found += measure(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    return sorted(found, key=lambda long: -long.lines)


def _docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (first.end_lineno or first.lineno) - first.lineno + 1 if told else 0


if __name__ == "__main__":
    found = everything()
    print("\n".join(str(long) for long in found))
    sys.exit(any(long.too_long for long in found))
