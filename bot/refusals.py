"""The one way to refuse to start: plain sentences, each with its mend, and exit code 2."""

from __future__ import annotations

from collections.abc import Sequence

EXIT_CODE = 2


class StartRefused(Exception):
    """The app cannot start as it is set up. Its sentences never hold a secret or a person's data."""

    def __init__(self, *sentences: str) -> None:
        self.sentences: Sequence[str] = sentences
        super().__init__(" ".join(sentences))
