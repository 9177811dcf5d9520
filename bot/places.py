"""Where the files are that come with the app: beside the packages in a checkout, inside this one when installed."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Return the path of a shipped file or folder, such as manifest.yml or programmes."""
    installed = _HERE / "installed" / name
    return installed if installed.exists() else _HERE.parent / name
