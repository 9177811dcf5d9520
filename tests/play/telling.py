"""Takes one step after another, tells what the person saw, and counts what was not as it should be."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

from simulator.people import Actor
from simulator.simulator import Simulator
from tests.play.pages import Browser
from tests.play.stage import App

WIDTH = 110
FEWEST_LINES = 6
MARGIN = "       | "
SAYING = ("chat.", "conversations.", "files.", "response_url")
# The one thing that any message to a person may say, in both languages.
NEUTRAL = frozenset({"There is something for you in the app.", "Il y a quelque chose pour vous dans l'appli."})


class SceneOver(Exception):
    """Somebody could not do the next thing, so the rest of the scene makes no sense."""


class AppDied(Exception):
    """The app's process has ended; nothing more can be played."""


class Telling:
    """The play as it goes: how many steps, how many wrong, and what must never be said in a message."""

    def __init__(self, simulator: Simulator, app: App, tell: Callable[[str], None]) -> None:
        self.simulator = simulator
        self.app = app
        self.tell = tell
        self.steps = 0
        self.wrong = 0
        self.noted: dict[str, datetime] = {}
        """What scenes note for those after them."""
        self._secrets: list[str] = []
        self._read = 0

    def keeps_secret(self, *words: str) -> None:
        """From now on none of these words may stand in any message, in its metadata or in the app's own log."""
        self._secrets += words

    def person(self, key: str) -> Actor:
        """Return somebody with verbs, patient enough for a busy machine."""
        actor = self.simulator.person(key)
        # What a worker held that was ended is free again after half a minute.
        actor.patience = 90.0 if self.app.kills else 12.0
        return actor

    async def scene(self, title: str, play: Callable[[Telling], Coroutine[Any, Any, None]]) -> None:
        """Play one scene; where somebody cannot go on, the next scene is played all the same."""
        self.tell(f"\n--- {title}")
        try:
            await play(self)
        except SceneOver:
            self.tell("    (the rest of this scene was not played)")

    async def step(
        self,
        who: Actor,
        does: str,
        *deeds: Awaitable[None],
        sees: Sequence[str] = (),
        not_yet: Sequence[str] = (),
        where: str = "",
    ) -> None:
        """Let somebody do something, look at their screen, and tell what stood there.

        `sees` must come to stand there, `not_yet` must not stand there then; `where` is a part of the screen.
        """
        self.steps += 1
        if self.app.kills:
            await self.app.kills.may_strike()
        self.tell(f"{self.steps:3}. {who.profile.real_name} {does}")
        wrong: list[str] = []
        done = await self._do(deeds, wrong)
        if done:
            await self._look(who, sees, not_yet, where, wrong)
        screen = who.screen(where)
        self.tell(textwrap.indent(screen, MARGIN) if wrong else excerpt(screen, sees))
        self._judge(wrong)
        if not done:
            raise SceneOver

    async def page(
        self,
        who: Browser,
        does: str,
        deed: Awaitable[None],
        sees: Sequence[str] = (),
        not_yet: Sequence[str] = (),
        status: int = 200,
    ) -> None:
        """Let somebody outside Slack do something on a page of the web, and tell what stood there."""
        self.steps += 1
        if self.app.kills:
            await self.app.kills.may_strike()
        self.tell(f"{self.steps:3}. {who.name}, at a browser, {does}")
        wrong: list[str] = []
        done = await self._do([deed], wrong)
        if done:
            wrong += [f"does not see {words!r}" for words in sees if words not in who.words]
            wrong += [f"sees {words!r}, which is too early or not theirs" for words in not_yet if words in who.words]
            wrong += [f"the page answers {who.status}, not {status}"] if who.status != status else []
        self.tell(textwrap.indent(who.words, MARGIN) if wrong else excerpt(who.words, sees))
        self._judge(wrong)
        if not done:
            raise SceneOver

    def check(self, title: str, *wrong: str) -> None:
        """Tell a step that is no person's; it is right when nothing is wrong."""
        self.steps += 1
        self.tell(f"{self.steps:3}. {title}")
        self._judge(list(wrong))

    def told_nothing(self, text: str) -> list[str]:
        """Return what stands in a text that must not; the secrets themselves are not repeated."""
        return [
            f"one of the {len(self._secrets)} secrets stands there: {word[:3]}..." for word in self._secrets_in(text)
        ]

    async def _do(self, deeds: Sequence[Awaitable[None]], wrong: list[str]) -> bool:
        for number, deed in enumerate(deeds):
            try:
                await deed
            except AssertionError as failure:
                wrong.append(str(failure).splitlines()[0])
                for left in deeds[number + 1 :]:
                    if isinstance(left, Coroutine):
                        left.close()
                return False
        return True

    async def _look(
        self, who: Actor, sees: Sequence[str], not_yet: Sequence[str], where: str, wrong: list[str]
    ) -> None:
        try:
            await who.sees(*sees, where=where)
        except AssertionError as failure:
            wrong.append(str(failure).splitlines()[0])
        for words in not_yet:
            try:
                who.sees_nothing_of(words, where=where)
            except AssertionError:
                wrong.append(f"sees {words!r}, which is too early or not theirs")

    def _judge(self, wrong: list[str]) -> None:
        wrong += self._leaks()
        if self.app.died:
            wrong.append("the app's process has ended")
        for words in wrong:
            self.tell(f"     WRONG: {words}")
        self.wrong += bool(wrong)
        if self.app.died:
            raise AppDied

    def _leaks(self) -> list[str]:
        """Read every message sent since the last step, and what the phones showed of them."""
        found = []
        for entry in self.simulator.workspace.log:
            if entry.number <= self._read or entry.way != "from app" or not entry.title.startswith(SAYING):
                continue
            # To whom it goes, and whom a conversation is opened with, has to be said; everything else is a message.
            asked = {name: each for name, each in entry.request.items() if name != "channel"}
            asked = {} if entry.title == "conversations.open" else asked
            if self._secrets_in(json.dumps(asked, ensure_ascii=False, default=str)):
                found.append(f"{entry.title} (payload {entry.number}) gives somebody away")
        self._read = self.simulator.workspace.log[-1].number if self.simulator.workspace.log else 0
        return found

    def _secrets_in(self, text: str) -> list[str]:
        # Whole words: three letters of a name stand in every thousandth random token.
        return [word for word in self._secrets if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


def excerpt(screen: str, wanted: Sequence[str]) -> str:
    """Return the lines of a screen that a reader needs: its beginning, what was looked for, and what can be pressed."""
    lines = _with_buttons_together([_unbolded(line.strip()) for line in screen.splitlines() if line.strip(" -")])
    chosen = {number for number, line in enumerate(lines) if any(words in line for words in wanted)}
    for number in range(len(lines)):
        if len(chosen) >= FEWEST_LINES:
            break
        chosen.add(number)
    told, before = [], -1
    for number in sorted(chosen):
        if number != before + 1:
            told.append("...")
        told.append(textwrap.shorten(lines[number], WIDTH, placeholder=" ..."))
        before = number
    if before < len(lines) - 1:
        told.append("...")
    return textwrap.indent("\n".join(told), MARGIN)


def _unbolded(line: str) -> str:
    return line[1:-1] if line.startswith("*") and line.endswith("*") and len(line) > 1 else line


def _with_buttons_together(lines: list[str]) -> list[str]:
    together: list[str] = []
    for line in lines:
        if together and line.startswith("[") and together[-1].startswith("["):
            together[-1] += f" {line}"
        else:
            together.append(line)
    return together
