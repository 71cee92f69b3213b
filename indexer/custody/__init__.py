"""Taking archives in, checking them, and keeping the index in step."""
