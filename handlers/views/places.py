"""One's own place in a session: when the next date is, what has changed, the way in, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slackblocks import Block, Element

from handlers import ids
from handlers.i18n import Translator
from handlers.views import kit, session_times, sessions
from peersupport import schedule
from peersupport.programme import Programme
from peersupport.series import MeetingDate, Registration, RegistrationState, Series

KEPT = "places.kept"
"""What stands first after a place was taken, or taken back."""
HOME_SHOWN = 6
"""So many of one's own places stand in Home."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's own place with what its page needs."""

    programme: Programme
    series: Series
    registration: Registration
    handle: str
    coming: tuple[schedule.Meeting, ...] = ()
    row: MeetingDate | None = None
    """What is kept of the next date."""
    position: int = 0
    """One's own place in line; 0 where it is not known, or for who does not wait."""
    news: Sequence[str] = ()
    """What has changed, in words."""
    join: str = ""
    """The link to join, where it may be shown now."""
    link_later: bool = False
    """Whether a link will be shown nearer to the date."""
    calendars: Sequence[tuple[str, str]] = ()
    """Keys of providers, each with the address that fills in its form."""
    said: str = ""
    """The key of what stands first, after something was done."""
    is_over: bool = False
    takes_back: bool = False
    """Whether the way back stands open still."""


def own(place: Place, t: Translator) -> kit.View:
    """Return one's own place."""
    series, registration = place.series, place.registration
    blocks: list[Block] = [kit.header(sessions.title(series, t)[:150], "title")]
    if place.said:
        blocks.append(kit.section(t(place.said), "said"))
    blocks += [kit.section(words, f"news.{number}") for number, words in enumerate(place.news)]
    if place.said != KEPT:
        # That it is kept says already where one stands.
        blocks += _standing(place, t)
    if registration.is_live and place.coming:
        blocks += _next(place, t)
    if registration.state is RegistrationState.IN and registration.is_live:
        blocks += _for_the_calendar(place, t)
        choices = kit.checkboxes(
            ids.REMIND_ME, sessions.reminder_choices(place.programme, t), list(registration.reminders)
        )
        blocks += [kit.section(t("places.remind"), "remind"), kit.actions([choices], "reminders")]
    blocks += _ways(place, t)
    return kit.modal(
        t("places.title"),
        blocks,
        callback_id=ids.VIEW_PLACE,
        close=t("pages.close"),
        metadata=kit.meta(t.language, place.programme.id, place.handle),
    )


def _standing(place: Place, t: Translator) -> list[Block]:
    registration = place.registration
    if place.is_over and registration.is_live:
        return [kit.section(t("places.over"), "standing")]
    words = t(f"places.state.{registration.state.value}")
    if registration.state is RegistrationState.WAITING and place.position:
        words = t("places.position", n=place.position)
    if registration.state is RegistrationState.OFFERED and registration.offered_until:
        clock = place.programme.clock
        until = t.when(registration.offered_until, clock.tz, clock.label.get(t.language), yours=clock.show_viewer_time)
        words = t("places.offered", until=until)
    return [kit.section(words, "standing")]


def _next(place: Place, t: Translator) -> list[Block]:
    when = session_times.begins(place.series, place.coming[0], place.programme, t)
    lines = [t("places.next", when=when)]
    said = sessions.topic(place.row, t)
    lines += [said] if said else []
    row = place.row
    if row is not None and row.presenter and row.presenter_ok:
        lines.append(t("sessions.with", name=row.presenter))
    blocks: list[Block] = [kit.section("\n".join(lines), "next")]
    if place.registration.state is not RegistrationState.IN:
        return blocks
    if place.join:
        button = kit.button(t("places.join"), ids.LINK, url=place.join, style="primary")
        blocks += [kit.actions([button], "join"), kit.context(t("places.join_about"), "join_about")]
    elif place.link_later:
        blocks.append(
            kit.context(
                t("places.link_later", before=sessions.before(place.programme.session_timers.link_before, t)),
                "link_later",
            )
        )
    if place.series.kind == "drop_in_series":
        blocks.append(kit.context(t("places.come_or_not"), "come_or_not"))
    return blocks


def _for_the_calendar(place: Place, t: Translator) -> list[Block]:
    if not place.calendars:
        return []
    to = dict(place.calendars)
    buttons = [
        kit.button(t("places.calendar.google"), ids.TO_GOOGLE, url=to["google"]),
        kit.button(t("places.calendar.outlook"), ids.TO_OUTLOOK, url=to["outlook"]),
        kit.button(t("places.calendar.outlook_home"), ids.TO_OUTLOOK_HOME, url=to["outlook_home"]),
    ]
    if "file" in to:
        buttons.append(kit.button(t("places.calendar.file"), ids.TO_FILE, url=to["file"]))
    about = "places.calendar.named" if place.registration.named else "places.calendar.about"
    return [kit.section(t(about), "calendar"), kit.actions(buttons, "calendars")]


def _ways(place: Place, t: Translator) -> list[Block]:
    registration = place.registration
    ways: list[Element] = []
    if place.is_over and registration.is_live:
        return []
    match registration.state:
        case RegistrationState.OFFERED:
            ways.append(kit.button(t("places.yes"), ids.PLACE_YES, place.handle, style="primary"))
            ways.append(kit.button(t("places.no"), ids.PLACE_NO, place.handle))
        case RegistrationState.IN | RegistrationState.WAITING:
            words = "places.leave" if registration.state is RegistrationState.IN else "places.leave_line"
            ways.append(kit.button(t(words), ids.LEAVE_PLACE, place.handle))
        case RegistrationState.LEFT if place.takes_back:
            ways.append(kit.button(t("places.take_back"), ids.TAKE_BACK_PLACE, place.handle, style="primary"))
    return [kit.actions(ways, "ways")] if ways else []


def home_part(places: Sequence[Place], t: Translator) -> list[Block]:
    """Return one's own places for Home, the next date of each; nothing where there are none."""
    if not places:
        return []
    blocks: list[Block] = [kit.header(t("places.home"), "places")]
    for number, place in enumerate(places[:HOME_SHOWN]):
        lines = [sessions.title(place.series, t)]
        if place.coming:
            lines.append(session_times.begins(place.series, place.coming[0], place.programme, t))
        lines.append(t(f"sessions.mine.{place.registration.state.value}"))
        lines += place.news
        says = f"{t('places.open')}, {sessions.title(place.series, t)}"[:75]
        button = kit.button(t("places.open"), ids.OWN_PLACE, place.handle, says=says)
        blocks.append(kit.section("\n".join(lines), f"place.{number}", button))
    return blocks
