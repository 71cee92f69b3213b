"""Taking archives into custody, verifying them, and keeping the index up to date."""
