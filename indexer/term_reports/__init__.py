"""Run a list of search terms in one batch and report the counts."""
