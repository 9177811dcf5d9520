"""The middle of the page: a channel or direct message with its messages and composer, or the app's tabs."""

from __future__ import annotations

from datetime import UTC, datetime

from simulator.web import icons
from simulator.web.dates import write_date, zone
from simulator.web.markup import Child, Html, el, join
from simulator.web.mrkdwn import mrkdwn
from simulator.web.parts import avatar, capital, moment
from simulator.web.render import render_blocks
from simulator.web.screen import Screen
from simulator.workspace import Channel, Message, Notice, View

_GROUP_SECONDS = 300
_READ_ONLY = "Sending messages to this app has been turned off."
SLACK_NAME = "Slackbot"


def middle(screen: Screen) -> Html:
    """Return the header and body of what this person has on screen."""
    if screen.at in ("home", "messages", "about"):
        return _app(screen)
    channel = screen.channel
    if channel is None:
        return _nothing()
    return join(_channel_head(screen, channel), _log(screen, channel), _composer(screen, channel))


def _nothing() -> Html:
    words = "Slack shows this person nothing here: they cannot see this conversation."
    return el("div", el("h1", "Not visible"), el("p", words), class_="empty")


def _channel_head(screen: Screen, channel: Channel) -> Html:
    members = [m for m in channel.members if m in screen.workspace.people and not screen.workspace.people[m].deleted]
    others = [screen.reader.names.get(m, m) for m in members if m != screen.person.id]
    if channel.kind == "dm":
        name, icon = ", ".join(others), avatar(", ".join(others), "small")
    else:
        name, icon = channel.name, icons.LOCK if channel.kind == "private" else icons.HASH
    count = len(members)
    facts: list[Child] = [
        el("span", icons.PEOPLE, f"{count} member{'' if count == 1 else 's'}", class_="fact", title=", ".join(others))
    ]
    if channel.kind == "private":
        facts.append(el("span", "Private channel", class_="fact"))
    if channel.ext_shared:
        facts.append(el("span", "Shared with another workspace", class_="fact"))
    if channel.archived:
        facts.append(el("span", "Archived", class_="fact"))
    return el("header", el("h1", icon, name), el("div", facts, class_="facts"), class_="main-head")


def _log(screen: Screen, channel: Channel | None) -> Html:
    rows: list[Html] = []
    if channel is not None:
        rows = _rows(screen, channel)
    empty = el("p", "No messages yet.", class_="log-empty") if not rows else None
    key = f"log-{channel.id}" if channel else "log-none"
    inner = el("div", empty, rows, class_="log-rows", id=key, role="log", aria_label="Messages", aria_live="polite")
    return el("div", inner, class_="log", id="log", tabindex="0", role="group", aria_label="Message list")


def _rows(screen: Screen, channel: Channel) -> list[Html]:
    messages = screen.workspace.visible_messages(screen.person.id, channel.id)
    tops = [message for message in messages if not message.thread_ts or message.thread_ts == message.ts]
    replies: dict[str, list[Message]] = {}
    for message in messages:
        if message.thread_ts and message.thread_ts != message.ts:
            replies.setdefault(message.thread_ts, []).append(message)
    notices = [notice for notice in screen.desk.notices if notice.channel == channel.id]
    items: list[tuple[float, Message | Notice]] = [(float(message.ts), message) for message in tops]
    items += [(notice.at, notice) for notice in notices]
    rows: list[Html] = []
    day, last_author, last_at = "", "", 0.0
    for at, item in sorted(items, key=lambda pair: pair[0]):
        today = _day(at, screen)
        if today != day:
            rows.append(el("div", el("span", today), class_="day", id=f"day-{today.replace(' ', '-')}"))
            last_author, day = "", today
        if isinstance(item, Notice):
            rows.append(_notice(screen, item))
            last_author = ""
            continue
        author = f"{item.user}{item.bot_id}{item.ephemeral_to}"
        joined = author == last_author and at - last_at < _GROUP_SECONDS and not item.blocks
        rows.append(_message(screen, item, joined))
        rows.extend(_thread(screen, item, replies.get(item.ts, [])))
        last_author, last_at = author, at
    return rows


def _day(at: float, screen: Screen) -> str:
    when = datetime.fromtimestamp(at, UTC).astimezone(zone(screen.reader.tz))
    return capital(write_date("{day_divider_pretty}", when, screen.reader.now, screen.reader.language) or "")


def _thread(screen: Screen, parent: Message, replies: list[Message]) -> list[Html]:
    if not replies:
        return []
    count = f"{len(replies)} {'reply' if len(replies) == 1 else 'replies'}"
    inner = [_message(screen, reply, False) for reply in replies]
    return [el("details", el("summary", count), inner, class_="thread", id=f"thread-{parent.ts}", open=True)]


def _message(screen: Screen, message: Message, joined: bool) -> Html:
    from_app = bool(message.bot_id)
    name = screen.workspace.app.name if from_app else screen.reader.names.get(message.user, message.user)
    body: Child = render_blocks(message.blocks, screen.surface_of_message(message)) if message.blocks else None
    words = el("div", mrkdwn(message.text, screen.reader), class_="words") if not message.blocks else None
    # Slack marks an edit of text, not of blocks.
    edited = el("span", " (edited)", class_="edited") if message.edited and not message.blocks else None
    classes = ["message", "joined" if joined else "", "ephemeral" if message.ephemeral_to else ""]
    return el(
        "article",
        el("span", moment(float(message.ts), "{time}", screen.reader), class_="gutter") if joined
        else avatar(name, "medium", app=from_app),
        el(
            "div",
            _only_you() if message.ephemeral_to and not joined else None,
            _byline(screen, name, from_app, float(message.ts), joined),
            el("div", words, body, edited, class_="message-body"),
            class_="message-main",
        ),
        class_=" ".join(filter(None, classes)), id=f"m-{message.ts}", data_container="message",
        data_channel=message.channel, data_ts=message.ts,
    )  # fmt: skip


def _byline(screen: Screen, name: str, from_app: bool, at: float, joined: bool) -> Html:
    badge = el("span", "APP", class_="app-badge") if from_app else None
    time = moment(at, "{time}", screen.reader)
    return el("div", el("strong", name), badge, time, class_="byline heard" if joined else "byline")


def _only_you() -> Html:
    return el("p", icons.EYE, "Only visible to you", class_="only-you")


def _notice(screen: Screen, notice: Notice) -> Html:
    return el(
        "article",
        avatar(SLACK_NAME, "medium"),
        el(
            "div", _only_you(), _byline(screen, SLACK_NAME, False, notice.at, False),
            el("div", el("div", mrkdwn(notice.text, screen.reader), class_="words"), class_="message-body"),
            class_="message-main",
        ),
        class_="message ephemeral notice", id=f"n-{notice.at:.6f}",
    )  # fmt: skip


def _composer(screen: Screen, channel: Channel) -> Html:
    if channel.archived:
        return _closed("This channel has been archived. Nobody can send messages in it.")
    if screen.person.id not in channel.members:
        return _closed("You are looking at this channel from outside. Only members can send messages in it.")
    others = ", ".join(screen.reader.names.get(m, m) for m in channel.members if m != screen.person.id)
    label = f"Message {others}" if channel.kind == "dm" else f"Message #{channel.name}"
    commands = [
        el(
            "li", el("strong", name), el("span", str(row.get("usage_hint") or ""), class_="usage"),
            el("small", str(row.get("description", ""))), el("span", screen.workspace.app.name, class_="from"),
            role="option", id=f"cmd-{number}", data_command=name, aria_selected="false",
        )
        for number, (name, row) in enumerate(screen.workspace.app.commands.items())
    ]  # fmt: skip
    field = el(
        "textarea", id=f"composer-{channel.id}", class_="composer-field", rows="1", placeholder=label, aria_label=label,
        aria_haspopup="listbox", aria_controls="commands", aria_autocomplete="list", maxlength="12000",
        data_channel=channel.id,
    )  # fmt: skip
    send = el("button", icons.SEND, type="submit", class_="send", aria_label="Send message", title="Send")
    keys = el("p", "Enter sends, Shift + Enter starts a new line, / shows commands", class_="composer-keys")
    listbox = el("ul", commands, id="commands", role="listbox", class_="commands", hidden=True, aria_label="Commands")
    return el("form", listbox, el("div", field, send, class_="composer-box"), keys, class_="composer", id="composer")


def _closed(words: str) -> Html:
    return el("p", icons.LOCK, words, class_="composer-closed")


def _app(screen: Screen) -> Html:
    app = screen.workspace.app
    tabs = [
        _tab(screen, at, words)
        for at, words, shown in (
            ("home", "Home", app.home_enabled),
            ("messages", "Messages", app.messages_enabled),
            ("about", "About", True),
        )
        if shown
    ]
    badge = el("span", "APP", class_="app-badge")
    head = el("h1", avatar(app.name, "small", app=True), app.name, badge)
    header = el("header", head, el("nav", tabs, class_="tabs", aria_label="App tabs"), class_="main-head with-tabs")
    if screen.at == "messages":
        channel = screen.channel
        closed = _closed(_READ_ONLY) if app.messages_read_only or channel is None else _composer(screen, channel)
        return join(header, _log(screen, channel), closed)
    return join(header, _home(screen) if screen.at == "home" else _about(screen))


def _tab(screen: Screen, at: str, words: str) -> Html:
    return el(
        "a", words, href=f"?as={screen.person.key}&at={at}", data_go=at,
        aria_current="page" if screen.at == at else None, class_="tab",
    )  # fmt: skip


def _home(screen: Screen) -> Html:
    view = screen.desk.home
    if view is None:
        words = el("p", "The app has not shown a Home to this person yet.")
        return el("div", el("h2", "Nothing here yet"), words, class_="empty", id="home-empty")
    inner = join(trouble(view), render_blocks(view.blocks, screen.surface_of_view(view)))
    return el(
        "div", el("div", inner, class_="home-inner"), class_="home", id=f"home-{view.id}", data_container="view",
        data_view=view.id, tabindex="0", role="group", aria_label="Home", lang="fr" if screen.french else None,
    )  # fmt: skip


def trouble(view: View) -> Html:
    """Return what Slack says in a view when the app did not answer; an empty line to be filled if all is well."""
    inner = join(icons.WARN, el("span", view.trouble)) if view.trouble else None
    return el("div", inner, class_="trouble", role="alert", id=f"trouble-{view.id}")


def _about(screen: Screen) -> Html:
    app = screen.workspace.app
    commands = [
        el("li", el("strong", name), " ", str(row.get("description", ""))) for name, row in app.commands.items()
    ]
    shortcuts = [
        el("li", el("strong", str(row.get("name", ""))), " ", str(row.get("description", ""))) for row in app.shortcuts
    ]
    scopes = [el("li", el("code", scope)) for scope in sorted(app.scopes)]
    lists = (("Commands", commands), ("Shortcuts", shortcuts), ("What this app may do", scopes))
    body = [join(el("h2", title), el("ul", rows)) for title, rows in lists if rows]
    return el("div", body, class_="about", tabindex="0", role="group", aria_label="About")
