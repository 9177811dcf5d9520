"""Reads the programme files at start and says in plain sentences, with file and line, what must be mended in them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.programme_words import named, sentences
from bot.strict_yaml import Document, Place, YamlError, read
from peersupport.programme import Programme
from peersupport.programme_checks import did_you_mean, findings, missing_languages
from peersupport.resources import Library, Resource

RESOURCES_NAME = "resources.yml"
"""The file beside the programmes that holds the shared library of help."""
PEOPLE_PREFIX = "people"
"""Files whose name starts so hold people, not a programme."""

_T = TypeVar("_T")


class ProgrammeError(Exception):
    """The programme files cannot be used; `problems` holds one plain sentence each, and so does the text."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(self.problems))


@dataclass
class _Reading:
    """What was read so far, and what must be mended."""

    problems: list[str] = field(default_factory=list)

    def say(self, name: str, line: int | None, sentence: str) -> None:
        where = f"{name}, line {line}" if line else name
        self.problems.append(f"{where}: {sentence}" if sentence.endswith("?") else f"{where}: {sentence}.")

    def document(self, path: Path, name: str = "") -> Document | None:
        try:
            return read(path.read_bytes())
        except YamlError as error:
            self.say(name or path.name, error.line, error.sentence)
        except OSError:
            self.say(name or path.name, None, "the file cannot be read; check that it is there and may be read")
        return None

    def model(self, kind: type[_T], content: Any, where: "_Where") -> _T | None:
        try:
            return TypeAdapter(kind).validate_python(content)
        except ValidationError as error:
            for place, sentence in sentences(error, kind):
                where.say(self, place, sentence)
        return None


@dataclass
class _Where:
    """Where the parts of one programme are written: its file, and perhaps another one for its people."""

    name: str
    document: Document
    people_name: str | None = None
    people: Document | None = None
    people_at: Place = ()

    def say(self, reading: _Reading, place: Place, sentence: str) -> None:
        if self.people_name is None or place[:1] != ("people",):
            reading.say(self.name, self.document.line(place), sentence)
        elif self.people is None:
            reading.say(self.people_name, None, sentence)
        else:
            reading.say(self.people_name, self.people.line((*self.people_at, *place[1:])), sentence)


def load_resources(path: Path) -> Library:
    """Read the library of outside help; raises ProgrammeError."""
    reading = _Reading()
    library = _library(path, reading, ())
    if library is None or reading.problems:
        raise ProgrammeError(reading.problems)
    return library


def load_programmes(
    source: Path | Iterable[Path],
    resources_path: Path,
    *,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    people_file: Path | None = None,
    only: Collection[str] = (),
) -> dict[str, Programme]:
    """Read all programmes of a directory, or these files, by id; raises ProgrammeError with everything to mend.

    `only` names the programmes to run; files of others are left alone. `people_file` names a YAML file of
    `programme id: {admins: ..., ...}`, `people` holds the same as data; either replaces the `people` block of the
    programmes it names, and `people` wins.
    """
    reading = _Reading()
    files = _files(source, reading)
    people_read = _people(people_file, reading) if people_file else None
    block = _Overlay(dict(people or {}), people_file.name if people_file else "", people_read)
    documents = [(path.name, document) for path in files if (document := reading.document(path)) is not None]
    ids = {str(name) for _, document in documents if (name := _id(document))}
    for wanted in sorted(set(only) - ids) if ids else ():
        reading.say("PROGRAMMES", None, f'no programme has the id "{wanted}"{_other_ids(wanted, ids)}')
    block.finish(ids, reading)
    wanted_documents = [(name, document) for name, document in documents if not only or _id(document) in only]
    programmes = _programmes(wanted_documents, block, reading)
    languages = {language for programme, _ in programmes for language in programme.languages.all}
    library = _library(resources_path, reading, languages)
    for programme, where in programmes:
        for finding in findings(programme, library) if library is not None else ():
            where.say(reading, finding.path, f"{named(finding.path)}: {finding.sentence}")
    if reading.problems:
        raise ProgrammeError(reading.problems)
    return {programme.id: programme for programme, _ in programmes}


@dataclass
class _Overlay:
    """The people blocks that stand outside the programme files."""

    given: dict[str, Mapping[str, Any]]
    name: str
    document: Document | None

    def put(self, content: Any, where: _Where) -> Any:
        """Return the programme with its people replaced, where there are others for it."""
        if not isinstance(content, dict) or not isinstance(content.get("id"), str):
            return content
        programme_id = content["id"]
        if programme_id in self.given:
            where.people_name = "the people given at start"
            return content | {"people": self.given[programme_id]}
        written = self.document.content if self.document else None
        if isinstance(written, dict) and programme_id in written:
            where.people_name, where.people, where.people_at = self.name, self.document, (programme_id,)
            return content | {"people": written[programme_id]}
        return content

    def finish(self, programme_ids: set[str], reading: _Reading) -> None:
        """Say which people blocks belong to no programme."""
        if self.document is None:
            return
        for name in self.document.content:
            if programme_ids and name not in programme_ids:
                sentence = f'no programme has the id "{name}"{_other_ids(name, programme_ids)}'
                reading.say(self.name, self.document.line((name,)), sentence)


def _is_empty(path: Path) -> bool:
    try:
        return not path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return False


def _people(path: Path, reading: _Reading) -> Document:
    """Read the file of people; without it whatever the programmes say of theirs is beside the point."""
    document = reading.document(path, str(path)) if not _is_empty(path) else None
    if not reading.problems and (document is None or not isinstance(document.content, dict)):
        sentence = "write a programme's id, a colon, and its people indented below, as people.example.yml does"
        reading.say(str(path), 1, sentence)
    if document is None or reading.problems:
        raise ProgrammeError(reading.problems)
    return document


def _files(source: Path | Iterable[Path], reading: _Reading) -> list[Path]:
    if not isinstance(source, Path):
        return list(source)
    if source.is_file():
        return [source]
    found = sorted(path for path in source.glob("*.y*ml") if path.suffix in {".yml", ".yaml"})
    files = [path for path in found if path.name != RESOURCES_NAME and not path.name.startswith(PEOPLE_PREFIX)]
    if not files:
        reading.say(
            source.name or "programmes", None, "there is no programme file here; put one in, or name another folder"
        )
    return files


def _id(document: Document) -> object:
    """Return what a file says is the programme's id."""
    return document.content.get("id") if isinstance(document.content, dict) else None


def _other_ids(wanted: str, ids: set[str]) -> str:
    return did_you_mean(wanted, ids) or f"; the ids are {', '.join(sorted(ids))}"


def _programmes(
    documents: Iterable[tuple[str, Document]], overlay: _Overlay, reading: _Reading
) -> list[tuple[Programme, _Where]]:
    programmes: list[tuple[Programme, _Where]] = []
    for name, document in documents:
        where = _Where(name, document)
        programme = reading.model(Programme, overlay.put(document.content, where), where)
        if programme is None:
            continue
        other = next((found.name for known, found in programmes if known.id == programme.id), None)
        if other is None:
            programmes.append((programme, where))
        else:
            sentence = f'the id "{programme.id}" is that of {other} already; give each programme an id of its own'
            reading.say(name, document.line(("id",)), sentence)
    return programmes


def _library(path: Path, reading: _Reading, languages: Iterable[str]) -> Library | None:
    document = reading.document(path)
    if document is None:
        return None
    where = _Where(path.name, document)
    library = reading.model(dict[str, Resource], document.content, where)
    for place, sentence in _untranslated(library or {}, languages):
        where.say(reading, place, sentence)
    return library


def _untranslated(library: Library, languages: Iterable[str]) -> Iterator[tuple[Place, str]]:
    texts = (((name, part), text) for name, resource in library.items() for part, text in resource.texts())
    for finding in missing_languages(texts, languages):
        yield finding.path, f"{named(finding.path)}: {finding.sentence}"
