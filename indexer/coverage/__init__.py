"""Which days of which account are captured."""
