"""Readers that the Facebook and Instagram importers share."""
