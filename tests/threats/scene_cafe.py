"""Programmes whose meetings take themes, for the matrix."""

from __future__ import annotations

from peersupport.programme import Programme
from peersupport.programme_sessions import Themes


def with_themes(*programmes: Programme) -> dict[str, Programme]:
    """Return these programmes by their id, each with the door to themes."""
    return {each.id: _one(each) for each in programmes}


def _one(programme: Programme) -> Programme:
    doors = programme.doors.model_copy(update={"case_discussion": True})
    return programme.model_copy(update={"doors": doors, "themes": Themes(system_issues=True)})
