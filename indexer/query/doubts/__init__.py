"""Detects ambiguous readings of a query and announces the alternative."""
