"""T29, T30: does any answer tell whether a colleague has asked? A door is a row, and so is a state of the colleague.

A door is a way in which somebody can name or touch another person, X. Whatever is true of X, the acknowledgement, the
views, the calls of Slack and the statements to the databases have to be the same. A new door only adds a row to DOORS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from handlers import ids, tokens
from handlers.views.supporters import AVOID, MEMBER
from peersupport import intake, own, register, retention, safety, triage
from peersupport.addresses import Address
from peersupport.concerns import Ending
from peersupport.requests import Outcome
from store.links import PostgresLink, SqliteLink
from tests.rules.world import TRAINED, VANCOUVER, ask
from tests.threats import scenes
from tests.threats.presses import ENTRY, FORM, home_tab, modal, press, submit
from tests.threats.scenes import Ground, Told, lists, play

NOBODY = UUID(int=99)
Makes = Callable[[Ground, Address, "Target"], Any]
HANDLE = re.compile(r"[A-Za-z0-9_-]{64}={0,2}")
REFERENCE = re.compile(r"\b[A-Z][0-9]-[0-9A-Z]{4}\b")


@dataclass(frozen=True)
class Target:
    """Somebody who is probed, and the request that is theirs, was theirs, or never was."""

    who: Address
    request: UUID = NOBODY
    reference: str = "Z9-ZZZZ"
    concern: UUID = NOBODY
    """The safety concern about it, if there is one."""
    listed: bool = False
    """Whether they are in the register, which administrators see anyway."""
    apart: str = ""
    """What may take other statements: a role, which everybody may know and which has others told instead of them."""


async def targets(ground: Ground) -> dict[str, Target]:
    """Return one person for everything that can be true of a colleague; the first never had to do with the app."""
    found = {"never asked": Target(_person("NEVER"))}
    for name in scenes.SCENES:
        scene = await play(ground, name, "X")
        found[f"asked, {name}"] = Target(scene.own, scene.request, scene.reference)
    kept = await play(ground, "new", "Y", scenes.KEPT_OUT)
    found["asked, and keeps an administrator out"] = Target(kept.own, kept.request, kept.reference)
    withdrawn = found["withdrawn, the worker not there yet"] = await _asks(ground, _person("WITHDRAWN"))
    await ground.do(own.withdraw, withdrawn.who, withdrawn.request)
    closed = found["closed by an administrator"] = await _asks(ground, _person("CLOSED"))
    await ground.do(triage.close_request, scenes.ADMIN, closed.request, Outcome.NONE_AVAILABLE)
    again = _person("AGAIN")
    await ground.do(own.withdraw, again, (await _asks(ground, again)).request)
    found["withdrew, and asked again"] = await _asks(ground, again)
    for name, asks in (("a supporter", False), ("a supporter who asked", True)):
        who = _person(f"SUPPORTER{int(asks)}")
        await lists(ground, who, f"Person {who.user}")
        found[name] = replace(await _asks(ground, who) if asks else Target(who), listed=True)
    ended = _person("ENDED")
    entry = await lists(ground, ended, f"Person {ended.user}")
    standing = register.Standing(TRAINED, TRAINED, 2, active=False)
    await ground.do(register.change, scenes.ADMIN, entry, 1, standing)
    found["no supporter any more"] = Target(ended, listed=True)
    found["the safety lead"] = Target(scenes.LEAD, apart="second")
    found["a backup administrator"] = Target(scenes.BACKUP, apart="second")
    found["an administrator"] = Target(scenes.ADMIN, apart="first")
    found["an administrator who asked"] = replace(await _asks(ground, scenes.KEPT_OUT), apart="first")
    for who in [*(each.who for each in found.values()), *(each.who for each in DOORS)]:
        await ground.front.directory.facts(who)
        ground.front.directory.settle(who, "en")
    return found


def _person(name: str) -> Address:
    return Address(scenes.TEAM, f"U0X{name}")


async def _asks(ground: Ground, who: Address) -> Target:
    form = ask(requester=who, name=scenes.SECRET, reach=scenes.PHONE, notify=True)
    opened = await ground.do(intake.open_request, who, form, key=f"probe-{ground.number()}", ids=ground.ids)
    return Target(who, opened.request.id, opened.request.reference)


def kept_from(ground: Ground) -> dict[str, Target]:
    """Return the requests that one administrator is kept out of, at every state, after one that is not there.

    Who is kept out stands under seal: what is erased or was never there has nothing to unseal, which takes no statement
    to the keyring. That tells an administrator no more than that a reference is in use.
    """
    found = {"never asked": Target(_person("NEVER"), apart="erased")}
    twins = {f"kept out, {name}": _of(scene) for name, scene in ground.twins.items()}
    twins["kept out, gone"] = replace(twins["kept out, gone"], apart="erased")
    return found | twins


def _of(scene: scenes.Scene) -> Target:
    return Target(scene.own, scene.request, scene.reference, scene.concern or NOBODY)


async def kept_from_lead(ground: Ground) -> dict[str, Target]:
    """Return concerns about requests that the safety lead is kept out of, after one that nobody ever raised.

    No handle is ever made for one that nobody raised: it takes fewer statements, and its answer is the same.
    """
    found = {"never raised": Target(_person("NEVER"), apart="never")}
    for name in ("waits", "taken", "closed", "withdrawn", "erased"):
        scene = await play(ground, "talks", f"L{name}", scenes.LEAD)
        found[f"a concern, {name}"] = replace(_of(scene), apart="erased" if name == "erased" else "")
        if name in ("taken", "closed", "erased"):
            await ground.do(safety.take, scenes.ADMIN, scene.concern)
        if name in ("closed", "erased"):
            await ground.do(safety.close, scenes.ADMIN, scene.concern, Ending.SAFE_NOW)
        if name in ("withdrawn", "erased"):
            await ground.do(own.withdraw, scene.own, scene.request)
        if name == "erased":
            async with ground.store.work() as work:
                over = await work.requests.get(scene.request, lock=True)
                assert over is not None
                await retention.erase(work, over, ground.clock.now())
    return found


@dataclass(frozen=True)
class Door:
    """One way to name or touch somebody."""

    name: str
    who: Address
    """Who tries."""
    makes: Makes
    """Makes the payload."""
    listed_too: bool = True
    """False where the answer is about the register, and its entries are left out."""
    kept_out: bool = False
    """True where the targets are the requests that whoever tries is kept out of."""
    by_record: bool = False
    """True where there is no pressing without a request that was there once, which is the same as any other then."""
    lead_kept_out: bool = False
    """True where the targets are the safety concerns that a lead who tries is kept out of."""

    def tries(self, target: Target) -> bool:
        """Say whether this door can be tried with this person."""
        return (self.listed_too or not target.listed) and (not self.by_record or target.request != NOBODY)


def _naming(callback: str, block: str, more: Mapping[str, Any], **meta: str) -> Makes:
    """Send a form in which X is chosen from the members."""

    def makes(ground: Ground, who: Address, target: Target) -> Any:
        view = modal(ground, callback, values=dict(more), p=VANCOUVER.id, **meta)
        view["state"]["values"][block] = {"x": {"selected_users": [target.who.user]}}
        return submit(ground, who, view)

    return makes


def _changing(ground: Ground, who: Address, target: Target) -> Any:
    handle = ground.handle(ids.OWN, ground.others_request, who)
    return _naming(ids.VIEW_CHANGE, ids.IN_PEOPLE, FORM, h=handle)(ground, who, target)


def _listing(ground: Ground, who: Address, target: Target) -> Any:
    view = modal(ground, ids.VIEW_SUPPORTER, values=ENTRY, p=VANCOUVER.id)
    view["state"]["values"][MEMBER] = {"x": {"selected_user": target.who.user}}
    return submit(ground, who, view)


def _looking_up(ground: Ground, who: Address, target: Target) -> Any:
    values = {ids.IN_REFERENCE: target.reference}
    return submit(ground, who, modal(ground, ids.VIEW_LOOKUP, values=values, p=VANCOUVER.id))


def _taken(action: str, purpose: str) -> Makes:
    """Press a button in Home whose handle was made for X, and copied from their screen."""

    def makes(ground: Ground, who: Address, target: Target) -> Any:
        return press(ground, who, action, ground.handle(purpose, target.request, target.who), home_tab(ground))

    return makes


def _own_handle(action: str, purpose: str) -> Makes:
    """Press a button in Home with a handle of one's own for X's record, as one gets who could once see it."""

    def makes(ground: Ground, who: Address, target: Target) -> Any:
        return press(ground, who, action, ground.handle(purpose, target.request, who), home_tab(ground))

    return makes


def _forwarded(ground: Ground, who: Address, target: Target) -> Any:
    """Press the button of a message that was sent to X."""
    handles, now = ground.front.handles, ground.clock.now()
    value = tokens.for_message(handles, ids.OWN, target.request, target.who, now)
    return press(ground, who, ids.OPEN_MESSAGE, value)


def _raising(ground: Ground, who: Address, target: Target) -> Any:
    """Send the form that raises a safety concern about X's request, with a handle of one's own."""
    handle = ground.handle(ids.MATCH, target.request, who)
    return submit(ground, who, modal(ground, ids.VIEW_CONCERN, values=RAISED, p=VANCOUVER.id, h=handle))


def _alerted(action: str) -> Makes:
    """Press a button of the view of the concern about X's request, with a handle of one's own."""

    def makes(ground: Ground, who: Address, target: Target) -> Any:
        handle = ground.handle(ids.CONCERN, target.concern, who)
        return press(ground, who, action, "", modal(ground, ids.VIEW_ALERT, p=VANCOUVER.id, h=handle))

    return makes


def _paged(ground: Ground, who: Address, target: Target) -> Any:
    """Press the button of the message about that concern, made for whoever presses."""
    value = tokens.for_message(ground.front.handles, ids.CONCERN, target.concern, who, ground.clock.now())
    return press(ground, who, ids.OPEN_MESSAGE, value)


def _closing(ground: Ground, who: Address, target: Target) -> Any:
    """Send the form that closes that concern."""
    handle, values = ground.handle(ids.CONCERN, target.concern, who), {ids.IN_ENDING: "safe_now"}
    return submit(ground, who, modal(ground, ids.VIEW_CONCERN_CLOSE, values=values, p=VANCOUVER.id, h=handle))


def _note(ground: Ground, who: Address, target: Target) -> Any:
    """Press the button of the monthly note that was sent to X, which is about nothing."""
    value = tokens.for_message(ground.front.handles, ids.COVER, NOBODY, target.who, ground.clock.now())
    return press(ground, who, ids.OPEN_MESSAGE, value)


def _card(action: str) -> Makes:
    """Press a button of X's card, which somebody sees who was added to the channel."""

    def makes(ground: Ground, who: Address, target: Target) -> Any:
        return press(ground, who, action, ground.handle(ids.CARD, target.request, None))

    return makes


def _passing_on(ground: Ground, who: Address, target: Target) -> Any:
    """Pass X on as a colleague who agreed to it."""
    values = {ids.IN_ATTEST: ["attested"], ids.IN_COLLEAGUE: target.who.user, ids.IN_TELLS: "tell_not"}
    view = modal(ground, ids.VIEW_REFERRAL, values=values, p=VANCOUVER.id)
    return submit(ground, who, view | {"blocks": [{"type": "input", "block_id": ids.IN_COLLEAGUE}]})


RAISED = {ids.IN_TOLD: "first", ids.IN_PLAN: "yes", ids.IN_ROUTE: "lead"}
M, K, A, E = scenes.MEMBER, scenes.KEPT_OUT, scenes.ADMIN, scenes.EX_ADMIN
L, F = scenes.LEAD, scenes.FREE
DOORS = [
    Door("keep X out, in a new request", M, _naming(ids.VIEW_REQUEST, ids.IN_PEOPLE, FORM)),
    Door("keep X out, in a change", scenes.OTHER, _changing),
    Door("keep X out, as a supporter", scenes.FREE, _naming(ids.VIEW_PROFILE, AVOID, ENTRY, v="1")),
    Door("put X into the register", A, _listing, listed_too=False),
    Door("pass X on, with consent", M, _passing_on),
    Door("look X's reference up, as a colleague", M, _looking_up),
    Door("look X's reference up, kept out", K, _looking_up, kept_out=True),
    Door("X's own button", M, _taken(ids.MINE, ids.OWN)),
    Door("X's button to withdraw", M, _taken(ids.WITHDRAW, ids.OWN)),
    Door("X's message, forwarded", M, _forwarded),
    Door("X's card, in the channel without a role", M, _card(ids.OPEN_SHEET), by_record=True),
    Door("X's card, to claim", M, _card(ids.CLAIM), by_record=True),
    Door("X's card, as a former administrator", E, _card(ids.OPEN_SHEET), by_record=True),
    Door("X's card, kept out", K, _card(ids.OPEN_SHEET), kept_out=True, by_record=True),
    Door("X's sheet, kept out", K, _own_handle(ids.OPEN_SHEET, ids.SHEET), kept_out=True, by_record=True),
    Door("X's sheet, as a former administrator", E, _own_handle(ids.OPEN_SHEET, ids.SHEET), by_record=True),
    Door("X's request, as if it were one's own", M, _own_handle(ids.MINE, ids.OWN), by_record=True),
    Door("X's request, as if it were with one", F, _own_handle(ids.OPEN_MATCH, ids.MATCH), by_record=True),
    Door("a concern about X, as if X were with one", F, _own_handle(ids.SAFETY_CONCERN, ids.MATCH), by_record=True),
    Door("a concern about X, raised as if X were with one", F, _raising, by_record=True),
    Door("X's monthly note, forwarded", M, _note),
    Door("the page about X, as a lead kept out", L, _paged, lead_kept_out=True),
    Door("the concern about X, taken by a lead kept out", L, _alerted(ids.TAKE_CONCERN), lead_kept_out=True),
    Door("who X is, as a lead kept out", L, _alerted(ids.SHOW_CONCERNED), lead_kept_out=True),
    Door("what came of it, as a lead kept out", L, _alerted(ids.CLOSE_CONCERN), lead_kept_out=True),
    Door("the concern about X, closed by a lead kept out", L, _closing, lead_kept_out=True),
    Door("the page about X, as a foreign supporter", F, _paged, lead_kept_out=True),
    Door("who X is, as a foreign supporter", F, _alerted(ids.SHOW_CONCERNED), lead_kept_out=True),
]


@dataclass(frozen=True)
class Probed:
    """Everything about an answer that can be told apart."""

    answer: str
    views: tuple[str, ...]
    calls: tuple[str, ...]
    statements: tuple[str, ...]


_OUR_LIST: ContextVar[list[str] | None] = ContextVar("said", default=None)


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Give a list that grows by every statement that is sent to a database on our behalf, whoever else is at work."""
    said: list[str] = []
    # Tasks that were begun before, such as the worker of a town that other tests share, do not carry it.
    mine = _OUR_LIST.set(said)

    def listening(method: Any) -> Any:
        async def heard(self: Any, sql: str, values: Any) -> Any:
            if _OUR_LIST.get() is said:
                said.append(sql)
            return await method(self, sql, values)

        return heard

    with ExitStack() as stack:
        for link in (SqliteLink, PostgresLink):
            for name in ("fetch", "run", "run_many"):
                stack.enter_context(patch.object(link, name, listening(getattr(link, name))))
        yield said
    _OUR_LIST.reset(mine)


async def probe(ground: Ground, door: Door, target: Target) -> Probed:
    """Try one door with one person."""
    payload = door.makes(ground, door.who, target)
    with overheard() as said:
        told = await ground.told(payload)
    return blurred(told, target, said)


def blurred(told: Told, target: Target, said: list[str] | None = None) -> Probed:
    """Return an answer without what is the caller's own: handles, references, and the id they typed themselves."""

    def blur(text: str) -> str:
        return REFERENCE.sub("reference", HANDLE.sub("handle", text.replace(target.who.user, "X")))

    answer = blur(json.dumps(told.answer, sort_keys=True))
    return Probed(answer, tuple(map(blur, told.views)), told.calls, tuple(said or ()))
