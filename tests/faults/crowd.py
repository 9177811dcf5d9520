"""Many people pressing at once: requests prepared in the database, modals put before them, presses sent for real."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from handlers.tokens import viewer_of
from peersupport import intake, triage
from peersupport.offers import Offer
from peersupport.programme import Programme
from peersupport.requests import Contact, Needs, SupportRequest
from simulator import stack
from simulator.dispatch import Answer
from simulator.payloads import interaction, view_object
from simulator.workspace import View
from tests.faults import process
from tests.faults.ground import Ground, Outskirts, outskirts
from tests.front.programme_folder import replaced
from tests.stories.town import PHONE, PROGRAMME, ROOT

SLOW = re.compile(r"(TimeoutError|StoreUnavailable) at ")


@dataclass
class Crowd:
    """A town with three processes of the app, and short ways to prepare and press."""

    town: Outskirts

    @property
    def programme(self) -> Programme:
        return self.town.house._files.programmes[PROGRAMME]

    def newcomers(self, number: int) -> list[str]:
        """Add so many members to the workspace and return their handles."""
        return self.town.newcomers(number)

    async def opened(self, key: str, number: int = 0) -> SupportRequest:
        """Open somebody's request."""
        needs = Needs(self.town.address(key), key.capitalize(), "en", "physician", ("phone",), zone="America/Vancouver")
        asked = intake.Ask(needs, Contact(PHONE))
        async with self.town.house.store.work() as work:
            outcome = await intake.open_request(
                work, self.programme, needs.requester, asked, key=f"view:{key}{number}", now=self.town.clock.now(),
                ids=self.town.house.ids,
            )  # fmt: skip
        assert isinstance(outcome, intake.Opened), outcome
        return outcome.request

    async def offered(self, key: str, supporters: Sequence[str], number: int = 0) -> tuple[UUID, dict[str, Offer]]:
        """Open somebody's request and offer it to these supporters together; returns their offers."""
        request = (await self.opened(key, number)).id
        farah, now = self.town.address("farah"), self.town.clock.now()
        async with self.town.house.store.work() as work:
            register = {profile.address: entry.id for entry, profile in await work.supporters.all(PROGRAMME)}
            wanted = {register[self.town.address(each)]: each for each in supporters}
            await triage.claim(work, self.programme, farah, request, now=now)
            made = await triage.offer(
                work, self.programme, farah, request, list(wanted), now=now, ids=self.town.house.ids
            )
        assert isinstance(made, triage.Offered), made
        return request, {wanted[offer.supporter_id]: offer for offer in made.sent}

    def before(self, key: str, callback_id: str, purpose: str, record: UUID) -> View:
        """Put a modal of the app before somebody, with a handle made for them."""
        person = self.town.sim.workspace.person(key)
        handle = self.handle(key, purpose, record)
        content = {
            "type": "modal",
            "callback_id": callback_id,
            "title": {"type": "plain_text", "text": "Peer support"},
            "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "..."}}],
            "private_metadata": json.dumps({"l": "en", "p": PROGRAMME, "h": handle}),
        }
        return stack.open_root(self.town.sim.workspace, person.id, content)

    def handle(self, key: str, purpose: str, record: UUID) -> str:
        """Return a handle as the app makes it for somebody."""
        handles, who = self.town.house.store.handles, self.town.address(key)
        return handles.make(purpose, record, viewer_of(who), self.town.clock.now().replace(year=2099))

    async def presses(self, key: str, view: View, action_id: str, value: str = "") -> Answer:
        """Press a button in a modal."""
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1"}
        return await self._send(key, view, "block_actions", {"actions": [action]})

    async def submits(self, key: str, view: View, values: dict[str, Any]) -> Answer:
        """Send a modal with these values."""
        body = view_object(self.town.sim.workspace, view) | {"state": {"values": values}}
        return await self._send(key, view, "view_submission", {"view": body})

    async def _send(self, key: str, view: View, kind: str, more: dict[str, Any]) -> Answer:
        workspace = self.town.sim.workspace
        person = workspace.person(key)
        payload = {
            **interaction(workspace, kind, person),
            "trigger_id": workspace.new_trigger(person.id, view.id).id,
            "container": {"type": "view", "view_id": view.id},
            "view": view_object(workspace, view),
        }
        return await self.town.sim.dispatcher.send("interactive", payload | more, kind, person.id)

    def shown(self, key: str) -> str:
        """Return what stands in the modal on top of somebody's screen, without the ids that Slack gives."""
        modal = self.town.person(key).modal
        return self.town.person(key).screen("modal") if modal else ""

    async def states(self, request: UUID) -> tuple[SupportRequest, list[Offer]]:
        """Return a request and its offers as they stand."""
        async with self.town.house.store.work() as work:
            found = await work.requests.get(request)
            assert found is not None
            return found, await work.offers.of_request(request)


def together(folder: Path) -> Path:
    """Write the programme of the shipped file, but asking all supporters at the same time."""
    made = folder / "programmes"
    made.mkdir()
    for name in ("vancouver.yml", "resources.yml"):
        text = (ROOT / "programmes" / name).read_text(encoding="utf-8")
        if name == "vancouver.yml":
            text = replaced(text, "offer_mode: one_at_a_time", "offer_mode: together")
        (made / name).write_text(text, encoding="utf-8")
    return made


@asynccontextmanager
async def crowd(ground: Ground, folder: Path) -> AsyncIterator[Crowd]:
    """Run three processes of the app on one database until the block ends."""
    more = {"PROGRAMMES_DIR": str(together(folder))}
    async with (
        outskirts(await ground.places(folder), processes=3, **more) as town,
        AsyncExitStack() as processes,
    ):
        bots = [
            await processes.enter_async_context(process.running(town.settings, folder, port=port))
            for port in town.ports
        ]
        for bot in bots:
            await bot.ready()
        await town.house.store.ready()
        yield Crowd(town)
        for bot in bots:
            assert "Traceback" not in bot.said
            # Too many at once may be told to try again; nothing else goes wrong.
            wrong = [line for line in process.lines_of(bot.said) if line["level"] == "error"]
            assert [line for line in wrong if not SLOW.match(line.get("thrown", ""))] == []
            assert await bot.stop() == 0
