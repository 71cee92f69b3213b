"""Fixtures that every test may use."""

from tests.support.databases import (
    database,
    database_url,
    empty_database_url,
    own_database,
    postgres_server,
    pytest_generate_tests,
    pytest_terminal_summary,
)

__all__ = [
    "database",
    "database_url",
    "empty_database_url",
    "own_database",
    "postgres_server",
    "pytest_generate_tests",
    "pytest_terminal_summary",
]
