"""The catalog's migrations, run by `indexer.catalog.database.migrate`."""

from __future__ import annotations
