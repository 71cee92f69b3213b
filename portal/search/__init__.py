"""A search of the portal: its address, run, facets, coverage band, history and saved searches."""
