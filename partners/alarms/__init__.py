"""What looks like a copy of the list in the wrong hands, told to staff."""
