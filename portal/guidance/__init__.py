"""What to do besides a report: help lines, platforms, guides, and how to leave."""
