"""T28: nothing is sent by mail or calendar, so that nothing there can name anybody; whatever comes shows it here."""

from __future__ import annotations

import ast
import re

import pytest
import yaml

from tests.house.source import HOUSE, ROOT, sources

pytestmark = pytest.mark.threat("T28")

MODULES = {"smtplib", "aiosmtplib", "email", "mailbox", "icalendar", "ics", "imaplib"}
SPOKEN = re.compile(
    r"BEGIN:VCALENDAR|text/calendar|METHOD:(PUBLISH|REQUEST)|ATTENDEE|message/rfc822|\bSubject: ", re.ASCII
)


def surfaces(tree: ast.AST) -> list[str]:
    """Name everything in a program by which mail or a calendar could be written."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names if each.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SPOKEN.search(node.value):
            found.append(node.value)
    return found


def test_nothing_writes_mail_or_calendars() -> None:
    found = {source.path: surfaces(source.tree) for source in sources(*HOUSE) if surfaces(source.tree)}
    # A date of a session for one's own calendar, which one fetches oneself: nobody is invited, and nobody is named.
    assert found in ({}, {"handlers/calendar.py": ["text/calendar", "BEGIN:VCALENDAR", "METHOD:PUBLISH"]})


def test_the_app_may_not_upload_files() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    assert scopes
    assert [scope for scope in scopes if scope.startswith(("files", "remote_files", "calendar"))] == []


@pytest.mark.parametrize(
    "program",
    ["import smtplib", "from email.message import EmailMessage", "x = 'BEGIN:VCALENDAR'", "y = 'ATTENDEE:me'"],
)
def test_a_program_that_did_would_be_seen(program: str) -> None:
    assert surfaces(ast.parse(program))
