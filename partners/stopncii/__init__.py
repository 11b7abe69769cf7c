"""The list in the StopNCII v1 dialect."""
