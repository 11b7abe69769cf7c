"""What staff may set for the whole service: how long things may take, and which reasons are offered."""
