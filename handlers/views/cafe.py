"""Meetings with terms and themes: a member's page and forms, and what organisers keep and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from slackblocks import Block

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, pages, session_times
from peersupport.guard import Finding
from peersupport.programme import Programme
from peersupport.series import Series
from peersupport.theme import ThemeWords
from peersupport.themes import ANSWERS, NAME, Coming, Page, Past

if TYPE_CHECKING:
    from handlers.hear import Front

Handle = Callable[[str, UUID], str]
"""Makes an opaque token for a purpose and a record."""
MOST_MEMBERS = 100
MOST_LINES = 30
HOW = dict(zip((ids.HOW_YES, ids.HOW_PARTLY, ids.HOW_NO), ANSWERS, strict=True))
"""What each of the three buttons says."""


def door(programme: Programme, t: Translator) -> list[Block]:
    """Return the row of the menu that leads to themes."""
    says = t("cafe.door_says", name=programme.text(programme.name, t.language))
    button = kit.button(t("cafe.door_button"), ids.CAFE, programme.id, says=says[:75])
    return [kit.section(t("cafe.door"), f"cafe.{programme.id}", button)]


def not_on_list(front: Front, t: Translator, programme: Programme) -> kit.View:
    """Return what somebody sees who is not on the list: other services, and nothing about the meetings."""
    services = programme.other_help(front.resources)
    blocks = [
        pages.strip(front, t.language),
        kit.section(t("cafe.not_on_list"), "words"),
        *pages.resources(services, t.language, "service", t("information.open_link")),
    ]
    return _page(t, "cafe.not_on_list_title", programme, blocks)


def terms(front: Front, t: Translator, programme: Programme, wanted: str | None = None) -> kit.View:
    """Return the terms to agree to, as they stand; `wanted` names the series and date of a place that was wanted."""
    found = programme.terms
    text = [programme.text(each, t.language) for each in found.text] if found else []
    blocks = [
        pages.strip(front, t.language),
        kit.section(t("cafe.terms_about"), "about"),
        *(kit.section(words, f"term.{place}") for place, words in enumerate(text)),
    ]
    return kit.modal(
        t("cafe.terms_title"),
        blocks,
        callback_id=ids.VIEW_TERMS,
        close=t("cafe.not_now"),
        submit=t("cafe.terms_agree"),
        metadata=kit.meta(
            t.language, programme.id, v=found.version if found else "", **({"x": wanted} if wanted else {})
        ),
    )


def page(
    front: Front, t: Translator, programme: Programme, found: Page, handle: Handle, said: str | None = None
) -> kit.View:
    """Return a member's page; `said` is the key of what just happened."""
    blocks = [pages.strip(front, t.language)]
    if said:
        blocks.append(kit.alert(t(said), "said", level="success"))
    if not found.coming:
        blocks.append(kit.section(t("cafe.none"), "none"))
    for place, each in enumerate(found.coming):
        blocks += _coming(t, programme, each, handle, place)
    if found.past is not None:
        blocks += _past(t, programme, found.past, handle)
    blocks += [kit.divider("rule"), *_prompts(t, programme)]
    if programme.themes and programme.themes.system_issues:
        issue = kit.button(t("cafe.issue"), ids.DEPARTMENT_LINE, programme.id)
        blocks.append(kit.actions([issue], "issue"))
    return _page(t, "cafe.title", programme, blocks, ids.VIEW_CAFE)


def _coming(t: Translator, programme: Programme, each: Coming, handle: Handle, place: int) -> list[Block]:
    when = session_times.begins(each.series, each.meeting, programme, t)
    until = t.when(each.closes, each.series.zone, session_times.label_of(each.series, programme, t), yours=False)
    words = [t("cafe.meeting", title=_title(each.series, t), when=when)]
    words.append(t("cafe.open_until", when=until) if each.is_open else t("cafe.closed"))
    blocks = [kit.section("\n".join(words), f"date.{place}")]
    if each.own is not None:
        key = "cafe.own_named" if each.own.name else "cafe.own"
        blocks.append(kit.section(t(key, text=each.own.text, name=each.own.name), f"own.{place}"))
    buttons = []
    if each.is_open:
        label = t("cafe.change" if each.own else "cafe.send")
        buttons.append(kit.button(label, ids.THEME, handle(ids.THEME, each.meeting.id), says=f"{label}, {when}"[:75]))
    if each.own is not None:
        label = t("cafe.take_back")
        token = handle(ids.THEME_BACK, each.meeting.id)
        buttons.append(kit.button(label, ids.THEME_BACK, token, says=f"{label}, {when}"[:75]))
    return [*blocks, kit.actions(buttons, f"do.{place}")] if buttons else blocks


def _past(t: Translator, programme: Programme, past: Past, handle: Handle) -> list[Block]:
    when = session_times.begins(past.series, past.meeting, programme, t, yours=False)
    line = kit.button(t("cafe.line"), ids.OWN_LINE, handle(ids.OWN_LINE, past.meeting.id))
    taps = [
        kit.button(t(f"cafe.how_{answer}"), action, handle(action, past.meeting.id)) for action, answer in HOW.items()
    ]
    return [
        kit.section(t("cafe.past", when=when), "past", line),
        kit.section(t("cafe.how"), "how"),
        kit.actions(taps, "taps"),
    ]


def _prompts(t: Translator, programme: Programme) -> list[Block]:
    rules = programme.themes
    if rules is None or not rules.prompts:
        return []
    source = programme.text(rules.source, t.language) if rules.source else ""
    lines = "\n".join(f"{place}. {prompt.label.get(t.language)}" for place, prompt in enumerate(rules.prompts, 1))
    return [
        kit.header(t("cafe.prompts"), "prompts_title"),
        kit.section(lines, "prompts"),
        kit.context(" ".join(filter(None, [t("cafe.prompts_about"), source])), "prompts_about"),
    ]


def theme(t: Translator, programme: Programme, token: str, own: ThemeWords | None) -> kit.View:
    """Return the form of one theme, with the questions above it; nothing of their answers is asked."""
    longest = programme.themes.longest if programme.themes else 140
    words = kit.text_field(ids.IN_THEME, value=own.text if own else None, longest=longest)
    name = kit.text_field(ids.IN_THEME_NAME, value=own.name if own else None, longest=NAME)
    blocks = [
        kit.alert(t("cafe.no_patient"), "no_patient", level="warning"),
        *_prompts(t, programme),
        kit.field(t("cafe.theme_label"), words, ids.IN_THEME, hint=t("cafe.theme_hint")),
        kit.field(t("cafe.name_label"), name, ids.IN_THEME_NAME, hint=t("cafe.name_hint"), optional=True),
    ]
    return _form(t, "cafe.theme_title", programme, blocks, ids.VIEW_THEME, "cafe.keep", token)


def department_line(t: Translator, programme: Programme) -> kit.View:
    """Return the form of one line for the department."""
    longest = programme.themes.longest if programme.themes else 140
    words = kit.text_field(ids.IN_DEPARTMENT_LINE, longest=longest)
    blocks = [
        kit.alert(t("cafe.no_patient"), "no_patient", level="warning"),
        kit.section(t("cafe.issue_about"), "about"),
        kit.field(t("cafe.issue_label"), words, ids.IN_DEPARTMENT_LINE, hint=t("cafe.issue_hint")),
    ]
    return _form(t, "cafe.issue_title", programme, blocks, ids.VIEW_DEPARTMENT_LINE, "cafe.keep")


def said(t: Translator, programme: Programme, key: str) -> kit.View:
    """Return one sentence on a page of its own."""
    return _page(t, "cafe.title", programme, [kit.section(t(key), "words")])


def own_line(t: Translator, programme: Programme, past: Past) -> kit.View:
    """Return the line about one meeting for a member's own records."""
    when = session_times.begins(past.series, past.meeting, programme, t, yours=False)
    line = t(
        "cafe.line_text",
        organisation=programme.text(programme.operator.organisation, t.language),
        title=_title(past.series, t),
        when=when,
        minutes=past.series.minutes,
    )
    blocks = [kit.section(line, "line"), kit.context(t("cafe.line_about"), "about")]
    return _page(t, "cafe.line_title", programme, blocks)


def guarded(t: Translator, findings: frozenset[Finding]) -> str:
    """Return what is said at the field of a line that was refused; nothing of the line stands in it."""
    if not findings:
        return t("cafe.empty")
    return t("cafe.guarded", what=", ".join(t(f"cafe.finding.{each.value}") for each in sorted(findings)))


# What organisers keep and read


def desk(programme: Programme, t: Translator) -> list[Block]:
    """Return what an organiser's Home has for these meetings."""
    buttons = [kit.button(t("cafe.desk_lines"), ids.DEPARTMENT_LINES, programme.id)]
    if programme.members_only:
        buttons.insert(0, kit.button(t("cafe.desk_members"), ids.KEEP_MEMBERS, programme.id))
    words = t("cafe.desk", name=programme.text(programme.name, t.language))
    return [kit.section(words, f"cafe_desk.{programme.id}"), kit.actions(buttons, f"cafe_do.{programme.id}")]


def members(t: Translator, programme: Programme, users: Sequence[str]) -> kit.View:
    """Return the list of members to keep; `users` are their ids."""
    picker = kit.members(ids.IN_MEMBERS, users, most=MOST_MEMBERS)
    blocks = [
        kit.section(t("cafe.members_about"), "about"),
        kit.field(t("cafe.members_label"), picker, ids.IN_MEMBERS, optional=True),
    ]
    return _form(t, "cafe.members_title", programme, blocks, ids.VIEW_MEMBERS, "cafe.save")


def members_kept(t: Translator, programme: Programme, count: int) -> kit.View:
    """Return what follows the saving of the list."""
    return _page(t, "cafe.members_title", programme, [kit.section(t.count("cafe.members_kept", count), "words")])


def lines(
    t: Translator,
    programme: Programme,
    found: Sequence[tuple[UUID, str]],
    taps: Mapping[str, int | None] | None,
    handle: Handle,
) -> kit.View:
    """Return the lines that wait for the department and, for whoever leads the meetings, what the taps say in all."""
    blocks = [kit.context(t("cafe.lines_about"), "about")]
    if not found:
        blocks.append(kit.section(t("cafe.lines_none"), "none"))
    for place, (id, words) in enumerate(found[:MOST_LINES]):
        button = kit.button(t("cafe.taken_up"), ids.LINE_TAKEN_UP, handle(ids.LINE_TAKEN_UP, id))
        blocks.append(kit.section(words, f"line.{place}", button))
    if taps is not None:
        least = programme.reports.min_cell
        told = [
            t("cafe.how_some" if count else "cafe.how_few", answer=t(f"cafe.how_{answer}"), count=count or least)
            for answer, count in taps.items()
        ]
        blocks += [kit.header(t("cafe.how_title"), "taps_title"), kit.section("\n".join(told), "taps")]
    return _page(t, "cafe.lines_title", programme, blocks, ids.VIEW_CAFE)


def _title(series: Series, t: Translator) -> str:
    return series.title_fr if t.language == "fr" else series.title_en


def _form(
    t: Translator,
    title: str,
    programme: Programme,
    blocks: Sequence[Block],
    callback_id: str,
    submit: str,
    token: str | None = None,
) -> kit.View:
    return kit.modal(
        t(title),
        blocks,
        callback_id=callback_id,
        close=t("cafe.not_now"),
        submit=t(submit),
        metadata=kit.meta(t.language, programme.id, token),
    )


def _page(
    t: Translator, title: str, programme: Programme, blocks: Sequence[Block], callback_id: str = ids.VIEW_PAGE
) -> kit.View:
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(t(title), blocks, callback_id=callback_id, close=t("pages.close"), metadata=metadata)
