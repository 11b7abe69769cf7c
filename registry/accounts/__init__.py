"""The people who can sign in: staff and partners' people. Never a reporter."""
