"""What lies over the page: the open modal, the lock screen, the inspector's list of payloads."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from simulator.web import icons
from simulator.web.conversation import trouble
from simulator.web.markup import Html, el, join
from simulator.web.parts import avatar, moment
from simulator.web.render import render_blocks
from simulator.web.screen import Screen
from simulator.workspace import LogEntry, Notification, View

_SHOWN = 300
_ON_PHONE = 4


def modal(screen: Screen) -> Html:
    """Return the dialog of the view on top of this person's stack; nothing if none is open."""
    view = screen.desk.modal
    if view is None:
        return Html("")
    stacked = len(screen.desk.modals) > 1
    title = view.plain("title") or screen.workspace.app.name
    heading = f"title-{view.id}"
    backward, away = ("Retour", "Fermer") if screen.french else ("Back", "Close")
    back = (
        el("button", icons.BACK, type="button", class_="plain-icon", data_close="one", aria_label=backward)
        if stacked
        else None
    )
    head = el(
        "header", back, avatar(screen.workspace.app.name, "small", app=True),
        el("h2", title, id=heading, tabindex="-1"),
        el("button", icons.CLOSE, type="button", class_="plain-icon", data_close="all", aria_label=away),
        class_="modal-head",
    )  # fmt: skip
    body = el(
        "div", trouble(view), render_blocks(view.blocks, screen.surface_of_view(view)), class_="modal-body",
        tabindex="0", role="group", aria_labelledby=heading,
    )  # fmt: skip
    form = el("form", head, body, _footer(view), class_="modal-form", novalidate=True)
    return el(
        "dialog", form, id=f"modal-{view.id}", class_="modal", role="dialog", aria_modal="true",
        lang="fr" if screen.french else None,
        aria_labelledby=heading, data_container="view", data_view=view.id, data_hash=view.hash, data_busy=view.busy,
        aria_busy="true" if view.busy else None,
    )  # fmt: skip


def _footer(view: View) -> Html:
    close = el("button", view.plain("close") or "Close", type="button", class_="btn", data_close="one")
    submit = view.plain("submit")
    send = None
    if submit:
        spin = el("span", class_="spinner", aria_hidden="true") if view.busy else None
        heard = el("span", "Sending", class_="heard") if view.busy else None
        send = el(
            "button",
            spin,
            submit,
            heard,
            type="submit",
            class_="btn primary",
            aria_disabled="true" if view.busy else None,
        )
    return el("footer", close, send, class_="modal-foot")


def loose(screen: Screen) -> Html:
    """Return what Slack says to this person outside any conversation; the page shows each as it comes."""
    rows = [notice for notice in screen.desk.notices if not notice.channel]
    return join(el("li", notice.text, id=f"loose-{notice.at:.6f}") for notice in rows)


def phone(screen: Screen) -> Html:
    """Return the lock screen: the last notifications, their words only."""
    shown = screen.desk.notifications[-_ON_PHONE:][::-1]
    now = datetime.fromtimestamp(screen.workspace.clock(), UTC).timestamp()
    time = el("p", moment(now, "{time}", screen.reader), class_="phone-clock")
    cards = [_card(screen, note) for note in shown]
    empty = el("p", "No notifications.", class_="phone-empty") if not cards else None
    title = el("h2", f"{screen.person.real_name}'s lock screen", class_="phone-title")
    note = el("p", "A locked phone shows a message's text and nothing of its blocks.", class_="phone-note")
    count = len(screen.desk.notifications)
    glass = el("div", time, empty, cards, class_="phone-screen", role="log", aria_label="Notifications")
    return el("div", title, glass, note, class_="phone", id=f"phone-{screen.person.id}", data_count=str(count))


def _card(screen: Screen, note: Notification) -> Html:
    from_app = note.title == screen.workspace.app.name
    channel = screen.workspace.channels.get(note.channel)
    where = f" #{channel.name}" if channel and channel.kind != "dm" else ""
    head = el("p", el("strong", f"{note.title}{where}"), moment(note.at, "{time}", screen.reader), class_="card-top")
    return el(
        "div", avatar(note.title, "small", app=from_app), el("div", head, el("p", note.body or "New message")),
        class_="phone-card", id=f"note-{note.at:.6f}",
    )  # fmt: skip


def inspector(screen: Screen) -> Html:
    """Return every payload in order, newest last; their contents are fetched when one is opened."""
    if not screen.inspecting:
        return Html("")
    log = screen.workspace.log[-_SHOWN:]
    return el("ol", [_entry(screen, entry) for entry in log], class_="entries", id="entries")


def _entry(screen: Screen, entry: LogEntry) -> Html:
    who = screen.workspace.people.get(entry.person)
    status = str(entry.status)
    failed = status not in ("", "ok") and not status.startswith("2")
    pending = entry.response is None and status == ""
    summary = el(
        "summary",
        el("span", str(entry.number), class_="entry-number"),
        el("span", entry.way, class_="way way-out" if entry.way == "from app" else "way"),
        el("span", entry.kind, class_="entry-kind"),
        el("span", entry.title, class_="entry-title"),
        el("span", who.real_name if who else "", class_="entry-who"),
        el("span", "waiting" if pending else status or "-", class_="entry-status failed" if failed else "entry-status"),
        el("span", f"{entry.took_ms:.0f} ms" if entry.took_ms else "", class_="entry-ms"),
    )
    at = datetime.fromtimestamp(entry.at, UTC)
    key = f"entry-{entry.number}"
    words = " ".join([entry.way, entry.kind, entry.title, who.real_name if who else "", status]).lower()
    body = el("div", data_keep=True, class_="entry-body", id=f"{key}-body")
    return el(
        "li", el("details", summary, body, id=key, data_entry=str(entry.number), data_keep_open=True,
                 title=f"{at:%H:%M:%S} UTC"), data_words=words, data_way=entry.way,
    )  # fmt: skip


def payload(entry: LogEntry) -> Html:
    """Return one payload and its answer as readable JSON."""
    return join(_json("Request", entry.request), _json("Response", entry.response))


def _json(title: str, value: object) -> Html:
    words = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return join(el("h3", title), el("pre", words, tabindex="0", role="group", aria_label=title))
