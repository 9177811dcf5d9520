"""The one way out for messages: posts and edits what is built from the catalogue, and refuses everything else.

A message is looked at twice before it goes. Every string in it must be one of the texts that messages may hold, filled
with nothing but the request's own reference, due time and counts and the name of the administrator who has it. And
nothing of what is sealed with the request may be in it: that is unsealed for the comparison only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError

from handlers import identities, ids
from handlers.hear import Front
from handlers.i18n import Texts, Translator
from handlers.letters import Letter
from handlers.pace import Pace, Shared
from handlers.slack_codes import is_unread, limited, retry_after
from handlers.slack_faults import UPDATE
from handlers.views import cards
from peersupport.notifications import place_of
from peersupport.requests import SupportRequest

MESSAGES = "cards."
"""Every text whose key begins like this may stand in a message, and no other."""
_STATES = "cards.state."
_REFERRAL = "cards.referral."
_TYPES = frozenset({"header", "section", "actions", "context", "button", "plain_text", "mrkdwn"})
_PLACES = frozenset({"title", "facts", "buttons", "note", "closed", "open", "words", "words.en", "words.fr"})
_ACTIONS = frozenset(
    {
        *(ids.OPEN_SHEET, ids.CLAIM, ids.FIND, ids.OPEN_MESSAGE, ids.OPEN_REFERRAL_CARD),
        *(ids.OPEN_PRIVATELY, ids.JOIN_SESSION),
    }
)
_FIXED: dict[str, frozenset[Any]] = {
    "type": _TYPES,
    "block_id": _PLACES,
    "action_id": _ACTIONS,
    "style": frozenset({"primary"}),
    "emoji": frozenset({False}),
    "verbatim": frozenset({True}),
}
_HANDLE = re.compile(r"(?:[a-z]\.)?[A-Za-z0-9_-]{64,120}={0,2}|[0-9a-f-]{36}/[0-9a-f-]{36}")
"""Of a person's record, sealed for who may press it; or a date of a session, which is public."""
_WORDS = frozenset({"text", "accessibility_label"})
_PARTS = frozenset({"text", "fields", "elements"})


class Refused(Exception):
    """The message is not one that may go out; its text never holds any of it."""


class Unclear(Exception):
    """Slack's answer to a message never came or cannot be read: it may stand there or not."""


class Gateway:
    """The only holder of the two methods that write to people."""

    def __init__(self, front: Front, pace: Pace | None = None) -> None:
        self._front = front
        self._pace = pace or Pace()
        self._shared = Shared(front.paces, self._pace)
        self._identities = identities.Identities(front)
        self._constants = constants_of(front.texts)

    def ahead(self, channel: str, subject: UUID) -> None:
        """See that a message about a subject may go now, before anything is asked that it needs; raises TooEarly."""
        self._pace.ahead(channel, subject)

    async def post(self, channel: str, letter: Letter, whose: UUID | None = None) -> tuple[str, str]:
        """Post a message, where it is to a person by the record that leads to them; return where it stands.

        Raises Refused, TooEarly, Unclear where nobody knows whether it stands there, or what says that it does not.
        """
        await self._look_through(letter)
        place, row = self._place(channel, whose or letter.subject), letter.subject
        with self._pace.post(channel, row):
            async with self._shared.post(place, channel, row) as held:
                try:
                    answer = await self._front.client.chat_postMessage(
                        channel=channel, text=letter.text, blocks=letter.blocks, unfurl_links=False, unfurl_media=False
                    )
                except SlackApiError as error:
                    if limited(error):
                        held(retry_after(error))
                    if is_unread(error):
                        raise Unclear from None
                    raise
                except (ClientConnectorError, ConnectionTimeoutError):
                    # It never left.
                    raise
                except (TimeoutError, ClientError, OSError):
                    raise Unclear from None
        return str(answer["channel"]), str(answer["ts"])

    async def edit(self, channel: str, ts: str, letter: Letter, *, urgent: bool = False) -> None:
        """Replace a message of ours; a repeat changes nothing.

        Raises Refused, the call's own errors and, where it is not urgent, TooEarly.
        """
        await self._look_through(letter)
        if not urgent:
            await self._shared.look(UPDATE)
        with self._pace.edit(letter.subject, urgent=urgent):
            await self._front.client.chat_update(channel=channel, ts=ts, text=letter.text, blocks=letter.blocks)

    def _place(self, channel: str, whose: UUID) -> str:
        """Return the name of a place, without an id of Slack's: a programme, or what leads to a person."""
        programmes = self._front.programmes.values()
        found = min((each.id for each in programmes if each.people.admin_channel == channel), default=None)
        return f"channel:{found}" if found else place_of(whose)

    async def _look_through(self, letter: Letter) -> None:
        words, filled = [letter.text, *readable(letter.blocks)], self._filled(letter)
        allowed = {letter.name, *filled, *letter.public} if letter.name else {*filled, *letter.public}
        if not all(each in self._constants or each in allowed for each in words):
            raise Refused("not from the catalogue")
        if await self._identities.any_in(words, list(handles(letter.blocks)), letter, filled):
            raise Refused("an identity")

    def _filled(self, letter: Letter) -> set[str]:
        """Return every string with something to fill that may stand in this message, filled."""
        if letter.referral:
            texts = [text for each in self._front.texts.translators.values() for text in _of_referrals(each)]
            return {text.replace("{reference}", letter.referral) for text in texts}
        programme = self._front.programmes.get(letter.request.programme) if letter.request else None
        if letter.request is None or programme is None:
            return set()
        found = set()
        for translator in self._front.texts.translators.values():
            found.add(cards.due(letter.request, programme, translator))
            found |= _fill(_texts(translator), letter.request)
        return found


def _texts(translator: Translator) -> dict[str, str]:
    return {key: text for key, text in translator.catalogue.items() if key.startswith(MESSAGES)}


def _of_referrals(translator: Translator) -> list[str]:
    return [text for key, text in translator.catalogue.items() if key.startswith(_REFERRAL) and "{" in text]


def constants_of(texts: Texts) -> frozenset[str]:
    """Return every string without anything to fill that a message may hold; labels are set in bold."""
    bare = {text for each in texts.translators.values() for text in _texts(each).values() if "{" not in text}
    return frozenset({" ", *bare, *(f"*{text}*" for text in bare)})


def _fill(texts: Mapping[str, str], request: SupportRequest) -> set[str]:
    """Fill texts with this request's reference, counts and states; what has other blanks is left out."""
    found: set[str] = set()
    for text in texts.values():
        if "{" in text and "{state}" not in text:
            for n in {request.attempts, request.talks}:
                found.add(text.replace("{reference}", request.reference).replace("{n}", str(n)))
    states = [text for key, text in texts.items() if key.startswith(_STATES)]
    within = {text for text in states if "{" not in text} | found
    found |= {text.replace("{state}", state) for text in states if "{state}" in text for state in within}
    return {text for text in found if "{" not in text}


def readable(part: Any) -> Iterator[str]:
    """Give every string of blocks that somebody can read; raises Refused for a part that no message of ours has."""
    for each in _dicts(part):
        for key, value in each.items():
            if key in _WORDS and isinstance(value, str):
                yield value
            elif key in _FIXED:
                if not isinstance(value, str | bool) or value not in _FIXED[key]:
                    raise Refused("a part that no message has")
            elif key == "value":
                if not isinstance(value, str) or not _HANDLE.fullmatch(value):
                    raise Refused("a value that is no handle")
            elif key not in _PARTS or not isinstance(value, dict | list):
                raise Refused("a part that no message has")


def handles(part: Any) -> Iterator[str]:
    """Give what the buttons of blocks carry."""
    return (each["value"] for each in _dicts(part) if "value" in each)


def _dicts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        parts: Iterable[Any] = part.values()
    elif isinstance(part, list):
        if not all(isinstance(each, dict) for each in part):
            raise Refused("a part that no message has")
        parts = part
    else:
        return
    for each in parts:
        yield from _dicts(each)
