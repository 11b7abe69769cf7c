"""Anonymous intake and status. Knows nothing of staff."""
