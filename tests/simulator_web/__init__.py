"""Tests of the simulator's page."""
