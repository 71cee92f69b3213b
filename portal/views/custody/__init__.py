"""Pages: custody."""
