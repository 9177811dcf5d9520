"""Tells whether a line may point to a patient: what a guard can see, in English and French; it keeps and says nothing.

It looks for shapes, not for meaning, and errs towards refusing: whoever is refused rewords the line.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Sign(StrEnum):
    """What a line seems to hold."""

    HEALTH_NUMBER = "health_number"
    DATE = "date"
    AGE = "age"
    """An age over 89."""
    RECORD_NUMBER = "record_number"
    POSTAL_CODE = "postal_code"
    PHONE = "phone"
    PATIENT = "patient"
    """A word for a patient."""
    TITLED_NAME = "titled_name"


OF_A_NAME = frozenset({Sign.TITLED_NAME})
"""What may stand where a colleague's name is asked for."""
OF_A_REACH = frozenset({Sign.PHONE, Sign.TITLED_NAME})
"""What may stand where a way to reach a colleague is asked for."""

_MONTHS = (
    r"(?:jan(?:uary|vier)?|feb(?:ruary)?|f[eé]v(?:rier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai|june?|juin|july?|juil"
    r"(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|d[eé]c(?:ember|embre)?)\.?"
)
_DATES = re.compile(
    rf"\b(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{2}}|\d{{4}})"
    rf"|{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d)|\d{{1,2}}(?:st|nd|rd|th|er)?\s+(?:of\s+)?{_MONTHS}(?!\w))",
    re.IGNORECASE,
)
_OLD = r"(?:9\d|1[01]\d|120)"
_AGES = re.compile(
    rf"\b{_OLD}(?:\s*-?\s*(?:years?|yrs?|yo|y\.o\.|y/o|ans|année\w*)\b)|\b(?:aged?|âgée?\s+de|age\s+de)\s*:?\s*{_OLD}\b",
    re.IGNORECASE,
)
_RECORDS = re.compile(
    r"\b(?:mrn|phn|hcn|msp|chart|record|file|dossier|ramq|nam)\b\W{0,3}(?:(?:no|num|number|numéro|n°|nº)\W{0,3})?\d{3,}"
    r"|(?:#|n°|nº)\s*\d{4,}",
    re.IGNORECASE,
)
_POSTAL = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d\b", re.IGNORECASE)
_PATIENT = re.compile(
    r"\b(?:patient(?:e?s?|'s)?|inpatient|outpatient|casualt(?:y|ies)|deceased|dcd|victime?s?|bless[eé]e?s?|d[eé]c[eé]d[eé]e?s?"
    r"|nourrisson|newborn|nouveau-n[eé]e?|toddler|year[- ]old)\b",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"\b(?:Dr|Dre|Drs|Doctor|Docteure?|Mr|Mrs|Ms|Miss|Mister|Madam|Madame|Mme|Mlle|Monsieur|Nurse|Prof|Pr)\b\.?\s+"
    r"[A-ZÀ-Þ][\w'’-]+|\bM\.\s+[A-ZÀ-Þ][\w'’-]{2,}"
)
_NUMBERS = re.compile(r"(?<![\w@])\+?\(?\d(?:[\d\s().\-\u2010-\u2015]*\d)?(?![\w@])")
_TEN = 10
_LONG = 6
_BC_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3)
_NORTH_AMERICA = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_AREAS = ("902", "905", "942")
"""The area codes of Canada that begin as health numbers of British Columbia do."""


def signs(text: str, *, is_reach: bool = False) -> frozenset[Sign]:
    """Return what of a patient the line seems to hold; `is_reach` says that a phone number is expected there."""
    words = unicodedata.normalize("NFKC", text)
    found = {sign for sign, pattern in _PATTERNS.items() if pattern.search(words)}
    dates = _DATES.sub(" ", words)
    for number in _NUMBERS.findall(dates):
        sign = _number(number, is_reach=is_reach)
        if sign is not None:
            found.add(sign)
    return frozenset(found)


def _number(written: str, *, is_reach: bool) -> Sign | None:
    """Say what a run of digits seems to be; None for a short one, as in the name of a place."""
    digits = re.sub(r"\D", "", written)
    if len(digits) < _LONG:
        return None
    if len(digits) == _TEN and _is_health_number(digits, written, is_reach=is_reach):
        return Sign.HEALTH_NUMBER
    is_phone = (is_reach and len(digits) > _LONG) or _NORTH_AMERICA.fullmatch(digits)
    return Sign.PHONE if is_phone or written.startswith("+") else Sign.RECORD_NUMBER


def _is_health_number(digits: str, written: str, *, is_reach: bool) -> bool:
    if not (_is_of_bc(digits) or _is_of_ns(digits)):
        return False
    if re.search(r"\d{4}[\s-]\d{3}[\s-]\d{3}", written):
        return True
    if not is_reach:
        return not re.search(r"\(?\d{3}\)?[\s.-]+\d{3}[\s.-]+\d{4}", written)
    # Ten digits in one go are a phone number there, unless no phone number in the country begins so.
    return written == digits and _is_of_bc(digits) and not digits.startswith(_AREAS)


def _is_of_bc(digits: str) -> bool:
    """Say whether ten digits are a health number of British Columbia: a nine first, a check digit (modulo 11) last."""
    if digits[0] != "9":
        return False
    total = sum(int(digit) * weight % 11 for digit, weight in zip(digits[1:9], _BC_WEIGHTS, strict=True))
    return 11 - total % 11 == int(digits[9])


def _is_of_ns(digits: str) -> bool:
    """Say whether ten digits are a health number of Nova Scotia: a check digit (modulo 10, every second doubled)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_PATTERNS = {
    Sign.DATE: _DATES,
    Sign.AGE: _AGES,
    Sign.RECORD_NUMBER: _RECORDS,
    Sign.POSTAL_CODE: _POSTAL,
    Sign.PATIENT: _PATIENT,
    Sign.TITLED_NAME: _TITLED,
}
