"""Pages for searching."""
