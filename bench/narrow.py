"""The product with the slash command as its only listener: `python -m bench.narrow run`."""

from __future__ import annotations

from bot import app, cli
from handlers import ids, menu
from handlers.hear import Kind, Listener


def only_the_command() -> dict[tuple[Kind, str], Listener]:
    """Return a table of one listener."""
    return {(Kind.COMMAND, ids.COMMAND): menu.command}


if __name__ == "__main__":
    setattr(app, "table", only_the_command)  # noqa: B010 - mypy counts only what a module defines as its own
    cli.main()
