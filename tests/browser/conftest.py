"""One browser and one running portal for all browser tests."""

from tests.browser.server import a_browser, a_portal

__all__ = ["a_browser", "a_portal"]
