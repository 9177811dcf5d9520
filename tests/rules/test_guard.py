"""What the guard sees in lines written for it, in English and French; its figures are printed and stand in the docs."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from peersupport.guard import Finding, findings, is_health_number

HERE = Path(__file__).parent
LINES = [
    tuple(part.strip() for part in line.split(" | ", 2))
    for line in (HERE / "guard_lines.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
KINDS = [kind.value for kind in Finding]
PASS, ALARM, UNSEEN = "pass", "false_alarm", "unseen"


def figures() -> str:
    """Return, for each kind, of how many lines that hold it it is named, and how often it is named rightly."""
    held = Counter(kind for kind, _, _ in LINES)
    named: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for kind, _, line in LINES:
        found = {each.value for each in findings(line)}
        named.update(found)
        right.update(found & {kind})
    rows = ["| Kind | Lines | Recall | Precision |", "| --- | ---: | ---: | ---: |"]
    rows += [
        f"| {kind} | {held[kind]} | {right[kind] / held[kind]:.2f} | {right[kind] / named[kind]:.2f} |"
        for kind in KINDS
    ]
    refused = [kind for kind, _, line in LINES if findings(line)]
    to_refuse = sum(held[kind] for kind in KINDS) + held[UNSEEN]
    caught = sum(kind in KINDS for kind in refused)
    rows.append(f"| refused at all | {to_refuse} | {caught / to_refuse:.2f} | {caught / len(refused):.2f} |")
    return "\n".join(rows)


@pytest.mark.req("C6", "U40")
def test_the_table_is_large_and_half_of_it_is_to_pass() -> None:
    assert len(LINES) >= 200
    assert len({line for _, _, line in LINES}) == len(LINES)
    assert {kind for kind, _, _ in LINES} == {*KINDS, PASS, ALARM, UNSEEN}
    assert sum(kind == PASS for kind, _, _ in LINES) * 2 >= len(LINES)
    by_language = Counter(language for _, language, _ in LINES)
    assert min(by_language["en"], by_language["fr"]) * 3 >= len(LINES)


@pytest.mark.req("C6")
@pytest.mark.threat("T54")
def test_what_points_to_a_patient_is_seen_and_what_does_not_is_let_through() -> None:
    wrong = []
    for kind, _, line in LINES:
        found = {each.value for each in findings(line)}
        let_through = kind in (PASS, UNSEEN)
        if bool(found) is let_through or (kind in KINDS and kind not in found):
            wrong.append((kind, sorted(found), line))
    assert wrong == []


@pytest.mark.req("C6")
def test_the_figures_in_the_documents_are_these() -> None:
    table = figures()
    sys.stdout.write(f"\n{table}\n")  # Whoever runs this with -s reads them.
    document = HERE.parents[1] / "docs" / "guard.md"
    assert table in document.read_text(encoding="utf-8"), f"write this into docs/guard.md:\n{table}"


@pytest.mark.req("C6")
def test_check_digits_tell_a_health_number() -> None:
    assert is_health_number("9698658215")
    assert not is_health_number("9698658216")
    assert not is_health_number("12345")


@pytest.mark.req("C6")
def test_a_line_without_letters_and_one_of_any_length_are_read() -> None:
    assert findings("") == frozenset()
    assert findings("…" * 140) == frozenset()
    assert findings("9" * 4000) == {Finding.RECORD_NUMBER}
