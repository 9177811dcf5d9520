"""The endpoint fuzzed against its own OpenAPI document: no bug, no broken promise, nothing left of a refusal."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis import checks as known
from schemathesis.specs.openapi import checks

from tests.partner.desk import Desk

SECONDS = 121
"""Between two notices, so that neither the pace nor an hour's quota is what answers."""
CHECKS = (
    known.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
)
"""All but two: what words say may be refused in the right form as well, and who signs is asked below."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


class Signs(requests.auth.AuthBase):
    """Signs whatever is about to be sent, as a partner's system does."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        assert isinstance(body, str | bytes)
        request.headers.update(self._desk.signed(body.encode() if isinstance(body, str) else body))
        return request


@pytest.mark.long
@pytest.mark.req("I5", "U36")
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: str(mode.value))
async def test_whatever_is_sent_the_document_says_what_comes_back(desk: Desk, mode: GenerationMode) -> None:
    loop, seen = asyncio.get_running_loop(), Counter[int]()

    def rows() -> Counter[str]:
        return asyncio.run_coroutine_threadsafe(desk.rows(), loop).result(30)

    def one(case: Any) -> None:
        desk.clock.move(seconds=SECONDS)
        before = rows()
        unsigned = case.call(base_url=desk.site.url)
        assert unsigned.status_code in {401, 413, 415}, unsigned.status_code
        assert unsigned.status_code != 401 or unsigned.text == '{"error": "refused"}'
        assert rows() == before
        answer = case.call(base_url=desk.site.url, auth=Signs(desk))
        stored = rows() - before
        seen[answer.status_code] += 1
        assert (answer.status_code == 202) == bool(stored), (answer.status_code, stored)
        case.validate_response(answer, checks=CHECKS)

    await asyncio.to_thread(_fuzz, desk.site.url, mode, one)
    assert seen[202 if mode is GenerationMode.POSITIVE else 422], seen
    assert set(seen) <= {202, 401, 413, 415, 422}, seen


def _fuzz(url: str, mode: GenerationMode, one: Callable[[Any], None]) -> None:
    document = requests.get(f"{url}/notices/openapi.json", timeout=30).json()
    # Signed here whatever is made up: a body is only read where the signature is good.
    assert document["paths"]["/notices"]["post"].pop("security")
    schema = schemathesis.openapi.from_dict(document)
    cases = schema["/notices"]["POST"].as_strategy(generation_mode=mode)
    quiet = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    quiet(given(cases)(one))()
