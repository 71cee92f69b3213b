"""Searching in the portal: address, run, facets, coverage band, history and saved searches."""
