"""A small bare Bolt app, run against the simulator over HTTP or Socket Mode: the proof with the real SDK."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Parrot"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        "bot_user": {"display_name": "Parrot"},
        "slash_commands": [{"command": "/parrot", "description": "Repeat"}],
        "shortcuts": [{"name": "Repeat", "type": "global", "callback_id": "repeat", "description": "Repeat"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "users:read", "groups:read", "im:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}, "interactivity": {"is_enabled": True}},
}
ADMIN_CHANNEL = "C0PSADMIN1"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def text_input(block_id: str, label: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "words"}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def modal(title: str, blocks: list[Json], **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "blocks": blocks, "close": plain("Close"), **more}


FORM = modal(
    "A form",
    [
        text_input("say", "What shall it say?"),
        text_input("extra", "Anything else?", optional=True),
        {
            "type": "input",
            "block_id": "how",
            "label": plain("How?"),
            "element": {
                "type": "radio_buttons",
                "action_id": "how",
                "options": [{"text": plain("Loudly"), "value": "loud"}, {"text": plain("Softly"), "value": "soft"}],
            },
        },
        {
            "type": "input",
            "block_id": "whom",
            "optional": True,
            "label": plain("To whom?"),
            "element": {"type": "multi_users_select", "action_id": "whom"},
        },
        {"type": "actions", "block_id": "more", "elements": [button("More", "more"), button("Deeper", "deeper")]},
    ],
    submit=plain("Send"),
    callback_id="form",
    notify_on_close=True,
    private_metadata="kept for itself",
)


def _values(view: Json) -> Json:
    return {block: next(iter(row.values())) for block, row in view["state"]["values"].items()}


class Parrot:
    """The app: its listeners, and what it has heard."""

    def __init__(self, simulator: Simulator) -> None:
        client = AsyncWebClient(token=simulator.credentials["bot_token"], base_url=simulator.api_url)
        client.retry_handlers.clear()
        self.client = client
        self.simulator = simulator
        self.heard: list[Json] = []
        self.app = AsyncApp(
            client=client, signing_secret=simulator.credentials["signing_secret"], ignoring_self_events_enabled=False
        )
        self._handler: AsyncSocketModeHandler | None = None
        self._runner: web.AppRunner | None = None
        self._register()

    async def serve(self) -> None:
        """Answer over HTTP and tell the simulator where."""
        server = self.app.server(port=0, path="/slack/events")
        self._runner = web.AppRunner(server.web_app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.simulator.request_url = f"http://127.0.0.1:{port}/slack/events"

    async def connect(self) -> None:
        """Answer over Socket Mode."""
        web_client = AsyncWebClient(token=self.simulator.credentials["app_token"], base_url=self.simulator.api_url)
        self._handler = AsyncSocketModeHandler(
            self.app, self.simulator.credentials["app_token"], web_client=web_client, ping_interval=1
        )
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        await self.simulator.connected()

    async def stop(self) -> None:
        if self._handler is not None:
            await self._handler.close_async()  # type: ignore[no-untyped-call]
        if self._runner is not None:
            await self._runner.cleanup()

    def _register(self) -> None:
        app = self.app
        app.command("/parrot")(self.on_command)
        app.shortcut("repeat")(self.on_shortcut)
        app.action("more")(self.on_more)
        app.action("deeper")(self.on_deeper)
        app.action("open")(self.on_shortcut)
        app.action("claim")(self.on_claim)
        app.view("form")(self.on_form)
        app.view("second")(self.on_second)
        app.view_closed("form")(self.on_closed)
        app.event("app_home_opened")(self.on_home)

    async def on_command(self, ack: Any, command: Json, respond: Any) -> None:
        self.heard.append(command)
        if command["text"] == "slow":
            await asyncio.sleep(self.simulator.dispatcher.deadline * 2)
        if command["text"] == "speak":
            await ack("Only you hear this.")
            return
        await ack()
        if command["text"] == "respond":
            await respond("Through the response url.")
            return
        await self.client.views_open(trigger_id=command["trigger_id"], view=FORM)

    async def on_shortcut(self, ack: Any, body: Json) -> None:
        await ack()
        self.heard.append(body)
        await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def on_more(self, ack: Any, body: Json) -> None:
        await ack()
        self.heard.append(body)
        view = body["view"]
        more = {**FORM, "blocks": [*FORM["blocks"], {"type": "section", "text": plain("More it is.")}]}
        await self.client.views_update(view_id=view["id"], hash=view["hash"], view=more)

    async def on_deeper(self, ack: Any, body: Json) -> None:
        await ack()
        deeper = modal("Deeper", [{"type": "section", "text": plain("Below this, the form.")}])
        await self.client.views_push(trigger_id=body["trigger_id"], view=deeper)

    async def on_form(self, ack: Any, body: Json, view: Json) -> None:
        self.heard.append(body)
        values = _values(view)
        said = values["say"]["value"]
        if said == "nothing":
            await ack(response_action="errors", errors={"say": "Say something."})
        elif said == "again":
            second = modal("Second", [text_input("say", "And?")], submit=plain("Go"), callback_id="second")
            await ack(response_action="push", view=second)
        elif said == "thanks":
            await ack(
                response_action="update", view=modal("Thanks", [{"type": "section", "text": plain("Thank you.")}])
            )
        elif said == "broken":
            await ack(response_action="update", view={"type": "modal", "title": plain("x" * 25), "blocks": []})
        else:
            await ack()
            await self._post(said)

    async def _post(self, said: str) -> None:
        blocks: list[Json] = [
            {"type": "section", "block_id": "said", "text": plain(said)},
            {
                "type": "actions",
                "block_id": "claiming",
                "elements": [
                    button("Claim", "claim", confirm={
                        "title": plain("Claim it?"), "text": plain("It is yours then."),
                        "confirm": plain("Claim"), "deny": plain("Leave it"),
                    })
                ],
            },
        ]  # fmt: skip
        await self.client.chat_postMessage(channel=ADMIN_CHANNEL, text="Something new", blocks=blocks)

    async def on_second(self, ack: Any) -> None:
        await ack(response_action="clear")

    async def on_closed(self, ack: Any, body: Json) -> None:
        await ack()
        self.heard.append(body)

    async def on_claim(self, ack: Any, body: Json) -> None:
        await ack()
        self.heard.append(body)
        await self.client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text="Claimed",
            blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": f"Claimed by <@{body['user']['id']}>"}}],
        )
        await self.client.chat_postMessage(channel=body["user"]["id"], text="There is an update for you.")

    async def on_home(self, event: Json) -> None:
        self.heard.append(event)
        blocks = [
            {"type": "header", "text": plain("Hello there")},
            {"type": "actions", "block_id": "doors", "elements": [button("Open the form", "open")]},
        ]
        await self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})
