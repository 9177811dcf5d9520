"""The floor for what is kept: hand-written aiohttp and asyncpg that keep what the product keeps, and nothing more.

`python -m bench.by_hand PORT API_URL DATABASE_URL` answers the product's own submission and its own press on "accept",
on the product's own tables. It checks the signature, decodes with the product's decoder, seals with the product's
cipher, and commits the same rows in one statement, synchronously: receipt, request, offer, ledger with its end, and
every row of the outbox. All the rest is left out: who may do it, what a programme wants, languages, a form that is
wrong, two who press at once, keys that can be destroyed, delivery, logs, metrics.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from aiohttp import web
from asyncpg.exceptions import UniqueViolationError

from bench.database import connect
from bench.floors import PATH, serve
from bench.payloads import PROGRAMME, SIGNING_SECRET, TEAM, TOKEN
from bot.decoding import decode
from bot.machine import RandomIds, SystemClock, settle_memory
from handlers import ids
from store.encryption import Handles, LookupIndex, Sealer, new_key
from store.keyring import Keyring
from store.master import FileMasterKey

CONNECTIONS = 10
"""As many as the product has at most."""
_DAY = timedelta(days=1)
_LEDGER = """
    ended AS (UPDATE audit_head SET seq = seq + 1, hash = sha256(hash || $2) RETURNING seq, hash),
    noted AS (INSERT INTO audit (seq, at, event, kind, subject, prev_hash, hash)
        SELECT seq, now(), $1, 'requester', $3, $2, hash FROM ended),
    told AS (INSERT INTO outbox (id, kind, subject, programme, lane, dedupe, state, run_at, fence, attempts, created_at)
        SELECT gen_random_uuid(), kind, $4::uuid, $5, lane || $10, kind || ':' || $10 || ':' || $6, 'due', run_at, 0, 0,
            now()
        FROM unnest($7::text[], $8::text[], $9::timestamptz[]) AS each (kind, lane, run_at))
"""
_SUBMISSION = f"""
    WITH {_LEDGER},
    received AS (INSERT INTO receipts (key_hash, result, kept_at) VALUES ($11, $4, now()))
    INSERT INTO requests (id, reference, programme, door, state, version, created_at, due_at, notice_version, urgent,
        private_card, ask_first, talks, attempts, fourth_agreed, none_left, requester_hash, identity_key, contact_key,
        needs, contact)
    VALUES ($4, $12, $5, 'self', 'received', 1, now(), now() + interval '3 days', '2026-11', false, false, false, 0, 0,
        false, false, $13, $14, $15, $16, $17)
"""
_ACCEPTED = f"""
    WITH {_LEDGER},
    won AS (UPDATE offers SET state = 'accepted', decided_at = now() WHERE id = $3 AND state = 'open'
        RETURNING request_id, supporter_id)
    UPDATE requests SET state = 'accepted', version = version + 1, supporter = won.supporter_id, accepted_at = now()
    FROM won WHERE requests.id = won.request_id AND requests.state = 'offered'
"""
_REQUEST_OF = "SELECT request_id FROM offers WHERE id = $1"
_TOLD = {
    True: (
        "card",
        "tell_requester",
        "home_requester",
        "alert_risk",
        "ask_requester",
        "remind_admins",
        "remind_backups",
    ),
    False: ("card", "tell_requester", "home_requester", "home_supporter", "nudge_supporter"),
}
"""What goes to the outbox for a submission, and for an accepted offer."""
_TIMERS = frozenset({"alert_risk", "ask_requester", "remind_admins", "remind_backups", "nudge_supporter"})


class ByHand:
    """What one process holds: connections, a session, and the keys."""

    def __init__(self, api_url: str, handles: bytes, links: Sequence[Any], session: aiohttp.ClientSession) -> None:
        self._update = f"{api_url}views.update"
        self._handles = Handles(handles)
        self._index = LookupIndex(handles)
        self._links: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        for link in links:
            self._links.put_nowait(link)
        self._session = session
        self._ids = RandomIds()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one payload."""
        body = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v0={digest}", request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        payload = decode(body, request.content_type)
        if payload["type"] == "view_submission":
            return await self._submitted(payload)
        if payload["actions"][0]["action_id"] == ids.ACCEPT:
            await self._accepted(payload)
        return web.Response()

    async def _submitted(self, payload: dict[str, Any]) -> web.Response:
        user, values = payload["user"]["id"], payload["view"]["state"]["values"]
        id_, reference = uuid4(), self._ids.reference()
        given = {block: next(iter(fields.values())) for block, fields in values.items()}
        reach = {"reach": given.pop(ids.IN_REACH, {}).get("value"), "voicemail": True}
        needs = Sealer(new_key()).seal_json("requests", "needs", id_, {"requester": [TEAM, user], **given})
        contact = Sealer(new_key()).seal_json("requests", "contact", id_, reach)
        receipt = self._index.receipt(f"view:{payload['view']['id']}:{payload['view']['hash']}")
        who = self._index.member(TEAM, user)
        sealed = (who, uuid4(), uuid4(), needs, contact)
        try:
            await self._keep(_SUBMISSION, "request.opened", id_, id_, 1, receipt, reference, *sealed)
        except UniqueViolationError:
            reference = self._ids.reference()  # Among thousands of requests two draw the same one now and then.
            await self._keep(_SUBMISSION, "request.opened", id_, id_, 1, receipt, reference, *sealed)
        section = {"type": "section", "text": {"type": "plain_text", "text": f"Thank you. Your reference: {reference}"}}
        title = {"type": "plain_text", "text": "Thank you"}
        view = {"type": "modal", "callback_id": "thanks", "title": title, "blocks": [section]}
        return web.json_response({"response_action": "update", "view": view})

    async def _accepted(self, payload: dict[str, Any]) -> None:
        user, view = payload["user"]["id"], payload["view"]
        handle = json.loads(view["private_metadata"])["h"]
        offer = self._handles.open(handle, ids.OFFER, f"{TEAM}:{user}", datetime.now(UTC))
        assert offer is not None
        link = await self._links.get()
        try:
            request = await link.fetchval(_REQUEST_OF, offer)
        finally:
            self._links.put_nowait(link)
        kept = await self._keep(_ACCEPTED, "offer.accepted", offer, request, 2)
        assert kept == "UPDATE 1"
        section = {"type": "section", "text": {"type": "plain_text", "text": "You accepted. Thank you."}}
        shown = {"type": "modal", "callback_id": "offer", "title": {"type": "plain_text", "text": "Accepted"}}
        told = {"view_id": view["id"], "view": {**shown, "blocks": [section]}}
        async with self._session.post(self._update, json=told) as said:
            assert (await said.json())["ok"]

    async def _keep(self, sql: str, event: str, subject: UUID, request: UUID, version: int, *more: Any) -> str:
        now, told = datetime.now(UTC), _TOLD[sql is _SUBMISSION]
        line = f"{event}:{subject}:{now.isoformat()}".encode()
        lanes = ["timer:" if kind in _TIMERS else "home:" if "home" in kind else "dm:" for kind in told]
        due = [now + _DAY if kind in _TIMERS else now for kind in told]
        link = await self._links.get()
        try:
            values = (event, line, subject, request, PROGRAMME, str(version), told, lanes, due, str(request))
            said: str = await link.execute(sql, *values, *more)
        finally:
            self._links.put_nowait(link)
        return said


async def run(port: int, api_url: str, database_url: str) -> None:
    """Serve until the process is ended."""
    keyring = Keyring(os.environ["KEYRING_URL"], FileMasterKey(Path(os.environ["MASTER_KEY_FILE"])), SystemClock())
    handles = (await keyring.ready()).handles
    await keyring.close()
    links = [await connect(database_url) for _ in range(CONNECTIONS)]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        application = web.Application()
        application.router.add_post(PATH, ByHand(api_url, handles, links, session).answer)
        settle_memory()
        await serve(application, port)


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
