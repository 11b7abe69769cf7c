"""What is listed: entries, their fingerprints, and the claims that hold them."""
