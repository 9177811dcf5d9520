"""A partner's person signs in with a name and an authenticator code, in the very form that sends the notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from peersupport import authenticator
from peersupport.addresses import signing_name
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.ports import UnitOfWork

FAILURES = 5
"""After so many wrong codes a name is locked for a while."""
LOCKED = timedelta(minutes=30)


async def sign_in(
    work: UnitOfWork, programme: str, name: str, code: str, now: datetime, *, repeats: str
) -> PartnerPerson | None:
    """Return who this is, their code used up; None where name or code is wrong, used, or the name is locked.

    A code is taken once. `repeats` is what the submission is known by: the very same one, sent twice at once, is let in
    again with its code. A failure is counted, so the unit of work is to be committed either way.
    """
    found = await work.partner_people.find(programme, signing_name(name))
    held = await work.partner_people.get(found.id, lock=True) if found else None
    identity = await work.partner_people.identity(held.id) if held else None
    person = held if held and identity and _may(held, identity) else None
    # As long for nobody as for somebody.
    secret = identity.secret if person and identity else authenticator.NOBODYS
    step = authenticator.step_of(secret, code, now)
    if person is None or (person.locked_until is not None and now < person.locked_until):
        return None
    if step is None or (
        step <= (person.last_step or 0) and not (await work.receipts.find(_once(person, step, repeats)))[0]
    ):
        await work.partner_people.save(_failed(person, now))
        return None
    passed = replace(person, last_step=max(step, person.last_step or 0), failed=0, locked_until=None)
    await work.receipts.keep(_once(person, step, repeats))
    await work.partner_people.save(passed)
    return passed


def _may(person: PartnerPerson, identity: PartnerIdentity) -> bool:
    return person.active and person.route is PartnerRoute.WEB and authenticator.fits(identity.secret)


async def _is_fresh(work: UnitOfWork, person: PartnerPerson, step: int, repeats: str) -> bool:
    if step > (person.last_step or 0):
        return True
    return (await work.receipts.find(_once(person, step, repeats)))[0]


def _failed(person: PartnerPerson, now: datetime) -> PartnerPerson:
    failed = person.failed + 1
    if failed < FAILURES:
        return replace(person, failed=failed)
    return replace(person, failed=0, locked_until=now + LOCKED)


def _once(person: PartnerPerson, step: int, repeats: str) -> str:
    return f"signed-in:{person.id.hex}:{step}:{repeats}"
