"""Text lookup: one gettext catalogue a journey in each language, read once at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import core
from babel.messages.pofile import read_po

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Translator:
    """The texts in one language; calling it with a key returns the text with its placeholders filled."""

    language: str
    catalogue: Mapping[str, str]
    zone: str | None = None
    """Where the reader is, if that is known: times elsewhere are said in theirs as well."""

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text; an unknown key is a bug and raises KeyError."""
        text = self.catalogue[key]
        return text.format(**values) if values else text

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the `.one` or `.other` form of a text for a number; French counts zero as one."""
        single = n == 1 or (n == 0 and self.language == "fr")
        return self(f"{key}.{'one' if single else 'other'}", n=n, **values)

    def when(self, instant: datetime, zone: str, label: str, *, yours: bool = False) -> str:
        """Return weekday, date, wall time, the place's own label and the UTC offset; never a zone abbreviation.

        With `yours` the reader's own time follows where their clock shows another one then.
        """
        local = instant.astimezone(ZoneInfo(zone))
        words = f"{self._day(local)}, {self._time(local)} {label}, {offset_of(local)}"
        own = instant.astimezone(ZoneInfo(self.zone)) if yours and self.zone else local
        if own.utcoffset() == local.utcoffset():
            return words
        time = self._time(own) if own.date() == local.date() else f"{self._day(own)}, {self._time(own)}"
        return f"{words} {self('dates.yours', time=time)}"

    def _day(self, local: datetime) -> str:
        return f"{self(f'dates.day.{local.weekday()}')} {local.day} {self(f'dates.month.{local.month}')}"

    def _time(self, local: datetime) -> str:
        return f"{local.hour} h {local.minute:02}" if self.language == "fr" else f"{local.hour:02}:{local.minute:02}"

    def month(self, month: int, year: int) -> str:
        """Return a month, from January as 1, with its year."""
        return f"{self(f'dates.month.{month}')} {year}"


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of the app in every language."""

    translators: Mapping[str, Translator]

    @classmethod
    def load(cls) -> Texts:
        """Read the catalogues that ship with this package."""
        texts = cls({language: Translator(language, _catalogue(language)) for language in LANGUAGES})
        # What Babel read to recognise two languages is about all there are, two megabytes; it reads it again if asked.
        core._global_data = None  # noqa: SLF001
        return texts

    def read_in(self, zone: str | None) -> Texts:
        """Return the texts for a reader in this time zone; as they are where it is not one that is known."""
        if not zone or not _is_known(zone):
            return self
        return Texts({code: replace(each, zone=zone) for code, each in self.translators.items()})

    def in_language(self, language: str) -> Translator:
        """Return the texts of a language or, where there is none such, the English ones."""
        return self.translators.get(language) or self.translators["en"]


def _is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(files("handlers").joinpath("locales", language).iterdir(), key=lambda entry: entry.name):
        if not path.name.endswith(".po"):
            continue
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key = str(message.id)
                if key in found:
                    raise ValueError(f"{path.name}: {key} is there twice")
                found[key] = str(message.string)
    return found


def offset_of(local: datetime) -> str:
    """Return a local time's distance from UTC, with a true minus: after a hyphen a narrow column begins a new line."""
    offset = local.strftime("%z").replace("-", "\u2212")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def language_of(locale: str | None) -> str | None:
    """Return the app's language for a Slack locale such as fr-CA; None where it is neither."""
    head = (locale or "").replace("_", "-").split("-")[0].lower()
    return head if head in LANGUAGES else None
