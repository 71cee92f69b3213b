"""Make, print and verify search certificates."""
