"""Every record, to read: Django's admin under the staff door, and the logs with their proofs. Nothing is changed."""
