"""Links each requirement to the tests that show it: `make trace` rewrites the last column of the tables in docs/.

Reads `@pytest.mark.req("V19")` and `@pytest.mark.threat("T34")` from the tests without running them. Fails on a row
that must have a test and has none, and on a mark that names no row.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = {"req": Path("docs/requirements.md"), "threat": Path("docs/threats.md")}
ROW = re.compile(r"^\| (?P<id>[A-Z]\d+) \| (?P<weight>[MSC]) \| (?P<text>.+?) \| (?P<tests>.*?) ?\|$")
MOST_LINKS = 6
# What a reader opens first: whole journeys before single rules.
FOLDERS = ("stories", "front", "rules", "store", "faults")


@dataclass(frozen=True, order=True)
class Mark:
    """One test that says it shows one row: which mark, which row, and where the test stands."""

    kind: str
    row: str
    path: Path
    line: int
    name: str


@dataclass
class Traced:
    """A document with its last column written anew, the rows it holds, and what is wrong with it."""

    text: str
    rows: set[str]
    problems: list[str]


def marks_in(path: Path, tree: ast.Module) -> Iterator[Mark]:
    """Give the marks of one test file: on functions, on classes (for each test inside) and on the module."""
    above = [found for node in tree.body if isinstance(node, ast.Assign) for found in _pytestmark(node)]
    for node in tree.body:
        yield from _marks_of(path, node, above)


def marks(root: Path = ROOT) -> list[Mark]:
    """Give every mark under `tests/`, in order of row and place."""
    found: list[Mark] = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        found += marks_in(path.relative_to(root), ast.parse(path.read_text(encoding="utf-8")))
    return sorted(set(found))


def trace(text: str, name: Path, found: list[Mark]) -> Traced:
    """Write the tests column of one document from the marks of its kind."""
    traced = Traced("", set(), [])
    lines = []
    for line in text.splitlines():
        row = ROW.match(line)
        if not row:
            lines.append(line)
            continue
        shown = [mark for mark in found if mark.row == row["id"]]
        if row["id"] in traced.rows:
            traced.problems.append(f"{name}: the row {row['id']} stands twice")
        if row["weight"] == "M" and not shown:
            traced.problems.append(f"{name}: {row['id']} must have a test and has none")
        traced.rows.add(row["id"])
        lines.append(f"| {row['id']} | {row['weight']} | {row['text']} | {_links(shown)} |".replace("|  |", "| |"))
    traced.text = "\n".join(lines) + "\n"
    unknown = [mark for mark in found if mark.row not in traced.rows]
    traced.problems += [
        f"{mark.path}:{mark.line}: {mark.name} is marked {mark.row}, no row of {name}" for mark in unknown
    ]
    return traced


def main(arguments: list[str]) -> int:
    """Rewrite the documents (with `--check`, only say whether they are up to date) and give the exit code."""
    check, found, problems, counted = "--check" in arguments, marks(), [], 0
    for kind, name in DOCUMENTS.items():
        document = ROOT / name
        before = document.read_text(encoding="utf-8")
        traced = trace(before, name, [mark for mark in found if mark.kind == kind])
        problems += traced.problems
        counted += len(traced.rows)
        if check and traced.text != before:
            problems.append(f"{name} is out of date: run `make trace` and commit what it writes")
        if not check and traced.text != before:
            document.write_text(traced.text, encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{counted} rows, {len({(mark.path, mark.name) for mark in found})} tests linked, {len(problems)} problems")
    return 1 if problems else 0


def _marks_of(path: Path, node: ast.stmt, above: list[tuple[str, str]]) -> Iterator[Mark]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    own = above + [found for decorator in node.decorator_list for found in _named(decorator)]
    if isinstance(node, ast.ClassDef):
        own += [found for inner in node.body if isinstance(inner, ast.Assign) for found in _pytestmark(inner)]
        for inner in node.body:
            yield from _marks_of(path, inner, own)
    elif node.name.startswith("test"):
        for kind, row in own:
            yield Mark(kind, row, path, node.lineno, node.name)


def _pytestmark(node: ast.Assign) -> list[tuple[str, str]]:
    if not any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets):
        return []
    values = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return [found for value in values for found in _named(value)]


def _named(node: ast.expr) -> list[tuple[str, str]]:
    """Read `pytest.mark.req("V19", "V20")` as (kind, row) pairs; anything else is no mark of ours."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DOCUMENTS):
        return []
    if not (isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "mark"):
        return []
    return [
        (node.func.attr, argument.value)
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _links(shown: list[Mark]) -> str:
    """Link each test by its place, without the line: a link must not change whenever a file grows."""
    shown = sorted(shown, key=lambda mark: FOLDERS.index(folder) if (folder := mark.path.parts[1]) in FOLDERS else 9)
    links = [f"[{mark.name.removeprefix('test_').replace('_', ' ')}](../{mark.path.as_posix()})" for mark in shown]
    rest = len(links) - MOST_LINKS
    return "<br>".join(links[:MOST_LINKS]) + (f"<br>and {rest} more" if rest > 0 else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
