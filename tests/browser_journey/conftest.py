"""A headless browser for this folder's tests."""

from tests.browser import browser

__all__ = ["browser"]
