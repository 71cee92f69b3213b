"""Long work: rows, queue, runners and the worker."""
