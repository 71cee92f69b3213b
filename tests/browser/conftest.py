"""One running portal for all browser tests."""

from tests.browser.server import a_portal

__all__ = ["a_portal"]
