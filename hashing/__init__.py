"""What a fingerprint is: signal types, canonical forms, distances. Plain Python, never Django."""
