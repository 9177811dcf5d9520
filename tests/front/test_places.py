"""A programme whose places are communities asks for one's community; another one for one's department."""

from __future__ import annotations

import json

import pytest

from handlers.payloads import Filled
from handlers.views import kit
from handlers.views.requests import apart
from peersupport.programme import Programme
from tests.front.stage import texts
from tests.rules.partner_world import IMPACT
from tests.rules.world import VANCOUVER


def asked(programme: Programme, language: str) -> str:
    """Return the part of the form about whom to keep out."""
    view = kit.modal(
        "title", apart(texts().in_language(language), programme, Filled()), callback_id="form", close="x", metadata=""
    )
    return json.dumps(view, ensure_ascii=False)


@pytest.mark.req("I12")
@pytest.mark.parametrize(
    ("language", "communities", "departments"),
    [
        ("en", ("Your community", "Nobody from my community"), ("Your department", "Nobody from my department")),
        ("fr", ("Votre localité", "Personne de ma localité"), ("Votre service", "Personne de mon service")),
    ],
)
def test_each_programme_asks_for_the_places_it_has(
    language: str, communities: tuple[str, ...], departments: tuple[str, ...]
) -> None:
    here, there = asked(IMPACT, language), asked(VANCOUVER, language)
    assert all(words in here and words not in there for words in communities)
    assert all(words in there and words not in here for words in departments)
