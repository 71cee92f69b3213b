"""Migrations of the catalog, run by `indexer.catalog.database.migrate`."""

from __future__ import annotations
