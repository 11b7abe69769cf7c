"""What platforms did about a match, and their word on a fingerprint."""
