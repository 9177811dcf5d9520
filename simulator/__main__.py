"""Runs the simulator as a process: `python -m simulator --manifest manifest.yml --socket`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from simulator import Simulator
from simulator.loading import DEMO_WORKSPACE

ENVIRONMENT = {
    "bot_token": "SLACK_BOT_TOKEN",
    "app_token": "SLACK_APP_TOKEN",
    "signing_secret": "SLACK_SIGNING_SECRET",
}


def arguments(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest.yml")
    parser.add_argument("--workspace", type=Path, default=DEMO_WORKSPACE, help="the invented people and channels")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--request-url", default="", help="where the app listens over HTTP")
    way.add_argument("--socket", action="store_true", help="the app connects by Socket Mode")
    parser.add_argument("--state", type=Path, help="a file in which messages and Homes survive a restart")
    parser.add_argument("--rate-scale", type=float, default=1.0, help="multiplies Slack's rate limits; 0 for none")
    return parser.parse_args(argv)


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM; the first line printed is a JSON object that says where and with which secrets."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    given = {name: os.environ[variable] for name, variable in ENVIRONMENT.items() if os.environ.get(variable)}
    simulator = await Simulator.start(
        manifest=options.manifest,
        workspace=options.workspace,
        request_url=options.request_url,
        port=options.port,
        state=options.state,
        credentials=given,
        rate_scale=options.rate_scale,
    )
    print(json.dumps({"url": simulator.url, "api_url": simulator.api_url, **simulator.credentials}), flush=True)
    try:
        await stopping.wait()
    finally:
        await simulator.stop()


def main() -> None:
    """Run, or say in a sentence why not."""
    options = arguments(sys.argv[1:])
    try:
        asyncio.run(run(options))
    except OSError as error:
        sys.exit(f"The simulator cannot start: {error}")


if __name__ == "__main__":
    main()
