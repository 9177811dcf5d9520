"""A broken programme file is answered with file, line and mend; a whole one is read as it is written."""

import re
from pathlib import Path

import pytest

from bot.programmes import load_programmes
from tests.front.broken_programmes import BROKEN, BROKEN_LIBRARY
from tests.front.programme_folder import (
    FOLDER,
    IDS,
    PEOPLE,
    RESOURCES,
    VANCOUVER,
    folder,
    line_of,
    problems,
    replaced,
    whole,
)


@pytest.mark.req("G29")
@pytest.mark.parametrize(
    ("old", "new", "mark", "sentence"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_broken_file_is_answered_with_line_and_mend(
    tmp_path: Path, old: str, new: str, mark: str, sentence: str
) -> None:
    text = replaced(whole(), old, new)
    expected = sentence.replace("{first}", str(line_of(text, "admin_reminder:")))
    assert problems(folder(tmp_path, text)) == [f"vancouver.yml, line {line_of(text, mark)}: {expected}"]


@pytest.mark.req("G29")
@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    sentence = "vancouver.yml: the file is empty; start from one of the programme files that came with the app."
    assert problems(folder(tmp_path, text)) == [sentence]


@pytest.mark.req("G29")
def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    text = whole()
    sentence = "a character is not in UTF-8; save the file with the encoding UTF-8."
    line = next(number for number, row in enumerate(text.splitlines(), start=1) if not row.isascii())
    assert problems(folder(tmp_path, text.encode("latin-1"))) == [f"vancouver.yml, line {line}: {sentence}"]


def test_a_character_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    text = replaced(whole(), "Retired physician", "Retired\x07physician")
    sentence = "a character here cannot be shown; delete it and type it again."
    assert problems(folder(tmp_path, text)) == [f"vancouver.yml, line {line_of(text, chr(7))}: {sentence}"]


def test_endless_brackets_are_refused(tmp_path: Path) -> None:
    sentence = "vancouver.yml: the brackets are nested too deeply; write the entries on lines of their own."
    assert problems(folder(tmp_path, "[" * 5000)) == [sentence]


def test_a_file_that_is_a_list_is_refused(tmp_path: Path) -> None:
    assert problems(folder(tmp_path, "- one\n- two\n")) == [
        "vancouver.yml, line 1: the file: write key: value pairs here."
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = folder(tmp_path, b"\xef\xbb\xbf" + whole().replace("\n", "\r\n").encode())
    assert list(load_programmes(path, path / "resources.yml")) == [VANCOUVER]


def test_plain_words_stay_words(tmp_path: Path) -> None:
    text = replaced(whole(), '"2026-11" ', "2026-11-02 ")
    text = replaced(text, 'en: "Resident"', "en: no")
    path = folder(tmp_path, text)
    programme = load_programmes(path, path / "resources.yml")[VANCOUVER]
    resident = programme.role("resident")
    assert programme.consent.notice_version == "2026-11-02"
    assert resident is not None
    assert resident.label.en == "no"


@pytest.mark.req("G29")
def test_everything_wrong_is_said_at_once_and_nothing_personal_is_repeated(tmp_path: Path) -> None:
    text = replaced(whole(), '"U0ADMINB"', '"Robin Example"')
    text = replaced(text, '"604-555-0101"', '"robin at home"')
    text = replaced(text, "\npromises:", "\npromisses:")
    found = problems(folder(tmp_path, text))
    assert len(found) == 3
    assert "obin" not in "".join(found)


@pytest.mark.req("G29")
def test_the_file_as_it_ships_asks_for_the_installations_own_people() -> None:
    found = problems(FOLDER, only={VANCOUVER})
    assert all(re.match(r"vancouver\.yml, line \d+: people\.", sentence) for sentence in found)
    assert sum("docs/running.md shows where to find it." in sentence for sentence in found) == 6


@pytest.mark.req("G29")
def test_a_missing_folder_or_file_is_said_plainly(tmp_path: Path) -> None:
    assert problems(tmp_path) == [
        f"{tmp_path.name}: there is no programme file here; put one in, or name another folder.",
        "resources.yml: the file cannot be read; check that it is there and may be read.",
    ]


@pytest.mark.req("G1")
def test_several_programmes_stand_side_by_side_under_ids_of_their_own(tmp_path: Path) -> None:
    path = folder(tmp_path, whole())
    (path / "second.yml").write_text(replaced(whole(), f"id: {VANCOUVER}", "id: second"), encoding="utf-8")
    assert list(load_programmes(path, path / "resources.yml")) == ["second", VANCOUVER]
    (path / "third.yml").write_text(whole(), encoding="utf-8")
    line = line_of(whole(), "id: vancouver")
    sentence = f'the id "{VANCOUVER}" is that of third.yml already; give each programme an id of its own.'
    assert problems(path) == [f"vancouver.yml, line {line}: {sentence}"]


@pytest.mark.req("G1")
def test_only_the_programmes_named_are_run(tmp_path: Path) -> None:
    path = folder(tmp_path, whole())
    (path / "second.yml").write_text("id: second\nname: not ready\n")
    assert list(load_programmes(path, path / "resources.yml", only={VANCOUVER})) == [VANCOUVER]
    assert problems(path, only={VANCOUVER, "secnd"}) == [
        'PROGRAMMES: no programme has the id "secnd"; did you mean "second"?'
    ]


def test_people_can_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    example = (FOLDER / "people.example.yml").read_text(encoding="utf-8")
    for placeholder, written in IDS.items():
        example = replaced(example, placeholder, written.replace("U0ADMINA", "U0OTHER"))
    people = tmp_path / "people.yml"
    people.write_text(example, encoding="utf-8")
    programme = load_programmes(FOLDER, RESOURCES, people_file=people, only={VANCOUVER})[VANCOUVER]
    assert programme.people.admins == ("U0OTHER", "U0ADMINB")
    assert load_programmes(FOLDER, RESOURCES, people_file=people, people={VANCOUVER: PEOPLE}, only={VANCOUVER})[
        VANCOUVER
    ].people.admins == ("U0ADMINA", "U0ADMINB")


@pytest.mark.req("G29")
def test_a_mistake_in_the_people_file_is_named_there(tmp_path: Path) -> None:
    people = tmp_path / "people.yml"
    people.write_text(
        f'{VANCOUVER}:\n  admins: ["U0ADMINA"]\n  safety_leads: []\n  office: {{phone: "604-555-0101"}}\n'
        '  privacy_contact: "U0PRIVACY"\n  admin_chanel: "C0TRIAGE"\nvancuver-peer-support: {}\n'
    )
    assert problems(FOLDER, people_file=people, only={VANCOUVER}) == [
        f'people.yml, line 7: no programme has the id "vancuver-peer-support"; did you mean "{VANCOUVER}"?',
        (
            "people.yml, line 2: people.admins: this names one person; name at least two different administrators, so "
            "that one can be away."
        ),
        "people.yml, line 3: people.safety_leads: this list needs at least one entry; add one.",
        'people.yml, line 6: the key "people.admin_chanel" is not known; did you mean "admin_channel"?',
    ]


def test_a_people_block_for_no_programme_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path, whole())
    people = path / "people.yml"
    people.write_text("vancuver-peer-support: {}\n")
    assert problems(path, people_file=people) == [
        f'people.yml, line 1: no programme has the id "vancuver-peer-support"; did you mean "{VANCOUVER}"?'
    ]


def test_a_mistake_in_people_given_at_start_is_named_without_a_line() -> None:
    found = problems(FOLDER, people={VANCOUVER: PEOPLE | {"admins": []}}, only={VANCOUVER})
    assert found == [
        (
            "the people given at start: people.admins: this names nobody; name at least two different administrators, "
            "so that one can be away."
        )
    ]


@pytest.mark.req("G29")
@pytest.mark.parametrize(("old", "new", "mark", "sentence"), BROKEN_LIBRARY)
def test_a_broken_library_is_answered_with_line_and_mend(
    tmp_path: Path, old: str, new: str, mark: str, sentence: str
) -> None:
    text = replaced(RESOURCES.read_text(encoding="utf-8"), old, new)
    expected = sentence.replace("{first}", str(line_of(text, "emergency_911:")))
    assert problems(folder(tmp_path, whole(), text)) == [f"resources.yml, line {line_of(text, mark)}: {expected}"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ": the file cannot be read; check that it is there and may be read."),
        ("", ", line 1: write a programme's id, a colon, and its people indented below, as people.example.yml does."),
    ],
)
def test_without_a_usable_people_file_only_that_is_said(tmp_path: Path, content: str | None, words: str) -> None:
    people = tmp_path / "people.yml"
    if content is not None:
        people.write_text(content)
    assert problems(FOLDER, people_file=people, only={VANCOUVER}) == [f"{people}{words}"]
