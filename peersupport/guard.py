"""Tells whether a line about one's own work may point to a patient, in English and French; it keeps and says nothing.

It is stricter about numbers than what partners' notices are read with, also where digits come in a disguise, and lets
the word "patient" pass: a theme may be about one. It looks for shapes, not for meaning; docs/guard.md says what it
cannot see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum

from peersupport import patient_detail
from peersupport.patient_detail import Sign


class Finding(StrEnum):
    """What a line seems to hold."""

    HEALTH_NUMBER = "health_number"
    DATE = "date"
    AGE = "age"
    """An age over 89."""
    RECORD_NUMBER = "record_number"
    POSTAL_CODE = "postal_code"
    PHONE = "phone"
    EMAIL = "email"
    TITLED_NAME = "titled_name"


def findings(text: str) -> frozenset[Finding]:
    """Return what of a patient the line seems to hold; nothing where it may be kept."""
    read = _plain(text)
    found = _seen(read) | _seen(_spelled_out(read)) | _seen(_lookalikes(read))
    return found - {Finding.RECORD_NUMBER} if found & _SAY_MORE else found


_SAY_MORE = frozenset({Finding.HEALTH_NUMBER, Finding.PHONE})
"""Kinds of number that need not be called a record number too."""
_OF_SIGN = {
    Sign.DATE: Finding.DATE,
    Sign.AGE: Finding.AGE,
    Sign.POSTAL_CODE: Finding.POSTAL_CODE,
    Sign.TITLED_NAME: Finding.TITLED_NAME,
}
_ANY_CASE = re.IGNORECASE
_RECORD_WORD = re.compile(
    r"\b(?:mrn|phn|hcn|uli|msp|ohip|chart|record|file|dossier|ramq|nam|encounter|accession|requisition)\b\W{0,3}"
    r"(?:(?:no|num|number|numéro|n°|nº)\W{0,3})?[a-z]{0,3}[ -]?\d{3,}|(?:#|n°|nº|\bno\.)\s*\d{4,}",
    _ANY_CASE,
)
_SURE_MONTHS = (
    r"(?:january|february|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept?|oct"
    r"|nov|dec|janvier|f[eé]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[eé]cembre|janv"
    r"|f[eé]vr?|avr|juil|d[eé]c)\b\.?"
)
_MONTHS = rf"(?:{_SURE_MONTHS}|(?:march|may|mar)\b\.?)"
_ORDINALS = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-\w+|thirtieth|thirty-first)"
)
_JOURS = (
    r"(?:premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|dix-\w+"
    r"|vingt(?:[ -]et[ -]un|-\w+)?|trente(?:[ -]et[ -]un)?)"
)
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DATES = re.compile(
    rf"\b{_MONTHS}\s*,?\s*(?:de\s+|of\s+)?{_YEAR}\b|\b{_JOURS}\s+{_SURE_MONTHS}|\b{_ORDINALS}\s+{_SURE_MONTHS}"
    rf"|\b{_ORDINALS}\s+of\s+{_MONTHS}|\b{_SURE_MONTHS}\s+(?:the\s+)?{_ORDINALS}\b"
    rf"|\b{_YEAR}[-/]{_MONTH}\b(?![-/]?\d)|\b{_MONTH}/{_YEAR}\b|\b\d{{1,2}}[ -]?{_MONTHS}[ -]?(?:{_YEAR}|\d\d)\b"
    rf"|\b(?:born|née?|dob|ddn|admitted|admise?|died|décédée?)\W{{1,4}}(?:on|in|le|en|the)?\W{{0,3}}{_YEAR}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er)?\s+(?:of\s+)?{_SURE_MONTHS}|\b{_YEAR}\s(?:0?[1-9]|1[0-2])\s(?:0?[1-9]|[12]\d|3[01])\b",
    _ANY_CASE,
)
_OLD = r"(?:9\d|1[01]\d|120)"
_NINETIES = (
    r"(?:quatre[ -]vingt[ -](?:dix(?:[ -](?:sept|huit|neuf))?|onze|douze|treize|quatorze|quinze|seize)"
    r"|nonante(?:[ -](?:et[ -])?\w+)?)"
)
_OLD_WORDS = (
    r"(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one)[ -]hundred(?:[ -](?:and[ -])?\w+)?)"
)
_AGES = re.compile(
    rf"\b(?:{_OLD_WORDS}|{_OLD})[ -]?(?:years?|yrs?)[ -]?olds?\b|\b{_NINETIES}[ -]ans\b|\bde cent(?: \w+)? ans\b"
    rf"|\b{_OLD}\s?(?:y\.?o\b|y/o\b|ans\b)|\b(?:aged?|turned|turning|âgée?\s+de)\s*:?\s*(?:{_OLD}|{_OLD_WORDS})\b"
    rf"|\b{_OLD}[FMHfmh]\b|\b(?:nonagenarian|centenarian|nonagénaire|centenaire)s?\b",
    _ANY_CASE,
)
_EMAILS = re.compile(
    r"[\w.+-]+\s?(?:@|[(\[](?:at|arobase)[)\]])\s?[\w-]+(?:\s?(?:\.|[(\[](?:dot|point)[)\]])\s?[\w-]{2,})+", _ANY_CASE
)
_POSTAL = re.compile(
    r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][\s._-]{0,3}\d[ABCEGHJ-NPRSTV-Z]\d\b|\b[A-Z]\s\d\s[A-Z]\s\d\s[A-Z]\s\d\b",
    _ANY_CASE,
)
_NAME = r"(?:[A-ZÀ-Þ]\.\s?)*(?:[A-ZÀ-Þ][\w'’-]+|[A-HJ-ZÀ-Þ]\b)"
_TITLED = re.compile(
    rf"\b(?:[Dd]re?|[Dd]rs|[Mm]rs?|[Mm]s|Mx|[Mm]me|[Mm]mes|[Mm]lle|DR|MRS?|MS|MME|MLLE)\b\.?\s*{_NAME}"
    rf"|\b(?:[Dd]octor|[Dd]octeure?|[Mm]iss|[Mm]ister|[Mm]adame?|[Mm]onsieur|[Nn]urse|[Ss]ister|Elder|Aînée?"
    rf"|[Pp]rofesso?r|[Pp]rofesseure?|Prof)\s+{_NAME}|\b(?:M|MM|Pre?)\.\s?{_NAME}"
    r"|\b(?:mr|mrs|dr|mme|mlle)\b\.?\s+(?!(?:who|et|and|qui|in|on|of|de|du|la|le|is|was|or|ou)\b)[a-zà-þ]{3,}"
)
_QUEBEC = re.compile(r"\b[A-Z]{4}[ -]?\d\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])\d\d\b", _ANY_CASE)
_NORTH = re.compile(r"\b[NTDMH][ -]?\d{7}\b", _ANY_CASE)
_NUMBERS = re.compile(r"(?<!\w)[+(]?\d(?:[\d\s()._*/,:\u00b7\u2010-\u2015-]*\d)?(?!\w)")
_HARMLESS = re.compile(
    rf"\b{_YEAR}\s?(?:[-/\u2010-\u2015]|to|à|and|et|,)\s?(?:{_YEAR}|\d\d)\b(?![-/.]\d)|\b\d{{1,2}}\s?[:h]\s?\d{{2}}\b"
    r"|\$\s?\d{1,3}(?:[ ,]?\d{3}){0,2}(?!\d)|\b\d{1,3}(?:[ ,]?\d{3}){0,2}\s?(?:\$|dollars\b)"
    r"|(?<![\d,])\d{1,3},\d{3}(?![\d,])"
    r"|\b\d{1,3} \d{3} (?=people|patients|personnes|habitants|visits|visites|residents|résidents)",
    _ANY_CASE,
)
_LONG = 6
_PHONE = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_SHORT_PHONE = re.compile(r"[2-9]\d{2}[\s.-]\d{4}")


def _plain(text: str) -> str:
    """Return the line with every digit as 0 to 9, and without what nobody sees."""
    folded = unicodedata.normalize("NFKC", text)
    seen = (each for each in folded if unicodedata.category(each) not in ("Cf", "Me", "Mn", "Co"))
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in seen)


_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FRENCH = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
_DIGIT_WORDS = {word: str(digit) for words in (_ENGLISH, _FRENCH) for digit, word in enumerate(words)}
_DIGIT_WORDS |= {"oh": "0", "une": "1"}
_WORD = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
_SPELLED = re.compile(rf"\b(?:{_WORD}|\d+)(?:[\s,.-]+(?:{_WORD}|\d+)){{3,}}\b", _ANY_CASE)
_PART = re.compile(rf"{_WORD}|\d+", _ANY_CASE)
_LOOKALIKE = str.maketrans("OolI|SB", "0011158")
_MIXED = re.compile(r"(?<!\w)(?=(?:[ -]?[OolI|SB]*[ -]?\d){4})[OolI|SB\d](?:[ -]?[OolI|SB\d]){6,}(?!\w)")


def _spelled_out(line: str) -> str:
    """Return the line with four or more digits in a row that stood there as words."""
    return _SPELLED.sub(
        lambda run: "".join(_DIGIT_WORDS.get(part, part) for part in _PART.findall(run[0].lower())), line
    )


def _lookalikes(line: str) -> str:
    """Return the line with letters that look like digits turned into them, within a run that is mostly digits."""
    return _MIXED.sub(lambda run: run[0].translate(_LOOKALIKE), line)


def _seen(line: str) -> frozenset[Finding]:
    found = {kind for kind, pattern in _PATTERNS.items() if pattern.search(line)}
    without = _HARMLESS.sub(" ; ", line)
    found |= {_OF_SIGN[sign] for sign in patient_detail.signs(without) if sign in _OF_SIGN}
    if _QUEBEC.search(without) or _NORTH.search(without):
        found.add(Finding.HEALTH_NUMBER)
    for number in _NUMBERS.findall(_DATES.sub(" ; ", without)):
        kind = _number(re.sub(r"\D", "", number), number)
        if kind is not None:
            found.add(kind)
    return frozenset(found)


def _number(digits: str, written: str) -> Finding | None:
    """Say what a run of digits seems to be; None for a short one."""
    if _SHORT_PHONE.fullmatch(written):
        return Finding.PHONE
    if len(digits) < _LONG:
        return None
    if _PHONE.fullmatch(digits) and re.search(r"[+(]|\d{3}[\s.-]\d{3}[\s.-]\d{4}$", written):
        return Finding.PHONE
    if is_health_number(digits):
        return Finding.HEALTH_NUMBER
    return Finding.PHONE if _PHONE.fullmatch(digits) else Finding.RECORD_NUMBER


def is_health_number(digits: str) -> bool:
    """Say whether digits pass the check of a province's or territory's health number of that length."""
    return any(check(digits) for check in _CHECKS.get(len(digits), ()))


def _doubling(digits: str) -> bool:
    """Modulo 10, every second digit from the right doubled."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _weighed(digits: str) -> bool:
    """A nine first, and a check digit last (modulo 11), as in British Columbia."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[1:9], (2, 4, 8, 5, 10, 9, 7, 3), strict=True))
    return digits[0] == "9" and 11 - total % 11 == int(digits[9])


def _counted_down(digits: str) -> bool:
    """Nine digits weighed from nine down to one (modulo 11), as in Saskatchewan."""
    return sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 11 == 0


_CHECKS: Mapping[int, tuple[Callable[[str], bool], ...]] = {
    9: (_doubling, _counted_down),
    10: (_weighed, _doubling),
    12: (_doubling,),
}
"""Only these checks are known; a number without one is refused as some other number all the same."""
_PATTERNS = {
    Finding.DATE: _DATES,
    Finding.AGE: _AGES,
    Finding.RECORD_NUMBER: _RECORD_WORD,
    Finding.POSTAL_CODE: _POSTAL,
    Finding.EMAIL: _EMAILS,
    Finding.TITLED_NAME: _TITLED,
}
