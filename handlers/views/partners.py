"""A partner's notice: the form of its people, an administrator's for a voicemail, the one receipt, and the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages
from peersupport.notices import LONGEST
from peersupport.programme import Programme
from peersupport.programme_partner import Channel

if TYPE_CHECKING:
    from handlers.hear import Front

OWN, TELL = "own", "tell"
"""What the two ticks carry."""
MOST_PEOPLE = 50


def door(programme: Programme, t: Translator, sent: int) -> list[Block]:
    """Return the one door of a partner's people, with how many notices they have sent and nothing else."""
    button = kit.button(t("partners.door_button"), ids.NOTIFY, programme.id, style="primary")
    return [
        kit.header(programme.text(programme.name, t.language), f"name.{programme.id}"),
        kit.section(t("partners.door"), f"door.{programme.id}", button),
        kit.context(t.count("partners.sent", sent), f"sent.{programme.id}"),
    ]


def form(front: Front, language: str, programme: Programme) -> kit.View:
    """Return the form of a partner's people: a provider and ticks, nothing about a patient."""
    t = front.texts.in_language(language)
    tell = kit.checkboxes(ids.IN_TELL_WHO, [(TELL, t("partners.tell_who"))])
    blocks = [
        pages.strip(front, language),
        kit.alert(t("partners.no_patient"), "no_patient", level="warning"),
        kit.section(t("partners.about"), "about"),
        *_provider(programme, t),
        kit.field(t("partners.tell_who_label"), tell, ids.IN_TELL_WHO, optional=True),
    ]
    return _form(t, "partners.title", programme, blocks, ids.VIEW_NOTICE, "partners.send")


def voicemail(front: Front, language: str, programme: Programme, today: str) -> kit.View:
    """Return the administrator's form for a voicemail, with the time at which it was left."""
    t = front.texts.in_language(language)
    label = programme.clock.label.get(language)
    partners = [(each.id, each.label.get(language)) for each in programme.outreach.by(Channel.VOICEMAIL)]
    member = kit.member(ids.IN_PROVIDER_MEMBER, placeholder=t("partners.choose_member"))
    blocks = [
        kit.alert(t("partners.no_patient"), "no_patient", level="warning"),
        kit.section(t("partners.voicemail_about"), "about"),
        kit.field(
            t("partners.which"),
            kit.select(ids.IN_PARTNER, partners, partners[0][0] if len(partners) == 1 else None),
            ids.IN_PARTNER,
        ),
        kit.field(t("partners.left_on"), kit.date_field(ids.IN_LEFT_ON, today), ids.IN_LEFT_ON),
        kit.field(t("partners.left_at", clock=label), kit.time_field(ids.IN_LEFT_AT), ids.IN_LEFT_AT),
        *_provider(programme, t),
        kit.field(t("partners.member"), member, ids.IN_PROVIDER_MEMBER, hint=t("partners.member_hint"), optional=True),
    ]
    return _form(t, "partners.voicemail", programme, blocks, ids.VIEW_VOICEMAIL, "partners.record")


def _provider(programme: Programme, t: Translator) -> list[Block]:
    professions = [(role.id, role.label.get(t.language)) for role in programme.eligibility.roles]
    criteria = [(each.id, each.label.get(t.language)) for each in programme.outreach.criteria]
    name = kit.text_field(ids.IN_PROVIDER, longest=LONGEST)
    community = kit.text_field(ids.IN_COMMUNITY, longest=LONGEST)
    reach = kit.text_field(ids.IN_PROVIDER_REACH, longest=LONGEST)
    own = kit.checkboxes(ids.IN_PROVIDER_OWN, [(OWN, t("partners.own"))])
    ticks = kit.checkboxes(ids.IN_CRITERIA, criteria)
    return [
        kit.field(t("partners.provider"), name, ids.IN_PROVIDER),
        kit.field(t("partners.profession"), kit.radios(ids.IN_PROFESSION, professions), ids.IN_PROFESSION),
        kit.field(t("partners.community"), community, ids.IN_COMMUNITY, optional=True),
        kit.field(t("partners.reach"), reach, ids.IN_PROVIDER_REACH, hint=t("partners.reach_hint"), optional=True),
        kit.field(t("partners.own_label"), own, ids.IN_PROVIDER_OWN, optional=True),
        kit.field(t("partners.criteria"), ticks, ids.IN_CRITERIA, hint=t("partners.criteria_hint"), optional=True),
    ]


def _form(t: Translator, title: str, programme: Programme, blocks: Sequence[Block], view: str, send: str) -> kit.View:
    return kit.modal(
        t(title),
        blocks,
        callback_id=view,
        submit=t(send),
        close=t("partners.not_now"),
        metadata=kit.meta(t.language, programme.id),
        clear_on_close=True,
    )


def received(t: Translator, programme: Programme, sent: int | None) -> kit.View:
    """Return the one receipt, whatever becomes of the notice; `sent` is how many this person has sent."""
    blocks = [kit.section(t("partners.received"), "words"), kit.section(t("partners.received_then"), "then")]
    if sent is not None:
        blocks.append(kit.context(t.count("partners.sent", sent), "sent"))
    return _page(t, "partners.received_title", programme, blocks)


def nothing_ticked(t: Translator, programme: Programme) -> kit.View:
    """Return the polite end where no criterion applies; nothing was kept."""
    return _page(t, "partners.nothing_title", programme, [kit.section(t("partners.nothing"), "words")], "pages.back")


def too_many(t: Translator, programme: Programme) -> kit.View:
    """Return what somebody gets who has sent as many as one person may in a day."""
    return _page(t, "partners.too_many_title", programme, [kit.section(t("partners.too_many"), "words")], "pages.back")


def _page(
    t: Translator, title: str, programme: Programme, blocks: Sequence[Block], close: str = "pages.close"
) -> kit.View:
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(t(title), blocks, callback_id=ids.VIEW_PAGE, close=t(close), metadata=metadata)


def people(t: Translator, programme: Programme, listed: Mapping[str, Sequence[str]]) -> kit.View:
    """Return the list of who may notify, one picker a partner; `listed` holds members' ids."""
    partners = programme.outreach.by(Channel.SLACK)
    pickers = [
        kit.field(
            each.label.get(t.language),
            kit.members(ids.IN_PARTNER_PEOPLE, listed.get(each.id, ()), most=MOST_PEOPLE),
            f"{ids.IN_PARTNER_PEOPLE}.{each.id}",
            optional=True,
        )
        for each in partners
    ]
    blocks = [kit.section(t("partners.people_about"), "about"), *pickers]
    return _form(t, "partners.people", programme, blocks, ids.VIEW_PARTNERS, "partners.save")


def people_kept(t: Translator, programme: Programme, count: int) -> kit.View:
    """Return what follows the saving of the list."""
    return _page(t, "partners.people", programme, [kit.section(t.count("partners.people_kept", count), "words")])


def desk(programme: Programme, t: Translator) -> Block:
    """Return what an administrator's Home has for partners' notices."""
    buttons = [kit.button(t("partners.desk_record"), ids.RECORD_NOTICE, programme.id)]
    if programme.outreach.by(Channel.SLACK):
        buttons.append(kit.button(t("partners.desk_people"), ids.KEEP_PARTNERS, programme.id))
    return kit.actions(buttons, f"notices.{programme.id}")
