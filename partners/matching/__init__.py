"""Matching for platforms that should not hold the list: they ask, and hold nothing."""
