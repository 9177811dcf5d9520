"""What the demonstration tells a newcomer: on the terminal in a few lines, on the page in full, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from simulator.demo_people import CAFE, CHANNELS, IMPACT, INFORMAL, THRIVING, VANCOUVER
from simulator.guide import LANGUAGES, Guide, SignIn, Try, at
from simulator.web.markup import Child
from simulator.workspace import Workspace

CHOICES = {"vancouver": VANCOUVER, "impact": IMPACT, "thriving": THRIVING, "cafe": CAFE, "informal": INFORMAL}
"""What PROGRAMME may name, and which programme runs then; all run where it names none."""
_WORDS = Path(__file__).parent / "workspaces" / "guide.yml"
_LINK = re.compile(r"\[([^\]]+)\]\((\w+) ([\w-]+)\)")
_ASKING = (VANCOUVER, IMPACT)


def lines(programmes: Sequence[str], pages: str) -> list[str]:
    """Return what is said on the terminal."""
    said = []
    asking = next((each for each in programmes if each in _ASKING), None)
    if asking:
        said += [
            "Act as Ava Larkspur: type /peersupport in #general and ask for support.",
            f"Act as Farah Meadowrue: claim it in #{CHANNELS[asking]}, find a supporter, send the offer.",
            "Act as that supporter: open the message and accept.",
        ]
    if IMPACT in programmes:
        said.append(
            "Act as Tess Fireweed, who belongs to a partner of IMPACT: type /peersupport and ask for outreach. The "
            f'partner\'s page is at {pages}/partner/{IMPACT}; name and code for it are on the page "What you can try".'
        )
    if THRIVING in programmes or CAFE in programmes:
        who = "Emil Foxglove" if THRIVING in programmes else "Ava Larkspur"
        said.append(f"Act as {who}: type /peersupport, press See what is on, and take a place.")
    if INFORMAL in programmes:
        said.append("Act as Quinn Hawkbit: type /peersupport, press Find a colleague, and ask for ten minutes.")
    numbered = [f"{place}. {each}" for place, each in enumerate(said, 1)]
    return [*numbered, f"This runs {', '.join(programmes)}; PROGRAMME chooses. Ctrl-C stops; RESET=1 starts afresh."]


def guides(
    workspace: Workspace, programmes: Sequence[str], pages: str, partner: tuple[str, str] | None
) -> Mapping[str, Guide]:
    """Return what the page tells of these programmes, by language; `partner` is a name and the secret of its codes."""
    kept = yaml.safe_load(_WORDS.read_text("utf-8"))
    sign_in = SignIn(f"{pages}/partner/{IMPACT}", *partner) if partner and IMPACT in programmes else None
    return {language: _guide(kept, workspace, programmes, language, sign_in) for language in LANGUAGES}


def _guide(
    kept: dict[str, Any], workspace: Workspace, programmes: Sequence[str], language: str, sign_in: SignIn | None
) -> Guide:
    tries = []
    for each in kept["tries"]:
        about = [name for name in each.get("of", programmes) if name in programmes]
        if about:
            name, channel = kept["names"][about[0]][language], CHANNELS[about[0]]
            texts = [step[language].format(name=name, channel=channel) for step in each["steps"]]
            tries.append(Try(each["title"][language], [_linked(workspace, text) for text in texts]))
    words = {key: text[language] for key, text in kept["words"].items()}
    return Guide([kept["runs"][each][language] for each in programmes], tries, words, sign_in)


def _linked(workspace: Workspace, text: str) -> list[Child]:
    """Return a step with its links made."""
    parts: list[Child] = []
    end = 0
    for found in _LINK.finditer(text):
        words, person, place = found.groups()
        there = place if place in ("home", "messages") else workspace.channel(place).id
        parts += [text[end : found.start()], at(person, there, words)]
        end = found.end()
    return [*parts, text[end:]]
