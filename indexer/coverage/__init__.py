"""Which days of each account are captured."""
