"""Turns what pydantic found wrong with a programme file into plain sentences that show nothing of what was written."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.strict_yaml import Place
from peersupport.programme_checks import did_you_mean, nearest

_ADDED = {
    "privacy_contact": "the Slack ID of the person who answers questions about privacy",
    "admin_channel": "the Slack ID of the administrators' private channel",
    "admins": "the Slack IDs of at least two administrators",
    "safety_leads": "at least one safety lead with id and phone",
    "always_show": "the help lines that every first screen shows",
}
_MENDS = {
    "bool_type": "write true or false",
    "int_type": "write a whole number without quotes",
    "string_type": "write a text, in quotes",
    "tuple_type": "write a list, like [one, two]",
    "dict_type": "write key: value pairs here",
    "model_type": "write key: value pairs here",
    "string_too_short": "write something here",
    "string_pattern_mismatch": "write it in small letters, digits, hyphens and underscores, starting with a letter",
}


def sentences(error: ValidationError, model: Any) -> Iterator[tuple[Place, str]]:
    """Yield a place and a plain sentence without its final stop for each thing that is wrong."""
    found = error.errors(include_url=False, include_input=False)
    misspelt = {_meant(details, model) for details in found if details["type"] == "extra_forbidden"}
    places = {details["loc"] for details in found}
    for details in found:
        place = tuple(part for part in details["loc"] if part != "[key]")
        broken_entry = any(other[: len(place)] == place and len(other) > len(place) for other in places)
        if (details["type"] != "too_short" or not broken_entry) and (
            details["type"] != "missing" or place not in misspelt
        ):
            yield place, _sentence(details, place, model)


def named(place: Place) -> str:
    """Return a place in words: "crisis.always_show, item 2"."""
    words, joint = "", ""
    for part in place:
        words += f", item {part + 1}" if isinstance(part, int) else f"{joint}{part}"
        joint = ", " if isinstance(part, int) else "."
    return words


def _sentence(details: ErrorDetails, place: Place, model: Any) -> str:
    kind, context = details["type"], details.get("ctx", {})
    where = named(place) or "the file"
    if kind == "mend":
        return f"{where}: {context['sentence']}" if place else str(context["sentence"])
    if kind == "missing":
        last = str(place[-1])
        parent = f' under "{named(place[:-1])}"' if len(place) > 1 else ""
        extra = _ADDED.get(last)
        return f'the key "{last}"{parent} is missing; add {extra or "it"}'
    if kind == "extra_forbidden":
        known = _keys(model, place[:-1])
        hint = did_you_mean(str(place[-1]), known) or f"; known here: {', '.join(sorted(known))}"
        return f'the key "{named(place)}" is not known{hint}'
    if kind == "model_type" and context.get("class_name") == "Text":
        return f'{where}: write the text in each language, like {{en: "...", fr: "..."}}'
    return f"{where}: {_limit(kind, context) or _MENDS.get(kind, 'this is not what is expected here')}"


def _meant(details: ErrorDetails, model: Any) -> Place:
    """Return the place of the known key that an unknown one is nearest to, or its own."""
    *around, key = details["loc"]
    return (*around, nearest(str(key), _keys(model, tuple(around))) or key)


def _limit(kind: str, context: Mapping[str, Any]) -> str | None:
    if kind in {"literal_error", "enum"}:
        return f"write {context['expected']}".replace("'", '"')
    if kind == "too_short":
        return f"this list needs at least {_entries(context['min_length'])}; add one"
    if kind == "too_long":
        return f"this list may have at most {_entries(context['max_length'])}; take some out"
    if kind == "string_too_long":
        return f"this is longer than {context['max_length']} characters; shorten it"
    if kind in {"greater_than_equal", "less_than_equal"}:
        few = kind == "greater_than_equal"
        return f"write {context['ge']} or more" if few else f"write {context['le']} or less"
    return None


def _entries(count: int) -> str:
    return "one entry" if count == 1 else f"{count} entries"


def _keys(model: Any, place: Place) -> set[str]:
    """Return the keys that the model knows at a place, by their names in the file."""
    for part in place:
        model = _inside(model, part)
    model = _bare(model)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or name for name, field in model.model_fields.items()}
    return set()


def _inside(model: Any, part: str | int) -> Any:
    model = _bare(model)
    if isinstance(model, type) and issubclass(model, BaseModel):
        found = (field.annotation for name, field in model.model_fields.items() if part in (field.alias, name))
        return next(found, None)
    arguments = get_args(model)
    return arguments[-1] if isinstance(part, str) and arguments else next(iter(arguments), None)


def _bare(annotation: Any) -> Any:
    """Take away Annotated and "or None"."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    options = [option for option in get_args(annotation) if option is not type(None)]
    is_optional = type(None) in get_args(annotation) and len(options) == 1
    return _bare(options[0]) if is_optional else annotation
