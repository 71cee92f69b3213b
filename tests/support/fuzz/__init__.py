"""Mutated archives: what is damaged is told, and nothing is lost in silence. `make fuzz` runs thousands, `make test` some."""
