"""Databases to try hostile input on, and a day full of payloads."""

from tests.faults.ground import ground, postgres_ground, sqlite_ground
from tests.threats.day import day
from tests.threats.prepared import prepared, prepared_once

__all__ = ["day", "ground", "postgres_ground", "prepared", "prepared_once", "sqlite_ground"]
