"""What people see of sessions, courses and meetings: the list, one of them, and the form for a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, presenting, session_times
from peersupport import schedule
from peersupport.programme import Programme
from peersupport.programme_parts import Doorway
from peersupport.series import MeetingDate, Registration, Series, SeriesState

TOGETHER = (Doorway.SESSIONS, Doorway.COURSES)
"""The doors behind which people meet in a group."""
FEW = 3
"""So few free places are called the last few; no number is ever shown, for numbers tell who comes."""
MOST = 20
"""So many series stand in the list."""
PAST = 6
"""So many topics of dates gone by are shown."""
DATES = 8
"""So many dates to come are shown, or offered to choose from."""
COMES = "yes"
"""What the tick for coming to every date carries."""
NAMED = "named"
EXTERNAL = "external_registration"
SMALL_GROUP = "small_group"


@dataclass(frozen=True, slots=True)
class Item:
    """One series with its dates to come, as one person finds it."""

    series: Series
    coming: tuple[schedule.Meeting, ...] = ()
    kept: Sequence[MeetingDate] = ()
    held: int = 0
    """Places that are taken or kept for somebody; never shown as a number."""
    mine: Registration | None = None
    handle: str = ""
    """Names `mine` to whoever looks."""
    past: Sequence[MeetingDate] = ()
    own: Sequence[Registration] = ()
    """Every place or place in line of whoever looks: a small group is registered for date by date."""
    presents: str = ""
    """Names the series to whoever comes and could offer to present a date of it."""

    def open_to(self) -> tuple[schedule.Meeting, ...]:
        """Return the dates to come for which whoever looks has no place yet."""
        if self.series.kind == SMALL_GROUP:
            held = {each.date_id for each in self.own}
            return tuple(each for each in self.coming if each.id not in held)
        return () if self.own else self.coming

    def at(self, date: str) -> Registration | None:
        """Return one's own place at a date."""
        if self.series.kind == SMALL_GROUP:
            return next((each for each in self.own if str(each.date_id) == date), None)
        return self.mine

    def row(self, meeting: schedule.Meeting) -> MeetingDate | None:
        """Return what is kept of a date."""
        return next((each for each in self.kept if each.id == meeting.id), None)


def doorways(programme: Programme) -> tuple[Doorway, ...]:
    """Return the doors to meetings that a programme has open."""
    return tuple(each for each in programme.doors_enabled() if each in TOGETHER)


def door(programme: Programme, t: Translator) -> list[Block]:
    """Return the row of the menu that leads to everything a programme offers in a group; nothing without one."""
    found = doorways(programme)
    if not found:
        return []
    kind = "both" if len(found) > 1 else found[0].value
    words = t("sessions.see")
    says = f"{words}, {programme.text(programme.name, t.language)}"[:75]
    button = kit.button(words, ids.SESSIONS, programme.id, says=says)
    return [kit.section(t(f"sessions.door.{kind}"), f"sessions.{programme.id}", button)]


def title(series: Series, t: Translator) -> str:
    """Return the public title of a series."""
    return series.title_fr if t.language == "fr" else series.title_en


def topic(row: MeetingDate | None, t: Translator) -> str:
    """Return the topic of a date; empty where none is set."""
    if row is None:
        return ""
    return row.topic_fr if t.language == "fr" else row.topic_en


def listing(programme: Programme, items: Sequence[Item], t: Translator, now: datetime) -> kit.View:
    """Return everything that a programme offers in a group, the next date of each, and the way in."""
    return listing_of([(programme, items)], t, now)


def listing_of(found: Sequence[tuple[Programme, Sequence[Item]]], t: Translator, now: datetime) -> kit.View:
    """Return what programmes offer in a group; of several each stands under its name."""
    blocks: list[Block] = []
    left = MOST
    for programme, items in found:
        if len(found) > 1 and items[:left]:
            blocks.append(kit.context(programme.text(programme.name, t.language), f"of.{programme.id}"))
        for item in items[:left]:
            place = str(item.series.id)
            blocks += [
                kit.header(title(item.series, t)[:150], f"title.{place}"),
                kit.section("\n".join(_short(item, programme, t, now)), f"next.{place}"),
                kit.actions(_ways(item, t, now, more=True), f"ways.{place}"),
            ]
        left -= len(items[:left])
    if left == MOST:
        blocks.append(kit.section(t("sessions.none"), "none"))
    blocks.append(kit.context(t("sessions.private"), "private"))
    metadata = kit.meta(t.language, found[0][0].id if len(found) == 1 else None)
    return kit.modal(
        t("sessions.title"), blocks, callback_id=ids.VIEW_SESSIONS, close=t("pages.close"), metadata=metadata
    )


def _short(item: Item, programme: Programme, t: Translator, now: datetime) -> list[str]:
    series = item.series
    if series.state is SeriesState.PLANNED:
        return [t("sessions.planned")]
    if not item.coming:
        return [t("sessions.no_date")]
    lines = [session_times.begins(series, item.coming[0], programme, t)]
    said = topic(item.row(item.coming[0]), t)
    lines += [said] if said else []
    lines.append(
        " · ".join([t("sessions.minutes", n=series.minutes), t(f"sessions.place.{series.place}"), t("sessions.free")])
    )
    lines += [places(item, t, now)] if places(item, t, now) else []
    return lines


def places(item: Item, t: Translator, now: datetime) -> str:
    """Return in words whether there is room; never a number, which would hint at who comes."""
    series, mine = item.series, item.mine
    if mine is not None and mine.is_live and (not item.coming or mine.date_id in (None, item.coming[0].id)):
        return t(f"sessions.mine.{mine.state.value}")
    if series.kind == EXTERNAL or series.state is not SeriesState.OPEN:
        return ""
    when = enrolment(series, now)
    if when:
        return t(f"sessions.enrol.{when}")
    if series.capacity is None or series.kind == SMALL_GROUP:
        return ""
    free = series.capacity - item.held
    if free <= 0:
        return t("sessions.full_line" if series.waitlist else "sessions.full")
    return t("sessions.few" if free <= FEW else "sessions.room")


def enrolment(series: Series, now: datetime) -> str:
    """Return "early" before one can enrol, "late" once it is over, else nothing."""
    if series.enrol_opens and schedule.instant_of(series.enrol_opens, series.zone) > now:
        return "early"
    if series.enrol_closes and schedule.instant_of(series.enrol_closes, series.zone) <= now:
        return "late"
    return ""


def takes(item: Item, now: datetime) -> bool:
    """Say whether a place, or a place in line, can be asked for here."""
    series = item.series
    if series.state is not SeriesState.OPEN or series.kind == EXTERNAL or not item.open_to() or enrolment(series, now):
        return False
    return series.waitlist or series.capacity is None or series.kind == SMALL_GROUP or item.held < series.capacity


def _ways(item: Item, t: Translator, now: datetime, *, more: bool) -> list[Element]:
    series, name = item.series, title(item.series, t)
    ways: list[Element] = []
    if item.mine is not None and item.mine.is_live:
        says = f"{t('sessions.own')}, {name}"[:75]
        ways.append(kit.button(t("sessions.own"), ids.OWN_PLACE, item.handle, style="primary", says=says))
    if takes(item, now):
        says = f"{t('sessions.take')}, {name}"[:75]
        style = None if ways else "primary"
        ways.append(kit.button(t("sessions.take"), ids.REGISTER, str(series.id), style=style, says=says))
    if more:
        says = f"{t('sessions.more')}, {name}"[:75]
        ways.append(kit.button(t("sessions.more"), ids.SESSION, str(series.id), says=says))
    return ways


def details(programme: Programme, item: Item, t: Translator, now: datetime, link: str = "") -> kit.View:
    """Return one of them with its dates, topics and rules; `link` is where people sign up outside, if they do."""
    series = item.series
    about = series.about_fr if t.language == "fr" else series.about_en
    blocks: list[Block] = [kit.header(title(series, t)[:150], "title"), kit.section(about or " ", "about")]
    blocks += _dates(item, programme, t)
    blocks += kit.facts(_facts(item, programme, t), "facts")
    state = places(item, t, now)
    blocks += [kit.section(state, "places")] if state else []
    if series.kind == EXTERNAL:
        blocks.append(kit.section(t("sessions.outside"), "outside"))
        if link:
            blocks.append(kit.actions([kit.button(t("sessions.register_outside"), ids.LINK, url=link)], "ways"))
    else:
        ways = _ways(item, t, now, more=False)
        ways += [presenting.door(t, item.presents)] if item.presents else []
        blocks += [kit.actions(ways, "ways")] if ways else []
        blocks.append(kit.section(t("sessions.rules", before=before(programme.session_timers.link_before, t)), "rules"))
    blocks += _past(item, t)
    blocks.append(kit.context(t("sessions.not_recorded"), "not_recorded"))
    blocks.append(kit.actions([kit.button(t("sessions.not_for_me"), ids.ELSEWHERE)], "others"))
    metadata = kit.meta(t.language, programme.id, x=str(series.id))
    return kit.modal(
        t("sessions.one_title"), blocks, callback_id=ids.VIEW_SESSION, close=t("pages.back"), metadata=metadata
    )


def _dates(item: Item, programme: Programme, t: Translator) -> list[Block]:
    lines = [_date(item, each, programme, t) for each in item.coming[:DATES]]
    if not lines:
        words = "sessions.planned" if item.series.state is SeriesState.PLANNED else "sessions.no_date"
        return [kit.section(t(words), "dates")]
    return [kit.section("\n".join((t("sessions.dates"), *lines)), "dates")]


def _date(item: Item, meeting: schedule.Meeting, programme: Programme, t: Translator) -> str:
    row = item.row(meeting)
    parts = [session_times.begins(item.series, meeting, programme, t), topic(row, t)]
    if row is not None and row.presenter and row.presenter_ok:
        parts.append(t("sessions.with", name=row.presenter))
    if row is not None and row.format:
        parts.append(t(f"sessions.format.{row.format}"))
    return "• " + " · ".join(part for part in parts if part)


def _facts(item: Item, programme: Programme, t: Translator) -> list[tuple[str, str]]:
    series = item.series
    pairs = [
        (t("sessions.length"), t("sessions.minutes", n=series.minutes)),
        (t("sessions.where"), t(f"sessions.place.{series.place}")),
        (t("sessions.cost"), t("sessions.free")),
    ]
    if series.formats:
        pairs.append((t("sessions.format"), ", ".join(t(f"sessions.format.{each}") for each in series.formats)))
    roles = [role.label.get(t.language) for each in series.roles if (role := programme.role(each))]
    if roles:
        pairs.append((t("sessions.for"), ", ".join(roles)))
    if series.host:
        pairs.append((t("sessions.host"), series.host))
    return pairs


def _past(item: Item, t: Translator) -> list[Block]:
    said = [topic(each, t) for each in item.past]
    lines = [f"• {words}" for words in said if words][:PAST]
    return [kit.section("\n".join((t("sessions.past"), *lines)), "past")] if lines else []


def form(programme: Programme, item: Item, t: Translator, chosen: str = "") -> kit.View:
    """Return the form for a place: what it is, then choices that can all stay as they are."""
    series = item.series
    dates = item.open_to()
    head = [title(series, t), *([session_times.begins(series, dates[0], programme, t)] if dates else [])]
    blocks: list[Block] = [kit.section("\n".join(head), "what")]
    if series.roles:
        # The first one stands chosen, so that a place takes two taps.
        roles = [(role.id, role.label.get(t.language)) for role in programme.eligibility.roles]
        mine = kit.select(ids.IN_SESSION_ROLE, roles, series.roles[0])
        blocks.append(kit.field(t("sessions.role"), mine, ids.IN_SESSION_ROLE))
    if series.kind == SMALL_GROUP:
        choices = [
            (str(each.id), session_times.begins(series, each, programme, t, yours=False)[:75]) for each in dates[:DATES]
        ]
        first = chosen if chosen in {value for value, _ in choices} else choices[0][0]
        blocks.append(kit.field(t("sessions.which"), kit.select(ids.IN_DATE, choices, first), ids.IN_DATE))
    if series.alias:
        alias = kit.text_field(ids.IN_ALIAS, longest=40)
        blocks.append(kit.field(t("sessions.alias"), alias, ids.IN_ALIAS, hint=t("sessions.alias_hint"), optional=True))
    blocks.append(reminders(programme, t, everything(programme)))
    if series.all_dates:
        count = len([each for each in schedule.whole(series, item.kept) if each.stands])
        tick = kit.checkboxes(
            ids.IN_COMMITMENT, [(COMES, t("sessions.comes", n=count) if count else t("sessions.comes_all"))]
        )
        blocks.append(kit.field(t("sessions.commitment"), tick, ids.IN_COMMITMENT, hint=t("sessions.commitment_hint")))
    named = kit.checkboxes(ids.IN_CALENDAR, [(NAMED, t("sessions.named"))])
    blocks.append(
        kit.field(t("sessions.calendar_title"), named, ids.IN_CALENDAR, hint=t("sessions.named_hint"), optional=True)
    )
    blocks.append(kit.context(t("sessions.who_sees"), "who_sees"))
    return kit.modal(
        t("sessions.take_title"),
        blocks,
        callback_id=ids.VIEW_REGISTER,
        submit=t("sessions.keep"),
        close=t("sessions.not_now"),
        metadata=kit.meta(t.language, programme.id, x=str(series.id)),
        clear_on_close=True,
    )


def everything(programme: Programme) -> str:
    """Return the choice of every reminder."""
    return "".join(str(place) for place in range(len(programme.session_timers.reminders_before)))


def reminder_choices(programme: Programme, t: Translator) -> list[tuple[str, str]]:
    """Return the reminders that can be chosen, each by its place in the programme's list."""
    return [(str(place), before(span, t)) for place, span in enumerate(programme.session_timers.reminders_before)]


def before(span: timedelta, t: Translator) -> str:
    """Return so long before, in whole days, else in whole hours, else in minutes."""
    minutes = round(span.total_seconds() / 60)
    if minutes % (24 * 60) == 0:
        return t.count("sessions.days_before", minutes // (24 * 60))
    return (
        t.count("sessions.hours_before", minutes // 60)
        if minutes % 60 == 0
        else t.count("sessions.minutes_before", minutes)
    )


def reminders(programme: Programme, t: Translator, chosen: str) -> Block:
    """Return the choice of reminders."""
    ticks = kit.checkboxes(ids.IN_REMINDERS, reminder_choices(programme, t), list(chosen))
    return kit.field(t("sessions.remind"), ticks, ids.IN_REMINDERS, hint=t("sessions.remind_hint"), optional=True)


def page(t: Translator, programme: Programme, words: str, *more: Block) -> kit.View:
    """Return a page of one paragraph."""
    blocks = [kit.section(words, "words"), *more]
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(
        t("sessions.one_title"), blocks, callback_id=ids.VIEW_SESSION, close=t("pages.close"), metadata=metadata
    )
