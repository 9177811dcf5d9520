"""The left side and the bar on top: where this person can go, who is acting, and what this page is."""

from __future__ import annotations

from simulator.web import icons
from simulator.web.markup import Child, Html, el, join
from simulator.web.parts import avatar, language, role_words
from simulator.web.screen import Screen
from simulator.workspace import Channel, Person

HINT = "This is a local stand-in for Slack. Nothing leaves this machine."


def sidebar(screen: Screen) -> Html:
    """Return the sidebar: channels the person is in, direct messages, the app."""
    seen = screen.workspace.visible_channels(screen.person.id)
    rooms = [channel for channel in seen if channel.kind != "dm"]
    mine = [_channel_link(screen, channel) for channel in rooms if screen.person.id in channel.members]
    others = [_channel_link(screen, channel) for channel in rooms if screen.person.id not in channel.members]
    direct = [
        _direct_link(screen, channel) for channel in seen if channel.kind == "dm" and not _with_app(screen, channel)
    ]
    return join(
        el("div", el("strong", screen.workspace.team_name), el("span", screen.person.real_name), class_="team"),
        _group("Channels", mine, "You are in no channel."),
        _group("Browse", others, "") if others else None,
        _group("Direct messages", direct, "None yet."),
        _group("Apps", [_app_link(screen)], ""),
    )


def _group(title: str, rows: list[Html], empty: str) -> Html:
    body: Child = el("ul", rows) if rows else el("p", empty, class_="side-empty")
    return el("section", el("h2", title), body, class_="side-group")


def _link(screen: Screen, at: str, icon: Html, name: str, unread: int, current: bool, spoken: str) -> Html:
    badge = None
    if unread and not current:
        plural = "" if unread == 1 else "s"
        badge = join(
            el("span", str(unread), class_="badge", aria_hidden="true"),
            el("span", f", {unread} unread message{plural}", class_="heard"),
        )
    inner = el(
        "a", icon, el("span", name, class_="side-name"), el("span", spoken, class_="heard") if spoken else None, badge,
        href=f"?as={screen.person.key}&at={at}", data_go=at, aria_current="page" if current else None,
        class_="side-link unread" if badge else "side-link",
    )  # fmt: skip
    return el("li", inner, id=f"side-{at}")


def _channel_link(screen: Screen, channel: Channel) -> Html:
    private = channel.kind == "private"
    icon = icons.LOCK if private else icons.HASH
    member = screen.person.id in channel.members
    unread = screen.workspace.unread(screen.person.id, channel.id) if member else 0
    words = ", private channel" if private else ", channel"
    return _link(screen, channel.id, icon, channel.name, unread, screen.at == channel.id, words)


def _direct_link(screen: Screen, channel: Channel) -> Html:
    others = [member for member in channel.members if member != screen.person.id]
    names = ", ".join(screen.reader.names.get(member, member) for member in others) or screen.person.real_name
    unread = screen.workspace.unread(screen.person.id, channel.id)
    return _link(screen, channel.id, avatar(names, "small"), names, unread, screen.at == channel.id, "")


def _app_link(screen: Screen) -> Html:
    app = screen.workspace.app
    channel = screen.workspace.dm(screen.person.id, create=False)
    seen = channel is not None and screen.workspace.sees_channel(screen.person.id, channel)
    unread = screen.workspace.unread(screen.person.id, channel.id) if channel and seen else 0
    current = screen.at in ("home", "messages", "about")
    # Unread messages bring you to Messages, as in Slack; else the app opens on its Home.
    at = "messages" if unread or not app.home_enabled else "home"
    return _link(screen, at, avatar(app.name, "small", app=True), app.name, unread, current, ", app")


def _with_app(screen: Screen, channel: Channel) -> bool:
    return screen.workspace.app.bot_user_id in channel.members


def topbar(screen: Screen) -> Html:
    """Return the bar on top: menu, shortcuts, lock screen, inspector, theme, and who is acting."""
    return join(
        _tool("toggle-side", icons.MENU, "Channels and apps", "only-narrow", expanded=True),
        el("span", "Stand-in for Slack", class_="top-title"),
        _shortcuts(screen),
        _tool("toggle-phone", icons.PHONE, "Lock screen", expanded=True),
        _tool("toggle-inspector", icons.LIST, "Inspector", key="i", expanded=True),
        _tool("toggle-theme", icons.MOON, "Theme"),
        _switcher(screen),
    )


def _tool(name: str, icon: Html, words: str, extra: str = "", key: str = "", expanded: bool = False) -> Html:
    title = f"{words} (key {key})" if key else words
    return el(
        "button", icon, el("span", words, class_="tool-words"), type="button", id=name, class_=f"tool {extra}".strip(),
        title=title, aria_keyshortcuts=key or None, aria_expanded="false" if expanded else None,
    )  # fmt: skip


def _shortcuts(screen: Screen) -> Html:
    rows = [
        el(
            "button", icons.BOLT, el("span", str(row.get("name", "")), el("small", str(row.get("description", "")))),
            type="button", role="menuitem", data_shortcut=str(row.get("callback_id", "")),
        )
        for row in screen.workspace.app.shortcuts
        if row.get("type", "global") == "global"
    ]  # fmt: skip
    opener = el(
        "button", icons.BOLT, el("span", "Shortcuts", class_="tool-words"), type="button", class_="tool",
        id="shortcuts", aria_haspopup="menu", aria_expanded="false", aria_controls="shortcut-menu",
        data_opens="shortcut-menu",
    )  # fmt: skip
    body: Child = rows or el("p", "This app has no global shortcut.", class_="menu-empty")
    menu = el(
        "div", body, role="menu", id="shortcut-menu", class_="menu menu-wide", hidden=True, aria_label="Shortcuts"
    )
    return el("div", opener, menu, class_="pops")


def _switcher(screen: Screen) -> Html:
    people = [person for person in screen.workspace.people.values() if not person.is_bot]
    rows = [_person_row(screen, person) for person in people]
    me = screen.person
    opener = el(
        "button", avatar(me.real_name, "small"),
        el("span", el("span", "Acting as ", class_="heard"), el("strong", me.real_name),
           el("small", f"{role_words(me)} · {language(me)}"), class_="who"),
        icons.CHEVRON, type="button", class_="tool switcher", id="switcher", aria_haspopup="menu",
        aria_expanded="false", aria_controls="switch-menu", data_opens="switch-menu",
    )  # fmt: skip
    menu = el(
        "div", el("p", "Act as", class_="menu-head", aria_hidden="true"), rows, role="menu", id="switch-menu",
        class_="menu menu-people", hidden=True, aria_label="Act as",
    )  # fmt: skip
    return el("div", opener, menu, class_="pops")


def _person_row(screen: Screen, person: Person) -> Html:
    current = person.id == screen.person.id
    about = f"{role_words(person)} · {language(person)} · {person.tz.split('/')[-1].replace('_', ' ')}"
    inner = [
        avatar(person.real_name, "small"),
        el("span", el("strong", person.real_name), el("small", about), class_="who"),
    ]
    if person.deleted:
        note = el(
            "span", el("strong", person.real_name), el("small", f"{role_words(person)} · deactivated"), class_="who"
        )
        return el("span", inner[0], note, role="menuitem", aria_disabled="true", class_="menu-off")
    return el(
        "a", inner, icons.CHECK if current else None, href=f"?as={person.key}", role="menuitem",
        aria_current="true" if current else None, data_person=person.key,
    )  # fmt: skip


def hint(screen: Screen) -> Html:
    """Return the line that says what this page is and what a newcomer could try."""
    command = next(iter(screen.workspace.app.commands), "")
    where = screen.workspace.visible_channels(screen.person.id)
    room = next((c.name for c in where if c.kind == "public" and screen.person.id in c.members), "")
    if screen.person.role == "physician" and command and room:
        tip: Child = join("Try: in #", room, ", type ", el("kbd", command), " and press Enter.")
    else:
        asker = next((p for p in screen.workspace.people.values() if p.role == "physician"), None)
        name = asker.real_name if asker else "someone"
        tip = join("New here? Act as ", name, ", a physician, and type ", el("kbd", command or "/"), ".")
    more = join(" ", el("a", "What you can try", href="guide")) if screen.workspace.has_guide else None
    return join(el("span", HINT, class_="hint-what"), " ", el("span", tip, class_="hint-tip"), more)
