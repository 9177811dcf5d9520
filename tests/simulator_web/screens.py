"""Views and messages for the page's tests: each Block Kit piece the page draws, in both languages."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mark(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str, description: str = "") -> Json:
    return {"text": plain(text), "value": value} | ({"description": plain(description)} if description else {})


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    filled = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": filled, **more}


CONFIRM = {
    "title": plain("Withdraw your request?"),
    "text": mark("*Nobody* will be told why. You can ask again whenever you like."),
    "confirm": plain("Withdraw"),
    "deny": plain("Keep my request"),
    "style": "danger",
}


def menu(language: str = "en") -> Json:
    french = language.startswith("fr")
    rows = (
        ("ask", "Demander du soutien", "Une conversation avec un ou une collègue.")
        if french
        else ("ask", "Ask for support", "A conversation with a colleague who has been there."),
        ("who", "Qui verra ceci?", "Rien n'est envoyé avant que vous ne l'envoyiez.")
        if french
        else ("who", "Who will see this?", "Nothing is sent until you press Send."),
    )
    numbers = "*9-8-8* (appel ou texto), *911*" if french else "*9-8-8* (call or text), *911*"
    urgent = (
        "En danger immédiat? Cette appli n'est pas surveillée jour et nuit."
        if french
        else "In immediate danger? This app is not watched around the clock."
    )
    return {
        "type": "modal",
        "callback_id": "menu",
        "title": plain("Soutien par les pairs" if french else "Peer support"),
        "close": plain("Pas maintenant" if french else "Not now"),
        "blocks": [
            {"type": "alert", "level": "info", "text": mark(urgent)},
            {"type": "section", "text": mark(numbers)},
            {"type": "divider"},
            *(
                {
                    "type": "section",
                    "block_id": f"row-{action}",
                    "text": mark(meaning),
                    "accessory": button(action, words, **({"style": "primary"} if action == "ask" else {})),
                }
                for action, words, meaning in rows
            ),
            {"type": "context", "elements": [mark("Confidential, never anonymous.")]},
        ],
    }


def form(title: str = "Ask for support", more: list[Json] | None = None) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send my request"),
        "close": plain("Back"),
        "notify_on_close": True,
        "blocks": [
            {"type": "section", "block_id": "intro", "text": mark("Please leave out patient details.")},
            field("name", "What should we call you?", {"type": "plain_text_input", "placeholder": plain("First name")}),
            field("words", "Anything else?", {"type": "plain_text_input", "multiline": True}, optional=True),
            field("email", "E-mail", {"type": "email_text_input"}, optional=True),
            field("count", "How many", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
            field("site", "Web page", {"type": "url_text_input"}, optional=True),
            field(
                "topics",
                "What would you like to talk about?",
                {"type": "checkboxes", "options": [option("load", "Workload"), option("home", "Home and *family*")]},
                optional=True,
                hint=plain("Pick any that fit, or none."),
            ),
            field(
                "mode",
                "How would you like to talk?",
                {"type": "radio_buttons", "options": [option("phone", "Phone"), option("video", "Video", "By link")]},
            ),
            field(
                "soon",
                "How soon?",
                {"type": "static_select", "options": [option("usual", "In 2-3 days"), option("later", "No rush")]},
                optional=True,
            ),
            field(
                "times",
                "Good times",
                {
                    "type": "multi_static_select",
                    "placeholder": plain("Choose times"),
                    "options": [option("am", "Weekday mornings"), option("pm", "Weekday evenings")],
                },
                optional=True,
            ),
            field("one", "A colleague", {"type": "users_select"}, optional=True),
            field("avoid", "Not to be matched with", {"type": "multi_users_select"}, optional=True),
            field("day", "First day", {"type": "datepicker"}, optional=True),
            field("hour", "First hour", {"type": "timepicker"}, optional=True),
            *(more or []),
        ],
    }


def pushed() -> Json:
    return {
        "type": "modal",
        "callback_id": "who",
        "title": plain("Who will see this?"),
        "close": plain("Back"),
        "blocks": [
            {"type": "header", "text": plain("Who will see this?")},
            {
                "type": "section",
                "fields": [mark("*Administrator*\nName and contact"), mark("*Your employer*\nNothing")],
            },
        ],
    }


def card() -> list[Json]:
    return [
        {"type": "header", "text": plain("New request K7-42")},
        {
            "type": "section",
            "fields": [
                mark("*Door*\nFor oneself"),
                mark("*Contact due*\n<!date^1800000000^{date_long_pretty} {time}|14 January 2027, 00:00>"),
                mark("*State*\nReceived"),
                mark("*Mode*\nPhone"),
            ],
        },
        {
            "type": "actions",
            "block_id": "deeds",
            "elements": [
                button("claim", "Claim", style="primary"),
                button("details", "Open details"),
                button("withdraw", "Withdraw", style="danger", confirm=CONFIRM),
                {
                    "type": "overflow",
                    "action_id": "more",
                    "options": [option("later", "Remind me later"), option("hand", "Hand to someone else")],
                },
            ],
        },
        {"type": "context", "elements": [mark("Names are never shown here.")]},
    ]


def home() -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Good morning")},
            {"type": "context", "elements": [mark("Need someone now? *9-8-8* or *911*.")]},
            {"type": "actions", "block_id": "doors", "elements": [button("ask", "Ask for support", style="primary")]},
            {
                "type": "card",
                "block_id": "request",
                "title": mark("Your request K7-42"),
                "subtitle": mark("Being matched"),
                "body": mark("A supporter will contact you by Thursday."),
                "actions": [button("change", "Change"), button("withdraw", "Withdraw", confirm=CONFIRM)],
            },
            {"type": "divider"},
            {
                "type": "section",
                "block_id": "language",
                "text": mark("*Language* of this app"),
                "accessory": {
                    "type": "static_select",
                    "action_id": "tongue",
                    "options": [option("en", "English"), option("fr", "Français")],
                    "initial_option": option("en", "English"),
                },
            },
        ],
    }
