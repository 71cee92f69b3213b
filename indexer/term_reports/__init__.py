"""Term lists: run as one batch, and reported."""
