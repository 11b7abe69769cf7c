"""A platform's own record, signed, for its regulator."""
