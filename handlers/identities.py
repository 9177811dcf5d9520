"""Says whether words hold something of the person whom a request is from: unsealed to compare, and dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize
from uuid import UUID

from handlers.hear import Front
from handlers.letters import Letter
from peersupport.ports import UnitOfWork
from peersupport.requests import Contact, Needs

SHORTEST = 3
"""Characters of a word of a name that is looked for by itself."""
LONG_ENOUGH = 6
"""Characters of something that is looked for in a handle too, where shorter words turn up by chance."""
DIGITS = 7
"""Digits of a number that is looked for however it is written."""


class Identities:
    """Compares messages with what is stored of the person they are about."""

    def __init__(self, front: Front) -> None:
        self._front = front
        texts = front.texts.translators.values()
        self._constants = "\n".join(
            text for each in texts for key, text in each.catalogue.items() if key[:6] == "cards."
        )

    async def any_in(self, words: Sequence[str], handles: Sequence[str], letter: Letter, filled: Iterable[str]) -> bool:
        """Say whether a message holds something that names the requester of what it is about.

        `filled` is what the request's own plain columns let a message say.
        """
        async with self._front.work() as work:
            held = await _held(work, letter.subject)
        if held is None:
            return False
        said, carried = plainly("\n".join(words)), plainly("\n".join(handles))
        if any(number in _digits(said) for number in numbers(held[1])):
            return True
        found = [each for each in pieces(*held) if stands_in(each, said)]
        if found:
            # What the texts themselves say of everybody names nobody: somebody may be called May, or Ed.
            constants = plainly("\n".join([self._constants, *filled, *await self._confirmed(letter)]))
            found = [each for each in found if not stands_in(each, constants)]
        return bool(found) or any(len(each) >= LONG_ENOUGH and each in carried for each in pieces(*held))

    async def _confirmed(self, letter: Letter) -> list[str]:
        """Return the administrator's name, where Slack says that it is theirs."""
        facts = await self._front.directory.facts(letter.by.address) if letter.by else None
        return [letter.name] if facts is not None and facts.name == letter.name else []


async def _held(work: UnitOfWork, subject: UUID) -> tuple[Needs, Contact | None] | None:
    """Unseal what is stored of the requester, or of the two whom a referral is about; None where nothing is."""
    needs = await work.requests.needs(subject)
    if needs is None:
        found = await work.offers.with_request(subject)
        if found is None:
            concern = await work.concerns.get(subject)
            if concern is None:
                return await _referred(work, subject)
            subject = concern.request_id
        else:
            subject = found[1].id
        needs = await work.requests.needs(subject)
    return None if needs is None else (needs, await work.requests.contact(subject))


async def _referred(work: UnitOfWork, subject: UUID) -> tuple[Needs, Contact] | None:
    """Unseal whom a referral is about, and who passed it on."""
    colleague = await work.referrals.colleague(subject)
    if colleague is None:
        return None
    referrer = await work.referrals.referrer(subject)
    return Needs(colleague.address, colleague.name, "", "", (), opened_by=referrer), Contact(colleague.reach)


def pieces(needs: Needs, contact: Contact | None) -> set[str]:
    """Return everything of a person that must not be in a message, as it is compared."""
    reach = contact.reach if contact else ""
    named = [needs.name, *needs.avoid_names]
    whole = [*named, needs.department, reach, *re.findall(r"\S+@\S+", reach)]
    whole += [each.user for each in needs.apart]
    parts = [part for each in named for part in re.findall(r"\w+", plainly(each))]
    return {each for each in (*map(plainly, whole), *parts) if len(each) >= SHORTEST}


def numbers(contact: Contact | None) -> Iterable[str]:
    """Give the digits of a phone number."""
    found = _digits(contact.reach) if contact else ""
    return [found] if len(found) >= DIGITS else []


def plainly(text: str) -> str:
    """Return text as it is compared: whatever form its letters have, in lower case."""
    return normalize("NFKC", text).casefold().strip()


def stands_in(piece: str, text: str) -> bool:
    """Say whether a piece stands in a text as a word of its own."""
    # Not with a pattern made of it: Python keeps the last five hundred patterns, and with them the names.
    start = text.find(piece)
    while start >= 0:
        if not _in_word(text[start - 1 : start]) and not _in_word(text[start + len(piece) : start + len(piece) + 1]):
            return True
        start = text.find(piece, start + 1)
    return False


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d", text))
