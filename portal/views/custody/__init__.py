"""Pages for custody."""
