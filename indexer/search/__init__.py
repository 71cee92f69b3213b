"""Searches: planned, run, grouped, explained."""
