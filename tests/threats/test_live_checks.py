"""T19-T21: what holds where nobody told the app that somebody left, where two are needed, and for who is kept out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import ids
from handlers.hear import Kind
from peersupport import approvals, intake, triage
from peersupport.addresses import Address
from peersupport.approvals import Act, Why
from peersupport.requests import Outcome
from tests.rules.world import ask
from tests.threats import scenes
from tests.threats.matrix import IDENTITIES, LISTENERS, person
from tests.threats.presses import Press, in_modal, offering, on_sheet, opening_home, typing
from tests.threats.probe import HANDLE
from tests.threats.scenes import Ground, Scene, Told

CHECKED = IDENTITIES | {
    ids.VIEW_ASK_APPROVAL,
    ids.AGREE_APPROVAL,
    ids.DECLINE_APPROVAL,
    ids.VIEW_ERASE,
    ids.KEEP_LONGER,
}
"""Where Slack is asked at once whether this is still a member, whatever the app remembers."""
DEEDS = [(key, what, way) for key, what, way in LISTENERS if key[1] in CHECKED]


@pytest.mark.req("G1", "G35")
@pytest.mark.threat("T19")
@pytest.mark.parametrize(("kind", "name", "what"), [(*key, what) for key, what, _ in DEEDS])
async def test_an_account_that_ended_without_a_word_opens_nothing(
    prepared: Ground, kind: Kind, name: str, what: str
) -> None:
    """The role still stands in the database, and the memory of some minutes ago says that all is well."""
    way = next(way for key, _, way in DEEDS if key == (kind, name))
    here = prepared.scenes[{"match": "with", "work": "asked", "lead": "talks", "spoken": "phone"}.get(what, "done")]
    who = {"match": here.with_, "lead": scenes.LEAD}.get(what, scenes.ADMIN)
    allowed = await prepared.told(way(Press(prepared, here, who, who), name))
    prepared.put_back()
    before = prepared.events("identity.")
    prepared.client.gone.add(who.user)
    try:
        refused = await prepared.told(way(Press(prepared, here, who, who), name))
        nothing = await prepared.told(way(Press(prepared, here, who, who, unknown=True), name))
    finally:
        prepared.client.gone.clear()
        await prepared.front.directory.facts(who, fresh=True)
    assert refused != allowed
    assert refused.seen <= prepared.refused
    assert nothing.seen
    assert prepared.events("identity.") == before
    assert prepared.unchanged()


async def asked_for(ground: Ground, requester: Address) -> Scene:
    """Let an administrator ask to open the identity of somebody's closed request; returns it with what was asked."""
    form = ask(requester=requester, name=scenes.SECRET, reach=scenes.PHONE)
    opened = await ground.do(intake.open_request, requester, form, key=f"two-{requester.user}", ids=ground.ids)
    request = opened.request.id
    await ground.do(triage.close_request, scenes.ADMIN, request, Outcome.HANDED_OVER)
    asked = await ground.do(approvals.ask, scenes.ADMIN, Act.REOPEN_IDENTITY, request, Why.SAFETY, ids=ground.ids)
    return replace(ground.scenes["done"], request=request, own=requester, approval=asked.approval.id)


async def says_yes(ground: Ground, here: Scene, who: Address, *, unknown: bool = False) -> Told:
    at = Press(ground, here, who, who, unknown, days=3)
    return await ground.told(in_modal(ids.APPROVAL)(at, ids.AGREE_APPROVAL))


async def complete(ground: Ground, here: Scene) -> bool:
    """Say whether two have agreed, and see that the identity opens then and only then."""
    assert here.approval is not None
    async with ground.store.work() as work:
        kept = await work.approvals.get(here.approval)
    told = await ground.told(on_sheet(Press(ground, here, scenes.ADMIN, scenes.ADMIN, days=3), ids.REOPEN_IDENTITY))
    agreed = kept is not None and kept.complete and kept.lives(ground.clock.now())
    assert any(scenes.SECRET in view for view in told.seen) is agreed
    return agreed


@pytest.mark.threat("T20")
async def test_one_person_is_never_two(prepared: Ground) -> None:
    here = await asked_for(prepared, scenes.MEMBER)
    for _ in range(2):
        await says_yes(prepared, here, scenes.ADMIN)
        assert not await complete(prepared, here)
    await says_yes(prepared, here, scenes.KEPT_OUT)
    assert await complete(prepared, here)
    # Once only: what two agreed on is used up by it.
    assert not await complete(prepared, here)


@pytest.mark.threat("T20")
@pytest.mark.parametrize("who", ["own", "member", "lead", "ex", "former"])
async def test_whom_it_is_about_and_who_has_no_role_are_refused(prepared: Ground, who: str) -> None:
    here = await asked_for(prepared, scenes.BACKUP)
    nothing = await says_yes(prepared, here, scenes.MEMBER, unknown=True)
    before = prepared.refusals()
    assert await says_yes(prepared, here, person(who, here)) == nothing
    assert nothing.seen <= prepared.refused
    assert prepared.refusals() == before + 1
    assert not await complete(prepared, here)


@pytest.mark.threat("T20")
async def test_a_yes_that_comes_too_late_is_none(prepared: Ground) -> None:
    here = await asked_for(prepared, scenes.MEMBER)
    prepared.clock.at += timedelta(hours=25)
    try:
        await says_yes(prepared, here, scenes.KEPT_OUT)
        assert not await complete(prepared, here)
    finally:
        prepared.clock.at -= timedelta(hours=25)


@pytest.mark.req("U19")
@pytest.mark.threat("T21")
async def test_a_supporter_who_is_kept_out_is_neither_shown_nor_asked(prepared: Ground) -> None:
    form = ask(requester=scenes.MEMBER, avoid_members=(scenes.FREE,))
    opened = await prepared.do(intake.open_request, scenes.MEMBER, form, key="t21", ids=prepared.ids)
    await prepared.do(triage.claim, scenes.ADMIN, opened.request.id)
    here = replace(prepared.scenes["new"], request=opened.request.id)
    at = Press(prepared, here, scenes.ADMIN, scenes.ADMIN)
    found = await prepared.told(on_sheet(at, ids.FIND))
    assert "Fern" not in "".join(found.views)
    assert "former" in "".join(found.views)
    await prepared.told(offering(at, ids.VIEW_CANDIDATES))
    async with prepared.store.work() as work:
        assert await work.offers.of_request(here.request) == []


@pytest.mark.req("U19", "G27")
@pytest.mark.threat("T21")
async def test_an_administrator_who_is_kept_out_gets_no_hint(prepared: Ground) -> None:
    """Their Home, and what they look up, are as if the request had never been."""
    before = await looks(prepared, scenes.KEPT_OUT)
    form = ask(requester=scenes.MEMBER, avoid_members=(scenes.KEPT_OUT,))
    opened = await prepared.do(intake.open_request, scenes.MEMBER, form, key="t21", ids=prepared.ids)
    assert await looks(prepared, scenes.KEPT_OUT) == before
    assert opened.request.reference in "".join(await looks(prepared, scenes.ADMIN))


async def looks(ground: Ground, who: Address) -> list[str]:
    """Return somebody's Home and menu, without handles."""
    at = Press(ground, ground.scenes["new"], who, who)
    shown = [await ground.told(makes) for makes in (opening_home(at, ids.HOME_OPENED), typing(at, ids.COMMAND))]
    return [HANDLE.sub("handle", view) for told in shown for view in told.views]


@pytest.mark.req("G33", "G35")
@pytest.mark.threat("T03")
@pytest.mark.parametrize("name", sorted(IDENTITIES))
async def test_the_same_bytes_open_an_identity_once(prepared: Ground, name: str) -> None:
    """A second sending of what was signed once shows nothing, and is no second opening in the ledger."""
    what, way = next((what, way) for key, what, way in LISTENERS if key[1] == name)
    here = prepared.scenes[{"match": "with", "work": "asked", "lead": "talks", "spoken": "phone"}.get(what, "done")]
    who = {"match": here.with_, "lead": scenes.LEAD}.get(what, scenes.ADMIN)
    press = way(Press(prepared, here, who, who), name)
    assert any(scenes.SECRET in view for view in (await prepared.told(press)).seen)
    before = prepared.events("identity.")
    assert not any(scenes.SECRET in view for view in (await prepared.told(press)).seen)
    assert prepared.events("identity.") == before
