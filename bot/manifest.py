"""The app's manifest: read from the file that is shipped, and turned into the variant for HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from bot.places import shipped
from bot.refusals import StartRefused
from bot.server import PATH

Manifest = dict[str, Any]


def load_manifest() -> Manifest:
    """Read the shipped manifest, the one for Socket Mode."""
    manifest: Manifest = yaml.safe_load(shipped("manifest.yml").read_text("utf-8"))
    return manifest


def scopes(manifest: Mapping[str, Any]) -> frozenset[str]:
    """Return the bot scopes that a manifest asks for."""
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])


def for_http(manifest: Manifest, public_url: str) -> Manifest:
    """Return the manifest of an app that Slack calls at this address; raises StartRefused on one it cannot call."""
    if not public_url.startswith("https://"):
        raise StartRefused("The address must start with https://; Slack calls no other.")
    url = public_url.rstrip("/") + PATH
    features, settings = manifest["features"], manifest["settings"]
    commands = [{**command, "url": url} for command in features["slash_commands"]]
    return {
        **manifest,
        "features": {**features, "slash_commands": commands},
        "settings": {
            **settings,
            "event_subscriptions": {"request_url": url, **settings["event_subscriptions"]},
            "interactivity": {**settings["interactivity"], "request_url": url},
            "socket_mode_enabled": False,
        },
    }


def as_yaml(manifest: Manifest) -> str:
    """Write a manifest as YAML, in its own order."""
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=120)
