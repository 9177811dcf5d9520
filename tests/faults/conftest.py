"""Databases to start processes on."""

from tests.faults.ground import ground, postgres_ground, sqlite_ground

__all__ = ["ground", "postgres_ground", "sqlite_ground"]
