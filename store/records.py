"""The sealed records as JSON, and back: an unknown field is left out, a missing one takes its default."""

from dataclasses import fields
from typing import Any

from peersupport.people import Address
from peersupport.requests import Contact, Needs
from peersupport.supporters import Profile

Json = dict[str, Any]
_NAMES = {kind: frozenset(field.name for field in fields(kind)) for kind in (Needs, Contact, Profile)}


def needs_to_json(needs: Needs) -> Json:
    """What the requester told us."""
    return _plain(needs)


def needs_from_json(data: Json) -> Needs:
    """What ``needs_to_json`` made."""
    return Needs(**_known(Needs, data))


def contact_to_json(contact: Contact) -> Json:
    """How to reach the requester."""
    return _plain(contact)


def contact_from_json(data: Json) -> Contact:
    """What ``contact_to_json`` made."""
    return Contact(**_known(Contact, data))


def profile_to_json(profile: Profile) -> Json:
    """A supporter's own words about themselves."""
    return _plain(profile)


def profile_from_json(data: Json) -> Profile:
    """What ``profile_to_json`` made."""
    return Profile(**_known(Profile, data))


def _plain(record: Needs | Contact | Profile) -> Json:
    return {name: _value(getattr(record, name)) for name in _NAMES[type(record)]}


def _value(value: Any) -> Any:
    if isinstance(value, Address):
        return [value.team, value.user]
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value


_ADDRESS = frozenset({"requester", "opened_by", "hidden_from", "address"})
_ADDRESSES = frozenset({"avoid_members"})


def _known(kind: type[Needs | Contact | Profile], data: Json) -> Json:
    names = _NAMES[kind]
    return {
        name: _listed(name, value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in names
    }


def _listed(name: str, value: list[Any]) -> Any:
    if name in _ADDRESS:
        return Address(*value)
    if name in _ADDRESSES:
        return tuple([Address(*pair) for pair in value])
    return tuple(value)
