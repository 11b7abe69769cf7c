"""Numbers: the staff's dashboard, and what the public may know of them."""
