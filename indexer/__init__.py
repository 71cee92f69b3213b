"""Reads archives of social media accounts and answers searches; knows nothing of the web."""
