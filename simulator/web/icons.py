"""The page's few line drawings, as inline SVG."""

from __future__ import annotations

from simulator.web.markup import Html


def _icon(shapes: str, name: str) -> Html:
    return Html(
        f'<svg class="icon icon-{name}" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" '
        f'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{shapes}</svg>"
    )


MORE = _icon('<path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.6"/>', "more")
CHEVRON = _icon('<path d="m5.5 8 4.5 4.5L14.5 8"/>', "chevron")
CLOSE = _icon('<path d="m5 5 10 10M15 5 5 15"/>', "close")
BACK = _icon('<path d="M12.5 4.5 7 10l5.5 5.5"/>', "back")
HASH = _icon('<path d="M8 3.5 6.5 16.5M13.5 3.5 12 16.5M4 7.5h12.5M3.5 12.5H16"/>', "hash")
LOCK = _icon('<rect x="4.5" y="9" width="11" height="7.5" rx="1.6"/><path d="M7 9V6.8a3 3 0 0 1 6 0V9"/>', "lock")
BOLT = _icon('<path d="M11 2.5 4.5 11.2H10L9 17.5l6.5-8.7H10z"/>', "bolt")
SEND = _icon('<path d="M3.5 10 16.5 3.8 13 16.2l-3.6-4.4zM9.4 11.8 16.5 3.8"/>', "send")
EYE = _icon(
    '<path d="M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z"/><circle cx="10" cy="10" r="2.2"/>', "eye"
)
WARN = _icon('<path d="M10 3.2 17.6 16.3H2.4z"/><path d="M10 8.2v3.6M10 14h.01"/>', "warn")
INFO = _icon('<circle cx="10" cy="10" r="7"/><path d="M10 9.2v4.2M10 6.6h.01"/>', "info")
CHECK = _icon('<circle cx="10" cy="10" r="7"/><path d="m6.8 10.3 2.2 2.2 4.3-4.6"/>', "check")
ERROR = _icon('<circle cx="10" cy="10" r="7"/><path d="M10 6.2v4.6M10 13.6h.01"/>', "error")
IMAGE = _icon(
    '<rect x="3" y="4" width="14" height="12" rx="1.6"/><circle cx="7.3" cy="8" r="1.3"/>'
    '<path d="m3.5 14.5 4.3-3.7 3 2.4 2.6-2.6 3.4 3.2"/>',
    "image",
)
HOME = _icon('<path d="M3.5 9.2 10 3.8l6.5 5.4M5.2 8v8.2h9.6V8"/>', "home")
MENU = _icon('<path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h13"/>', "menu")
MOON = _icon('<path d="M16 11.8A6.5 6.5 0 1 1 8.2 4a5.2 5.2 0 0 0 7.8 7.8z"/>', "moon")
PHONE = _icon('<rect x="5.8" y="2.5" width="8.4" height="15" rx="1.8"/><path d="M9 14.8h2"/>', "phone")
LIST = _icon('<path d="m4.5 6.5-2 2 2 2M15.5 6.5l2 2-2 2M11.4 4.5 8.6 12.8"/>', "list")
PEOPLE = _icon(
    '<circle cx="7.5" cy="7" r="2.6"/>'
    '<path d="M2.8 15.8c.4-2.8 2.2-4.3 4.7-4.3s4.3 1.5 4.7 4.3"/>'
    '<path d="M12.8 4.7a2.6 2.6 0 0 1 0 4.7M14 11.7c1.9.4 3 1.7 3.3 4.1"/>',
    "people",
)
