"""The dialog that asks before an element does what it does."""

from __future__ import annotations

import json

from simulator.web.surface import Part, Surface
from simulator.web.texts import plain, text


def confirm_data(part: Part, surface: Surface) -> str | None:
    """Return the element's confirm dialog as JSON with its texts already drawn, or None if it has none."""
    confirm = part.get("confirm")
    if not isinstance(confirm, dict):
        return None
    return json.dumps(
        {
            "title": plain(confirm.get("title")),
            "text": str(text(confirm.get("text"), surface.reader)),
            "confirm": plain(confirm.get("confirm")) or "Yes",
            "deny": plain(confirm.get("deny")) or "No",
            "danger": confirm.get("style") == "danger",
        }
    )
