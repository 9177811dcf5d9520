"""What a programme file must agree with beyond its own shape: the library of help, its languages, its promises."""

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from peersupport.programme import Path, Programme
from peersupport.programme_values import LANGUAGES, Text
from peersupport.resources import Kind, Library


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend: where it stands and one plain sentence without the final stop."""

    path: Path
    sentence: str


def findings(programme: Programme, library: Library) -> tuple[Finding, ...]:
    """Return everything about a programme that must be mended before it can start."""
    return (
        *_named_help(programme, library),
        *_first_screen(programme, library),
        *_session_roles(programme),
        *_criteria(programme),
        *missing_languages(programme.texts(), programme.languages.all),
        *_panel(programme),
        *_in_time(programme),
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that this one is most like, if it is much like any."""
    return next(iter(get_close_matches(word, sorted(known), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" for the nearest known word, else nothing."""
    near = nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""


def missing_languages(texts: Iterable[tuple[Path, Text]], languages: Iterable[str]) -> Iterator[Finding]:
    """Yield each text that is not there in a language the programme offers."""
    if "fr" not in languages:
        return
    for path, text in texts:
        if text.fr is None:
            yield Finding(path, f"this text is missing in {LANGUAGES['fr']}; add it as fr")


def _named_help(programme: Programme, library: Library) -> Iterator[Finding]:
    for path, name, what in _help_names(programme):
        if name not in library:
            hint = did_you_mean(name, library) or "; add it there, or name another"
            yield Finding(path, f'{what} "{name}", which resources.yml does not have{hint}')


def _help_names(programme: Programme) -> Iterator[tuple[Path, str, str]]:
    for position, name in enumerate(programme.crisis.always_show):
        yield ("crisis", "always_show", position), name, "the first screen needs the help line"
    for position, name in enumerate(programme.crisis.more):
        yield ("crisis", "more", position), name, "the list of help lines names"
    for place, role in enumerate(programme.eligibility.roles):
        for position, name in enumerate(role.to):
            yield ("eligibility", "roles", place, "to", position), name, f'the role "{role.id}" is redirected to'
    for position, name in enumerate(programme.resources):
        yield ("resources", position), name, "the list of other services names"
    for place, session in enumerate(programme.sessions):
        if session.register_at:
            path = ("sessions", place, "register_at")
            yield path, session.register_at, f'the session "{session.id}" sends people to'
    if programme.column is not None:
        yield ("column", "read_at"), programme.column.read_at, "the column stands at"


def _first_screen(programme: Programme, library: Library) -> Iterator[Finding]:
    kinds = {library[name].kind for name in programme.crisis.always_show if name in library}
    wanted = {
        Kind.EMERGENCY: "an emergency number (kind: emergency)",
        Kind.CRISIS: "a crisis line (kind: crisis)",
    }
    for kind, words in wanted.items():
        if kind not in kinds:
            yield Finding(("crisis", "always_show"), f"every first screen must show {words}; add one")


def _session_roles(programme: Programme) -> Iterator[Finding]:
    known = {role.id for role in programme.eligibility.roles}
    for place, session in enumerate(programme.sessions):
        for position, name in enumerate(session.roles):
            if name not in known:
                sentence = f'the session "{session.id}" is for the role "{name}", which eligibility.roles does not have'
                yield Finding(
                    ("sessions", place, "roles", position), sentence + (did_you_mean(name, known) or "; add it")
                )


def _criteria(programme: Programme) -> Iterator[Finding]:
    if programme.partner_notification is None or programme.request is None:
        return
    known = {reason.id for reason in programme.request.reasons}
    for place, criterion in enumerate(programme.partner_notification.criteria):
        if criterion.reason is not None and criterion.reason not in known:
            sentence = f'the criterion "{criterion.id}" stands for "{criterion.reason}", which request.reasons lacks'
            hint = did_you_mean(criterion.reason, known) or "; add it there, or take reason out"
            yield Finding(("partner_notification", "criteria", place, "reason"), sentence + hint)


def _panel(programme: Programme) -> Iterator[Finding]:
    known = programme.figures()
    for position, text in enumerate(programme.confidentiality.panel):
        for words in (text.en, text.fr or ""):
            try:
                names = {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
            except ValueError:
                names = {"{"}
            if not names <= known.keys():
                figures = ", ".join(f"{{{name}}}" for name in known)
                sentence = f"a brace in this text names no known figure; write one of {figures}, or take the brace out"
                yield Finding(("confidentiality", "panel", position), sentence)
                break


def _in_time(programme: Programme) -> Iterator[Finding]:
    if programme.promises is None or programme.timers is None:
        return
    due = timedelta(hours=programme.promises.contact_within_hours)
    for name in ("backup_admin_at", "contact_alert_admin", "offer_unasked"):
        span = getattr(programme.timers, name)
        if span is not None and span >= due:
            hours = programme.promises.contact_within_hours
            yield Finding(("timers", name), f"{name} must come before the promise of {hours} hours; make it shorter")
