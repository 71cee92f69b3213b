"""Reads archives of social media accounts and answers searches; independent of the web portal."""

__version__ = "0.1.0"
