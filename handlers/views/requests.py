"""The request form in one modal, the page for other roles, and the thanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.payloads import APART, ASK_FIRST, MOST_PEOPLE, NOTIFY, PRIVATE, URGENT, VOICEMAIL, Filled
from handlers.views import information, kit, menu, pages
from peersupport.programme import Programme
from peersupport.programme_asking import Role
from peersupport.programme_parts import ContactKind, Doorway
from peersupport.programme_values import Choice
from peersupport.requests import SupportRequest

if TYPE_CHECKING:
    from handlers.hear import Front

LONGEST_REACH = 150
LONGEST_NAME = 100
LONGEST_NAMES = 500


def form(
    front: Front,
    language: str,
    programme: Programme,
    filled: Filled,
    change: str | None = None,
    *,
    referral: str | None = None,
) -> kit.View:
    """Return the form; `change` is the handle of the request that it changes, and then there is no role to choose.

    `referral` is the handle of the referral to which sending it says yes.
    """
    t = front.texts.in_language(language)
    callback = ids.VIEW_CHANGE if change else ids.VIEW_REQUEST
    blocks = [pages.strip(front, language), *_opening(front, language, programme, change=change)]
    if referral is not None and filled.reach:
        blocks.append(kit.context(t("referrals.known"), "known"))
    if change is None:
        roles = labels(programme.eligibility.roles, programme, language)
        radios = kit.radios(ids.FORM_ROLE, roles, filled.role)
        blocks.append(kit.field(t("requests.role"), radios, ids.IN_ROLE, live=True))
    blocks += [*needed(t, programme, filled), *choices(t, programme, filled)]
    blocks += [*wishes(t, programme, filled), *apart(t, programme, filled), *panel(front, language, programme)]
    return kit.modal(
        t("requests.change_title" if change else "requests.title"),
        blocks,
        callback_id=ids.VIEW_REFERRAL_YES if referral else callback,
        submit=t("requests.save" if change else "requests.send"),
        close=t("requests.not_now"),
        metadata=kit.meta(language, programme.id, change, **_referred(referral)),
    )


def _referred(referral: str | None) -> dict[str, str]:
    """Return what the hidden data of a page holds beside the usual where it belongs to a referral."""
    return {"r": referral} if referral else {}


def labels(choices: tuple[Choice, ...], programme: Programme, language: str) -> list[tuple[str, str]]:
    """Return the values and labels of a programme's choices."""
    return [(choice.id, programme.text(choice.label, language)) for choice in choices]


def _opening(front: Front, language: str, programme: Programme, *, change: str | None) -> list[Block]:
    """Return what stands before the first field: what is asked and why, who reads it, how long it is kept."""
    t = front.texts.in_language(language)
    words = t("requests.change_opening") if change else t("requests.opening")
    brief = f"{t('requests.brief')} {information.retention(front, language, programme)}"
    who_sees = kit.button(t("menu.who_sees"), ids.WHO_SEES, programme.id)
    return [kit.section(words, "opening"), kit.section(brief, "brief", who_sees)]


def needed(t: Translator, programme: Programme, filled: Filled, live: str = ids.FORM_MODALITY) -> list[Block]:
    """Return the ways to talk, and the contact that the chosen ones need; `live` hears that they changed."""
    ways = labels(programme.form.modalities, programme, t.language)
    notes = [(PRIVATE, t("requests.private"))]
    if programme.form.voicemail == "ask":
        notes.insert(0, (VOICEMAIL, t("requests.voicemail")))
    kind = reach_kind(programme, filled.modalities)
    return [
        kit.field(
            t("requests.modalities"),
            kit.checkboxes(live, ways, filled.modalities),
            ids.IN_MODALITIES,
            live=True,
        ),
        kit.field(
            t(f"requests.reach.{kind}"),
            kit.text_field(ids.IN_REACH, value=filled.reach, longest=LONGEST_REACH),
            ids.IN_REACH,
            hint=t(f"requests.reach_hint.{kind}"),
        ),
        kit.field(t("requests.notes"), kit.checkboxes(ids.IN_NOTES, notes, filled.notes), ids.IN_NOTES, optional=True),
    ]


def reach_kind(programme: Programme, modalities: tuple[str, ...]) -> str:
    """Return which contact the chosen ways to talk ask for: phone, email, both, or either."""
    wanted = {kinds[0] for kinds in programme.form.contact_kinds(modalities) if len(set(kinds)) == 1}
    if len(wanted) > 1:
        return "both"
    return "either" if not wanted else "phone" if ContactKind.PHONE in wanted else "email"


def choices(t: Translator, programme: Programme, filled: Filled) -> list[Block]:
    """Return the ticks about the way it goes, a name, reasons and times."""
    return [*ticks(t, programme, filled), name(t, filled), *lists(t, programme, filled)]


def ticks(t: Translator, programme: Programme, filled: Filled, *, notify: bool = True) -> list[Block]:
    """Return the ticks about the way it goes, under their heading; `notify` offers messages in Slack."""
    choices = [(URGENT, t("requests.urgent")), (NOTIFY, t("requests.notify")), (ASK_FIRST, t("requests.ask_first"))]
    choices = [each for each in choices if notify or each[0] != NOTIFY]
    return [
        kit.divider("rule"),
        kit.header(t("requests.optional"), "optional"),
        kit.context(t("requests.optional_hint"), "optional_hint"),
        kit.field(
            t("requests.choices"),
            kit.checkboxes(ids.IN_CHOICES, choices, filled.choices),
            ids.IN_CHOICES,
            hint=t("requests.choices_hint", hours=int(programme.timing.reveal_wait.total_seconds() // 3600)),
            optional=True,
        ),
    ]


def name(t: Translator, filled: Filled) -> Block:
    """Return the field for a name to be called by."""
    typed = kit.text_field(ids.IN_NAME, value=filled.name, longest=LONGEST_NAME)
    return kit.field(t("requests.name"), typed, ids.IN_NAME, hint=t("requests.name_hint"), optional=True)


def lists(t: Translator, programme: Programme, filled: Filled) -> list[Block]:
    """Return what it is about, and good times, where the programme asks for them."""
    blocks: list[Block] = []
    offered_lists = (
        (ids.IN_REASONS, programme.form.reasons, filled.reasons),
        (ids.IN_TIMES, programme.form.times, filled.times),
    )
    for block, offered, chosen in offered_lists:
        if offered:
            options = labels(offered, programme, t.language)
            element = kit.multi_select(block, options, chosen, t("requests.choose_any"))
            blocks.append(kit.field(t(f"requests.{block}"), element, block, optional=True))
    return blocks


def wishes(t: Translator, programme: Programme, filled: Filled) -> list[Block]:
    """Return one select a wish; left empty it means no preference."""
    blocks: list[Block] = []
    for wish in programme.form.wishes:
        block = f"{ids.IN_WISH}.{wish.id}"
        options = labels(wish.options, programme, t.language)
        element = kit.select(block, options, filled.wishes.get(wish.id), t("requests.no_preference"))
        label = t("requests.wish", wish=programme.text(wish.label, t.language))
        hint = None if blocks else t("requests.wish_hint")
        blocks.append(kit.field(label, element, block, hint=hint, optional=True))
    return blocks


_PLACES = {
    "departments": ("requests.department", "requests.apart_label", "requests.apart"),
    "communities": ("requests.community", "requests.apart_label_community", "requests.apart_community"),
}
"""How a form asks for one's own place, whose people may be kept out."""


def apart(t: Translator, programme: Programme, filled: Filled) -> list[Block]:
    """Return the fields about whom to keep out."""
    avoid = programme.form.avoid
    blocks: list[Block] = []
    if avoid.people:
        picker = kit.members(ids.IN_PEOPLE, filled.people, t("requests.choose_people"), MOST_PEOPLE)
        hint = t("requests.people_hint")
        blocks.append(kit.field(t("requests.people"), picker, ids.IN_PEOPLE, hint=hint, optional=True))
    if avoid.names:
        typed = kit.text_field(ids.IN_NAMES, value=filled.names, longest=LONGEST_NAMES)
        hint = t("requests.names_hint")
        blocks.append(kit.field(t("requests.names"), typed, ids.IN_NAMES, hint=hint, optional=True))
    if avoid.departments:
        options = labels(avoid.departments, programme, t.language)
        which, label, nobody = _PLACES[avoid.departments_are]
        own = kit.select(ids.IN_DEPARTMENT, options, filled.department, t("requests.choose_one"))
        tick = kit.checkboxes(ids.IN_APART, [(APART, t(nobody))], [APART] if filled.apart else [])
        hint = t("requests.department_hint")
        blocks += [
            kit.field(t(which), own, ids.IN_DEPARTMENT, hint=hint, optional=True),
            kit.field(t(label), tick, ids.IN_APART, optional=True),
        ]
    return blocks


def panel(front: Front, language: str, programme: Programme) -> list[Block]:
    """Return the confidentiality panel, which stands right above Send."""
    t = front.texts.in_language(language)
    notice = [kit.section(words, f"notice.{place}") for place, words in enumerate(programme.notice(language))]
    version = kit.context(information.notice_version(front, language, programme), "version")
    return [kit.divider("panel_rule"), kit.header(t("information.who_sees"), "panel"), *notice, version]


def redirected(front: Front, language: str, programme: Programme, role: Role, referral: str | None = None) -> kit.View:
    """Return where somebody in a role that the programme does not serve is welcome today.

    From there the form comes back and, with the handle of a `referral`, as it was opened for that.
    """
    t = front.texts.in_language(language)
    words = [programme.text(programme.eligibility.serves, language)]
    if role.note:
        words.append(programme.text(role.note, language))
    services = [front.resources[name] for name in role.to if name in front.resources]
    blocks = [
        kit.section(" ".join(words), "words"),
        *pages.resources(services, language, "service", t("information.open_link")),
        kit.context(t("requests.kept_nothing"), "kept"),
        kit.actions([_another_role(t, programme, referral)], "again"),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    metadata = kit.meta(language, programme.id, **_referred(referral))
    return kit.modal(
        t("requests.redirect_title"), blocks, callback_id=ids.VIEW_PAGE, close=t("pages.close"), metadata=metadata
    )


def _another_role(t: Translator, programme: Programme, referral: str | None) -> Element:
    if referral:
        return kit.button(t("requests.another_role"), ids.REFERRAL_YES, referral)
    return kit.button(t("requests.another_role"), ids.FORM_AGAIN, programme.id)


def thanks(front: Front, language: str, programme: Programme, request: SupportRequest, handle: str) -> kit.View:
    """Return what follows the sending: reference, latest time, next steps, a way to withdraw, the help lines."""
    t = front.texts.in_language(language)
    label = programme.text(programme.clock.label, language)
    when = t.when(request.due_at, programme.clock.tz, label, yours=programme.clock.show_viewer_time)
    shown = programme.text(programme.promise.shown_as, language)
    blocks = [
        kit.header(t("requests.thanks_header", reference=request.reference), "title"),
        kit.section(t("requests.thanks", shown=shown, when=when), "promise"),
        kit.section(t("requests.next"), "next"),
        kit.section(expectations(t, programme), "frame"),
        kit.section(t("requests.follow"), "follow"),
        kit.actions([withdraw_button(t, request.reference, handle)], "buttons"),
        kit.divider("rule"),
        pages.strip(front, language),
    ]
    return kit.modal(
        t("requests.thanks_title"),
        blocks,
        callback_id=ids.VIEW_MINE,
        close=t("pages.close"),
        metadata=kit.meta(language, programme.id, handle),
        clear_on_close=True,
    )


def expectations(t: Translator, programme: Programme) -> str:
    """Return how long a conversation takes and how many there are."""
    shortest, longest = programme.promise.conversation_minutes
    fewest, most = programme.promise.conversations
    return t("requests.frame", shortest=shortest, longest=longest, fewest=fewest, most=most)


def withdraw_button(t: Translator, reference: str, handle: str) -> Element:
    """Return the button that withdraws after one more tap; the other choice keeps the request."""
    ask = kit.confirm(
        t("own.withdraw_title", reference=reference),
        t("own.withdraw_text"),
        t("own.withdraw"),
        t("own.keep"),
        danger=True,
    )
    says = t("own.withdraw_says", reference=reference)
    return kit.button(t("own.withdraw"), ids.WITHDRAW, handle, ask=ask, says=says)


def nobody_else(front: Front, language: str, programme: Programme) -> kit.View:
    """Return what is shown where nobody is left who could look after the request: another door, other services."""
    t = front.texts.in_language(language)
    others = [each for each in menu.open_programmes(front, Doorway.SELF_REQUEST) if each.id != programme.id]
    services = programme.other_help(front.resources)
    blocks: list[Block] = [kit.section(t("requests.nobody_else"), "words")]
    for other in others[:20]:
        button = menu.ask_button(front, language, other, first=False)
        blocks.append(kit.section(programme.text(other.name, language), f"door.{other.id}", button))
    blocks += pages.resources(services, language, "service", t("information.open_link"))
    blocks += [kit.divider("rule"), pages.strip(front, language)]
    return kit.modal(
        t("requests.nobody_else_title"),
        blocks[: information.MOST_BLOCKS],
        callback_id=ids.VIEW_PAGE,
        close=t("pages.back"),
        metadata=kit.meta(language, programme.id),
    )
