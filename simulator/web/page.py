"""The whole page, and its regions one by one for the refreshes in between."""

from __future__ import annotations

from simulator.web import icons
from simulator.web.conversation import middle
from simulator.web.markup import Html, el, join
from simulator.web.overlays import inspector, loose, modal, phone
from simulator.web.screen import Screen
from simulator.web.sidebar import hint, sidebar, topbar

STYLES = ("base", "layout", "conversation", "blocks", "fields", "overlays")


def regions(screen: Screen) -> dict[str, str]:
    """Return the HTML of every region that can change, by its element id."""
    return {
        "top": str(topbar(screen)),
        "hint": str(hint(screen)),
        "side": str(sidebar(screen)),
        "main": str(middle(screen)),
        "modals": str(modal(screen)),
        "phone-panel": str(phone(screen)),
        "loose": str(loose(screen)),
        "inspector-list": str(inspector(screen)),
    }


def page(screen: Screen, version: int, run: str) -> str:
    """Return the full document for one person's screen; `run` names this run of the simulator."""
    parts = {name: Html(html) for name, html in regions(screen).items()}
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title(screen)),
        el("link", rel="icon", href="static/icon.svg", type="image/svg+xml"),
        [el("link", rel="stylesheet", href=f"static/{name}.css") for name in STYLES],
        el("script", src="static/theme.js"),
        el("script", type="module", src="static/main.js"),
    )
    body = el(
        "body",
        el("a", "Skip to messages", href="#main", class_="skip"),
        el(
            "header",
            el("div", parts["top"], id="top", class_="top"),
            el("p", parts["hint"], id="hint", class_="hint-bar"),
            class_="banner",
        ),
        el("noscript", el("p", "This page needs its script to send anything.", class_="hint-bar")),
        el(
            "div",
            el("nav", parts["side"], id="side", class_="side", aria_label="Channels and apps"),
            el("main", parts["main"], id="main", class_="main", tabindex="-1"),
            el(
                "aside",
                parts["phone-panel"],
                id="phone-panel",
                class_="phone-panel",
                aria_label="Lock screen",
                hidden=True,
            ),
            _inspector_panel(parts["inspector-list"]),
            class_="columns",
        ),
        el("div", parts["modals"], id="modals"),
        el("div", id="confirms"),
        el("ul", parts["loose"], id="loose", hidden=True),
        el("div", id="toasts", class_="toasts", role="status", aria_live="polite"),
        data_as=screen.person.key,
        data_at=screen.at,
        data_version=str(version),
        data_run=run,
    )
    return "<!doctype html>" + el("html", head, body, lang="en")


def title(screen: Screen) -> str:
    """Return the document title: where, who, and that this is a stand-in."""
    channel = screen.channel
    named = {"home": "Home", "messages": "Messages", "about": "About"}.get(screen.at)
    where = named or (f"#{channel.name}" if channel and channel.name else "Conversation")
    return f"{where} - {screen.person.real_name} - local stand-in for Slack"


def _inspector_panel(rows: Html) -> Html:
    find = el(
        "input", type="search", id="inspector-find", class_="field", placeholder="Filter payloads",
        aria_label="Filter payloads", autocomplete="off",
    )  # fmt: skip
    ways = el(
        "select",
        el("option", "Both directions", value=""),
        el("option", "To the app", value="to app"),
        el("option", "From the app", value="from app"),
        id="inspector-way",
        class_="field",
        aria_label="Direction",
    )
    close = el(
        "button", icons.CLOSE, type="button", class_="plain-icon", id="inspector-close", aria_label="Close inspector"
    )
    head = el("div", el("h2", "Inspector"), close, class_="inspector-head")
    tools = el("div", find, el("span", ways, icons.CHEVRON, class_="select"), class_="inspector-tools")
    lists = el(
        "div", rows, id="inspector-list", class_="inspector-list", tabindex="0", role="group", aria_label="Payloads"
    )
    return el(
        "aside", join(head, tools, lists), id="inspector", class_="inspector", aria_label="Inspector", hidden=True
    )
