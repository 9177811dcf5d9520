"""The words for what is held about a person: one line a fact, as text that can be copied or read out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.i18n import Translator, offset_of
from handlers.views.ledger import why
from peersupport.addresses import Address
from peersupport.audit import ActorKind
from peersupport.held import (
    AfterClosing,
    AfterEnding,
    Chosen,
    Codes,
    Line,
    List,
    Named,
    Opening,
    Section,
    Sent,
    Step,
    Tally,
    Words,
)
from peersupport.programme import Programme
from peersupport.programme_values import Choice
from peersupport.requests import State

BLOCK = 2800
"""Characters of one block; Slack takes 3000."""

_GROUP_STARTS = {
    "state": "stands",
    "notice_from": "noticed",
    "name": "told",
    "reach": "told",
    "urgent": "told",
    "asked_so_far": "done",
    "messages": "done",
    "erased_at": "erased",
    "keep_until": "erased",
    "contact_goes": "erased",
    "name_goes": "erased",
    "entry_goes": "erased",
    "held_until": "erased",
    "concern_at": "concern",
    "concern_raised": "concern",
    "readers": "read",
    "opened": "read",
    "step": "steps",
    "shown_name": "told",
    "with_me": "with_me",
    "deeds": "deeds",
}
"""The line at which a group of lines begins; lines that stand here under none belong to the group before."""
_ROLES = {ActorKind.ADMIN: "admin", ActorKind.LEAD: "lead", ActorKind.SUPPORTER: "supporter"}
_BARE = frozenset({"opened", "step", "deeds", "offer", "with_me"})
"""Lines that need no label in front."""


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Puts values into words in one language, on one programme's clock."""

    t: Translator
    programme: Programme | None
    names: Mapping[Address, str]

    def moment(self, instant: datetime) -> str:
        """Return day, year and wall time on the programme's clock, with its label."""
        clock = self.programme.clock if self.programme else None
        local = instant.astimezone(ZoneInfo(clock.tz if clock else "UTC"))
        time = f"{local.hour} h {local:%M}" if self.t.language == "fr" else f"{local:%H:%M}"
        label = self.programme.text(clock.label, self.t.language) if self.programme and clock else ""
        return f"{self.day(local.date())}, {time} {label}, {offset_of(local)}".replace(" ,", ",")

    def day(self, value: date) -> str:
        """Return a day with its year."""
        day = "1er" if self.t.language == "fr" and value.day == 1 else value.day
        return f"{day} {self.t.month(value.month, value.year)}"

    def chosen(self, value: Chosen) -> str:
        """Return the programme's own labels; an id that it no longer has stands as it is."""
        return ", ".join(self._label(value, each) for each in value.ids)

    def _label(self, value: Chosen, id: str) -> str:
        programme = self.programme
        if programme is None:
            return id
        told_by = programme.partner_notification
        if value.of is List.WISH:
            found = programme.wish_option(value.wish, id)
        else:
            look: dict[List, Callable[[str], Choice | None]] = {
                List.ROLE: programme.role,
                List.MODALITY: programme.modality,
                List.REASON: programme.reason,
                List.TIME: programme.good_time,
                List.DEPARTMENT: programme.department,
                List.PARTNER: lambda each: told_by.partner(each) if told_by else None,
                List.CRITERION: lambda each: told_by.criterion(each) if told_by else None,
            }
            found = look[value.of](id)
        return programme.text(found.label, self.t.language) if found else id

    def wish(self, id: str) -> str:
        """Return the label of a wish."""
        asked = self.programme.request.wishes if self.programme and self.programme.request else ()
        found = next((wish for wish in asked if wish.id == id), None)
        return self.programme.text(found.label, self.t.language) if self.programme and found else id

    def code(self, of: str, code: str) -> str:
        """Return the app's own word for a code."""
        if of == "state" and code != State.CLOSED:
            return self.t(f"own.status.{code}")
        key = f"mydata.{of}.{code}"
        return self.t(key) if key in self.t.catalogue else code

    def deed(self, event: str) -> str:
        """Return the words for a kind of deed."""
        key = f"mydata.deed.{event}"
        return self.t(key) if key in self.t.catalogue else self.t("mydata.deed.other")

    def say(self, line: Line) -> str:
        """Return one line in words."""
        value = self.value(line)
        if line.what in _BARE:
            return f"• {value}"
        if isinstance(line.value, Chosen) and line.value.wish:
            what = self.t(f"mydata.line.{line.what}", wish=self.wish(line.value.wish))
        else:
            what = self.t(f"mydata.line.{self._of_place(line.what)}")
        return self.t("mydata.pair", what=what, value=value)

    def _of_place(self, what: str) -> str:
        """Return which words name a line, where a programme's places are communities."""
        form = self.programme.request if self.programme else None
        return what.replace("department", "community") if form and form.avoid.communities else what

    def value(self, line: Line) -> str:
        """Return the value of a line in words."""
        t = self.t
        match line.value:
            case bool(yes):
                return t("mydata.yes" if yes else "mydata.no")
            case int(number):
                return str(number)
            case datetime() as instant:
                return self.moment(instant)
            case date() as day:
                return self.day(day)
            case Words(text):
                return text
            case Chosen() as chosen:
                return self.chosen(chosen)
            case Codes(of, codes):
                return (", " if of != "reader" else "; ").join(self.code(of, each) for each in codes)
            case Named(people):
                return ", ".join(self.names.get(each) or each.user for each in people)
            case AfterClosing(days):
                return t.count("mydata.after_closing", days) if days else t("mydata.at_closing")
            case AfterEnding(days):
                return t.count("mydata.after_ending", days)
            case _:
                return self._of_ledger(line)

    def _because(self, words: str, reason: str | None) -> str:
        """Return the words with the reason after them, where there is one that the app has words for."""
        said = why((reason or "").rpartition(".")[2], self.t)
        return self.t("mydata.pair", what=words, value=said) if said else words

    def _of_ledger(self, line: Line) -> str:
        t = self.t
        match line.value:
            case Opening(kind, at, reason, again):
                key = f"mydata.opened.{'again' if again else _ROLES.get(kind, 'other')}"
                return self._because(t(key, when=self.moment(at)), reason)
            case Step(event, at, reason):
                words = self._because(self.deed(event.value), reason)
                return t("mydata.pair", what=self.moment(at), value=words)
            case Tally(event, count, first, last):
                words = t("mydata.tally", n=count, first=self.moment(first), last=self.moment(last))
                words = words if count > 1 else t("mydata.tally_once", when=self.moment(first))
                return t("mydata.pair", what=self.deed(event.value), value=words)
            case Sent(reference, at, state, decided):
                words = self.code("offer_state", state.value)
                words = t("mydata.decided", state=words, when=self.moment(decided)) if decided else words
                return t("mydata.sent", reference=reference, when=self.moment(at), state=words)
            case _:
                raise AssertionError(line.what)


def texts(
    t: Translator, programme: Programme | None, section: Section, names: Mapping[Address, str] | None = None
) -> list[str]:
    """Return one section in words, as texts that each fit into one block; `names` are those of people it names."""
    return list(_cut(_lines(_Speaker(t, programme, names or {}), section)))


def _lines(speaker: _Speaker, section: Section) -> Iterator[str]:
    topic = section.topic.value
    if not section.lines:
        yield speaker.t(f"mydata.none.{topic}")
        return
    yield speaker.t(f"mydata.about.{topic}")
    group = ""
    for line in section.lines:
        begins = _GROUP_STARTS.get(line.what, group)
        if begins != group:
            group = begins
            yield ""
            yield speaker.t(f"mydata.group.{group}")
        yield speaker.say(line)


def _pieces(line: str) -> Iterator[str]:
    """Cut a line that is longer than a block, between words where there are any."""
    while len(line) > BLOCK:
        at = line.rfind(" ", BLOCK // 2, BLOCK) + 1 or BLOCK
        yield line[:at]
        line = line[at:]
    yield line


def _cut(lines: Iterator[str]) -> Iterator[str]:
    """Join lines into blocks; a line that is longer than a block goes on in the next."""
    held = ""
    for line in lines:
        for piece in _pieces(line):
            if held and len(held) + 1 + len(piece) > BLOCK:
                yield held.strip("\n")
                held = piece
            else:
                held = f"{held}\n{piece}" if held else piece
    yield held.strip("\n")
