"""Running, grouping and explaining searches."""
