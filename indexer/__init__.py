"""Reads archives of social media accounts and answers searches; knows nothing of the web."""

__version__ = "0.1.0"
