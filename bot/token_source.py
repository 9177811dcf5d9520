"""Where a Slack token can be read again while the process runs: a file that a setting names, or .env.

What stood in the process's own environment was taken out of it at start and cannot change; only a restart helps there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import DotEnvSettingsSource

from bot.settings import Settings


class TokenSource:
    """Reads one token anew, as often as it is asked to."""

    def __init__(self, name: str, environment: Mapping[str, str] | None = None, directory: Path | None = None) -> None:
        """`name` is the setting, such as SLACK_BOT_TOKEN."""
        self._name = name
        self._environment = os.environ if environment is None else environment
        self._dotenv = (directory or Path.cwd()) / ".env"

    def read(self) -> str | None:
        """Return what stands there now; None where nothing can be read again."""
        written = self._written()
        named = self._environment.get(f"{self._name}_FILE") or written.get(f"{self._name}_FILE")
        if named:
            try:
                return Path(named).read_text("utf-8").strip() or None
            except (OSError, UnicodeDecodeError):
                return None
        return written.get(self._name) or None

    @property
    def can_change(self) -> bool:
        """Say whether a new token can be put in place without a restart."""
        return self.read() is not None

    def _written(self) -> dict[str, str]:
        try:
            source = DotEnvSettingsSource(Settings, env_file=self._dotenv, case_sensitive=True)
            return {name: value for name, value in source.env_vars.items() if value}
        except (OSError, UnicodeDecodeError):
            return {}
