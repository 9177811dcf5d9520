"""Databases to try hostile input on, and a day full of payloads."""

from tests.faults.ground import ground, postgres_ground, sqlite_ground
from tests.threats.day import day, doors_day
from tests.threats.prepared import prepared, prepared_once

__all__ = ["day", "doors_day", "ground", "postgres_ground", "prepared", "prepared_once", "sqlite_ground"]
