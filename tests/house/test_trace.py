"""`make trace` links what is there, and complains about what is not."""

import ast
import re
from pathlib import Path

from tests.house.source import ROOT
from tools.trace import DOCUMENTS, Mark, marks_in, trace

DOCUMENT = """# Rows

| id | weight | requirement | tests |
|---|---|---|---|
| V1 | M | First. | an old link |
| V2 | M | Second. | |
| V3 | S | Third. | |
"""
TESTS = """
import pytest
pytestmark = [pytest.mark.faults, pytest.mark.req("V1")]

@pytest.mark.req("V2", "V3")
async def test_one_thing(): ...

@pytest.mark.threat("T34")
class TestMore:
    @pytest.mark.req("V9")
    def test_another(self): ...

def helper(): ...
"""


def test_marks_are_read_from_functions_classes_and_modules() -> None:
    found = list(marks_in(Path("tests/x/test_a.py"), ast.parse(TESTS)))
    assert [(mark.kind, mark.row, mark.name) for mark in found] == [
        ("req", "V1", "test_one_thing"),
        ("req", "V2", "test_one_thing"),
        ("req", "V3", "test_one_thing"),
        ("req", "V1", "test_another"),
        ("threat", "T34", "test_another"),
        ("req", "V9", "test_another"),
    ]


def test_links_are_written_and_gaps_are_told() -> None:
    marks = [
        Mark("req", "V1", Path("tests/x/test_a.py"), 6, "test_one_thing"),
        Mark("req", "V9", Path("b.py"), 7, "test_it"),
    ]
    traced = trace(DOCUMENT, Path("docs/requirements.md"), marks)
    assert "| V1 | M | First. | [one thing](../tests/x/test_a.py) |" in traced.text
    assert "| V3 | S | Third. | |" in traced.text
    assert traced.problems == [
        "docs/requirements.md: V2 must have a test and has none",
        "b.py:7: test_it is marked V9, no row of docs/requirements.md",
    ]
    assert trace(traced.text, Path("docs/requirements.md"), marks).text == traced.text


def test_a_row_that_stands_twice_is_told() -> None:
    assert any("stands twice" in problem for problem in trace(DOCUMENT + DOCUMENT, Path("x.md"), []).problems)


def test_the_documents_hold_rows_of_this_shape() -> None:
    for name in DOCUMENTS.values():
        text = (ROOT / name).read_text(encoding="utf-8")
        table_lines = re.findall(r"^\| .* \| [MSC] \| .*$", text, re.MULTILINE)
        assert len(trace(text, name, []).rows) == len(table_lines) > 20
