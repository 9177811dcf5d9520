"""What is answered while the app cannot be served: help lines for a command, and a form that keeps what was typed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.decoding import Payload
from bot.installation import Files
from handlers.hear import meta_of
from handlers.i18n import LANGUAGES, Texts


class Closed:
    """Constant answers, put together at start from the programme files; none of them needs Slack or the database."""

    def __init__(self, files: Files, texts: Texts) -> None:
        self._files = files
        self._texts = texts
        words = [
            "\n".join([self._texts.in_language(each)("errors.down"), *self.lines(each)]) for each in self.languages
        ]
        self._command = json.dumps({"response_type": "ephemeral", "text": "\n\n".join(words)})

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of the programmes, the default one of the first before the others."""
        found = [language for each in self._files.programmes.values() for language in each.languages.all]
        return tuple(dict.fromkeys(found))

    def lines(self, language: str) -> tuple[str, ...]:
        """Return the help lines of every programme, each once."""
        return tuple(dict.fromkeys(self._every_line(language)))

    def _every_line(self, language: str) -> Iterator[str]:
        for programme in self._files.programmes.values():
            yield from (line.line(language) for line in programme.help_lines(self._files.resources))

    def answer(self, payload: Payload) -> str:
        """Return the JSON to acknowledge a payload with; empty where there is nothing to say."""
        if "command" in payload:
            return self._command
        if payload.get("type") != "view_submission":
            return ""
        # An empty answer would close the form as if it had been sent.
        first = _first_input(payload)
        if first is None:
            return json.dumps({"response_action": "clear"})
        known = meta_of(payload.get("view")).get("l")
        language = known if known in LANGUAGES else self.languages[0]
        words = self._texts.in_language(language)("errors.not_sent", line=self.lines(language)[0])
        return json.dumps({"response_action": "errors", "errors": {first: words}})


def _first_input(payload: Payload) -> str | None:
    view = payload.get("view")
    blocks = view.get("blocks") if isinstance(view, dict) else None
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, dict) and block.get("type") == "input" and isinstance(block.get("block_id"), str):
            return str(block["block_id"])
    return None
