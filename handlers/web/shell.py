"""What every page has around it: the language switch, the help lines above any field, and one heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from handlers.i18n import Translator
from handlers.web.html import Html, Part, joined, tag
from handlers.web.request import LANGUAGE, Page, WebFront, WebRequest
from handlers.web.style import STYLE
from peersupport.programme import Programme

_NUMBER = re.compile(r"((?:\d{1,4}-){2,3}\d{1,4})")
_WITH_COUNTRY = 11
_NAMES = {"en": "English", "fr": "Français"}


def whole(
    front: WebFront,
    request: WebRequest,
    title: str,
    *parts: Part,
    status: int = 200,
    programme: Programme | None = None,
    again: Mapping[str, Iterable[str]] | None = None,
) -> Page:
    """Return a whole page. `programme` narrows the help lines to its own, once it is known whose page it is.

    `again` are the fields with which a page that came of a form is asked for in the other language.
    """
    # The same words in the tab on every page: a shared screen and a history tell nothing.
    t = request.t(front)
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", t("web.title")),
        tag("style", Html(STYLE)),
    )
    inside = joined(
        _languages(front, request, t, again),
        tag("main", tag("h1", title), help_lines(front, t, programme), *parts),
    )
    document = tag("html", tag("head", head), tag("body", tag("div", inside, class_="page")), lang=t.language)
    return Page(f"<!doctype html>{document}", status)


def _languages(
    front: WebFront, request: WebRequest, t: Translator, again: Mapping[str, Iterable[str]] | None
) -> Html | None:
    others = [each for each in front.languages if each != request.language]
    if not others:
        return None
    if again is None:
        ways = [tag("a", _NAMES[each], href=f"?{LANGUAGE}={each}", hreflang=each, lang=each) for each in others]
    else:
        ways = [
            tag(
                "form",
                *(hidden(name, value) for name, values in again.items() for value in values),
                tag("button", _NAMES[each], lang=each),
                method="post",
                action=f"?{LANGUAGE}={each}",
            )
            for each in others
        ]
    return tag("nav", *ways, class_="languages", aria_label=t("web.language"))


def help_lines(front: WebFront, t: Translator, programme: Programme | None = None) -> Html:
    """Return the lines that answer right now: a programme's own, or those of all of them, each once."""
    programmes = front.programmes.values() if programme is None else (programme,)
    found = dict.fromkeys(line.line(t.language) for each in programmes for line in each.help_lines(front.resources))
    return tag(
        "section",
        tag("p", t("pages.not_watched")),
        tag("ul", *(tag("li", with_numbers(line)) for line in found)),
        class_="lines",
        aria_label=t("web.lines"),
    )


def offices(front: WebFront, t: Translator, programme: Programme | None = None) -> Html:
    """Return how a programme's office, or each one's, is reached by phone and e-mail."""
    programmes = front.programmes.values() if programme is None else (programme,)
    lines = []
    for each in programmes:
        ways = ", ".join(way for way in (each.people.office.phone, each.people.office.email) if way)
        lines.append(tag("p", with_numbers(t("web.office", ways=ways))))
    return joined(*lines)


def with_numbers(words: str) -> Html:
    """Return words in which every phone number can be pressed, and stays on one line."""
    parts = _NUMBER.split(words)
    return joined(*(tag("a", part, href=f"tel:{_dialled(part)}") if at % 2 else part for at, part in enumerate(parts)))


def _dialled(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return f"+{digits}" if len(digits) == _WITH_COUNTRY else digits


def paragraphs(*words: str | None) -> Html:
    """Return each text as a paragraph of its own."""
    return joined(*(tag("p", each) for each in words if each))


def form(request: WebRequest, *parts: Part) -> Html:
    """Return a form that goes to the address it came from, in the same language."""
    return tag(
        "form", *parts, method="post", action=f"?{LANGUAGE}={request.language}", autocomplete="off", novalidate=True
    )


def hidden(name: str, value: str) -> Html:
    """Return a field that travels along unseen."""
    return tag("input", type="hidden", name=name, value=value)


def button(words: str, name: str | None = None, value: str | None = None, *, first: bool = False) -> Html:
    """Return a button that sends the form; `first` is the one that most will want."""
    return tag("button", words, type="submit", name=name, value=value, class_="first" if first else None)


def text_field(
    name: str,
    label: str,
    *,
    value: str = "",
    hint: str = "",
    wrong: str = "",
    longest: int = 300,
    numeric: bool = False,
    kind: str = "text",
    autocomplete: str = "off",
) -> Html:
    """Return a field for one line, with its label, a hint and what is wrong with it, all tied to it by name."""
    about = " ".join(f"{name}-{part}" for part, words in (("hint", hint), ("wrong", wrong)) if words)
    return tag(
        "div",
        tag("label", label, for_=name),
        tag("p", hint, id=f"{name}-hint", class_="hint") if hint else None,
        tag("p", wrong, id=f"{name}-wrong", class_="wrong") if wrong else None,
        tag(
            "input",
            type=kind,
            id=name,
            name=name,
            value=value or None,
            maxlength=str(longest),
            inputmode="numeric" if numeric else None,
            autocomplete=autocomplete,
            autocapitalize="off" if numeric else None,
            spellcheck="false",
            aria_describedby=about or None,
            aria_invalid="true" if wrong else None,
        ),
        class_="field",
    )


def choices(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    chosen: Iterable[str] = (),
    *,
    several: bool = False,
    hint: str = "",
    wrong: str = "",
) -> Html:
    """Return radio buttons, or with `several` boxes to tick, as one group with its question."""
    held = frozenset(chosen)
    about = " ".join(f"{name}-{part}" for part, words in (("hint", hint), ("wrong", wrong)) if words)
    return tag(
        "fieldset",
        tag("legend", label),
        tag("p", hint, id=f"{name}-hint", class_="hint") if hint else None,
        tag("p", wrong, id=f"{name}-wrong", class_="wrong") if wrong else None,
        *(
            tag(
                "div",
                tag(
                    "input",
                    type="checkbox" if several else "radio",
                    id=f"{name}-{value}",
                    name=name,
                    value=value,
                    checked=value in held,
                ),
                tag("label", words, for_=f"{name}-{value}"),
                class_="choice",
            )
            for value, words in options
        ),
        aria_describedby=about or None,
    )


def trouble(words: str) -> Html:
    """Return a sentence that a screen reader says first: something in the form must be mended."""
    return tag("div", tag("p", words, class_="wrong"), class_="trouble", role="alert")
