"""A programme with two partners, a key and a person of one of them, and short ways to send what they send."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import func, select

from peersupport import partner_signature as scheme
from peersupport.addresses import signing_name
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute, Told
from peersupport.partner_keys import PartnerKey
from store.store import Store
from store.tables import metadata, notices
from tests.front.web_stage import Answered, Site
from tests.rules.world import vancouver
from tests.store.records import MovableClock

DOORS = {"self_request": True, "colleague_referral": True, "partner_notification": True}
ALL = ["voicemail", "slack", "web", "endpoint"]
PROGRAMME = vancouver(
    doors=DOORS,
    partner_notification={
        "partners": [
            {"id": "coordinators", "label": {"en": "Coordinators", "fr": "Coordination"}, "channels": ALL},
            {"id": "dispatch", "label": {"en": "Dispatch", "fr": "Répartition"}, "channels": ["endpoint"]},
        ],
        "criteria": [
            {"id": name, "label": {"en": name.replace("_", " "), "fr": f"{name.replace('_', ' ')} (fr)"}}
            for name in ("child_involved", "several_hurt", "patient_known", "poor_outcome", "difficult_transfer")
        ],
        "notices_per_day": 3,
    },
)
PROGRAMMES = {PROGRAMME.id: PROGRAMME}
PAGE = f"/partner/{PROGRAMME.id}"
NAME, REACH, PLACE = "Fern Dell", "fern.dell@clinic.example", "Quilchena"
WHO = "Robin Moss"
SECRET = "a-secret-of-the-partners-system-0123456789"
AUTHENTICATOR = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
_numbers = count()
UNTOUCHED = frozenset({"alembic_version", "installation", "audit_head"})


def notice(**changes: Any) -> dict[str, Any]:
    """What a partner's system sends; None takes a field away."""
    usual = {
        "provider_name": NAME,
        "profession": "physician",
        "community": PLACE,
        "contact": REACH,
        "contact_is_own": True,
        "criteria": ["child_involved"],
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def filled(**changes: Any) -> dict[str, Any]:
    """What a person fills in, but for name and code."""
    usual = {
        "criteria": ["child_involved"],
        "p1": NAME,
        "profession": "physician",
        "p2": PLACE,
        "p3": REACH,
        "own": "yes",
    }
    return {**usual, **changes}


@dataclass
class Desk:
    """Pages that are up, the store behind them, and what a partner was given."""

    site: Site
    store: Store
    clock: MovableClock
    key: PartnerKey
    person: PartnerPerson
    more: dict[str, PartnerKey] = field(default_factory=dict)

    @classmethod
    async def opened(cls, site: Site, store: Store, clock: MovableClock) -> Desk:
        """Give the partner a key and a person."""
        ids = site.front.ids
        key = PartnerKey(ids.new(), PROGRAMME.id, "coordinators", clock.now())
        person = PartnerPerson(ids.new(), PROGRAMME.id, "coordinators", PartnerRoute.WEB)
        async with store.work() as work:
            await work.partner_keys.add(key, SECRET.encode())
            await work.partner_people.add(person, PartnerIdentity(signing_name(WHO), WHO, AUTHENTICATOR))
        return cls(site, store, clock, key, person)

    def signed(
        self, body: bytes, *, key: UUID | None = None, secret: str = SECRET, nonce: str = "", timestamp: str = ""
    ) -> dict[str, str]:
        """Return the headers of a partner's system."""
        timestamp = timestamp or str(int(self.clock.now().timestamp()))
        nonce = nonce or f"nonce-of-this-test-{next(_numbers)}"
        signature = scheme.sign(secret.encode(), timestamp, nonce, body)
        return dict(zip(scheme.HEADERS, ((key or self.key.id).hex, timestamp, nonce, signature), strict=True))

    async def sends(self, content: object = None, headers: Mapping[str, str] | None = None, **how: Any) -> Answered:
        """Send a notice to the endpoint, signed unless headers are given."""
        body = content if isinstance(content, bytes) else json.dumps(notice() if content is None else content).encode()
        sent = self.signed(body, **how) if headers is None else headers
        return await self.posts(body, sent)

    async def posts(self, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send these bytes to the endpoint."""
        every = {"Content-Type": "application/json", **headers}
        async with self.site.session.post(self.site.url + "/notices", data=body, headers=every) as answer:
            return Answered(answer.status, await answer.text(), dict(answer.headers))

    def code(self, seconds: float = 0) -> str:
        """Return what the person's authenticator app shows."""
        return pyotp.TOTP(AUTHENTICATOR).at(int(self.clock.now().timestamp() + seconds))

    async def submits(self, fields: Mapping[str, Any] | None = None, *, language: str = "en", **who: str) -> Answered:
        """Send the form of the page, as the person unless told otherwise."""
        signed = {"p4": who.get("who", WHO), "code": who.get("code", self.code())}
        return await self.site.post(f"{PAGE}?l={language}", {**(filled() if fields is None else fields), **signed})

    async def told(self) -> list[Told]:
        """Unseal every notice that came in."""
        async with self.store._connections.begin() as transaction:
            rows = await transaction.rows(select(notices.c.id))
        async with self.store.work() as work:
            found = [await work.notices.told(row.id) for row in rows]
        return [each for each in found if each is not None]

    async def rows(self) -> Counter[str]:
        """Count the rows of every table."""
        found: Counter[str] = Counter()
        async with self.store._connections.begin() as transaction:
            for table in metadata.sorted_tables:
                if table.name not in UNTOUCHED:
                    row = await transaction.row(select(func.count().label("n")).select_from(table))
                    found[table.name] = row.n if row else 0
        return +found
