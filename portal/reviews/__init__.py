"""The staff queue."""
