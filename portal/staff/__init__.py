"""Staff: sign-in, second factor, and the door they come through."""
