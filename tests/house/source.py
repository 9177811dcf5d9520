"""Reads the house's own files, for the tests about the house."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HOUSE = ("bot", "handlers", "peersupport", "store")
ROOMS = (*HOUSE, "simulator")
EVERYTHING = (*ROOMS, "bench", "tests", "tools")
NOT_TEXT = {".gif", ".ico", ".jpg", ".mo", ".png", ".woff", ".woff2"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, and its syntax tree."""

    path: str
    tree: ast.Module

    @cached_property
    def _nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    def nodes(self) -> Iterator[ast.AST]:
        """Give every node of the tree."""
        return iter(self._nodes)


def sources(*rooms: str) -> tuple[Source, ...]:
    """Give every Python file of these rooms."""
    return tuple(source for room in rooms for source in _of_room(room))


@cache
def _of_room(room: str) -> tuple[Source, ...]:
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found.append(Source(name, ast.parse(path.read_text(encoding="utf-8"), name)))
    return tuple(found)


@cache
def files() -> tuple[Path, ...]:
    """Give every file that is kept: what git tracks, or, in a copy without git, all but what is built."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in ROOT.rglob("*") if not _built(path.relative_to(ROOT))]
    return tuple(path for path in sorted(paths) if path.is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Give name and content of every kept file that a person can read."""
    for path in files():
        if path.suffix not in NOT_TEXT:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def _built(path: Path) -> bool:
    built = {".git", ".venv", ".demo", "__pycache__", "build", "data", "dist", "htmlcov", ".env"}
    return any(part in built or part.endswith(("_cache", ".egg-info")) for part in path.parts) or path.suffix == ".pyc"
