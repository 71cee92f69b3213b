"""Doubtful readings of a query: found, read one way, and announced with the other way."""
