"""T15: who may do what, as a table: every kind of person, every listener, every state that makes a difference.

    Y  may: is shown it, or it is done
    o  is told, in one of our constants, that this is over or has moved on; nothing changes
    -  refused: the same answer as for what was never there, with a line in the ledger; nothing changes
    n  may ask, and is told that there is none such: the same answer, and line, as where there is none
    x  outside: the help lines and no more; nothing changes

The columns are people. `own` asked for this support (and is in the register too), `other` asked for another; `free` is
a supporter whom nobody asked, `asked` one whom an offer asks or asked, `with` the one it is or was with at last,
`former` one who gave it back. `kept` is an administrator whom this requester keeps out (of this request alone), `ex`
one who no longer is. The operator has no way in through Slack: with an account there, they are a member as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from handlers import ids, tokens
from handlers.hear import Kind
from handlers.views.erasure import REACHED
from peersupport.addresses import Address
from peersupport.upkeep import subject_of
from tests.rules.world import VANCOUVER
from tests.threats import scenes
from tests.threats.scenes import Ground, Scene, home_tab, modal, press, submit

Key = tuple[Kind, str]
NOTHING = UUID(int=0)

MATRIX = """
what      scene   outsider guest member own other free asked with former admin kept ex backup lead operator

public    any        Y       Y     Y     Y    Y    Y     Y    Y     Y      Y     Y   Y    Y     Y     Y
door      any        x       x     Y     Y    Y    Y     Y    Y     Y      Y     Y   Y    Y     Y     Y

own       new        x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       asked      x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       with       x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       talks      x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       done       x       x     -     o    -    -     -    -     -      -     -   -    -     -     -
own       gone       x       x     -     -    -    -     -    -     -      -     -   -    -     -     -

resources talks      x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
resources done       x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
resources gone       x       x     -     -    -    -     -    -     -      -     -   -    -     -     -

rate      talks      x       x     -     -    -    -     -    -     -      -     -   -    -     -     -
rate      done       x       x     -     Y    -    -     -    Y     -      -     -   -    -     -     -
rate      gone       x       x     -     -    -    -     -    -     -      -     -   -    -     -     -

offer     asked      x       x     -     -    -    -     Y    -     -      -     -   -    -     -     -
offer     with       x       x     -     -    -    -     o    -     -      -     -   -    -     -     -
offer     done       x       x     -     -    -    -     o    -     -      -     -   -    -     -     -
offer     gone       x       x     -     -    -    -     o    -     -      -     -   -    -     -     -

match     asked      x       x     -     -    -    -     -    -     o      -     -   -    -     -     -
match     with       x       x     -     -    -    -     -    Y     o      -     -   -    -     -     -
match     talks      x       x     -     -    -    -     -    Y     o      -     -   -    -     -     -
match     done       x       x     -     -    -    -     -    o     o      -     -   -    -     -     -
match     gone       x       x     -     -    -    -     -    o     o      -     -   -    -     -     -

deleted   asked      x       x     -     -    -    -     -    -     Y      -     -   -    -     -     -
deleted   talks      x       x     -     -    -    -     -    -     Y      -     -   -    -     -     -
deleted   done       x       x     -     -    -    -     -    Y     Y      -     -   -    -     -     -
deleted   gone       x       x     -     -    -    -     -    Y     Y      -     -   -    -     -     -

sheet     new        x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     asked      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     with       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     talks      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     gone       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -

work      new        x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      asked      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      with       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      talks      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      done       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
work      gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

offered   asked      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
offered   done       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
offered   gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

found     done       x       x     -     -    -    -     -    -     -      Y     n   -    Y     -     -
found     gone       x       x     -     -    -    -     -    -     -      Y     n   -    Y     -     -

two       with       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
two       done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
two       gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

erase     new        x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
erase     talks      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
erase     done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
erase     gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

held      with       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
held      done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
held      gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

approval  done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -

duty      any        x       x     -     -    -    -     -    -     -      Y     Y   -    Y     -     -
entry     any        x       x     -     Y    -    Y     Y    Y     Y      -     -   -    -     -     -
"""
"""A row for each kind of deed and state; `any` stands for deeds that no request is named in."""


def columns() -> tuple[str, ...]:
    """Return the kinds of people."""
    return tuple(MATRIX.split("\n")[1].split()[2:])


def rows() -> dict[str, dict[str, dict[str, str]]]:
    """Return the table: deed, then scene, then kind of person to mark."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for line in MATRIX.split("\n")[2:]:
        if line:
            what, scene, *marks = line.split()
            found.setdefault(what, {})[scene] = dict(zip(columns(), marks, strict=True))
    return found


def person(column: str, scene: Scene) -> Address:
    """Return who stands in a column, with this request."""
    of_scene = {"own": scene.own, "asked": scene.asked, "with": scene.with_, "former": scene.former}
    others = {
        "outsider": scenes.OUTSIDER,
        "guest": scenes.GUEST,
        "member": scenes.MEMBER,
        "other": scenes.OTHER,
        "free": scenes.FREE,
        "admin": scenes.ADMIN,
        "kept": scenes.KEPT_OUT,
        "ex": scenes.EX_ADMIN,
        "backup": scenes.BACKUP,
        "lead": scenes.LEAD,
        "operator": scenes.OPERATOR,
    }
    return (of_scene | others)[column]


@dataclass(frozen=True)
class Press:
    """One press in the making: who presses, with handles made for whom."""

    ground: Ground
    scene: Scene
    who: Address
    holder: Address
    """Whom the handles were made for: `who`, or somebody whose screen they were taken from."""
    unknown: bool = False
    """True where the handles are to open nothing."""
    programme: str = VANCOUVER.id
    """The programme that hidden metadata names."""
    days: float = 1
    """For how long the handles open something; where that is negative, they have expired."""
    purpose: str = ""
    """What the handles were made for, where that is not what they are used for."""
    taken: list[str] = field(default_factory=list)
    """The purposes of the handles that it needed."""

    def handle(self, purpose: str, record: UUID | None, *, card: bool = False) -> str:
        """Make a handle as the app would, or one that nobody ever made."""
        self.taken.append(purpose)
        if self.unknown or record is None:
            return "A" * 64
        return self.ground.handle(self.purpose or purpose, record, None if card else self.holder, days=self.days)

    def record(self, purpose: str) -> UUID:
        """Return what a handle of this purpose stands for here; something that is not there, where nothing fits."""
        fitting = {
            ids.OFFER: self.scene.offer,
            ids.APPROVAL: self.scene.approval,
            ids.LEDGER: subject_of(VANCOUVER.id),
            ids.CHANNEL: subject_of(VANCOUVER.id),
            ids.SELF_AUDIT: subject_of(VANCOUVER.id),
        }
        return fitting.get(purpose, self.scene.request) or NOTHING

    def press(self, action: str, value: str = "", view: dict[str, Any] | None = None) -> Any:
        """Make the payload of a button."""
        return press(self.ground, self.who, action, value, view)

    def sheet(self, **values: Any) -> dict[str, Any]:
        """Return a modal that carries the request as administrators' modals do."""
        return self.modal(ids.SHEET, self.scene.request, values)

    def modal(
        self, purpose: str, record: UUID | None, values: dict[str, Any] | None = None, **meta: str
    ) -> dict[str, Any]:
        """Return a modal with a handle in its hidden metadata."""
        held = {"p": self.programme, "h": self.handle(purpose, record)} | meta
        return modal(self.ground, ids.VIEW_PAGE, values=values, **held)


Way = Callable[[Press, str], Any]
"""Makes the payload for an id."""


def plainly(at: Press, action: str) -> Any:
    """Press a button that names no record, in the menu."""
    return at.press(action, VANCOUVER.id, modal(at.ground, ids.VIEW_MENU, p=VANCOUVER.id))


def choosing(value: str) -> Way:
    """Choose something in the request form or the menu."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, modal(at.ground, ids.VIEW_REQUEST, p=VANCOUVER.id))

    return way


def typing(at: Press, command: str) -> Any:
    """Type the command."""
    return {"command": command, "text": "", "user_id": at.who.user, "team_id": at.who.team, "trigger_id": "T1"}


def by_shortcut(at: Press, callback: str) -> Any:
    """Use the shortcut."""
    return {key: value for key, value in at.press("").items() if key != "actions"} | {
        "type": "shortcut",
        "callback_id": callback,
    }


def opening_home(at: Press, event: str) -> Any:
    """Open Home."""
    inner = {"type": event, "user": at.who.user, "tab": "home"}
    return {"type": "event_callback", "team_id": at.who.team, "event_id": f"E{at.ground.number()}", "event": inner}


FORM = {
    ids.IN_ROLE: "physician",
    ids.IN_MODALITIES: ["phone"],
    ids.IN_REACH: scenes.PHONE,
    ids.IN_NAME: scenes.SECRET,
}


def changing_account(at: Press, event: str) -> Any:
    """Have Slack say that an account changed."""
    inner = {"type": event, "user": {"id": at.who.user, "team_id": at.who.team}}
    return {"type": "event_callback", "team_id": at.who.team, "event_id": f"E{at.ground.number()}", "event": inner}


def page(purpose: str, number: int) -> Way:
    """Press a button that carries a handle for the number of a page or step."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, at.handle(purpose, UUID(int=number)), modal(at.ground, ids.VIEW_PAGE))

    return way


def at_home(value: str) -> Way:
    """Press a button in Home that names no record."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, home_tab(at.ground))

    return way


def asking(at: Press, callback: str) -> Any:
    """Send the request form."""
    return submit(at.ground, at.who, modal(at.ground, callback, values=FORM, p=VANCOUVER.id))


def changing(at: Press, callback: str) -> Any:
    """Send one's own request changed."""
    view = at.modal(ids.OWN, at.scene.request, FORM) | {"callback_id": callback}
    return submit(at.ground, at.who, view)


def own(at: Press, action: str) -> Any:
    """Press a button of one's own request, in Home."""
    return at.press(action, at.handle(ids.OWN, at.scene.request), home_tab(at.ground))


def message(purpose: str) -> Way:
    """Press the button of a direct message."""

    def way(at: Press, action: str) -> Any:
        record = at.record(purpose)
        now = at.ground.clock.now()
        letter, dot, _ = tokens.for_message(at.ground.front.handles, purpose, record, at.who, now).partition(".")
        return at.press(action, f"{letter}{dot}{at.handle(purpose, record)}")

    way.__qualname__ = f"message_{purpose}"
    return way


def in_home(purpose: str) -> Way:
    """Press a button in Home that carries a handle."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, at.handle(purpose, at.record(purpose)), home_tab(at.ground))

    return way


def in_modal(purpose: str, value: str = "") -> Way:
    """Press a button in a modal that carries a handle."""

    def way(at: Press, action: str) -> Any:
        return at.press(action, value, at.modal(purpose, at.record(purpose)))

    return way


def on_card(at: Press, action: str) -> Any:
    """Press a button of the card in the administrators' channel, whose handle is the same for all of them."""
    return at.press(action, at.handle(ids.CARD, at.scene.request, card=True))


def on_sheet(at: Press, action: str) -> Any:
    """Press a button of the sheet."""
    return at.press(action, "", at.sheet())


def on_offer_in_sheet(at: Press, action: str) -> Any:
    """Press the button beside an offer in the sheet."""
    return at.press(action, at.handle(ids.ASKED, at.scene.offer), at.sheet())


def to_colleague(at: Press, action: str) -> Any:
    """Choose another administrator in the sheet."""
    return at.press(action, at.handle(ids.HAND_OVER, at.ground.members[scenes.BACKUP]), at.sheet())


def offering(at: Press, callback: str) -> Any:
    """Send the form of candidates."""
    picked = at.handle(ids.PICK, at.ground.entries[scenes.FREE])
    return submit(at.ground, at.who, at.sheet(first=picked) | {"callback_id": callback})


def closing(at: Press, callback: str) -> Any:
    """Send the form that closes a request."""
    return submit(at.ground, at.who, at.sheet(outcome="none_available") | {"callback_id": callback})


def in_programme(at: Press, action: str) -> Any:
    """Press a button in Home that names the programme."""
    return at.press(action, "nowhere" if at.unknown else VANCOUVER.id, home_tab(at.ground))


def looking_up(at: Press, callback: str) -> Any:
    """Send the reference of a request."""
    reference = "A0-0000" if at.unknown else at.scene.reference
    view = modal(at.ground, callback, values={ids.IN_REFERENCE: reference}, p=VANCOUVER.id)
    return submit(at.ground, at.who, view)


def on_found(at: Press, action: str) -> Any:
    """Press the button that shows a request, in what two have to agree on."""
    return at.press(action, at.handle(ids.SHEET, at.scene.request), modal(at.ground, ids.VIEW_PAGE, p=at.programme))


def asking_two(at: Press, callback: str) -> Any:
    """Send the form that asks for a deed of two."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_WHY: "law"}, a="extend_retention")
    return submit(at.ground, at.who, view | {"callback_id": callback})


def erasing(at: Press, callback: str) -> Any:
    """Send the form that erases a request for somebody who phoned."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_REACHED: [REACHED]})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def saying_why(at: Press, callback: str) -> Any:
    """Send the form that asks why an identity is opened."""
    view = at.modal(ids.SHEET, at.scene.request, {ids.IN_REASON: "safety"})
    return submit(at.ground, at.who, view | {"callback_id": callback})


def in_register(at: Press, action: str) -> Any:
    """Press a button of the register."""
    return at.press(action, "0", modal(at.ground, ids.VIEW_SUPPORTERS, p="nowhere" if at.unknown else VANCOUVER.id))


def on_entry(at: Press, action: str) -> Any:
    """Press the button of one entry."""
    value = at.handle(ids.SUPPORTER, at.ground.entries[scenes.FREE])
    return at.press(action, value, modal(at.ground, ids.VIEW_SUPPORTERS, p=at.programme))


def on_opener(at: Press, action: str) -> Any:
    """Choose one person in the list of openings."""
    value = at.handle(ids.OPENER, at.ground.members[scenes.BACKUP])
    return at.press(action, value, modal(at.ground, ids.VIEW_LEDGER, p=at.programme))


ENTRY = {"name": "Fern Dell", "modalities": ["phone"], "languages": ["en"], "limit": "2", "status": "active"}


def saving_entry(at: Press, callback: str) -> Any:
    """Send one entry of the register."""
    view = at.modal(ids.SUPPORTER, at.ground.entries[scenes.FREE], ENTRY, v="1")
    return submit(at.ground, at.who, view | {"callback_id": callback})


def saving_profile(at: Press, callback: str) -> Any:
    """Send one's own profile."""
    programme = "nowhere" if at.unknown else VANCOUVER.id
    return submit(at.ground, at.who, modal(at.ground, callback, values=ENTRY, p=programme, v="1"))


def _actions(what: str, way: Way, *names: str) -> list[tuple[Key, str, Way]]:
    return [((Kind.ACTION, name), what, way) for name in names]


LISTENERS: list[tuple[Key, str, Way]] = [
    ((Kind.COMMAND, ids.COMMAND), "public", typing),
    ((Kind.SHORTCUT, ids.SHORTCUT), "public", by_shortcut),
    ((Kind.EVENT, ids.HOME_OPENED), "public", opening_home),
    ((Kind.EVENT, ids.USER_CHANGED), "public", changing_account),
    *_actions("public", plainly, ids.WHO_SEES, ids.HELP_NOW, ids.QUESTIONS, ids.QUESTION, ids.ELSEWHERE, ids.LINK),
    *_actions("public", choosing("en"), ids.LANGUAGE),
    *_actions("door", plainly, ids.ASK, ids.FORM_AGAIN, ids.FORM_MODALITY),
    *_actions("door", choosing("resident"), ids.FORM_ROLE),
    ((Kind.SUBMIT, ids.VIEW_REQUEST), "door", asking),
    *_actions("door", at_home("on"), ids.DISCREET, ids.SHOW_HOME, ids.HIDE_HOME, ids.MY_DATA),
    *_actions("door", page(ids.MY_DATA, 0), ids.MY_DATA_ON, ids.MY_DATA_BACK),
    *_actions("door", page(ids.DELETE_MY_DATA, 0), ids.DELETE_MY_DATA),
    *_actions("door", page(ids.DELETE_MY_DATA, 1), ids.DELETE_NOW),
    *_actions("own", own, ids.MINE, ids.CHANGE, ids.WITHDRAW, ids.SOMEONE_ELSE, ids.AGREE_NAME, ids.NOT_YET),
    *_actions("own", own, ids.HEAR_TODAY),
    *_actions("own", own, ids.RESTART, ids.PAUSE_MY_OFFERS),
    *_actions("own", message(ids.OWN), ids.OPEN_MESSAGE),
    ((Kind.SUBMIT, ids.VIEW_CHANGE), "own", changing),
    *_actions("resources", message(ids.OWN), ids.SHOW_RESOURCES),
    *_actions("rate", message(ids.OWN), ids.RATE_HELPED, ids.RATE_A_LITTLE, ids.RATE_NOT_REALLY),
    *_actions("offer", in_home(ids.OFFER), ids.OPEN_OFFER),
    *_actions("offer", message(ids.OFFER), ids.OPEN_MESSAGE),
    *_actions("offer", in_modal(ids.OFFER), ids.ACCEPT, ids.DECLINE, ids.NOT_ME),
    *_actions("match", in_home(ids.MATCH), ids.OPEN_MATCH),
    *_actions("match", message(ids.MATCH), ids.OPEN_MESSAGE),
    *_actions("match", in_modal(ids.MATCH), ids.SHOW_CONTACT, ids.REACHED, ids.ASK_FOURTH, ids.OFFER_RESOURCES),
    *_actions("match", in_modal(ids.MATCH, "1"), ids.NOT_REACHED, ids.TALKED),
    *_actions("match", in_modal(ids.MATCH), ids.FINISH, ids.HAND_BACK, ids.NOT_ME_AFTER),
    *_actions("deleted", in_modal(ids.MATCH), ids.DELETED),
    *_actions("sheet", on_card, ids.OPEN_SHEET),
    *_actions("sheet", in_home(ids.SHEET), ids.OPEN_SHEET),
    *_actions("sheet", message(ids.SHEET), ids.OPEN_MESSAGE),
    *_actions("sheet", on_sheet, ids.CLOSE),
    *_actions("work", on_card, ids.CLAIM, ids.FIND),
    *_actions("work", on_sheet, ids.CLAIM, ids.FIND, ids.SHOW_IDENTITY, ids.SEND_NEXT, ids.REASSIGN),
    *_actions("work", on_sheet, ids.AGREE_FOURTH, ids.TAKE_OVER),
    *_actions("work", to_colleague, ids.HAND_OVER),
    *_actions("offered", on_offer_in_sheet, ids.WITHDRAW_OFFER),
    ((Kind.SUBMIT, ids.VIEW_CANDIDATES), "work", offering),
    ((Kind.SUBMIT, ids.VIEW_CLOSE), "work", closing),
    ((Kind.SUBMIT, ids.VIEW_REASON), "work", saying_why),
    *_actions("duty", in_programme, ids.LOOKUP, ids.LEDGER, ids.REPORT),
    *_actions("duty", in_register, ids.REPORT_PERIOD),
    *_actions("duty", message(ids.CHANNEL), ids.OPEN_MESSAGE),
    *_actions("duty", message(ids.SELF_AUDIT), ids.OPEN_MESSAGE),
    *_actions("duty", in_register, ids.LEDGER_MONTH, ids.LEDGER_NEWER, ids.LEDGER_OLDER, ids.LEDGER_TEXT),
    *_actions("duty", in_register, ids.LEDGER_LIST),
    *_actions("duty", on_opener, ids.LEDGER_PERSON),
    *_actions("duty", message(ids.LEDGER), ids.OPEN_MESSAGE),
    ((Kind.SUBMIT, ids.VIEW_LOOKUP), "found", looking_up),
    *_actions("sheet", on_found, ids.SHOW_FOUND),
    *_actions("sheet", on_sheet, ids.ASK_REOPEN, ids.ASK_KEEP),
    ((Kind.SUBMIT, ids.VIEW_ASK_APPROVAL), "two", asking_two),
    *_actions("two", on_sheet, ids.REOPEN_IDENTITY, ids.KEEP_LONGER),
    *_actions("sheet", on_sheet, ids.ERASE_FOR),
    ((Kind.SUBMIT, ids.VIEW_ERASE), "erase", erasing),
    *_actions("held", on_sheet, ids.SHOW_HELD),
    *_actions("approval", in_home(ids.APPROVAL), ids.OPEN_APPROVAL),
    *_actions("approval", message(ids.APPROVAL), ids.OPEN_MESSAGE),
    *_actions("approval", in_modal(ids.APPROVAL), ids.AGREE_APPROVAL, ids.DECLINE_APPROVAL),
    *_actions("duty", in_programme, ids.SUPPORTERS),
    *_actions("duty", in_register, ids.SUPPORTERS_PAGE, ids.SUPPORTERS_NEXT, ids.ADD_SUPPORTER),
    *_actions("duty", on_entry, ids.EDIT_SUPPORTER),
    ((Kind.SUBMIT, ids.VIEW_SUPPORTER), "duty", saving_entry),
    *_actions("entry", in_programme, ids.MY_PROFILE, ids.PAUSE, ids.RESUME),
    ((Kind.SUBMIT, ids.VIEW_PROFILE), "entry", saving_profile),
]
"""Every listener, its row in the matrix, and how it is pressed. A new one belongs here, or the build fails."""

IDENTITIES = frozenset({ids.SHOW_CONTACT, ids.VIEW_REASON, ids.SHOW_HELD, ids.REOPEN_IDENTITY})
"""Where somebody else is shown who asked: each writes it down, and the person can see it."""
