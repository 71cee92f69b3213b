"""The catalogue's migrations, run by `indexer.database.migrate`."""
