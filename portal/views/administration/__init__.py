"""Pages for administration."""
