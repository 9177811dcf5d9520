"""The pages that only inform: nothing there, too fast, out of reach, our fault. None of them needs the database."""

from __future__ import annotations

import json

from handlers.web.request import Page, Takes, WebFront, WebRequest
from handlers.web.shell import offices, paragraphs, whole

_AGAIN_SECONDS = "30"


def short(front: WebFront, request: WebRequest, status: int, takes: Takes = Takes.FORM) -> Page:
    """Return the one page for this status, with the help lines; for a route that takes JSON a short document."""
    headers = {"Retry-After": _AGAIN_SECONDS} if status in {429, 503} else {}
    if takes is Takes.JSON:
        return Page(json.dumps({"error": _CODES.get(status, "refused")}), status, "application/json", headers)
    t = request.t(front)
    match status:
        case 404 | 405:
            title, words = t("web.nothing_title"), t("web.nothing")
        case 429:
            title, words = t("web.fast_title"), t("web.fast")
        case 503:
            title, words = t("web.down_title"), t("web.down")
        case 500:
            title, words = t("web.down_title"), t("web.crashed")
        case _:
            title, words = t("web.not_taken_title"), t("web.not_taken")
    page = whole(front, request, title, paragraphs(words), offices(front, t), status=status)
    return Page(page.body, status, page.content_type, headers)


_CODES = {404: "not_found", 405: "not_found", 429: "slow_down", 503: "unavailable", 500: "unavailable"}
