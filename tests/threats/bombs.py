"""Exceptions that hold somebody's words wherever an exception can hold any, as libraries raise them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any, NoReturn

import aiohttp
import asyncpg
from pydantic import BaseModel
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy.exc import IntegrityError
from yarl import URL

WORDS = {
    "text": "Zwetschgenmus Planté",
    "local": "Quittenbrot Ajouté",
    "cause": "Hagebutte Confidée",
    "number": "604-555-0163",
    "slack id": "U0PLANTED9",
}
"""Words of nobody, planted where an exception could carry them out."""
ALL = " ".join(WORDS.values())


class SaysEverything(Exception):
    """Its text, its repr and its arguments are full of words."""

    def __str__(self) -> str:
        return ALL

    __repr__ = __str__


class SaysNothing(Exception):
    """Cannot even be printed."""

    def __str__(self) -> str:
        raise SaysEverything(ALL)

    __repr__ = __str__


class Form(BaseModel):
    """Something that was typed."""

    age: int


def _json() -> object:
    return json.loads(f'{{"name": "{ALL}"')


def _pydantic() -> object:
    return Form.model_validate({"age": ALL})


def _unicode() -> object:
    return (ALL.encode() + b"\xff").decode("ascii")


def _key() -> object:
    known: dict[str, object] = {}
    return known[ALL]


def _attribute() -> object:
    return getattr(ALL, WORDS["text"])


def _sqlite() -> object:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (a TEXT CHECK (a = 'b'))")
        return database.execute(f"INSERT INTO t (a) VALUES ('{ALL}') -- {ALL}")


def _sql() -> NoReturn:
    raise IntegrityError(f"INSERT INTO t VALUES ('{ALL}')", {"name": ALL}, ValueError(ALL))


def _postgres() -> NoReturn:
    raise asyncpg.UniqueViolationError.new({"M": ALL, "D": f"Key (a)=({ALL}) exists.", "H": ALL, "C": "23505"})


def _slack() -> NoReturn:
    body = {"ok": False, "error": ALL, "response_metadata": {"messages": [ALL]}}
    answer = AsyncSlackResponse(
        client=None, http_verb="POST", api_url=f"https://slack.example/{ALL}", req_args={"json": {"text": ALL}},
        data=body, headers={"x-said": ALL}, status_code=200,
    )  # fmt: skip
    raise SlackApiError(ALL, answer)  # type: ignore[no-untyped-call]


def _web() -> NoReturn:
    url = URL(f"https://slack.example/?name={WORDS['text']}")
    asked: Any = aiohttp.RequestInfo(url, "POST", {}, url)  # type: ignore[arg-type]
    raise aiohttp.ClientResponseError(asked, (), status=500, message=ALL)


def _group() -> NoReturn:
    raise ExceptionGroup(ALL, [ValueError(ALL), SaysEverything(ALL)])


def _system() -> NoReturn:
    raise OSError(5, ALL, f"/home/{ALL}")


def _noted() -> NoReturn:
    error = ValueError(ALL)
    error.add_note(ALL)
    raise error


def _says_everything() -> NoReturn:
    raise SaysEverything(ALL)


def _says_nothing() -> NoReturn:
    raise SaysNothing(ALL)


CHARGES: dict[str, Callable[[], object]] = {
    each.__name__.strip("_"): each
    for each in (
        _json, _pydantic, _unicode, _key, _attribute, _sqlite, _sql, _postgres, _slack, _web, _group, _system, _noted,
        _says_everything, _says_nothing,
    )
}  # fmt: skip


def go_off(charge: str) -> NoReturn:
    """Raise, with words in locals, in the cause and in what was being handled."""
    name, reach = WORDS["local"], {"reach": WORDS["number"], "who": WORDS["slack id"]}
    try:
        raise KeyError(WORDS["cause"], name, reach)
    except KeyError:
        CHARGES[charge]()
    raise AssertionError("this charge did not go off")
