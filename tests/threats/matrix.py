"""T15: who may do what, as a table: every kind of person, every listener, every state that makes a difference.

    Y  may: is shown it, or it is done
    o  is told, in one of our constants, that this is over or has moved on; nothing changes
    -  refused: the same answer as for what was never there, with a line in the ledger; nothing changes
    n  may ask, and is told that there is none such: the same answer, and line, as where there is none
    x  outside: the help lines and no more; nothing changes

The columns are people. `own` asked for this support (and is in the register too), `other` asked for another; `free` is
a supporter whom nobody asked, `asked` one whom an offer asks or asked, `with` the one it is or was with at last,
`former` one who gave it back. `kept` is an administrator whom this requester keeps out (of this request alone), `ex`
one who no longer is. `partner` notifies for a partner of another programme of the installation: as any member, but
where a row has a mark of their own; `theirs` are the other doors of that programme. The operator has no way in through
Slack: with an account there, they are a member too.
"""

from __future__ import annotations

from handlers import ids
from handlers.hear import Kind
from peersupport.addresses import Address
from tests.threats import matrix_cafe, matrix_informal, matrix_organise, matrix_pages, matrix_sessions, scenes
from tests.threats.presses import (
    Way,
    asking,
    asking_two,
    at_home,
    by_shortcut,
    changing,
    changing_account,
    choosing,
    closing,
    ending,
    erasing,
    in_home,
    in_modal,
    in_programme,
    in_queue,
    in_referrals,
    in_register,
    looking_up,
    message,
    offering,
    on_card,
    on_entry,
    on_found,
    on_note,
    on_offer_in_sheet,
    on_opener,
    on_referral_card,
    on_row,
    on_sheet,
    on_sheet_choosing,
    opening_home,
    own,
    page,
    passing_on,
    plainly,
    raising,
    saving_entry,
    saving_profile,
    saying_why,
    saying_yes,
    telling_of_removal,
    to_colleague,
    typing,
)
from tests.threats.presses_by_phone import (
    accepting_call,
    answering_call,
    changing_by_phone,
    for_call,
    in_spoken_form,
    on_call_sheet,
    putting_down,
    recording,
    saying_why_to_call,
)
from tests.threats.presses_partner import at_partners, at_their_door, choosing_role, notifying
from tests.threats.scenes import Scene

Key = tuple[Kind, str]

MATRIX = """
what      scene   outsider guest member own other free asked with former admin kept ex backup lead operator

public    any        Y       Y     Y     Y    Y    Y     Y    Y     Y      Y     Y   Y    Y     Y     Y
door      any        x       x     Y     Y    Y    Y     Y    Y     Y      Y     Y   Y    Y     Y     Y
theirs    any        x       x     Y     Y    Y    Y     Y    Y     Y      Y     Y   Y    Y     Y     Y     -

own       new        x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       asked      x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       with       x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       talks      x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -
own       done       x       x     -     o    -    -     -    -     -      -     -   -    -     -     -
own       gone       x       x     -     -    -    -     -    -     -      -     -   -    -     -     -

place     any        x       x     -     Y    -    -     -    -     -      -     -   -    -     -     -

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

concern   asked      x       x     -     -    -    -     -    -     o      -     -   -    -     -     -
concern   with       x       x     -     -    -    -     -    Y     o      -     -   -    -     -     -
concern   talks      x       x     -     -    -    -     -    Y     o      -     -   -    -     -     -
concern   done       x       x     -     -    -    -     -    Y     o      -     -   -    -     -     -
concern   gone       x       x     -     -    -    -     -    o     o      -     -   -    -     -     -

alert     with       x       x     -     -    -    -     -    -     -      -     -   -    -     -     -
alert     talks      x       x     -     -    -    -     -    -     -      Y     -   -    Y     Y     -
alert     done       x       x     -     -    -    -     -    -     -      o     -   -    o     o     -

lead      with       x       x     -     -    -    -     -    -     -      -     -   -    -     -     -
lead      talks      x       x     -     -    -    -     -    -     -      -     -   -    -     Y     -
lead      done       x       x     -     -    -    -     -    -     -      o     -   -    o     o     -

deleted   asked      x       x     -     -    -    -     -    -     Y      -     -   -    -     -     -
deleted   talks      x       x     -     -    -    -     -    -     Y      -     -   -    -     -     -
deleted   done       x       x     -     -    -    -     -    Y     Y      -     -   -    -     -     -
deleted   gone       x       x     -     -    -    -     -    Y     Y      -     -   -    -     -     -

sheet     new        x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     asked      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     with       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     talks      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
sheet     gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

look      done       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
look      gone       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -

spoken    with       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
spoken    phone      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
spoken    gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

work      new        x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      asked      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      with       x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      talks      x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
work      done       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
work      gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

waits     new        x       x     -     -    -    -     -    -     -      Y     -   -    Y     -     -
waits     asked      x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
waits     talks      x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
waits     done       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -
waits     gone       x       x     -     -    -    -     -    -     -      o     -   -    o     -     -

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

referred  any        x       x     -     -    -    Y     -    -     -      -     -   -    -     -     -
on_call   any        x       x     -     -    -    -     -    -     -      Y     Y   -    Y     -     -
on_hold   any        x       x     -     -    -    -     -    -     -      Y     Y   -    Y     -     -

duty      any        x       x     -     -    -    -     -    -     -      Y     Y   -    Y     -     -
entry     any        x       x     -     Y    -    Y     Y    Y     Y      -     -   -    -     -     -

notify    any        x     x     -     -     -     -     -     -     -     -     -     -     -     -     -     Y
"""
"""A row for each kind of deed and state; `any` stands for deeds that no request is named in."""


def columns() -> tuple[str, ...]:
    """Return the kinds of people."""
    return (*MATRIX.split("\n")[1].split()[2:], "partner")


def rows() -> dict[str, dict[str, dict[str, str]]]:
    """Return the table: deed, then scene, then kind of person to mark."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for line in (MATRIX + matrix_organise.ROWS + matrix_informal.ROWS).split("\n")[2:]:
        if line:
            what, scene, *marks = line.split()
            # A partner's person is a member as any other, but where a row says more of them.
            marks = marks if len(marks) == len(columns()) else [*marks, marks[columns().index("member")]]
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
        "partner": scenes.PARTNER,
    }
    return (of_scene | others)[column]


def _actions(what: str, way: Way, *names: str) -> list[tuple[Key, str, Way]]:
    return [((Kind.ACTION, name), what, way) for name in names]


LISTENERS: list[tuple[Key, str, Way]] = [
    ((Kind.COMMAND, ids.COMMAND), "public", typing),
    ((Kind.SHORTCUT, ids.SHORTCUT), "public", by_shortcut),
    ((Kind.EVENT, ids.HOME_OPENED), "public", opening_home),
    ((Kind.EVENT, ids.USER_CHANGED), "public", changing_account),
    ((Kind.EVENT, ids.APP_REMOVED), "public", telling_of_removal),
    ((Kind.EVENT, ids.TOKENS_REVOKED), "public", telling_of_removal),
    *_actions("public", plainly, ids.WHO_SEES, ids.HELP_NOW, ids.QUESTIONS, ids.QUESTION, ids.ELSEWHERE, ids.LINK),
    *_actions("public", choosing("en"), ids.LANGUAGE),
    *_actions("door", plainly, ids.ASK, ids.FORM_AGAIN, ids.FORM_MODALITY),
    *_actions("door", choosing("resident"), ids.FORM_ROLE),
    ((Kind.SUBMIT, ids.VIEW_REQUEST), "door", asking),
    *_actions("door", at_home("on"), ids.DISCREET, ids.SHOW_HOME, ids.HIDE_HOME, ids.MY_DATA, ids.COVER_NOTE),
    *_actions("door", message(ids.COVER), ids.OPEN_MESSAGE),
    *_actions("door", page(ids.MY_DATA, 0), ids.MY_DATA_ON, ids.MY_DATA_BACK),
    *_actions("door", page(ids.DELETE_MY_DATA, 0), ids.DELETE_MY_DATA),
    *_actions("door", page(ids.DELETE_MY_DATA, 1), ids.DELETE_NOW),
    *_actions("door", plainly, ids.REFER, ids.ATTEST),
    ((Kind.SUBMIT, ids.VIEW_REFERRAL), "door", passing_on),
    *_actions("referred", in_home(ids.REFERRAL), ids.OPEN_REFERRAL),
    *_actions("referred", message(ids.REFERRAL), ids.OPEN_MESSAGE),
    *_actions("referred", on_note, ids.REFERRAL_YES, ids.REFERRAL_NO, ids.REFERRAL_LATER, ids.REFERRAL_NEVER),
    *_actions("referred", on_note, ids.REFERRAL_NEVER_FROM, ids.REFERRAL_MISTAKE),
    ((Kind.SUBMIT, ids.VIEW_REFERRAL_YES), "referred", saying_yes),
    *_actions("on_hold", on_referral_card, ids.OPEN_REFERRAL_CARD),
    *_actions("on_call", for_call, ids.CALL_SHEET),
    *_actions("on_call", on_call_sheet, ids.LINK_FOR_REFERRAL),
    ((Kind.SUBMIT, ids.VIEW_CALL_REASON), "on_call", saying_why_to_call),
    ((Kind.SUBMIT, ids.VIEW_CALL_SHEET), "on_call", answering_call),
    ((Kind.SUBMIT, ids.VIEW_CALL_YES), "on_call", accepting_call),
    *_actions("on_hold", in_home(ids.REFERRAL_CARD), ids.OPEN_LISTED_REFERRAL),
    *_actions("duty", in_programme, ids.REFERRALS),
    *_actions("duty", in_referrals, ids.REFERRALS_FILTER),
    *_actions("on_hold", in_modal(ids.REFERRAL_CARD), ids.RELEASE_REFERRAL, ids.DROP_REFERRAL),
    *_actions("own", own, ids.MINE, ids.CHANGE, ids.WITHDRAW, ids.SOMEONE_ELSE, ids.AGREE_NAME, ids.NOT_YET),
    *_actions("own", own, ids.HEAR_TODAY),
    *_actions("own", own, ids.IN_TOUCH, ids.WAIT, ids.PHYSICIAN_LINE, ids.TRY_AGAIN, ids.GOING_ON, ids.TALKS_DONE),
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
    *_actions("concern", in_modal(ids.MATCH), ids.SAFETY_CONCERN),
    *_actions("match", in_modal(ids.MATCH), ids.SHOW_CONTACT, ids.REACHED, ids.ASK_FOURTH, ids.OFFER_RESOURCES),
    *_actions("match", in_modal(ids.MATCH, "1"), ids.NOT_REACHED, ids.TALKED),
    *_actions("match", in_modal(ids.MATCH), ids.STILL_GOING),
    *_actions("match", in_modal(ids.MATCH), ids.SAID_YES, ids.SAID_FINE, ids.SAID_NEVER),
    *_actions("match", in_modal(ids.MATCH), ids.SAID_NEVER_THEIRS, ids.SAID_NEVER_SHARED),
    *_actions("match", in_modal(ids.MATCH, "1"), ids.NO_ANSWER),
    *_actions("match", in_modal(ids.MATCH), ids.FINISH, ids.HAND_BACK, ids.NOT_ME_AFTER),
    *_actions("concern", in_home(ids.MATCH), ids.SAFETY_CONCERN),
    ((Kind.SUBMIT, ids.VIEW_CONCERN), "concern", raising),
    *_actions("alert", in_home(ids.CONCERN), ids.OPEN_CONCERN),
    *_actions("alert", message(ids.CONCERN), ids.OPEN_MESSAGE),
    *_actions("alert", in_modal(ids.CONCERN), ids.TAKE_CONCERN),
    *_actions("lead", in_modal(ids.CONCERN), ids.SHOW_CONCERNED, ids.CLOSE_CONCERN),
    ((Kind.SUBMIT, ids.VIEW_CONCERN_CLOSE), "lead", ending),
    *_actions("deleted", in_modal(ids.MATCH), ids.DELETED),
    *_actions("sheet", on_card, ids.OPEN_SHEET),
    *_actions("sheet", in_home(ids.SHEET), ids.OPEN_SHEET),
    *_actions("sheet", message(ids.SHEET), ids.OPEN_MESSAGE),
    *_actions("sheet", on_sheet, ids.CLOSE),
    *_actions("work", on_card, ids.CLAIM, ids.FIND),
    *_actions("work", on_sheet, ids.CLAIM, ids.FIND, ids.SHOW_IDENTITY, ids.SEND_NEXT, ids.REASSIGN),
    *_actions("work", on_sheet, ids.AGREE_FOURTH, ids.TAKE_OVER),
    *_actions("work", to_colleague, ids.HAND_OVER),
    *_actions("waits", on_sheet_choosing("hours"), ids.PUT_OFF),
    *_actions("offered", on_offer_in_sheet, ids.WITHDRAW_OFFER),
    ((Kind.SUBMIT, ids.VIEW_CANDIDATES), "work", offering),
    ((Kind.SUBMIT, ids.VIEW_CLOSE), "work", closing),
    ((Kind.SUBMIT, ids.VIEW_REASON), "work", saying_why),
    *_actions("duty", in_programme, ids.LOOKUP, ids.LEDGER, ids.REPORT, ids.QUEUE, ids.QUEUE_OF),
    *_actions("duty", in_queue, ids.QUEUE_PART, ids.QUEUE_BACK, ids.QUEUE_ON, ids.QUEUE_FILTER),
    *_actions("sheet", on_row, ids.OPEN_SHEET),
    *_actions("duty", in_register, ids.REPORT_PERIOD),
    *_actions("duty", message(ids.CHANNEL), ids.OPEN_MESSAGE),
    *_actions("duty", message(ids.SELF_AUDIT), ids.OPEN_MESSAGE),
    *_actions("duty", message(ids.TODAY), ids.OPEN_MESSAGE),
    *_actions("duty", in_register, ids.LEDGER_MONTH, ids.LEDGER_NEWER, ids.LEDGER_OLDER, ids.LEDGER_TEXT),
    *_actions("duty", in_register, ids.LEDGER_LIST),
    *_actions("duty", on_opener, ids.LEDGER_PERSON),
    *_actions("duty", message(ids.LEDGER), ids.OPEN_MESSAGE),
    ((Kind.SUBMIT, ids.VIEW_LOOKUP), "found", looking_up),
    *_actions("duty", in_programme, ids.BY_PHONE),
    *_actions("duty", in_spoken_form, ids.PHONE_LANGUAGE, ids.PHONE_MODALITY),
    ((Kind.SUBMIT, ids.VIEW_BY_PHONE), "duty", recording),
    *_actions("spoken", on_sheet, ids.PHONE_CALL, ids.PHONE_CHANGE, ids.LINK_FOR_REQUEST),
    ((Kind.SUBMIT, ids.VIEW_PHONE_CALL), "spoken", putting_down),
    ((Kind.SUBMIT, ids.VIEW_PHONE_CHANGE), "spoken", changing_by_phone),
    *_actions("look", on_found, ids.SHOW_FOUND),
    *_actions("look", on_sheet, ids.ASK_REOPEN, ids.ASK_KEEP),
    ((Kind.SUBMIT, ids.VIEW_ASK_APPROVAL), "two", asking_two),
    *_actions("two", on_sheet, ids.REOPEN_IDENTITY, ids.KEEP_LONGER),
    *_actions("look", on_sheet, ids.ERASE_FOR),
    ((Kind.SUBMIT, ids.VIEW_ERASE), "erase", erasing),
    *_actions("held", on_sheet, ids.SHOW_HELD),
    *_actions("approval", in_home(ids.APPROVAL), ids.OPEN_APPROVAL),
    *_actions("approval", message(ids.APPROVAL), ids.OPEN_MESSAGE),
    *_actions("approval", in_modal(ids.APPROVAL), ids.AGREE_APPROVAL, ids.DECLINE_APPROVAL),
    *_actions("theirs", at_partners, ids.ASK, ids.FORM_AGAIN, ids.REFER),
    *_actions("theirs", at_their_door, ids.FORM_MODALITY, ids.ATTEST),
    *_actions("theirs", choosing_role, ids.FORM_ROLE),
    ((Kind.SUBMIT, ids.VIEW_REQUEST), "theirs", notifying),
    ((Kind.SUBMIT, ids.VIEW_REFERRAL), "theirs", notifying),
    *_actions("notify", at_partners, ids.NOTIFY),
    ((Kind.SUBMIT, ids.VIEW_NOTICE), "notify", notifying),
    *_actions("duty", at_partners, ids.RECORD_NOTICE, ids.KEEP_PARTNERS),
    ((Kind.SUBMIT, ids.VIEW_VOICEMAIL), "duty", notifying),
    ((Kind.SUBMIT, ids.VIEW_PARTNERS), "duty", notifying),
    *_actions("duty", in_programme, ids.SUPPORTERS),
    *_actions("duty", in_register, ids.SUPPORTERS_PAGE, ids.SUPPORTERS_NEXT, ids.ADD_SUPPORTER),
    *_actions("duty", on_entry, ids.EDIT_SUPPORTER),
    ((Kind.SUBMIT, ids.VIEW_SUPPORTER), "duty", saving_entry),
    *_actions("entry", in_programme, ids.MY_PROFILE, ids.PAUSE, ids.RESUME),
    ((Kind.SUBMIT, ids.VIEW_PROFILE), "entry", saving_profile),
    *matrix_pages.LISTENERS,
    *matrix_organise.LISTENERS,
    *matrix_informal.LISTENERS,
    *matrix_cafe.LISTENERS,
    *matrix_sessions.LISTENERS,
]
"""Every listener, its row in the matrix, and how it is pressed. A new one belongs here, or the build fails."""

IDENTITIES = frozenset(
    {
        ids.SHOW_CONTACT,
        ids.VIEW_REASON,
        ids.SHOW_HELD,
        ids.REOPEN_IDENTITY,
        ids.SHOW_CONCERNED,
        ids.PHONE_CHANGE,
        ids.VIEW_CALL_REASON,
    }
)
"""Where somebody else is shown who asked: each writes it down, and the person can see it."""
