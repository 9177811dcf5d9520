"""Helpers for people who work on the house; nothing here is installed."""
