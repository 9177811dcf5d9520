"""The table of contents of the pages, and the one way in: what is too fast, broken or out of reach has a page too."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.web import consent, dates, endpoint, partner, plain
from handlers.web.request import Page, Route, WebFront, WebRequest
from peersupport.ports import StoreUnavailable

ROUTES: Mapping[str, Route] = {
    "note": consent.ROUTE,
    "partner": partner.ROUTE,
    "notices": endpoint.ROUTE,
    "calendar": dates.ROUTE,
}
"""Every name at the root of the addresses. The bot mounts these and nothing else."""


async def answer(front: WebFront, name: str, request: WebRequest) -> Page:
    """Answer one request to a route; never raises."""
    route = ROUTES[name]
    now = front.clock.now().timestamp()
    if request.method not in route.methods:
        return plain.short(front, request, 405, route.takes)
    if not front.pace.takes(f"{name}/{route.paced(request)}", sends=request.method != "GET", now=now):
        return plain.short(front, request, 429, route.takes)
    try:
        return await route.answer(front, request)
    except StoreUnavailable as error:
        front.note("web.unavailable", error)
        return plain.short(front, request, 503, route.takes)
    except Exception as error:  # noqa: BLE001 - a page says so kindly, and the log says where
        front.note("web.failed", error)
        return plain.short(front, request, 500, route.takes)
