"""What Facebook and Instagram archives have in common."""
